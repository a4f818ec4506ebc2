/** What other projects' detectors say of the same traces. They are pinned: `test/support/shared-files.ts`. */
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { shared } from '#test/shared-files.ts';

const FOLDER = 'conformance';

type Expected = Readonly<{
  n_plus_one_consensus?: string;
  service?: string;
  offender_span_ids?: readonly string[];
}>;

async function reportOf(file: string) {
  const session = openSession({
    thresholds: {},
    links: { trace: '', span: '', logs: '', runbooks: '' },
    maxClockSkewUs: MAX_CLOCK_SKEW_US,
  });
  session.body('trace', { kind: 'trace', format: 'auto', source: 'file', file: '', query: { text: '', url: '' } });
  await session.bytes('trace', shared.bytes(file));
  await session.end('trace');
  const [first] = await session.reports({});
  await session.close();
  if (first === undefined) throw new Error(`${file} holds no trace`);
  return first.report;
}

async function found(folder: string): Promise<string[]> {
  const { findings } = await reportOf(traceIn(folder));
  return findings.map(({ detector }) => detector);
}

function traceIn(folder: string): string {
  return shared.has(join(folder, 'trace.json')) ? join(folder, 'trace.json') : join(folder, 'trace.json.gz');
}

function expectedIn(folder: string): Expected {
  return shared.json<Expected>(join(folder, 'expect.json'));
}

const folders = (under: string) => shared.files(`${FOLDER}/${under}/expect.json`).map((file) => dirname(file));

/** What is looked for in services and their databases. */
const OF_SERVERS = [
  'n-plus-one-queries',
  'n-plus-one-calls',
  'sequential-calls',
  'fan-out',
  'slow-query',
  'lock-contention',
  'pool-exhaustion',
  'cache-miss-cascade',
  'consumer-lag',
  'retry-storm',
  'timeout-cascade',
  'circuit-open',
  'poison-message',
];

describe('detectors of other projects', () => {
  const sentry = folders('sentry/*');

  test('are compared with a number of cases', () => {
    expect(sentry.length).toBeGreaterThan(50);
  });

  test.each(sentry)('%s: an N+1 where both peers see one, and none where neither does', async (folder) => {
    const { n_plus_one_consensus: consensus } = expectedIn(folder);
    if (consensus === 'both-fire') expect(await found(folder)).toContain('n-plus-one-queries');
    if (consensus === 'both-silent') expect(await found(folder)).not.toContain('n-plus-one-queries');
  });

  test.each(folders('sentry-frontend-mobile/*'))('%s: what is for servers stays silent', async (folder) => {
    expect((await found(folder)).filter((id) => OF_SERVERS.includes(id))).toEqual([]);
  });

  test.each(folders('semconv-variants/*/*'))('%s: newer names change no finding', async (folder) => {
    const { findings, diagnosis } = await reportOf(traceIn(folder));
    const older = await reportOf(traceIn(folder.replace('semconv-variants/', '')));
    expect(
      findings.map(({ detector, service, wastedUs, severity }) => [detector, service, wastedUs, severity]),
    ).toEqual(
      older.findings.map(({ detector, service, wastedUs, severity }) => [detector, service, wastedUs, severity]),
    );
    expect(diagnosis?.verdict).toBe(older.diagnosis?.verdict);
  });

  test('a wait for a connection is seen, and in a clean trace nothing', async () => {
    expect(await found(`${FOLDER}/sre-agent/pool-acquire-wait`)).toContain('pool-exhaustion');
    expect(await found(`${FOLDER}/sre-agent/clean-trace`)).toEqual([]);
  });

  test('three calls of one name are no storm, and the end of a time-out is where a failure began', async () => {
    expect(await found(`${FOLDER}/sre-agent/retry-backoff-same-name`)).not.toContain('retry-storm');
    const { findings } = await reportOf(`${FOLDER}/sre-agent/cascading-timeout/trace.json`);
    expect(findings[0]).toMatchObject({ service: 'svc', spanIds: expect.arrayContaining(['root']) });
    expect(['timeout-cascade', 'error-origin']).toContain(findings[0]?.detector);
  });

  test.each(folders('holmesgpt-traces/*'))('%s: the query is named, and whose it is', async (folder) => {
    const { service, offender_span_ids: spans = [] } = expectedIn(folder);
    const { diagnosis, findings } = await reportOf(traceIn(folder));
    expect(diagnosis).toMatchObject({ kind: 'slow-query', service });
    expect(findings[0]?.spanIds).toEqual(expect.arrayContaining([...spans]));
  });
});
