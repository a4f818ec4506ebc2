import { describe, expect, test } from 'vitest';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Attributes, SpanEvent } from '#model/trace/columns.ts';
import { endsAsMeant, requestNature } from '#model/trace/views/request-nature.ts';

const S = 1_000_000;

function root(operation: string, seconds: number, attributes: Attributes = {}, more: Partial<SpanRow> = {}): SpanRow {
  return {
    id: 'root',
    parentId: undefined,
    service: 'web',
    operation,
    kind: 'server',
    startUs: S,
    durationUs: seconds * S,
    failed: undefined,
    attributes,
    ...more,
  };
}

function below(operation: string, seconds: number, more: Partial<SpanRow> = {}): SpanRow {
  return { ...root(operation, seconds), id: operation, parentId: 'root', kind: 'client', startUs: S + 10, ...more };
}

function every(seconds: number, count: number, event: Partial<SpanEvent>): SpanEvent[] {
  return Array.from({ length: count }, (_, at) => ({
    atUs: S + at * seconds * S,
    name: 'message',
    attributes: {},
    ...event,
  }));
}

const of = (...spans: SpanRow[]) => requestNature(traceFrom(spans)).words;

describe('a stream', () => {
  test('by its protocol', () => {
    expect(of(root('GET /ws', 1800, { 'http.status_code': 101 }))).toBe('a WebSocket');
    expect(of(root('GET /chat', 60, { 'url.scheme': 'wss' }))).toBe('a WebSocket');
    expect(of(root('GET /e', 300, { 'http.response.header.content-type': 'text/event-stream; charset=utf-8' }))).toBe(
      'an event stream',
    );
  });

  test('by its remote method, or by several messages one way', () => {
    const grpc = { 'rpc.system': 'grpc', 'rpc.method': 'Watch' };
    expect(of(root('etcdserverpb.Watch/Watch', 60, grpc))).toBe('a gRPC stream');
    const messages = every(9, 5, { attributes: { 'rpc.message.type': 'RECEIVED' } });
    expect(of(root('acme.Relay/Pipe', 60, { 'rpc.system': 'grpc' }, { events: messages }))).toBe('a gRPC stream');
    expect(of(root('acme.Stock/Get', 60, { 'rpc.system': 'grpc', 'rpc.method': 'Get' }))).toBe('a request');
  });

  test('whose connection the server ends at an age', () => {
    const watch = (message: string) =>
      root('config.v1.Config/Watch', 1800, { 'rpc.system': 'grpc', 'rpc.grpc.status_code': 14 }, {
        failed: true,
        statusText: message,
      } as Partial<SpanRow>);
    expect(of(watch('closing transport due to: max connection age'))).toBe('a gRPC stream');
    expect(of(watch('connection reset by peer'))).toBe('a request');
  });

  test('by what it sends over most of its time', () => {
    const sent = every(15, 19, { name: 'message sent' });
    expect(of(root('GET /feed', 300, {}, { events: sent }))).toBe('a stream');
    expect(of(root('GET /feed', 300, {}, { events: sent.slice(0, 4) }))).toBe('a request');
  });

  test('also behind a gateway', () => {
    const passed = below('GET /ws', 1799, { attributes: { 'http.status_code': 101 } });
    expect(of(root('GET /ws', 1800), passed)).toBe('a WebSocket');
  });

  test('of gRPC also where it ends at its deadline, unless it was short or its callee failed', () => {
    const grpc = { 'rpc.system': 'grpc', 'rpc.method': 'EventStream', 'rpc.grpc.status_code': 4 };
    const callee = (code: number) =>
      below('EventStream', 600, { kind: 'server', attributes: { ...grpc, 'rpc.grpc.status_code': code } });
    expect(of(root('EventStream', 600, grpc), callee(0))).toBe('a gRPC stream');
    expect(of(root('EventStream', 600, grpc), callee(14))).toBe('a request');
    expect(of(root('EventStream', 20, grpc))).toBe('a request');
    expect(of(root('Get', 600, { ...grpc, 'rpc.method': 'Get' }))).toBe('a request');
  });

  test('no longer where it failed', () => {
    expect(of(root('GET /ws', 1800, { 'url.scheme': 'wss' }, { failed: true }))).toBe('a request');
  });
});

describe('a long poll', () => {
  test('answers nothing at a time limit that people choose', () => {
    expect(of(root('GET /updates', 30.02, { 'http.status_code': 204 }))).toBe('a long poll');
    expect(of(root('GET /updates', 33.7, { 'http.status_code': 204 }))).toBe('a request');
    expect(of(root('GET /updates', 30.02, { 'http.status_code': 200 }))).toBe('a request');
  });

  test('waits in a command that blocks until there is news', () => {
    expect(of(root('GET /updates', 12), below('XREAD BLOCK 29900 STREAMS u $', 11))).toBe('a long poll');
    const loop = root('loop', 30, {}, { kind: 'internal' });
    expect(of(loop, below('BLPOP', 29))).toBe('a worker that waits for messages');
    expect(of(root('GET /updates', 12), below('XRANGE', 11))).toBe('a request');
  });

  test('is told to come back for the result', () => {
    const ask = (at: number, status: number) =>
      below('GET', 0.03, { id: `${at}`, startUs: S + at * 0.5 * S, attributes: { 'http.status_code': status } });
    const asks = (status: number) => [ask(0, status), ask(1, status), ask(2, status), ask(3, status), ask(4, 200)];
    expect(of(root('POST /export', 3), ...asks(202))).toBe('a request that asks until a result is there');
    expect(of(root('POST /export', 3), ...asks(200))).toBe('a request');
  });

  test('sleeps between equal calls, and does no work in between', () => {
    const loop = root('Loader.run', 9, {}, { kind: 'internal' });
    const gets = Array.from({ length: 45 }, (_, at) =>
      below('GET', 0.01, { id: `get ${at}`, startUs: S + at * 0.2 * S }),
    );
    const work = gets.map(({ startUs }, at) =>
      below('SELECT', 0.18, { id: `select ${at}`, startUs: startUs + 0.01 * S, attributes: { 'db.system': 'mysql' } }),
    );
    expect(of(loop, ...gets)).toBe('a request that asks until a result is there');
    expect(of(loop, ...gets, ...work)).toBe('work that no recorded request asked for');
  });

  test('has a route or a method of long polls', () => {
    expect(of(root('POST', 25, { 'http.route': '/message-bus/{client_id}/poll' }))).toBe('a long poll');
    expect(of(root('GET', 25, { 'http.route': '/polls/{id}' }))).toBe('a request');
    const temporal = (method: string) => ({ 'rpc.system': 'grpc', 'rpc.method': method });
    expect(of(root('PollWorkflowTaskQueue', 60, temporal('PollWorkflowTaskQueue')))).toBe('a long poll');
    expect(of(root('PollingStations', 60, temporal('PollingStations')))).toBe('a request');
    expect(of(root('GET', 400, { 'http.target': '/api/v1/pods?watch=true&timeoutSeconds=412' }))).toBe('a watch');
  });

  test('asks to wait', () => {
    expect(of(root('GET', 41, { 'url.full': 'http://consul/v1/kv/x?index=7&wait=5m' }))).toBe('a long poll');
    expect(of(root('GET', 20, { 'url.query': 'WaitTimeSeconds=20&Action=ReceiveMessage' }))).toBe('a long poll');
    expect(of(root('GET', 30, { 'url.query': 'queue=builds&wait_ms=30000' }))).toBe('a long poll');
    expect(of(root('GET', 30, { 'url.query': 'queue=builds&wait_ms=0' }))).toBe('a request');
  });
});

describe('a job', () => {
  test('by its trigger, its kind, its attributes or its name', () => {
    expect(of(root('handler', 60, { 'faas.trigger': 'timer' }))).toBe('a scheduled function');
    expect(of(root('orders process', 60, {}, { kind: 'consumer' }))).toBe('work on a message of a queue');
    expect(of(root('run', 7200, { 'cron.schedule': '*/5 * * * *' }, { kind: 'internal' }))).toBe('a job');
    expect(of(root('NightlyExport.run', 7200, {}, { kind: 'internal' }))).toBe('a job');
    expect(of(root('GET /export', 7200))).toBe('a request');
    expect(of(root('render', 7200, {}, { kind: 'internal' }))).toBe('long work that no recorded request asked for');
    expect(of(root('render', 50, {}, { kind: 'internal' }))).toBe('work that no recorded request asked for');
  });

  test('by a schedule among its attributes, whatever its kind', () => {
    const started = (value: string) => of(root('Rollover/Run', 40, { 'task.when': value }));
    expect(started('0 4 * * *')).toBe('a job');
    expect(started('0 0/15 8-18 ? * MON-FRI')).toBe('a job');
    expect(started('@daily')).toBe('a job');
    expect(started('1 2 3 4 5')).toBe('a request');
    expect(started('5 * rating of all users')).toBe('a request');
  });

  test('by the attributes of its engine, where it is recorded as a server that nobody asked', () => {
    const run = (attributes: Attributes) => of(root('run atlas', 40, attributes));
    expect(run({ 'airflow.dag_id': 'atlas' })).toBe('a job');
    expect(run({ 'cicd.pipeline.name': 'main' })).toBe('a job');
    expect(run({ 'dag.run': 'atlas', 'http.route': '/runs' })).toBe('a request');
    expect(run({ 'rpc.system': 'grpc', 'job.id': '7' })).toBe('a request');
    expect(run({ tenant: 'a' })).toBe('a request');
  });

  test('by the name that its runner gives the run, where it is recorded as a server that nobody asked', () => {
    const run = (operation: string, attributes: Attributes = { 'code.function': 'run' }) =>
      of(root(operation, 40, attributes));
    for (const name of ['console atlas:draw', 'batch tides', 'job tides', 'dbt build tides', 'artisan tides:draw'])
      expect(run(name)).toBe('a job');
    expect(run('batch tides', { 'client.address': '10.0.0.7' })).toBe('a request');
    expect(run('job tides', { 'http.request.method': 'POST' })).toBe('a request');
    for (const name of ['Batch.Get', 'batch/Get', 'jobs tides', 'console', 'dbt tides'])
      expect(run(name)).toBe('a request');
  });

  test('by the timer of an actor, or the service that starts it', () => {
    const actor = (method: string) => of(root(method, 40, { 'rpc.system': 'orleans', 'rpc.method': method }));
    expect(actor('ReceiveReminder')).toBe('a job');
    expect(actor('SendReminder')).toBe('a request');
    const asked = (service: string) =>
      of(root('POST', 40, { 'http.request.method': 'POST' }, { kind: 'client', service }));
    expect(asked('report-cron')).toBe('a job');
    expect(asked('acronyms')).toBe('a request');
  });

  test('a root without a kind is work of its own where other spans have one', () => {
    const epoch = root('fit', 20, {}, { kind: 'unspecified' });
    expect(of(epoch, below('GET', 1))).toBe('work that no recorded request asked for');
    expect(of(epoch, below('load', 1, { kind: 'unspecified' }))).toBe('a request');
    expect(of(root('GET /fit', 20, {}, { kind: 'unspecified' }), below('GET', 1))).toBe('a request');
  });

  test('is called by a scheduler or a queue that says so', () => {
    const from = (attributes: Attributes) =>
      of(root('POST /run', 40, { 'http.request.method': 'POST', ...attributes }));
    expect(from({ 'user_agent.original': 'Google-Cloud-Scheduler' })).toBe('a job');
    expect(from({ 'http.user_agent': 'vercel-cron/1.0' })).toBe('a job');
    expect(from({ 'http.request.header.x-cloudtasks-queuename': 'mails' })).toBe('a job');
    expect(from({ 'user_agent.original': 'curl/8.9 Google-Cloud-Scheduler' })).toBe('a request');
    expect(from({ 'http.route': '/cron/close-month' })).toBe('a job');
    expect(from({ 'http.route': '/synchrony/close' })).toBe('a request');
  });

  test('is a function without a trigger, by its name', () => {
    const invoked = (operation: string, attributes: Attributes = {}) =>
      of(root(operation, 40, { 'faas.invocation_id': '7', ...attributes }));
    expect(invoked('nightly-gc')).toBe('a job');
    expect(invoked('get-cart')).toBe('a request');
    expect(invoked('nightly-gc', { 'faas.trigger': 'http' })).toBe('a request');
  });

  test('or work that nobody is known to have asked for, also if it is called a query', () => {
    const engine = (attributes: Attributes) => of(root('query', 90, attributes, { kind: 'internal' }));
    expect(engine({ 'trino.query_type': 'SELECT' })).toBe('long work that no recorded request asked for');
    expect(engine({ 'graphql.operation.type': 'query' })).toBe('a request');
  });

  test('warms a process before users come', () => {
    expect(of(root('GET /_ah/warmup', 4, { 'http.route': '/_ah/warmup' }))).toBe('a warm-up');
    expect(of(root('POST /internal/warm-up', 4))).toBe('a warm-up');
    expect(of(root('GET /warmup-exercises', 4, { 'http.route': '/warmup-exercises/{id}' }))).toBe('a request');
  });
});

describe('what is as long as its content', () => {
  test('tokens at a usual rate', () => {
    const model = (tokens: number) =>
      below('chat', 13, { attributes: { 'gen_ai.system': 'x', 'gen_ai.usage.output_tokens': tokens } });
    expect(of(root('POST /chat', 14), model(1800))).toBe('an answer of a language model');
    expect(of(root('POST /chat', 14), model(20))).toBe('a request');
  });

  test('tokens that nobody counted, where a call takes seconds', () => {
    const chat = (seconds: number, attributes: Attributes = { 'gen_ai.operation.name': 'chat' }) =>
      of(root('POST /ask', seconds + 1), below('chat gpt-4o', seconds, { attributes }));
    expect(chat(4)).toBe('an answer of a language model');
    expect(chat(40)).toBe('a request');
    expect(chat(4, { 'gen_ai.operation.name': 'embeddings' })).toBe('a request');
    expect(chat(4, { 'llm.request.type': 'chat' })).toBe('an answer of a language model');
    expect(chat(4, { 'openinference.span.kind': 'LLM' })).toBe('an answer of a language model');
    expect(chat(4, { 'rpc.method': 'InvokeModel', 'aws.bedrock.model_id': 'm' })).toBe('an answer of a language model');
  });

  test('bytes at a usual rate', () => {
    const upload = (bytes: number) => root('PUT /file', 120, { 'http.request.body.size': bytes });
    expect(of(upload(4_000_000_000))).toBe('an upload');
    expect(of(upload(20_000_000))).toBe('a request');
  });

  test('a file of a second, and a body that its client sends slowly', () => {
    const file = (bytes: number) =>
      root('GET /exports/7.csv', 0.9, { 'http.route': '/exports/{id}.csv', 'http.response.body.size': bytes });
    expect(of(file(8_000_000))).toBe('a download');
    expect(of(file(20_000))).toBe('a request');
    const photo = (bytes: number) => root('POST /photos', 8, { 'http.request.body.size': bytes });
    expect(of(photo(9_000_000), below('read request body', 7.9, { kind: 'internal' }))).toBe('an upload');
    expect(of(photo(9_000_000), below('resize', 7.9, { kind: 'internal' }))).toBe('a request');
    expect(of(photo(400), below('read request body', 7.9, { kind: 'internal' }))).toBe('a request');
  });

  test('a file whose rows take a round trip each is a request', () => {
    const file = (rows: number) =>
      of(
        root('GET /exports/7.csv', 12, { 'http.route': '/exports/{id}.csv' }),
        below('SELECT bags', 11.5, {
          attributes: { 'db.system.name': 'oracle.db', 'db.response.returned_rows': rows },
        }),
      );
    expect(file(9400)).toBe('a request');
    expect(file(900_000)).toBe('a download');
    expect(file(40)).toBe('a download');
  });

  test('a body that the server sends slowly', () => {
    const sends = (bytes: number, operation = 'stream_body') =>
      of(
        root('GET /firmware', 44),
        below(operation, 43.9, { kind: 'internal', attributes: { 'http.response.body.size': bytes } }),
      );
    expect(sends(4_000_000)).toBe('a download');
    expect(sends(40_000)).toBe('a request');
    expect(sends(4_000_000, 'render')).toBe('a request');
  });

  test('by the calls that each send a part', () => {
    const part = (at: number, url: string, operation = 'PUT') =>
      below(operation, 2, { id: `${at}`, startUs: S + at * 2 * S, attributes: { 'url.full': url } });
    const parts = (url: string, count: number, operation?: string) =>
      Array.from({ length: count }, (_, at) => part(at, url, operation));
    expect(of(root('POST /snapshots', 8), ...parts('https://s3/b/k?partNumber=3&uploadId=x', 4))).toBe(
      'an upload in parts',
    );
    expect(of(root('POST /snapshots', 8), ...parts('', 4, 'S3.UploadPart'))).toBe('an upload in parts');
    expect(of(root('POST /snapshots', 8), ...parts('https://s3/b/k?partNumber=3', 2))).toBe('a request');
    expect(of(root('POST /snapshots', 8), ...parts('https://stock/items/3', 4))).toBe('a request');
  });

  test('by the calls that each fetch a range', () => {
    const ranges = (status: number) =>
      Array.from({ length: 4 }, (_, at) =>
        below('GET', 2, {
          id: `${at}`,
          startUs: S + at * 2 * S,
          attributes: { 'http.request.method': 'GET', 'http.response.status_code': status },
        }),
      );
    expect(of(root('POST /update', 8), ...ranges(206))).toBe('a download in parts');
    expect(of(root('POST /update', 8), ...ranges(200))).toBe('a request');
  });

  test('a file that a proxy passes on to a slow client', () => {
    const sent = (bytes: number, seconds = 1) =>
      of(root('GET /manual', 22, { 'http.status_code': 200, 'http.response.body.size': bytes }), {
        ...below('GET /manual', seconds, { attributes: { 'http.status_code': 200 } }),
      });
    expect(sent(14_000_000)).toBe('a download');
    expect(sent(14_000)).toBe('a request');
    expect(sent(14_000_000, 21)).toBe('a request');
  });
});

describe('a connection that stays open', () => {
  test('by its protocol, its name, or signs of life', () => {
    expect(of(root('connect', 7200, { 'network.protocol.name': 'mqtt' }))).toBe('a session');
    expect(of(root('media.session', 1800, {}, { kind: 'internal' }))).toBe('a session');
    expect(of(root('get connection', 40, {}, { kind: 'internal' }))).toBe('work that no recorded request asked for');
    expect(of(root('GET /events', 300, { 'http.response.header.content_type': 'text/event-stream' }))).toBe(
      'an event stream',
    );
    expect(of(root('GET /feed', 300, {}, { events: every(15, 19, { name: 'sse.keepalive' }) }))).toBe('a stream');
  });
});

describe('work that records its progress', () => {
  const send = (name: string, count: number) => of(root('C-MOVE', 30, {}, { events: every(2, count, { name }) }));

  test('is known to go on', () => {
    expect(send('dicom.progress', 14)).toBe('work that records its progress');
  });

  test('while repeated trouble is no progress, nor is what happened early', () => {
    expect(send('retry', 14)).toBe('a request');
    expect(send('lock.wait', 14)).toBe('a request');
    expect(send('dicom.progress', 5)).toBe('a request');
  });
});

describe('a request that waits on purpose', () => {
  const answer = (id: string, at: number, status: number) =>
    below('GET', 0.1, {
      id,
      startUs: S + at * S,
      attributes: { 'server.address': 'lab.example', 'http.response.status_code': status },
    });

  test('asks again later, as the callee told it', () => {
    const pause = (operation: string) => below(operation, 3, { startUs: S + 0.2 * S, kind: 'internal' });
    const asks = (status: number, operation: string) =>
      of(root('POST /orders', 3.6), answer('a', 0.05, status), pause(operation), answer('b', 3.3, 200));
    expect(asks(202, 'Task.Delay')).toBe('a request that asks until a result is there');
    expect(asks(202, 'render')).toBe('a request');
    expect(asks(200, 'Task.Delay')).toBe('a request');
  });

  test('sleeps for a set time of minutes or days', () => {
    const sleeps = (operation: string, seconds = 3600) =>
      of(root('renewals', seconds + 2), below(operation, seconds, { kind: 'internal' }));
    for (const name of ['WaitOneHour', 'wait', 'Sleep', 'timer 1h'])
      expect(sleeps(name)).toBe('a workflow that sleeps for a set time');
    for (const name of ['waitForLock', 'wait until free', 'waitress.serve', 'render'])
      expect(sleeps(name)).toBe('a request');
    expect(sleeps('WaitOneHour', 30)).toBe('a request');
  });

  test('or waits for a person', () => {
    const dialogue = (operation: string, attributes: Attributes = {}) =>
      of(root('Login', 9), below(operation, 8, { kind: 'internal', attributes }));
    expect(dialogue('terminal.waitForCard')).toBe('a dialogue that waits for a person');
    expect(dialogue('Prompt.Password', { 'ui.wait': 'user' })).toBe('a dialogue that waits for a person');
    expect(dialogue('Prompt.Password')).toBe('a request');
    expect(dialogue('user.load', { 'lock.wait': 'row' })).toBe('a request');
  });
});

test('a profile lasts as long as somebody asked', () => {
  const asked = { 'url.path': '/debug/pprof/trace', 'url.query': 'seconds=20' };
  expect(of(root('GET /debug/pprof/trace', 20, asked))).toBe('a profile that somebody asked for');
  expect(of(root('GET /trace', 20, { 'url.full': 'http://api:52323/trace?pid=1&durationSeconds=20' }))).toBe(
    'a profile that somebody asked for',
  );
  expect(of(root('GET /debug/vars', 20, { 'url.path': '/debug/vars' }))).toBe('a request');
});

test('a job that is to run later ends as meant, and one whose call failed does not', () => {
  const job = (type: string, ...more: SpanRow[]) =>
    endsAsMeant(
      traceFrom([root('Thumbs process', 1, { 'exception.type': type }, { kind: 'consumer', failed: true }), ...more]),
    );
  expect(job('celery.exceptions.Retry')).toBe(true);
  expect(job('airflow.exceptions.AirflowRescheduleException')).toBe(true);
  expect(job('RuntimeError')).toBe(false);
  expect(job('celery.exceptions.Retry', below('GET', 0.5, { failed: true }))).toBe(false);
});

test('a run of a state machine is a workflow by its attributes, and a request to it is none', () => {
  const run = { 'aws.step_functions.state_machine': 'reminders' };
  expect(of(root('reminders', 86_400, run))).toBe('a workflow');
  expect(of(root('reminders', 86_400))).toBe('a request');
  expect(of(root('POST /runs', 3, { ...run, 'http.request.method': 'POST' }))).toBe('a request');
});
