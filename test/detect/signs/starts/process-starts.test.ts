import { expect, test } from 'vitest';
import {
  begunStarts,
  isNamedStart,
  loggedStarts,
  recordedLoads,
  reportedStarts,
  startsOf,
} from '#detect/signs/starts/process-starts.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

test('a marked span loses the time before it began and its initialisation', () => {
  const trace = traceOf(
    server('api', 'POST /', { ms: 1000 }, [
      call('api', 'fn', 'POST fn', { ms: 1000 }, [
        server('fn', 'fn', { at: 400, ms: 600, attributes: { 'faas.coldstart': true } }, [
          span('fn', 'init', { at: 400, ms: 200 }),
          span('fn', 'work', { at: 600, ms: 400 }),
        ]),
      ]),
    ]),
  );
  const [start] = startsOf(trace);
  expect(start).toMatchObject({ flagged: true, item: { text: 'fn: faas.coldstart = true' } });
  expect(lengthOf(start?.lost ?? [])).toBe(600_000);
});

test.each([
  ['that runs before the start is no work of it', { service: 'authorizer', at: 1, ms: 2 }, 900_000],
  ['of its own is its work', { service: 'fn', at: 1, ms: 2 }, 0],
  ['that runs after the start began is its work', { service: 'authorizer', at: 60, ms: 2 }, 10_000],
])('a function %s', (_, { service, at, ms }, lostUs) => {
  const trace = traceOf(
    server('fn', 'GET /chips', { ms: 1000, attributes: { 'faas.coldstart': true } }, [
      server(service, 'authorize', { at, ms }),
      span('fn', 'init', { at: 50, ms: 845 }),
      call('fn', 'chips', 'GET', { at: 903, ms: 90 }),
    ]),
  );
  expect(lengthOf(startsOf(trace)[0]?.lost ?? [])).toBeGreaterThanOrEqual(lostUs);
});

test('two lines tell of a start: the one that begins it and the one that ends it', () => {
  const trace = traceOf(
    server('site', 'GET /thumb', { ms: 4600 }, [
      call('site', 'thumbs', 'GET /t', { at: 5, ms: 4590 }, [server('thumbs', 'GET /t', { at: 4470, ms: 120 })]),
    ]),
  );
  const begins = logLine('thumbs', 10, 'Starting new instance. Reason: AUTOSCALING - due to a new request');
  const ready = logLine('thumbs', 4440, 'Default STARTUP TCP probe succeeded after 1 attempt for container "app"');
  const [start] = loggedStarts(trace, [begins, ready]);
  expect(lengthOf(start?.lost ?? [])).toBe(4_430_000);
  const uvicorn = logLine('thumbs', 4440, 'Application startup complete.');
  expect(lengthOf(loggedStarts(trace, [begins, uvicorn])[0]?.lost ?? [])).toBe(4_430_000);
  expect(loggedStarts(trace, [ready])).toEqual([]);
  expect(loggedStarts(trace, [{ ...begins, service: 'mail' }, ready])).toEqual([]);
});

test('a line that only begins a start tells of it where a caller waits for the first work', () => {
  const after = (at: number) =>
    traceOf(
      server('site', 'GET /thumb', { ms: 4600 }, [
        call('site', 'thumbs', 'GET /t', { at: 5, ms: 4590 }, [server('thumbs', 'GET /t', { at, ms: 120 })]),
      ]),
    );
  const begins = (ms: number) => logLine('thumbs', ms, 'Starting new instance. Reason: AUTOSCALING - traffic');
  expect(lengthOf(begunStarts(after(4465), [begins(20)])[0]?.lost ?? [])).toBe(4_460_000);
  expect(begunStarts(after(4465), [{ ...begins(20), service: 'mail' }])).toEqual([]);
  expect(begunStarts(after(10), [begins(900)])).toEqual([]);
});

test('a host holds the request that it accepted until the function is ready', () => {
  const held = (at: number) =>
    traceOf(
      server('site', 'POST /u', { ms: 6200 }, [
        call('site', 'fn', 'POST', { at: 5, ms: 6190 }, [
          server('fn', 'POST /api', { at: 1, ms: 6180 }, [span('fn', 'Intake', { at, ms: 40 })]),
        ]),
      ]),
    );
  const ready = logLine('fn', 6090, 'Host started (5530ms)');
  expect(lengthOf(loggedStarts(held(6100), [ready])[0]?.lost ?? [])).toBe(5_530_000);
  expect(loggedStarts(held(300), [ready])).toEqual([]);
});

test('Lambda reports the start after the work, which began as the process was ready', () => {
  const after = (at: number) =>
    traceOf(
      server('api', 'POST /t', { ms: 4300 }, [
        call('api', 'fn', 'POST', { ms: 4290 }, [server('fn', 'fn', { at, ms: 250 })]),
      ]),
    );
  const report = logLine(
    'fn',
    4290,
    'REPORT RequestId: 8f Duration: 251 ms Billed Duration: 252 ms Init Duration: 3890 ms',
  );
  expect(lengthOf(reportedStarts(after(4000), [report])[0]?.lost ?? [])).toBe(3_890_000);
  expect(reportedStarts(after(10), [report])).toEqual([]);
});

test('a model server records how long it loaded', () => {
  const chat = (attributes: Record<string, number>) =>
    recordedLoads(
      traceOf(server('chat', 'POST /', { ms: 9000 }, [call('chat', 'ollama', 'chat', { ms: 8990, attributes })])),
      100_000,
    );
  expect(chat({ 'ollama.load_duration': 7_000_000_000 })).toMatchObject([{ service: 'ollama', flagged: true }]);
  expect(chat({ 'ollama.load_duration': 20_000_000 })).toEqual([]);
});

test('without a mark, initialisation before other work is a start', () => {
  const steps = (operation: string) =>
    traceOf(
      server('fn', 'fn', { ms: 1000 }, [span('fn', operation, { ms: 300 }), span('fn', 'work', { at: 300, ms: 700 })]),
    );
  const [start] = startsOf(steps('load_model'));
  expect(start).toMatchObject({ flagged: false, item: { text: 'load_model' } });
  expect(start && isNamedStart(start)).toBe(false);
  expect(startsOf(steps('initialize payment'))).toEqual([]);
});
