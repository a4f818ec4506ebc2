/** A callee without spans says in its own log what it lacks, while a call to it hangs or fails without a reason. */
import { describe, expect, test } from 'vitest';
import { linesOfTrace } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanOptions, server, span, traceOf } from '#test/trace.ts';

const FULL =
  "Disk is full writing './binlog.000007' (OS errno 28 - No space left on device). Waiting for someone to free space...";
const SLOW =
  'nats: slow consumer, messages dropped on connection [12] for subscription on "desk.>" (pending 65536 msgs)';
const failed = { failed: true };

/** An insert that waited for its store, which leaves no spans. */
function insertion(options: SpanOptions = {}, address = 'mysql-1') {
  return traceOf(
    server('tickets', 'POST /tickets', { ms: 30_100, ...failed, attributes: { 'http.response.status_code': 500 } }, [
      query('tickets', 'INSERT INTO tickets (id) VALUES (?)', {
        at: 9,
        ms: 30_080,
        ...failed,
        attributes: { 'db.system.name': 'mysql', 'server.address': address },
        ...options,
      }),
    ]),
  );
}

/** A request over a broker that nobody answered in time. */
const asked = traceOf(
  server('rides', 'POST /clear', { ms: 3020, ...failed, attributes: { 'http.response.status_code': 504 } }, [
    call('rides', 'desk', 'desk.clear request', { at: 6, ms: 3004, ...failed, statusText: 'timed out' }),
  ]),
);

const ALARM =
  'memory resource limit alarm set on node rabbit@rabbit-0. *** Publishers will be blocked until this alarm clears ***';
const CLEARED = 'memory resource limit alarm cleared on node rabbit@rabbit-0';

/** A call to a broker that did not end in time. */
function brokerCall(kind: 'producer' | 'client' = 'producer') {
  return traceOf(
    server('shop', 'POST /orders', { ms: 30_040, ...failed, attributes: { 'http.response.status_code': 503 } }, [
      span('shop', 'orders publish', {
        at: 12,
        ms: 30_010,
        kind,
        ...failed,
        statusText: 'timed out',
        attributes: {
          'messaging.system': 'rabbitmq',
          'messaging.destination.name': 'orders',
          'server.address': 'rabbit',
        },
      }),
    ]),
  );
}

const lineOf = (service: string, at: number, text: string) => [logLine(service, at, text, { level: 'error' })];

describe('a callee that says what it lacks', () => {
  test.each([
    ['a store without room', insertion(), lineOf('mysql-1', 12_000, FULL), 'mysql-1'],
    ['a subscriber that lost messages', asked, lineOf('desk', 1400, SLOW), 'desk'],
  ] as const)('leads: %s', (_, trace, lines, service) => {
    const { diagnosis, findings } = diagnosed(trace, lines);
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service, status: 'likely' });
    expect(diagnosis?.chain).toContainEqual({ finding: 1, because: 0 });
    expect(findings.length).toBeGreaterThan(1);
  });

  test.each([
    ['another store', insertion(), lineOf('mysql-2', 12_000, FULL)],
    ['the same store, after the call', insertion(), lineOf('mysql-1', 31_000, FULL)],
    [
      'a call that says another reason',
      insertion({ statusText: "Duplicate entry '7' for key 'PRIMARY'" }),
      lineOf('mysql-1', 12_000, FULL),
    ],
  ] as const)('does not lead: %s', (_, trace, lines) => {
    expect(diagnosed(trace, lines).diagnosis?.kind).not.toBe('resource-exhausted');
  });
});

describe('a broker that blocks its publishers', () => {
  /** With the lines that belong to the request. */
  const told = (trace: Trace, lines: readonly LogLine[]) =>
    diagnosed(trace, linesOfTrace(trace, lines, { several: false }));

  test('leads, long after it set its alarm', () => {
    const { diagnosis } = told(brokerCall(), lineOf('rabbit', -90_000, ALARM));
    expect(diagnosis).toMatchObject({ kind: 'resource-exhausted', service: 'rabbit', status: 'likely' });
  });

  test.each([
    [
      'it cleared its alarm before',
      brokerCall(),
      [...lineOf('rabbit', -90_000, ALARM), ...lineOf('rabbit', -20_000, CLEARED)],
    ],
    ['another broker set an alarm', brokerCall(), lineOf('kafka', -90_000, ALARM)],
    ['the call only reads', brokerCall('client'), lineOf('rabbit', -90_000, ALARM)],
  ] as const)('does not lead where %s', (_, trace, lines) => {
    expect(told(trace, lines).diagnosis?.kind).not.toBe('resource-exhausted');
  });
});
