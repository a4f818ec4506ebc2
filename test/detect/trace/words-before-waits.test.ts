/** Lines that tell more than a wait or a delivery: refused connections, lost locks, killed workers, blocked statements. */
import { expect, test } from 'vitest';
import type { Detector } from '#detect/detector.ts';
import { runDetector } from '#detect/run.ts';
import { errorOrigin } from '#detect/trace/error-origin.ts';
import { lockContention } from '#detect/trace/lock-contention.ts';
import { poisonMessage } from '#detect/trace/poison-message.ts';
import { timeoutCascade } from '#detect/trace/timeout-cascade.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import { logLine } from '#test/log-line.ts';
import { query, server, span, traceOf } from '#test/trace.ts';

function found(detector: Detector, evidence: Partial<Evidence>): readonly Finding[] {
  const outcome = runDetector(detector, evidence);
  return outcome.kind === 'found' ? outcome.findings : [];
}

const ofRequest = { traceId: '1', level: 'error' };

const published = (below: readonly ReturnType<typeof span>[] = []) =>
  traceOf(
    server('kilns', 'POST /firings', { ms: 5_020, failed: true }, [
      span(
        'kilns',
        'firings publish',
        {
          at: 10,
          ms: 5_000,
          kind: 'producer',
          failed: true,
          statusText: 'Message timed out',
          attributes: { 'messaging.system': 'kafka', 'server.address': 'kafka' },
        },
        below,
      ),
    ]),
  );

test.each([
  [
    'a line that says that the broker refuses',
    'kilns',
    'kafka:9092/1: Connect to ipv4#10.0.0.9:9092 failed: Connection refused',
    0,
  ],
  ['a line about another host', 'kilns', 'vault:8200: Connection refused', 1],
  ['a line of another service', 'glazes', 'kafka:9092/1: Connection refused', 1],
  ['a line of another kind', 'kilns', 'kafka:9092/1: 3 requests in flight', 1],
])('%s beside a late publish', (_, service, text, count) => {
  const logs = [logLine(service, 4_000, text, ofRequest)];
  expect(found(timeoutCascade, { trace: published(), logs })).toHaveLength(count);
});

test('a callee that took the connection late is waited for, whatever its first tries said', () => {
  const late = span('kiln-bus', 'receive', { at: 4_900, ms: 300 });
  const logs = [logLine('kilns', 4_000, 'kafka:9092/1: Connection refused', ofRequest)];
  expect(found(timeoutCascade, { trace: published([late]), logs })).toHaveLength(1);
});

const delivered = (failure: string) =>
  traceOf(
    span(
      'kilns',
      'firings process',
      {
        ms: 62_000,
        kind: 'consumer',
        failed: true,
        statusText: failure,
        attributes: {
          'messaging.system': 'servicebus',
          'messaging.destination.name': 'firings',
          'messaging.operation.type': 'process',
          'messaging.servicebus.message.delivery_count': 6,
        },
      },
      [span('kilns', 'Planner.Plan', { at: 20, ms: 61_880 })],
    ),
  );

test.each([
  [
    'a lock that ended before',
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed. (MessageLockLost)',
    0,
    1,
  ],
  ['an acknowledgement deadline', 'ack deadline expired before the handler was done', 0, 1],
  ['a message that nobody can read', 'JsonReaderException: Unexpected character', 1, 0],
  ['a message without a field', 'KeyNotFoundException: kiln', 1, 0],
])('a message that is delivered again because of %s', (_, failure, poison, limits) => {
  const trace = delivered(failure);
  expect(found(poisonMessage, { trace })).toHaveLength(poison);
  expect(found(timeoutCascade, { trace })).toHaveLength(limits);
});

const scheduled = (...services: readonly string[]) =>
  traceOf(
    span(
      'runner',
      'dag firing',
      { ms: 420_000, failed: true },
      services.map((service, n) => span(service, 'task sum', { at: 10 + n, ms: 100_000 })),
    ),
  );

test.each([
  ['Airflow', ['sums'], 'Detected zombie job: firing', [], 'sums'],
  [
    'Celery with two workers',
    ['sums', 'mails'],
    'billiard.exceptions.WorkerLostError: Worker exited prematurely',
    ['sums'],
    'sums',
  ],
  ['two workers and no other line', ['sums', 'mails'], 'Detected zombie job: firing', [], 'runner'],
  ['a failure of another kind', ['sums'], 'DAG file not found', [], 'runner'],
])('the worker that was killed, as %s tells it', (_, services, said, killed, blamed) => {
  const logs = [
    ...killed.map((service) => logLine(service, 100_000, 'Task exited with return code Negsignal.SIGKILL', ofRequest)),
    logLine('runner', 419_000, said, { ...ofRequest, spanId: '0' }),
  ];
  const [sighting] = found(errorOrigin, { trace: scheduled(...services), logs });
  expect(sighting?.service).toBe(blamed);
});

const merged = () =>
  traceOf(
    server('sums', 'task merge', { ms: 60_200 }, [
      query('sums', 'MERGE INTO kilns USING sums ON kilns.id = sums.id', { at: 50, ms: 60_000 }),
    ]),
  );

test.each([
  ['nearly all of it', 'query 01b2: TRANSACTION_BLOCKED_TIME 59,000 ms of 60,000 ms (blocked by 01b1)', 1],
  ['in JSON', '{"transaction_blocked_time": 58000}', 1],
  ['nothing of it', 'query 01b2: TRANSACTION_BLOCKED_TIME 0 ms of 60,000 ms', 0],
  ['a moment of it', 'query 01b2: TRANSACTION_BLOCKED_TIME 40 ms of 60,000 ms', 0],
])('a statement was blocked, and a line afterwards says: %s', (_, text, count) => {
  const logs = [logLine('sums', 60_150, text, { traceId: '1' })];
  expect(found(lockContention, { trace: merged(), logs })).toHaveLength(count);
});
