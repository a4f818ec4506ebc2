/** Times that are as they should be, and the same shapes where they are not. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, times, traceOf } from '#test/trace.ts';

describe('the start of a function', () => {
  const started = (ms: number, attributes: Record<string, boolean | string>) =>
    diagnosed(
      traceOf(
        server('gate', 'POST /beds', { ms: ms + 80 }, [
          server('book', 'book', { at: 4, ms: ms + 70, attributes: { 'faas.coldstart': true, ...attributes } }, [
            query('book', 'UPDATE beds SET free = 0', { at: ms, ms: 24 }),
          ]),
        ]),
      ),
    ).diagnosis?.kind;

  test('is no verdict below a second, while a longer one, or one of another process, is', () => {
    expect(started(560, { 'faas.trigger': 'http' })).toBeUndefined();
    expect(started(1400, { 'faas.trigger': 'http' })).toBe('cold-start');
    expect(started(560, {})).toBe('cold-start');
  });

  test('is seen in the host that turns into that of the app', () => {
    const host = (name: string) =>
      diagnosed(
        traceOf(
          server('orders', 'POST /orders', { ms: 9300, attributes: { 'faas.coldstart': true } }, [
            span('orders', name, { at: 5, ms: 8900 }),
            query('orders', 'INSERT INTO orders (id) VALUES (1)', { at: 8950, ms: 100 }),
          ]),
        ),
      ).diagnosis?.kind;
    expect(host('FunctionsHost.Specialization')).toBe('cold-start');
    expect(host('price the basket')).not.toBe('cold-start');
  });
});

test('a model is asked for each element in a loop, while an agent asks it now and then', () => {
  const asked = (count: number, attributes = {}) =>
    diagnosed(
      traceOf(
        server(
          'studio',
          'POST /translate',
          { ms: count * 950 + 60, attributes },
          times(count, (at) =>
            span('studio', 'chat small', {
              at: 30 + at * 950,
              ms: 940,
              kind: 'client',
              attributes: {
                'gen_ai.operation.name': 'chat',
                'gen_ai.usage.output_tokens': 18,
                'server.address': 'api.model.example',
              },
            }),
          ),
        ),
      ),
    ).diagnosis;
  expect(asked(40)).toBeDefined();
  expect(asked(4)).toBeUndefined();
  expect(asked(6, { 'gen_ai.agent.name': 'translator' })).toBeUndefined();
});

test('a job stalls because its worker computes, while a message that fails is to blame itself', () => {
  const stalled = (line: string) =>
    diagnosed(
      traceOf(
        span('worker', 'reminders process', {
          ms: 64_000,
          kind: 'consumer',
          failed: true,
          statusText: 'job stalled more than allowable limit',
        }),
      ),
      [logLine('worker', 63_990, line)],
    ).findings.map(({ detector }) => detector);
  expect(stalled('event loop blocked for 63900 ms')).not.toContain('poison-message');
  expect(stalled('event loop blocked for 63900 ms')).not.toContain('error-origin');
  expect(stalled('job 7 failed')).toContain('poison-message');
});

describe('time that a line accounts for', () => {
  const scan = (line: string) =>
    diagnosed(
      traceOf(
        server('lab', 'GET /spectrum', { ms: 3010 }, [call('lab', 'spectrometer', 'GET /scan', { at: 10, ms: 2980 })]),
      ),
      [logLine('lab', 2992, line)],
    ).diagnosis;
  const upload = (fields: string) =>
    diagnosed(
      traceOf(server('edge', 'POST /photos', { ms: 9300 }, [server('hire', 'POST /photos', { at: 9080, ms: 210 })])),
      [logLine('edge', 9290, `POST /photos 201 ${fields} request_time=9.296 upstream_response_time=0.214`)],
    ).diagnosis;

  test('so many times that long', () => {
    expect(scan('spectrum of 30 averages taken, 100 ms exposure each')).toBeUndefined();
    expect(scan('spectrum of 3 averages taken, 100 ms exposure each')).toBeDefined();
  });

  test('a proxy that takes a file from its client', () => {
    expect(upload('request_length=48221904')).toBeUndefined();
    expect(upload('request_length=1904')).toBeDefined();
  });

  const model = (line: string) =>
    diagnosed(
      traceOf(server('salt', 'GET /forecast', { ms: 4900 }, [span('salt', 'evaporation_model', { at: 20, ms: 4820 })])),
      [logLine('salt', 4850, line)],
    ).diagnosis;

  test.each([
    'evaporation model finished cells=1200000 cpu_secs=18.9 wall_secs=4.8',
    'simulation done, cpu 4796 ms, 40000 steps',
    'export finished: 18240000 rows, 1.2 GB at 253 MB/s',
    '1440 frames inferred at 299 fps, queue 0.4 ms',
    '2400 rows copied at 500 rows/s',
  ])('work of the processor, or at its rate: %s', (line) => {
    expect(model(line)).toBeUndefined();
  });

  test.each([
    'simulation done, cpu 96 ms, 40000 steps',
    'export finished: 18 MB at 253 MB/s',
    'cells=1200000',
    '2400 users notified at 500 rows/s',
    '1440 cranes inferred at 299 fps',
  ])('while less work, or work of another kind, leaves a gap: %s', (line) => {
    expect(model(line)).toBeDefined();
  });
});

describe('clocks that differ by seconds', () => {
  const request = (attributes: Record<string, string>, ms = 13_800) =>
    diagnosed(
      traceOf(
        call('app', 'gear', 'GET /gear', { ms: 190, resource: attributes }, [
          server('gear', 'GET /gear', { at: 40 + ms, ms: 120, resource: { 'host.name': 'b' } }),
        ]),
      ),
    ).diagnosis?.kind;

  test('are no news of a phone, while those of a host, or of minutes, are', () => {
    const phone = { 'device.model.identifier': 'iPhone15,2' };
    expect(request(phone)).toBeUndefined();
    expect(request({ 'host.name': 'a' })).toBe('clock-skew');
    expect(request(phone, 600_000)).toBe('clock-skew');
  });
});

describe('a stage that ran again', () => {
  const job = (second: string) =>
    diagnosed(
      traceOf(
        span('spark', 'job enrich', { ms: 29_800 }, [
          span('spark', 'stage 4 attempt 0', { at: 50, ms: 13_900, failed: true, statusText: 'ExecutorLostFailure' }),
          span('spark', second, { at: 14_100, ms: 15_600 }),
        ]),
      ),
    ).diagnosis?.kind;

  test('hides no failure, while another stage does not stand in for it', () => {
    expect(job('stage 4 attempt 1')).toBeUndefined();
    expect(job('stage 5 attempt 0')).toBe('swallowed-error');
  });
});

describe('pages that follow each other', () => {
  const asked = (line: string) =>
    diagnosed(
      traceOf(
        server('book', 'GET /history', { ms: 2200 }, [
          ...times(8, (n) => call('book', 'history', 'Query', { at: 20 + n * 260, ms: 240 })),
        ]),
      ),
      [{ ...logLine('book', 2150, line), rung: 'trace-id' }],
    ).findings.map(({ detector }) => detector);

  test('are no loop over elements, where the line counts them', () => {
    expect(asked('8 pages of 1 MB, each starts where the one before ended')).not.toContain('n-plus-one-calls');
    expect(asked('3 pages written')).toContain('n-plus-one-calls');
  });
});

test('a directory that refuses a password answers, while one that is gone fails', () => {
  const login = (error: string) =>
    diagnosed(
      traceOf(
        server('forge', 'POST /login', { ms: 70, attributes: { 'http.response.status_code': 401 } }, [
          call('forge', 'ldap', 'ldap.bind', { at: 10, ms: 40, failed: true, statusText: error }),
        ]),
      ),
    ).diagnosis?.kind;
  expect(login('LDAP: error code 49')).toBeUndefined();
  expect(login('connection refused')).toBe('error-origin');
});
