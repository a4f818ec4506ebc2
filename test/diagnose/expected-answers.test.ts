/** Failed calls that a healthy request makes are no verdict; the same failure with a loss is. */
import { describe, expect, test } from 'vitest';
import type { LogLine } from '#model/logs/log-line.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, type SpanOptions, server, span, times, traceOf } from '#test/trace.ts';

const judged = (root: SpanNode, logs?: readonly LogLine[]) => diagnosed(traceOf(root), logs).diagnosis;
const status = (code: number) => ({ 'http.response.status_code': code });
const failed = (statusText: string, options: SpanOptions = {}): SpanOptions => ({
  at: 5,
  ms: 6,
  failed: true,
  statusText,
  ...options,
});
const answered = (code: number, ...children: readonly SpanNode[]) =>
  server('depot', 'POST /loads', { ms: 90, attributes: status(code), failed: code >= 500 }, children);
const next = call('depot', 'store', 'write', { at: 30, ms: 20 });

describe('what is to be made is there already', () => {
  const made = (operation: string, statusText: string) => call('depot', 'store', operation, failed(statusText));

  test.each([
    ['create queue', 'QueueAlreadyExists'],
    ['indices.create', 'resource_already_exists_exception'],
    ['XGROUP CREATE', 'BUSYGROUP Consumer Group name already exists'],
    ['mkdir /out', "EEXIST: file already exists, mkdir '/out'"],
    ['start_child', '{:error, {:already_started, pid}}'],
  ])('and the caller goes on: %s', (operation, statusText) => {
    expect(judged(answered(200, made(operation, statusText), next))).toBeUndefined();
  });

  test('and only the type of the error says it: another consumer is the active one', () => {
    const refused = (type: string) =>
      call('depot', 'broker', 'SUBSCRIBE doors', { at: 5, ms: 6, failed: true, attributes: { 'error.type': type } });
    expect(judged(answered(200, refused('ConsumerBusyException'), next))).toBeUndefined();
    expect(judged(answered(200, refused('AuthorizationException'), next))).toBeDefined();
    expect(judged(answered(500, refused('ConsumerBusyException'), next))).toBeDefined();
  });

  test('while a caller that fails, ends there, or writes a row, has a problem', () => {
    expect(judged(answered(500, made('create queue', 'QueueAlreadyExists'), next))).toBeDefined();
    expect(judged(answered(200, made('create queue', 'QueueAlreadyExists')))).toBeDefined();
    expect(judged(answered(200, made('save load', 'load already exists'), next))).toBeDefined();
    expect(judged(answered(200, made('create queue', 'access denied'), next))).toBeDefined();
  });
});

test.each([
  ['SSM.GetParameter', 'ParameterNotFound'],
  ['LDAP search', 'noSuchObject'],
  ['evaluate flag', 'flag not found'],
])('there is none: %s', (operation, statusText) => {
  expect(judged(answered(200, call('depot', 'store', operation, failed(statusText))))).toBeUndefined();
  expect(judged(answered(200, call('depot', 'store', operation, failed('AccessDenied'))))).toBeDefined();
});

test('a reader comes to the end, while a connection breaks', () => {
  const read = (operation: string, text: string) => answered(200, span('depot', operation, failed(text)), next);
  expect(judged(read('decode body', 'EOF'))).toBeUndefined();
  expect(judged(read('decode body', 'unexpected EOF'))).toBeDefined();
  expect(judged(answered(200, call('depot', 'store', 'read', failed('EOF')), next))).toBeDefined();
});

test('a value is too large for a cache, while a cache that is away is said', () => {
  const set = (text: string) => answered(200, call('depot', 'memcached', 'set', failed(text)));
  expect(judged(set('SERVER_ERROR object too large for cache'))).toBeUndefined();
  expect(judged(set('connection refused'))).toBeDefined();
});

describe('a row that somebody else holds', () => {
  const taken = (statement: string, ms = 1) =>
    query('depot', statement, failed('could not obtain lock on row in relation "loads"', { ms }));
  const other = query('depot', 'SELECT * FROM loads WHERE id = 2 FOR UPDATE NOWAIT', { at: 20, ms: 2 });

  test('is left to its holder by a worker that takes the next one', () => {
    expect(judged(answered(200, taken('SELECT * FROM loads WHERE id = 1 FOR UPDATE NOWAIT'), other))).toBeUndefined();
  });

  test('is left to its holder by code that does something else, where only the words say that it did not wait', () => {
    const insert = 'INSERT INTO loads (dock) VALUES (1)';
    expect(
      judged(answered(302, taken(insert), query('depot', 'INSERT INTO later (dock) VALUES (1)', { at: 20 }))),
    ).toBe(undefined);
    expect(judged(answered(302, taken(insert)))).toBeDefined();
    expect(judged(answered(500, taken(insert), other))?.kind).toBe('lock-contention');
  });

  test('while a worker that gets none, or waited, is told', () => {
    expect(judged(answered(500, taken('SELECT * FROM loads WHERE id = 1 FOR UPDATE NOWAIT')))?.kind).toBe(
      'lock-contention',
    );
    expect(judged(answered(200, taken('SELECT * FROM loads WHERE id = 1 FOR UPDATE', 80), other))).toBeDefined();
  });
});

describe('a row that is there', () => {
  const insert = query('depot', 'INSERT INTO loads (id) VALUES (1)', failed("Duplicate entry '1' for key 'PRIMARY'"));

  test('and is then changed or found', () => {
    const change = query('depot', 'UPDATE loads SET at = 2 WHERE id = 1', { at: 20, ms: 2 });
    const elsewhere = query('depot', 'UPDATE docks SET at = 2 WHERE id = 1', { at: 20, ms: 2 });
    expect(judged(answered(200, insert, change))).toBeUndefined();
    expect(judged(answered(200, insert, elsewhere))).toBeDefined();
  });

  test('from the delivery before', () => {
    const consumed = (attributes: Record<string, boolean | number>) =>
      judged(span('depot', 'loads process', { ms: 20, kind: 'consumer', attributes }, [insert]));
    expect(consumed({ 'messaging.rabbitmq.message.redelivered': true })).toBeUndefined();
    expect(consumed({ 'messaging.message.delivery_count': 2 })).toBeUndefined();
    expect(consumed({ 'messaging.message.delivery_count': 1 })).toBeDefined();
  });
});

describe('a call beside the request', () => {
  const sent = (path: string, address: string, resource?: Record<string, string>) =>
    answered(
      200,
      span(
        'depot',
        'POST',
        failed('', {
          kind: 'client',
          attributes: { 'http.request.method': 'POST', 'url.path': path, 'server.address': address, ...status(503) },
          ...(resource && { resource }),
        }),
      ),
    );

  test('sends telemetry', () => {
    expect(judged(sent('/v1/traces', 'collector'))).toBeUndefined();
    expect(judged(sent('/v1/orders', 'collector'))).toBeDefined();
  });

  test('asks which cloud this is', () => {
    expect(judged(sent('/computeMetadata/v1/', 'metadata.google.internal'))).toBeUndefined();
    expect(judged(sent('/computeMetadata/v1/', 'metadata.shop.internal'))).toBeDefined();
  });

  test('tells statistics what a user does, from a browser', () => {
    const page = (host: string, language: string) => {
      const resource = { 'telemetry.sdk.language': language };
      return judged(
        span('page', 'click', { ms: 300, resource }, [
          span(
            'page',
            'HTTP POST',
            failed('Failed to fetch', {
              kind: 'client',
              resource,
              attributes: { 'url.full': `https://${host}/api/event`, 'server.address': host },
            }),
          ),
        ]),
      );
    };
    expect(page('stats.counter.example', 'webjs')).toBeUndefined();
    expect(page('orders.counter.example', 'webjs')).toBeDefined();
    expect(page('stats.counter.example', 'go')).toBeDefined();
  });
});

describe('an answer that may be missing', () => {
  const lost = call('depot', 'weather', 'GET /now', failed('503 from weather', { attributes: status(503) }));
  const trace = traceOf(answered(200, lost));
  const said = (line: string, level = 'info') =>
    diagnosed(trace, [{ ...logLine('depot', 50, line, { level }), rung: 'trace-id' }]).diagnosis;

  test('by the words of the code', () => {
    expect(said('weather is optional, shown without it')).toBeUndefined();
    expect(said('weather skipped (best effort)')).toBeUndefined();
  });

  test('while "falling back", a warning or silence leaves a question', () => {
    expect(said('falling back to yesterday')?.kind).toBe('swallowed-error');
    expect(said('weather is optional, shown without it', 'warn')?.kind).toBe('swallowed-error');
    expect(said('loaded')?.kind).toBe('swallowed-error');
  });

  test('was got elsewhere, as the line says and a later read shows', () => {
    const copy = query('depot', 'SELECT body FROM weather_copy WHERE id = 1', { at: 30, ms: 8 });
    const both = (line: string, level = 'info', ...more: readonly SpanNode[]) =>
      diagnosed(traceOf(answered(200, lost, ...more)), [{ ...logLine('depot', 25, line, { level }), rung: 'trace-id' }])
        .diagnosis?.kind;
    expect(both('weather is slow, used the local copy of 9:00', 'info', copy)).toBeUndefined();
    expect(both('no weather today, last forecast used', 'info', copy)).toBeUndefined();
    expect(both('weather is slow, used the local copy of 9:00')).toBe('swallowed-error');
    expect(both('weather is slow, used the local copy of 9:00', 'warn', copy)).toBe('swallowed-error');
    expect(both('weather is slow', 'info', copy)).toBe('swallowed-error');
  });

  test('comes again, as the answer of a function to its batch says', () => {
    const batch = (line: string) =>
      diagnosed(traceOf(span('depot', 'loads process', { ms: 90, kind: 'consumer' }, [lost])), [
        { ...logLine('depot', 50, line, { level: 'warn' }), rung: 'trace-id' },
      ]).diagnosis?.kind;
    expect(batch('batchItemFailures: 1 of 10')).toBeUndefined();
    expect(batch('batchItemFailures: []')).toBe('swallowed-error');
    expect(batch('1 of 10 failed')).toBe('swallowed-error');
  });

  test('by a mark at the code around the call', () => {
    const part = (optional: boolean) =>
      judged(answered(200, span('depot', 'weather box', { at: 4, ms: 20, attributes: { optional } }, [lost])));
    expect(part(true)).toBeUndefined();
    expect(part(false)).toBeDefined();
  });

  test('stands behind what makes the request slow', () => {
    const slow = query('depot', 'SELECT * FROM loads WHERE note LIKE $1', { at: 30, ms: 2400 });
    const root = server('depot', 'POST /loads', { ms: 2500, attributes: status(200) }, [lost, slow]);
    const optional = logLine('depot', 50, 'weather is optional');
    expect(judged(root, [{ ...optional, rung: 'trace-id' }])?.kind).toBe('slow-query');
  });
});

describe('one of many that were asked at once', () => {
  const carriers = (late: number, limit: number) =>
    judged(
      server('depot', 'POST /offers', { ms: 320, attributes: { ...status(200), 'collect.timeout_ms': limit } }, [
        ...times(8, (i) =>
          call('depot', `carrier-${'abcdefgh'[i]}`, 'POST /offer', {
            at: 5,
            ms: i < late ? 300 : 100 + i,
            failed: i < late,
            ...(i < late && { statusText: 'no answer' }),
          }),
        ),
      ]),
    );

  test('may miss the limit that is on record', () => {
    expect(carriers(1, 300)).toBeUndefined();
    expect(carriers(1, 900)).toBeDefined();
    expect(carriers(5, 300)).toBeDefined();
  });
});

test('an older version of the callee is asked in its way, while nobody else answers in its place', () => {
  const newer = call('depot', 'scale', 'scale.v2/Weigh', failed('unknown service scale.v2'));
  expect(judged(answered(200, newer, call('depot', 'scale', 'scale.v1/Weigh', { at: 20, ms: 9 })))).toBeUndefined();
  expect(judged(answered(200, newer, call('depot', 'crane', 'crane.v1/Lift', { at: 20, ms: 9 })))).toBeDefined();
});

describe('a provider of a model judges a prompt', () => {
  const asked = (text: string, code: number, type = '', answer = 200) => {
    const attributes = { 'gen_ai.operation.name': 'chat', 'error.type': type, ...status(code) };
    return judged(answered(answer, call('depot', 'models', 'chat', failed(text, { attributes }))));
  };

  test.each([
    ["The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", ''],
    ['Error code: 400', 'content_filter'],
    ["innererror: {'code': 'ResponsibleAIPolicyViolation'}", ''],
    ['Your request was rejected as a result of our safety system.', ''],
    ['Output blocked by content filtering policy', ''],
    ['stopReason guardrail_intervened', ''],
    ['no candidates, block_reason: SAFETY', ''],
  ])('and its caller says so: %s %s', (text, type) => {
    expect(asked(text, 400, type)).toBeUndefined();
  });

  test('while a caller that fails, a filter that does not work, a full quota and a wrong prompt have a problem', () => {
    expect(asked('content_filter', 400, '', 500)).toBeDefined();
    expect(asked('content_filter_error: the filter is down', 400)).toBeDefined();
    expect(asked('content_filter', 503)).toBeDefined();
    expect(asked('rate limit reached', 429)).toBeDefined();
    expect(asked('maximum context length is 8192 tokens', 400, 'context_length_exceeded')).toBeDefined();
  });
});

test('a tool tells its model that there is none, while a broken tool is said', () => {
  const tool = (text: string) =>
    answered(
      200,
      call('depot', 'tools', 'execute_tool find', failed(text, { attributes: { 'gen_ai.tool.name': 'find' } })),
      call('depot', 'models', 'chat', { at: 20, ms: 50, attributes: { 'gen_ai.operation.name': 'chat' } }),
    );
  expect(judged(tool('no load with this number'))).toBeUndefined();
  expect(judged(tool('connection refused'))).toBeDefined();
});

test('one candidate of a connection works', () => {
  const tried = (...ways: readonly boolean[]) =>
    answered(200, ...ways.map((ok, i) => span('depot', `candidate pair ${i}`, { at: 5 + i * 9, ms: 8, failed: !ok })));
  expect(judged(tried(false, false, true))).toBeUndefined();
  expect(judged(tried(false, false, false))).toBeDefined();
});
