import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { jaeger } from '#adapters/jaeger/client.ts';
import { BackendError, TraceNotFoundError, UnreachableError } from '#core/errors.ts';
import { type GuardOptions, guardMetricSource, guardTraceSource } from '#gather/guard.ts';
import type { OpenBody, TraceSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';
import { inTurn, type Reply, recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

const ID = '53487d888710d4b691823512a181a115';
const quick: GuardOptions = { pauseMs: 5, maxPauseMs: 1500 };

describe('a guarded source', () => {
  async function ask(replies: readonly [Reply, ...Reply[]], options: GuardOptions = quick) {
    const next = inTurn(...replies);
    await using server = await startRecordedServer(() => next());
    const source = guardTraceSource(jaeger({ url: server.url, api: 'v1' }), options);
    const began = performance.now();
    const outcome = await source
      .openTrace(ID, later())
      .then(({ chunks }) => textOf(chunks))
      .catch((error) => error);
    return { outcome, requests: server.requests.length, ms: performance.now() - began };
  }
  const good = replay(recorded('jaeger/trace'));

  test('tries again after two errors of the backend', async () => {
    const { outcome, requests } = await ask([refuse(500), refuse(502), good]);
    expect(outcome).toContain('"data"');
    expect(requests).toBe(3);
  });

  test('gives up after the third', async () => {
    const { outcome, requests } = await ask([refuse(500), refuse(500), refuse(503), good]);
    expect(outcome).toMatchObject({ status: 503 });
    expect(requests).toBe(3);
  });

  test('tries again when the connection breaks before an answer', async () => {
    const { outcome, requests } = await ask([(response) => void response.destroy(), good]);
    expect(outcome).toContain('"data"');
    expect(requests).toBe(2);
  });

  test('waits as long as a throttling backend asks for, and then succeeds', async () => {
    const { outcome, ms } = await ask([refuse(429, { 'retry-after': '1' }), good]);
    expect(outcome).toContain('"data"');
    expect(ms).toBeGreaterThan(990);
  });

  test('a store that cannot count hands out traces all the same', async () => {
    let traces = 0;
    const busy = async () => Promise.reject(new BackendError('tempo', 503, 'api/metrics/query_range'));
    const source = guardTraceSource(
      {
        name: 'tempo',
        async openTrace() {
          traces += 1;
          return {
            source: 'tempo',
            format: 'otlp-json',
            query: { text: '', url: '' },
            chunks: (async function* () {})(),
          };
        },
        statistics: { lack: '', findMetrics: async () => ({ queries: [], warnings: [] }), openMetrics: busy },
        links: { trace: '', span: '' },
        check: async () => ({ ok: true, detail: '', remedy: '' }),
      },
      { ...quick, retries: 0, failures: 2 },
    );
    const query = { text: 'rate', fromUs: 0, toUs: 1, stepSeconds: 1 };
    const outcomes: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      await source.statistics?.openMetrics(query, later()).catch(({ code }) => outcomes.push(code));
    }
    expect(outcomes).toEqual(['SH_BACKEND', 'SH_BACKEND', 'SH_UNREACHABLE']); // left alone
    await source.openTrace(ID, later());
    expect(traces).toBe(1);
  });

  test('asks for a p99 and for alert rules again, where its source has them', async () => {
    let asked = 0;
    const second =
      <T>(answer: T) =>
      async () => {
        asked += 1;
        if (asked % 2 === 1) throw new BackendError('store', 503, 'api');
        return answer;
      };
    const nothing = {
      findMetrics: async () => ({ queries: [], warnings: [] }),
      openMetrics: () => expect.unreachable(),
    };
    const check = async () => ({ ok: true, detail: '', remedy: '' });
    const rules = guardMetricSource(
      { name: 'store', ...nothing, check, alertRules: second({ rules: [], isAll: true }) },
      quick,
    );
    expect(await rules.alertRules?.(later())).toEqual({ rules: [], isAll: true });
    const traces = guardTraceSource(
      {
        ...{ name: 'store', openTrace: () => expect.unreachable(), links: { trace: '', span: '' }, check },
        statistics: { lack: '', ...nothing, percentile: second({ requests: 1, slower: 0, us: 2 }) },
      },
      quick,
    );
    const query = { service: 's', operation: 'o', belowUs: 9, fromUs: 0, toUs: 1 };
    expect(await traces.statistics?.percentile?.(query, later())).toEqual({ requests: 1, slower: 0, us: 2 });
    expect(asked).toBe(4);
    expect(guardMetricSource({ name: 'store', ...nothing, check })).not.toHaveProperty('alertRules');
  });

  test('tries a search and the list of services again as well, and keeps no slot once they are read', async () => {
    const next = inTurn(refuse(503), good, refuse(503), replay(recorded('jaeger/services')), good);
    await using server = await startRecordedServer(() => next());
    const { search, services } = guardTraceSource(jaeger({ url: server.url, api: 'v1' }), { ...quick, atATime: 1 });
    const window = { service: 'frontend', fromUs: 0, toUs: 1, limit: 1 };
    for (const body of (await search?.(window, later())) ?? []) expect(await textOf(body.chunks)).toContain('"data"');
    expect(await services?.(later())).toContain('frontend');
    expect(await search?.(window, later())).toHaveLength(1);
  });

  test('has a search only where its source has one', () => {
    const { search: _, services: __, ...source } = jaeger({ url: new URL('http://localhost') });
    expect(Object.keys(guardTraceSource(source))).not.toContain('search');
  });

  test('does not wait for a backend that wants more time than there is', async () => {
    // The longest pause is longer than this test may take: to wait for it would be no answer.
    const { outcome, requests } = await ask([refuse(429, { 'retry-after': '3600' }), good], { maxPauseMs: 600_000 });
    expect(outcome).toMatchObject({ status: 429 });
    expect(requests).toBe(1);
  });

  test.each([
    ['a trace that is not there', replay(recorded('jaeger/trace-404')), 'SH_TRACE_NOT_FOUND'],
    ['a refused token', refuse(401), 'SH_BACKEND'],
    ['a request that is wrong', replay(recorded('jaeger/trace-400-malformed')), 'SH_BACKEND'],
    ['a page', replay(recorded('jaeger/unknown-route')), 'SH_NOT_A_BACKEND'],
  ])('does not ask again for %s', async (_, reply, code) => {
    const { outcome, requests } = await ask([reply, good]);
    expect(outcome).toMatchObject({ code });
    expect(requests).toBe(1);
  });

  test('ends with the deadline while it waits between two tries', async () => {
    const { source } = failing(() => new BackendError('jaeger', 503, 'x'));
    const guarded = guardTraceSource(source, { pauseMs: 60_000, maxPauseMs: 60_000 });
    await expect(guarded.openTrace(ID, AbortSignal.timeout(50))).rejects.toThrow('timed out');
  });
});

describe('the breaker of a guarded source', () => {
  const options: GuardOptions = { retries: 0, failures: 3, restMs: 60 };
  // Its rest is over when the test says so, however slow the machine is.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  test('leaves a source alone that is down, and comes back to it', async () => {
    const { source, calls } = failing(() => new UnreachableError('jaeger', 'the connection was refused'));
    const guarded = guardTraceSource(source, options);
    for (let time = 0; time < 3; time += 1) await expect(guarded.openTrace(ID, later())).rejects.toThrow('refused');
    await expect(guarded.openTrace(ID, later())).rejects.toMatchObject({
      code: 'SH_UNREACHABLE',
      message: expect.stringContaining('its circuit breaker stays open for 0.06 s'),
    });
    expect(calls()).toBe(3);
    vi.setSystemTime(Date.now() + 59);
    await expect(guarded.openTrace(ID, later())).rejects.toThrow('stays open');
    vi.setSystemTime(Date.now() + 1);
    await expect(guarded.openTrace(ID, later())).rejects.toThrow('refused');
    expect(calls()).toBe(4);
  });

  test('says the last failure while it leaves a source alone', async () => {
    const { source } = failing(() => new BackendError('jaeger', 503, 'GET /api/traces'));
    const guarded = guardTraceSource(source, options);
    for (let time = 0; time < 3; time += 1) await guarded.openTrace(ID, later()).catch(() => {});
    await expect(guarded.openTrace(ID, later())).rejects.toMatchObject({
      code: 'SH_UNREACHABLE',
      message: expect.stringContaining('jaeger answered 503 to GET /api/traces'),
      advice: expect.stringContaining('jaeger is having trouble (HTTP 503)'),
    });
  });

  test.each([
    ['has no such trace', () => new TraceNotFoundError(ID, 'jaeger')],
    ['throttles', () => new BackendError('jaeger', 429, 'x')],
    ['refuses the token', () => new BackendError('jaeger', 401, 'x')],
  ])('does not take a source for down that %s', async (_, error) => {
    const { source, calls } = failing(error);
    const guarded = guardTraceSource(source, options);
    for (let time = 0; time < 6; time += 1) await guarded.openTrace(ID, later()).catch(() => {});
    expect(calls()).toBe(6);
  });

  test('does not blame a source that was called off because another was faster', async () => {
    const { source, calls } = slow();
    const guarded = guardTraceSource(source, options);
    for (let time = 0; time < 5; time += 1) {
      const other = new AbortController();
      const opening = guarded.openTrace(ID, other.signal);
      other.abort(new Error('another source answered first'));
      await expect(opening).rejects.toThrow('cancelled');
    }
    expect(calls()).toBe(5);
  });

  test('blames a source that did not answer in time', async () => {
    const { source, calls } = slow();
    const guarded = guardTraceSource(source, options);
    for (let time = 0; time < 5; time += 1) await guarded.openTrace(ID, AbortSignal.timeout(5)).catch(() => {});
    expect(calls()).toBe(3);
  });
});

describe('the slots of a guarded source', () => {
  const oneByOne: GuardOptions = { atATime: 1 };

  test('are held until a body was read, so that a backend is never asked for more at a time', async () => {
    const { source, calls } = answering();
    const guarded = guardTraceSource(source, oneByOne);
    const first = await guarded.openTrace(ID, later());
    const second = guarded.openTrace(ID, later());
    await pause(20);
    expect(calls()).toBe(1);
    await textOf(first.chunks);
    expect(await textOf((await second).chunks)).toBe('{}');
  });

  test('are free again when nobody reads the body and its caller is gone', async () => {
    const guarded = guardTraceSource(answering().source, oneByOne);
    const caller = new AbortController();
    await guarded.openTrace(ID, caller.signal);
    caller.abort();
    expect(await textOf((await guarded.openTrace(ID, later())).chunks)).toBe('{}');
  });

  test('are free again when the reader stops early', async () => {
    const guarded = guardTraceSource(answering().source, oneByOne);
    for await (const chunk of (await guarded.openTrace(ID, later())).chunks) {
      expect(chunk.length).toBe(1);
      break;
    }
    expect(await textOf((await guarded.openTrace(ID, later())).chunks)).toBe('{}');
  });

  test('are not waited for beyond the deadline', async () => {
    const guarded = guardTraceSource(answering().source, oneByOne);
    await guarded.openTrace(ID, later());
    await expect(guarded.openTrace(ID, AbortSignal.timeout(30))).rejects.toThrow('timed out');
  });
});

type Counted = { source: TraceSource; calls(): number };

function counted(open: (signal: AbortSignal) => Promise<OpenBody>): Counted {
  let calls = 0;
  const source: TraceSource = {
    name: 'jaeger',
    links: { trace: '', span: '' },
    check: async () => ({ ok: true, detail: '', remedy: '' }),
    openTrace(_, signal) {
      calls += 1;
      return open(signal);
    },
  };
  return { source, calls: () => calls };
}

function failing(error: () => Error): Counted {
  return counted(async () => {
    throw error();
  });
}

/** Answers only to being called off, as an adapter does. */
function slow(): Counted {
  return counted(
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new UnreachableError('jaeger', 'stopped')), { once: true });
      }),
  );
}

function answering(): Counted {
  return counted(async () => ({
    source: 'jaeger',
    format: 'jaeger-json',
    query: { text: '', url: '' },
    chunks: (async function* () {
      yield Buffer.from('{');
      yield Buffer.from('}');
    })(),
  }));
}
