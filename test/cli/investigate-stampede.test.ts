/** `investigate --case` of many requests without healthy ones: what only all of them together show leads. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-stampede-'));
afterAll(() => rmSync(folder, { recursive: true }));

const AT_US = 1_767_794_400_000_000;

/** A lookup in memcached, a query, and a write, in Jaeger's form; the query of each request takes longer. */
function request(number: number, key: string) {
  const traceID = `a${String(number).padStart(31, '0')}`;
  const ms = 40 + number * 60;
  const span = (id: string, operationName: string, at: number, duration: number, tags: Record<string, string>) => ({
    traceID,
    spanID: `${id}${String(number).padStart(15, '0')}`,
    operationName,
    references: id === '1' ? [] : [{ refType: 'CHILD_OF', traceID, spanID: `1${String(number).padStart(15, '0')}` }],
    startTime: AT_US + number * 6000 + at * 1000,
    duration: duration * 1000,
    processID: 'p1',
    tags: Object.entries(tags).map(([name, value]) => ({ key: name, type: 'string', value })),
  });
  return {
    traceID,
    processes: { p1: { serviceName: 'web' } },
    spans: [
      span('1', 'GET /top', 0, ms + 12, { 'span.kind': 'server' }),
      span('2', 'get', 1, 1, { 'span.kind': 'client', 'db.system': 'memcached', 'db.statement': `get ${key}` }),
      span('3', 'select', 3, ms, {
        'span.kind': 'client',
        'db.system': 'mysql',
        'db.statement': 'select * from posts order by score desc limit 10',
      }),
      span('4', 'set', ms + 5, 1, { 'span.kind': 'client', 'db.system': 'memcached', 'db.statement': `set ${key}` }),
    ],
  };
}

async function diagnosisOf(name: string, keyOf: (number: number) => string) {
  mkdirSync(join(folder, name));
  const data = Array.from({ length: 20 }, (_, number) => request(number, keyOf(number)));
  writeFileSync(join(folder, name, 'traces.json'), JSON.stringify({ data }));
  const { stdout } = await spanhound(['investigate', '--case', join(folder, name), '--json']);
  return JSON.parse(stdout).diagnosis;
}

test('a key that many requests miss at once leads over the slow query of each of them', async () => {
  expect(await diagnosisOf('one-key', () => 'top10')).toMatchObject({ kind: 'cache-stampede', service: 'web' });
});

test('while keys of their own leave the slow query', async () => {
  expect(await diagnosisOf('many-keys', (number) => `top${number}`)).toMatchObject({ kind: 'slow-query' });
});
