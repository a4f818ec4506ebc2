/** What a service says of its own connections says more than that it did not answer. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, times, traceOf } from '#test/trace.ts';

const waited = (text: string) => {
  const trace = traceOf(
    server('desk', 'POST /berths', { ms: 20_010, failed: true, attributes: { 'http.response.status_code': 500 } }, [
      call('desk', 'berths', 'Reserve', { at: 2, ms: 20_004, failed: true }, [
        server('berths', 'Reserve', { at: 4, ms: 20_000, failed: true }),
      ]),
    ]),
  );
  const line = { ...logLine('berths', 20_004, text, { spanId: '0.0.0', level: 'error' }), rung: 'trace-id' } as const;
  return diagnosed(trace, [line]).diagnosis;
};

test.each([
  'failed to connect: dial tcp 10.9.2.4:5432: connect: connection timed out',
  'Error: connect ETIMEDOUT 10.9.2.4:5432',
  'connection to server at "10.9.2.4", port 5432 failed: Connection timed out',
  'Replica berths--v12: ImagePullBackOff: failed to pull image, 0 of 1 replicas ready',
])('a callee that got no connection itself failed, and was not slow: %s', (text) => {
  expect(waited(text)).toMatchObject({ kind: 'error-origin', service: 'berths' });
});

test('a callee whose work reached its limit did not answer', () => {
  expect(waited('reservation timed out after 20 s')).toMatchObject({ kind: 'timeout-cascade' });
});

/** So many attempts, each with this answer; the caller logs what the last one said. */
const refused = (status: number, text: string, attempts = 5) => {
  const answer = (code: number) => ({ failed: true, attributes: { 'http.response.status_code': code } });
  const ms = attempts * 700;
  const trace = traceOf(
    server('wall', 'POST /photos', { ms, ...answer(503) }, [
      ...times(attempts, (i) => call('wall', 's3', 'PutObject', { at: 10 + i * 690, ms: 90, ...answer(status) })),
    ]),
  );
  const line = { ...logLine('wall', ms - 20, text, { spanId: '0', level: 'error' }), rung: 'trace-id' } as const;
  return diagnosed(trace, [line]).diagnosis;
};

test.each([
  [503, 'An error occurred (SlowDown) when calling the PutObject operation: Please reduce your request rate.'],
  [400, 'ProvisionedThroughputExceededException: The level of configured provisioned throughput was exceeded'],
  [429, 'Rate Exceeded. Reason: ReservedFunctionConcurrentInvocationLimitExceeded'],
  [503, 'openai.RateLimitError: Requests have exceeded token rate limit of your current pricing tier'],
  [503, 'anthropic: rate_limit_error: this request would exceed the limit of your organization'],
  [503, 'ThrottlingException: Too many tokens, please wait before trying again.'],
])('a quota that refuses each attempt says more than the attempts: %s', (status, text) => {
  expect(refused(status, text)).toMatchObject({ kind: 'error-origin' });
});

test('more attempts than any client makes by itself are a storm, and so are those without a quota', () => {
  const SLOW_DOWN =
    'An error occurred (SlowDown) when calling the PutObject operation: Please reduce your request rate.';
  expect(refused(503, SLOW_DOWN, 12)).toMatchObject({ kind: 'retry-storm' });
  expect(refused(503, 'photo not stored', 6)).toMatchObject({ kind: 'retry-storm' });
});

test('as few attempts as clients make lead to who fails them, and more to who repeats them', () => {
  const failing = { failed: true, attributes: { 'http.response.status_code': 503 } };
  const verdict = (attempts: number) => {
    const calls = times(attempts, (i) =>
      call('climate', 'plc', 'POST /coil', { at: i * 400, ms: 390, ...failing }, [
        server('plc', 'POST /coil', { at: i * 400 + 5, ms: 380, ...failing }),
      ]),
    );
    return diagnosed(traceOf(server('climate', 'POST /valves', { ms: attempts * 410, failed: true }, calls))).diagnosis;
  };
  expect(verdict(4)).toMatchObject({ kind: 'error-origin', service: 'plc' });
  expect(verdict(6)).toMatchObject({ kind: 'retry-storm', service: 'climate' });
});

/** So many attempts that nobody answered within two seconds. */
const unanswered = (attempts: number) => {
  const ms = attempts * 2_010;
  const late = { failed: true, attributes: { 'error.type': 'io.netty.handler.timeout.ReadTimeoutException' } };
  const answer = { failed: true, attributes: { 'http.response.status_code': 504 } };
  const calls = times(attempts, (i) => call('park', 'gates', 'POST', { at: i * 2_010, ms: 2_000, ...late }));
  return diagnosed(traceOf(server('park', 'POST /open', { ms, ...answer }, calls))).diagnosis;
};

test('three attempts that nobody answered lead to who does not answer, more of them to who repeats them', () => {
  expect(unanswered(3)).toMatchObject({ kind: 'timeout-cascade', service: 'gates' });
  expect(unanswered(6)).toMatchObject({ kind: 'retry-storm', service: 'park' });
});

test('an attempt of a model has its status as the type of its error', () => {
  const refusedBy = { failed: true, attributes: { 'gen_ai.operation.name': 'chat', 'error.type': '429' } };
  const answer = { failed: true, attributes: { 'http.response.status_code': 503 } };
  const calls = times(3, (i) => call('guide', 'models', 'chat large', { at: i * 310, ms: 300, ...refusedBy }));
  const trace = traceOf(server('guide', 'POST /ask', { ms: 940, ...answer }, calls));
  expect(diagnosed(trace).diagnosis).toMatchObject({ kind: 'error-origin' });
});

/** A worker at its third attempt; what it asks answers with this status, and nobody says why. */
const handled = (status: number) =>
  diagnosed(
    traceOf(
      span(
        'cellar',
        'ExportWorker process',
        {
          ms: 2_200,
          kind: 'consumer',
          failed: true,
          attributes: { 'oban.job.attempt': 3, 'messaging.destination.name': 'exports' },
        },
        [
          call('cellar', 'api.customs.example', 'HTTP POST', {
            at: 80,
            ms: 2_100,
            failed: true,
            attributes: { 'http.response.status_code': status },
          }),
        ],
      ),
    ),
  ).diagnosis;

test('a message whose handler asks what answers 500 is no bad message', () => {
  expect(handled(500)).toMatchObject({ kind: 'error-origin' });
  expect(handled(503)).toMatchObject({ kind: 'error-origin' });
});

test('a message that the callee refuses may be a bad one', () => {
  expect(handled(422)).toMatchObject({ kind: 'poison-message' });
});
