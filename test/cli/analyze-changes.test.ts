/** `analyze --changes`: which change came before the request in a file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-changes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TRACE = 'samples/n-plus-one-orders/traces.json';
const CHANGE = {
  at: '2026-01-06T14:41:00Z',
  kind: 'deploy',
  service: 'order-service',
  id: '4f2a9c1',
  text: 'Show the name of each customer',
  diff: '@@ orders.ts @@\n+  for (const order of orders) {\n+    all.push(await store.getCustomer(order));\n+  }\n',
};

function written(changes: unknown): string {
  const path = join(folder, 'changes.json');
  writeFileSync(path, JSON.stringify(changes));
  return path;
}

test('names the change that fits, and says so in words', async () => {
  const path = written([CHANGE]);
  const { code, stdout } = await spanhound(['analyze', TRACE, '--changes', path, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).diagnosis).toMatchObject({
    kind: 'n-plus-one-queries',
    change: { id: '4f2a9c1', kind: 'deploy', service: 'order-service' },
  });
  const text = await spanhound(['analyze', TRACE, '--changes', path]);
  expect(text.stdout).toContain('deploy 4f2a9c1 came 3 min before it');
  expect(text.stdout).toContain('Changes before it (UTC)');
});

test('refuses a file that holds none', async () => {
  const { code, stderr } = await spanhound(['analyze', TRACE, '--changes', written('no list')]);
  expect(code).toBe(2);
  expect(stderr).not.toBe('');
});

test('considers the changes for each trace of a file', async () => {
  const orders = readFileSync(TRACE, 'utf8');
  const other = orders.replaceAll(/"traceId": "(.)/g, (_, digit: string) => `"traceId": "${digit === '0' ? '1' : '0'}`);
  const both = join(folder, 'both.json');
  writeFileSync(
    both,
    JSON.stringify({ resourceSpans: [orders, other].flatMap((body) => JSON.parse(body).resourceSpans) }),
  );
  const { stdout } = await spanhound(['analyze', both, '--changes', written([CHANGE]), '--json']);
  const reports = stdout.trim().split('\n');
  expect(reports).toHaveLength(2);
  for (const report of reports) expect(JSON.parse(report).diagnosis.change).toMatchObject({ id: '4f2a9c1' });
});
