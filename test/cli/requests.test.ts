/** Requests without a trace: `trace` with a request's id, and `investigate` without any tracing. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogLine } from '#model/logs/log-line.ts';
import { cascadeWithItsCause, REQUEST_ID } from '#test/guide-timelines.ts';
import { startLokiWithLines } from '#test/loki-with-lines.ts';
import { writtenAt } from '#test/recent-lines.ts';
import { type RecordedServer, refuse, startRecordedServer } from '#test/recorded-server.ts';
import { jsonlOf } from '#test/window.ts';
import { spanhound } from './run-spanhound.ts';

/** A minute ago, so that a search over the last day finds them. */
const STARTED_US = (Date.now() - 60_000) * 1_000;
const lines = writtenAt(STARTED_US, cascadeWithItsCause);

let loki: RecordedServer;
let folder: string;
beforeAll(async () => {
  loki = await startLokiWithLines(lines);
  folder = await mkdtemp(join(tmpdir(), 'spanhound-requests-'));
});
afterAll(async () => {
  await loki[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const env = () => ({ LOKI_URL: loki.url.href });
const instant = (afterMs: number) => new Date(STARTED_US / 1_000 + afterMs).toISOString();

describe('trace with a request’s id', () => {
  test('tells its way from its lines, who failed first and how the failure travelled', async () => {
    const { code, stdout, stderr } = await spanhound(['trace', REQUEST_ID], { env: env() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/user-service .*142 ms to 155 ms ◀ failed first/);
    expect(stdout).toMatch(/How the failure spread\n {2}1\. user-service, after 155 ms: “cannot get a connection/);
    expect(stdout).toMatch(/3\. order-service, which says that it called order-worker, after 400 ms/);
    expect(stdout).toContain(`11 lines matched by request id ${REQUEST_ID}`);
    expect(stdout).toContain('the request was reconstructed from its log lines');
  });

  test('gives the timeline to scripts', async () => {
    const { code, stdout } = await spanhound(['trace', REQUEST_ID, '--json'], { env: env() });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      subject: { kind: 'window', requestId: REQUEST_ID, traceId: '' },
      trace: null,
      diagnosis: { service: 'user-service' },
      logs: { lines: 11, rungs: [{ rung: 'request-id', surety: 'certain', lines: 11 }] },
    });
    expect(report.timeline).toHaveLength(11);
    expect(report.timeline[5]).toEqual({
      ts: instant(155),
      service: 'user-service',
      level: 'error',
      text: 'cannot get a connection: 100 of 100 connections to the database are in use',
      rung: 'request-id',
      deltaUs: 5_000,
      failed: true,
    });
  });

  test.each([
    ['request.png', 'PNG'],
    ['request.html', 'failed first'],
    ['request.md', '## How the failure spread'],
  ])('writes %s', async (name, holds) => {
    const path = join(folder, name);
    expect((await spanhound(['trace', REQUEST_ID, '--out', path], { env: env() })).code).toBe(0);
    expect((await readFile(path)).toString('latin1')).toContain(holds);
  });

  test('exits 3 where no line has it', async () => {
    const { code, stderr } = await spanhound(['trace', 'req-0000a1'], { env: env() });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^spanhound: nothing in the last day’s logs mentions `req-0000a1`\n/);
  });

  test('exits 4 where the log store does not answer', async () => {
    const { code } = await spanhound(['trace', REQUEST_ID], { env: { LOKI_URL: 'http://127.0.0.1:9' } });
    expect(code).toBe(4);
  });

  test('an id that would change a query is no more than text in it', async () => {
    const evil = 'req-91"}|~".*';
    const { code } = await spanhound(['trace', evil], { env: env() });
    expect(code).toBe(3); // the store throws for a query that is none of ours
  });
});

describe('investigate a service without any tracing', () => {
  const window = (service: string) => [
    'investigate',
    '--service',
    service,
    '--from',
    instant(-60_000),
    '--to',
    instant(60_000),
  ];

  test('takes the requests that failed, follows them through all services, and says how they were chosen', async () => {
    const { code, stdout } = await spanhound([...window('order-worker'), '--json'], { env: env() });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      subject: { kind: 'window', service: 'order-worker' },
      exemplars: [{ requestId: REQUEST_ID, role: 'failing', why: expect.stringContaining('1 of 1 requests failed') }],
    });
    const services = new Set(report.timeline.map(({ service }: { service: string }) => service));
    expect([...services].sort()).toEqual(['api-gateway', 'order-service', 'order-worker', 'user-service']);
  });

  test('exits 3 where the service has no line at that time', async () => {
    const { code, stderr } = await spanhound(window('nobody'), { env: env() });
    expect(code).toBe(3);
    expect(stderr).toContain('loki has no data about nobody around that time');
  });

  test('and where the source of traces knows no such service', async () => {
    await using jaeger = await startRecordedServer(() => refuse(200, {}, '{"data":["another-service"]}'));
    const both = { ...env(), JAEGER_URL: jaeger.url.href };
    const { code, stdout } = await spanhound([...window('order-worker'), '--json'], { env: both });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.timeline).toHaveLength(11);
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ source: 'traces', consequence: 'the verdict rests on log lines alone' }),
    );
  });
});

test('a kept case of a request is replayed as that request', async () => {
  const subject = {
    kind: 'window',
    traceId: '',
    service: '',
    from: instant(0),
    to: instant(500),
    requestId: REQUEST_ID,
  };
  const other = {
    ...lines[0],
    line: 'request_id=req-other1 failed',
    level: 'error',
    service: 'cart-service',
  } as LogLine;
  const path = join(folder, 'case');
  await mkdir(path);
  await writeFile(join(path, 'logs.jsonl'), jsonlOf([...lines, other]));
  await writeFile(join(path, 'case.json'), JSON.stringify({ schema: 'spanhound.case/1', subject }));
  const { code, stdout } = await spanhound(['investigate', '--case', path, '--json']);
  expect(code).toBe(0);
  const { subject: replayed, timeline, diagnosis } = JSON.parse(stdout);
  expect(replayed.requestId).toBe(REQUEST_ID);
  expect(timeline).toHaveLength(11);
  expect(diagnosis.service).toBe('user-service');
});
