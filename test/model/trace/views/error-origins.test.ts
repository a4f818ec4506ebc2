import { expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { errorOrigins, saysClientError } from '#model/trace/views/error-origins.ts';
import { call, server, span, times, traceOf } from '#test/trace.ts';

test('many failed calls of one caller that put up with them are one origin for each name, in linear time', () => {
  const count = 30_000;
  const trace = traceOf(
    server(
      'web',
      'GET /',
      { ms: count },
      times(count, (at) => call('web', 'shop', at % 2 === 0 ? 'GET /a' : 'GET /b', { at, ms: 1, failed: true })),
    ),
  );
  const origins = errorOrigins(trace);
  expect(origins.map(({ spans }) => spans.length)).toEqual([count / 2, count / 2]);
  expect(origins.map(({ symptom }) => trace.operation(symptom))).toEqual(['GET /a', 'GET /b']);
});

test('who does not take a good answer fails, whatever code its library gives that', () => {
  const code = (name: number) => ({ 'rpc.system': 'grpc', 'rpc.grpc.status_code': name });
  const refused = (answer: number) => {
    const trace = traceOf(
      server('tower', 'History', { ms: 90, failed: true, attributes: code(11) }, [
        call('tower', 'log', 'List', { at: 5, ms: 60, failed: true, attributes: code(11) }, [
          server('log', 'List', { at: 6, ms: 50, attributes: code(answer) }),
        ]),
      ]),
    );
    return [0, 1].map((span) => saysClientError(trace, span));
  };
  expect(refused(0)).toEqual([false, false]);
  expect(refused(11)).toEqual([true, true]);
});

test('of very many different calls that failed below one caller some are origins, in linear time', () => {
  const count = 30_000;
  const trace = traceOf(
    server(
      'web',
      'GET /',
      { ms: count + 5, failed: true },
      times(count, (at) => call('web', `shop-${at}`, 'GET /', { at, ms: 1, failed: true, statusText: `no ${at}` })),
    ),
  );
  const origins = errorOrigins(trace);
  expect(origins).toHaveLength(12);
  expect(origins.every(({ rivals, symptom }) => rivals === 11 && symptom === trace.root)).toBe(true);
});

test('a chain of failures that parts at every step is walked once', () => {
  const row = (id: string, parentId: string | undefined, statusText: string): SpanRow => ({
    id,
    parentId,
    service: 's',
    operation: id,
    kind: 'server',
    startUs: 0,
    durationUs: 1000,
    failed: true,
    statusText,
    attributes: {},
    events: [],
    links: [],
  });
  const rows = times(20_000, (level) => [
    row(`level ${level}`, level === 0 ? undefined : `level ${level - 1}`, ''),
    row(`side ${level}`, `level ${level}`, `side ${level} broke`),
  ]).flat();
  expect(errorOrigins(traceFrom(rows, 'drawn')).length).toBeLessThanOrEqual(12);
});

/** `desk` asks a gateway, which asks a provider of models. Whatever the provider answers, the gateway passes on. */
function throughGateway(answer: number, attributes: Readonly<Record<string, string>> = {}, passedOn = answer) {
  const status = (code: number) => ({ 'http.response.status_code': code });
  const trace = traceOf(
    server('desk', 'POST /ask', { ms: 90, failed: true, attributes: status(500) }, [
      call('desk', 'relay', 'POST', { at: 5, ms: 80, failed: true, attributes: status(passedOn) }, [
        server('relay', 'POST /talk', { at: 6, ms: 70, attributes: status(passedOn) }, [
          call('relay', 'oracle', 'talk', {
            at: 8,
            ms: 60,
            failed: true,
            attributes: { ...status(answer), ...attributes },
          }),
        ]),
      ]),
    ]),
  );
  return errorOrigins(trace).map(({ spans: [span = trace.root] }) => `${trace.service(span)} ${trace.operation(span)}`);
}

test('a refusal that a gateway passed on began where the gateway got it', () => {
  expect(throughGateway(400)).toContain('relay talk');
  expect(throughGateway(400)).toHaveLength(1);
  // The gateway answers with a refusal of its own.
  expect(throughGateway(400, {}, 422)).toContain('desk POST');
});

test('a model that its provider does not have is no answer, unlike a page', () => {
  expect(throughGateway(404, { 'gen_ai.request.model': 'sybil-2' })).toEqual(['relay talk']);
  expect(throughGateway(404)).toEqual(['desk POST /ask']);
});

test('a condition of a write that did not hold is an answer, by the type of its error alone', () => {
  const put = (type: string) => {
    const attributes = { 'db.system.name': 'dynamodb', 'http.response.status_code': 400, 'error.type': type };
    const trace = traceOf(
      server('covers', 'covers invoke', { ms: 90 }, [
        call('covers', 'dynamodb', 'DynamoDB.PutItem', { at: 20, ms: 50, failed: true, attributes }),
      ]),
    );
    return errorOrigins(trace).length;
  };
  expect(put('ConditionalCheckFailedException')).toBe(0);
  expect(put('ResourceNotFoundException')).toBe(1);
});

test.each([
  "ActiveJob::DeserializationError: Couldn't find Cycle with 'id'=7",
  'cycles.models.Cycle.DoesNotExist: Cycle matching query does not exist.',
  'asynq: handler returned error: record not found',
  'EmptyResultDataAccessException: Incorrect result size: expected 1, actual 0',
])('a job whose object is gone fails, and a look-up for it only answers: %s', (statusText) => {
  const failing = (kind: 'consumer' | 'client') =>
    traceOf(
      server('front', 'POST /cycles', { ms: 30 }, [
        span('front', 'StartCycle', { at: 5, ms: 20, kind, failed: true, statusText }),
      ]),
    );
  expect(errorOrigins(failing('consumer'))).toHaveLength(1);
  expect(errorOrigins(failing('client'))).toEqual([]);
});
