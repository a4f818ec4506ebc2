import { describe, expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { callTimesOf } from '#diagnose/window/call-times.ts';
import { judgeWindow, type WindowEvidence } from '#diagnose/window/judge-window.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { logLine } from '#test/log-line.ts';
import { cluster, pod } from '#test/platform.ts';
import { type ShopFault, shopRequests } from '#test/shop-requests.ts';
import { call, DRAWN_AT_US, server, span, times, traceOf } from '#test/trace.ts';

const NO_LINES: Judgement = {
  symptom: { kind: 'none', text: '' },
  findings: [],
  diagnosis: undefined,
  seenShare: undefined,
};
const FROM_US = DRAWN_AT_US + 1000 * 1_000_000;

const FULL: Finding = {
  detector: 'resource-exhausted',
  service: 'db',
  operation: '',
  title: 'db: it has no descriptor left',
  headline: { what: 'db has no descriptor left', why: 'too many files are open' },
  explanation: 'Full.',
  remedy: 'Close files.',
  check: 'Descriptors are left.',
  facts: {},
  evidence: [],
  spans: [],
  wastedUs: 0,
  runbook: '',
};

function evidenceOf(parts: Partial<WindowEvidence> = {}): WindowEvidence {
  return {
    service: 'web',
    fromUs: FROM_US,
    toUs: FROM_US + 60_000_000,
    traces: shopRequests(60, {}, { from: 1000 }),
    healthyTraces: shopRequests(60),
    logs: [],
    healthyLogs: [],
    series: [],
    seen: [],
    detectors: knownDetectors(detectors),
    ...parts,
  };
}

function judged(fault: ShopFault, parts: Partial<WindowEvidence> = {}): Judgement {
  return judgeWindow(evidenceOf({ traces: shopRequests(60, fault, { from: 1000 }), ...parts }), NO_LINES);
}

describe('whose fault it is that requests take longer', () => {
  test('what a service sends arrives late: its network', () => {
    const { diagnosis } = judged({ response: { price: 40 } });
    expect(diagnosis).toMatchObject({ service: 'price', kind: 'network-delay', status: 'likely' });
    expect(diagnosis?.verdict).toContain('the transfer back from price to web takes');
  });

  test('calls are read late, work is slow: its CPU', () => {
    const { diagnosis } = judged({ request: { product: 12 }, own: { product: 30 } });
    expect(diagnosis).toMatchObject({ service: 'product', kind: 'cpu', status: 'inconclusive' });
    expect(diagnosis?.statusReason).toContain('a full processor is as often an effect as the cause');
  });

  test('every call of a service leaves late: its calls', () => {
    const { diagnosis } = judged({ request: { cart: 20, product: 20, price: 20, shipping: 20 } });
    expect(diagnosis).toMatchObject({ service: 'web', kind: 'network-delay' });
  });

  test('what was as slow in health is none', () => {
    const healthyTraces = shopRequests(60, { response: { price: 40 } });
    expect(judged({ response: { price: 40 } }, { healthyTraces }).diagnosis).toBeUndefined();
  });

  test('growth within what jitters anyway is none', () => {
    expect(judged({ response: { price: 0.2 } }).diagnosis?.confidence ?? 0).toBeLessThan(0.5);
  });

  test('one call in six is slow, all over the time', () => {
    const { diagnosis } = judged({ response: { price: 400 }, every: 6 });
    expect(diagnosis).toMatchObject({ service: 'price', kind: 'network-delay' });
  });

  test('one call in twelve waits long while one in four is a little late: those that wait are told', () => {
    const late = shopRequests(60, { own: { price: 7 }, every: 4 }, { from: 1000 });
    const waiting = shopRequests(60, { own: { price: 900 }, every: 12 }, { from: 1000 });
    const traces = late.map((trace, at) => (at % 12 === 0 ? (waiting[at] ?? trace) : trace));
    const { diagnosis } = judged({}, { traces });
    expect(diagnosis).toMatchObject({ service: 'price' });
    expect(diagnosis?.share).toBeGreaterThan(0.5);
  });

  test('as many that are slow in one moment are a hiccup', () => {
    const traces = [
      ...shopRequests(50, {}, { from: 1000 }),
      ...shopRequests(10, { response: { price: 400 } }, { from: 1050 }).slice(0, 4),
    ];
    expect(judgeWindow(evidenceOf({ traces }), NO_LINES).diagnosis?.confidence ?? 0).toBeLessThan(0.5);
  });

  test('what it is called follows what the service complains of', () => {
    const { traces, healthyTraces } = evidenceOf();
    const spanOf = (trace: Trace) =>
      Array.from({ length: trace.spanCount }, (_, at) => at).find(
        (at) => trace.service(at) === 'price' && trace.kind(at) === 'server',
      ) ?? 0;
    const line = (trace: Trace, text: string, level: string) =>
      logLine('price', 0, text, {
        traceId: comparableId(trace.traceId),
        spanId: comparableId(trace.spanId(spanOf(trace))),
        level,
      });
    const logs = traces.flatMap((trace) => [
      line(trace, 'price.go:1 asked', 'info'),
      line(trace, 'price.go:7 waits for the lock of a row', 'warn'),
    ]);
    const healthyLogs = healthyTraces.map((trace) => line(trace, 'price.go:1 asked', 'info'));
    expect(judged({ own: { price: 80 } }, { logs, healthyLogs }).diagnosis).toMatchObject({
      service: 'price',
      kind: 'lock-contention',
      verdict: expect.stringMatching(/^price: it waits for a lock; price .* itself takes 81 ms longer/),
    });
  });

  test('the only statement takes longer: the service is slow, as it waits for its database', () => {
    const attributes = { 'db.system': 'postgresql' };
    const asked = (second: number, ms: number) =>
      traceOf(
        server('web', 'GET /seats', { at: second * 1000, ms: ms + 9 }, [
          span('web', 'select seats', { at: second * 1000 + 3, ms, kind: 'client', attributes }),
        ]),
      );
    const traces = times(60, (n) => asked(1000 + n, 400 + (n % 7)));
    const healthyTraces = times(60, (n) => asked(n, 4 + (n % 3)));
    const { diagnosis } = judgeWindow(evidenceOf({ traces, healthyTraces }), NO_LINES);
    expect(diagnosis).toMatchObject({ service: 'web', kind: 'latency', status: 'inconclusive' });
    expect(diagnosis?.verdict).toMatch(/^web: it waits for its database; web select seats takes/);
  });

  test.each([
    ['refuses for its quota: the refusals, which clients repeat', 'Request rate is large (429)', 'error-origin'],
    ['fails for another reason: the time that it takes', 'syntax error at or near "selct"', 'latency'],
  ])('a statement takes longer that the store %s', (_, statusText, kind) => {
    const attributes = { 'db.system': 'cassandra' };
    const asked = (second: number, ms: number, failed = false) => {
      const rest = failed ? { failed, statusText } : {};
      return traceOf(
        server('web', 'GET /seats', { at: second * 1000, ms: ms + 9, failed }, [
          span('web', 'select seats', { at: second * 1000 + 3, ms, kind: 'client', attributes, ...rest }),
        ]),
      );
    };
    const traces = times(60, (n) => asked(1000 + n, 400 + (n % 7), n % 3 === 0));
    const healthyTraces = times(60, (n) => asked(n, 4 + (n % 3)));
    const { diagnosis } = judgeWindow(evidenceOf({ traces, healthyTraces }), NO_LINES);
    expect(diagnosis).toMatchObject({ service: 'web', kind });
  });

  test('with too few calls nothing is said', () => {
    const two = { traces: shopRequests(2, { response: { price: 400 } }, { from: 1000 }) };
    expect(judgeWindow(evidenceOf(two), NO_LINES).diagnosis).toBeUndefined();
  });
});

describe('where requests fail or stop', () => {
  test('a new failure begins in a service', () => {
    const { diagnosis, symptom } = judged({ fails: 'shipping', every: 3 });
    expect(diagnosis).toMatchObject({
      service: 'shipping',
      kind: 'error-return',
      status: 'inconclusive',
      isPlaceSure: true,
    });
    expect(diagnosis?.couldBe).toHaveLength(3);
    expect(diagnosis?.verdict).toBe('shipping GET /shipping: 20 of 60 requests fail here, 0 of 60 before');
    expect(symptom.text).toContain('20 of 60 fail');
  });

  test('the same share of failures in health is none', () => {
    const healthyTraces = shopRequests(60, { fails: 'shipping', every: 3 });
    expect(judged({ fails: 'shipping', every: 3 }, { healthyTraces }).diagnosis?.confidence ?? 0).toBeLessThan(0.5);
  });

  test('requests stop after a call: the one that stopped or the one that it called', () => {
    const { diagnosis, findings } = judged({ stopsAfter: 'product', every: 2 });
    expect(['web', 'product']).toContain(diagnosis?.service);
    expect(findings.map(({ title }) => title)).toContain(
      'web GET /basket: stops after it called product, 30 times more than in the baseline',
    );
    expect(findings.map(({ service }) => service)).toContain('product');
  });

  test('where they stopped as often before, nothing is said', () => {
    const healthyTraces = shopRequests(60, { stopsAfter: 'product', every: 2 });
    expect(judged({ stopsAfter: 'product', every: 2 }, { healthyTraces }).diagnosis).toBeUndefined();
  });
});

/** gRPC: the deadline belongs to the caller, and the server may go on after it (grpc.io, Deadlines). */
describe('calls that end at the deadline of their caller', () => {
  const asked = (second: number, ms: number, deadline = 500) => {
    const isLate = ms > deadline;
    const failed = isLate ? { failed: true, statusText: 'DEADLINE_EXCEEDED' } : {};
    const took = Math.min(ms + 4, deadline);
    return traceOf(
      server('web', 'GET /seats', { at: second * 1000, ms: took + 8, ...failed }, [
        call('web', 'maps', 'Maps/Draw', { at: second * 1000 + 3, ms: took, ...failed }, [
          server('maps', 'Maps/Draw', { at: second * 1000 + 5, ms }),
        ]),
      ]),
    );
  };
  const healthyTraces = times(60, (n) => asked(n, 90 + (n % 7)));
  const verdict = (traces: readonly Trace[]) => judgeWindow(evidenceOf({ traces, healthyTraces }), NO_LINES).diagnosis;

  test('the callee takes longer than ever: it leads', () => {
    expect(verdict(times(60, (n) => asked(1000 + n, n % 3 === 0 ? 900 : 95)))).toMatchObject({ service: 'maps' });
  });

  test('the callee takes as long as ever: the caller with the shorter deadline leads', () => {
    expect(verdict(times(60, (n) => asked(1000 + n, 90 + (n % 7), 92)))).toMatchObject({ service: 'web' });
  });
});

describe('what logs say', () => {
  const said = (traces: readonly Trace[], line: string, level = 'info'): LogLine[] =>
    traces.flatMap((trace) => {
      const span = Array.from({ length: trace.spanCount }, (_, at) => at).find(
        (at) => trace.service(at) === 'price' && trace.kind(at) === 'server',
      );
      const spanId = trace.spanId(span ?? 0);
      const ids = { traceId: comparableId(trace.traceId), spanId: comparableId(spanId) };
      return [logLine('price', 0, line, { ...ids, level })];
    });

  test('a line that each execution wrote stops', () => {
    const { traces, healthyTraces } = evidenceOf();
    const begins = 'price.go:10 asked for a price';
    const { diagnosis } = judged(
      {},
      {
        healthyLogs: [...said(healthyTraces, begins), ...said(healthyTraces, 'price.go:18 price of 12 found')],
        logs: said(traces, begins),
      },
    );
    expect(diagnosis).toMatchObject({ service: 'price', kind: 'exception', status: 'inconclusive' });
    expect(diagnosis?.verdict).toContain(
      'no longer logs a line that it always logged (0 of 60 executions, 60 of 60 before)',
    );
  });

  test('an empty log is no health', () => {
    const { healthyTraces } = evidenceOf();
    const healthyLogs = said(healthyTraces, 'price.go:18 price of 12 found');
    expect(judged({}, { healthyLogs, logs: [] }).diagnosis).toBeUndefined();
  });

  test('a complaint that half of the healthy executions wrote, too, is none', () => {
    const { traces, healthyTraces } = evidenceOf();
    const line = 'price.go:22 price is old';
    const healthyLogs = said(healthyTraces, 'price.go:10 asked').concat(
      said(
        healthyTraces.filter((_, at) => at % 2 === 0),
        line,
        'warn',
      ),
    );
    const { diagnosis } = judged({}, { healthyLogs, logs: said(traces, line, 'warn') });
    expect(diagnosis?.kind).not.toBe('error-return');
  });

  test('a complaint that no execution of the service ever made comes with one in six', () => {
    const { traces, healthyTraces } = evidenceOf();
    const asked = 'price.go:10 asked for a price';
    const complaining = traces.filter((_, at) => at % 6 === 0);
    const logs = [...said(traces, asked), ...said(complaining, 'price.go:30 no price for this', 'error')];
    const { diagnosis } = judged({}, { healthyLogs: said(healthyTraces, asked), logs });
    expect(diagnosis).toMatchObject({ service: 'price', status: 'likely' });
    expect(diagnosis?.verdict).toContain('price GET /price logs a new complaint (10 of 60 executions');
  });

  test('executions that say something else instead take another way, and do not break', () => {
    const { traces, healthyTraces } = evidenceOf();
    const asked = 'price.go:10 asked for a price';
    const [some, others] = [traces.filter((_, at) => at % 2 === 0), traces.filter((_, at) => at % 2 === 1)];
    const logs = [
      ...said(traces, asked),
      ...said(some, 'price.go:18 price found'),
      ...said(others, 'price.go:19 price of a set found'),
    ];
    const healthyLogs = [...said(healthyTraces, asked), ...said(healthyTraces, 'price.go:18 price found')];
    expect(judged({}, { healthyLogs, logs }).diagnosis?.confidence ?? 0).toBeLessThan(0.5);
  });
});

describe('where no requests are', () => {
  const none = { traces: [], healthyTraces: [] };
  const lines = (count: number, from: number, of: (at: number) => readonly LogLine[]) =>
    Array.from({ length: count }, (_, at) => of(from + at)).flat();
  const line = (service: string, at: number, text: string, level = 'info', ids = {}) =>
    logLine(service, at, text, { level, ...ids });

  test('lines that name a request show in which service it breaks, and its caller is explained by that', () => {
    const request = (breaks: boolean) => (at: number) => {
      const traceId = at.toString(16).padStart(32, '0');
      const ids = (span: number) => ({ traceId, spanId: `${span}`.padStart(16, '0') });
      return [
        line('web', at, 'web.go:1 asked', 'info', ids(1)),
        line('price', at, 'price.go:1 asked', 'info', ids(2)),
        ...(breaks ? [] : [line('price', at, 'price.go:9 found', 'info', ids(2))]),
        ...(breaks ? [] : [line('web', at, 'web.go:9 answered', 'info', ids(1))]),
      ];
    };
    const evidence = { ...none, healthyLogs: lines(40, 0, request(false)), logs: lines(40, 1000, request(true)) };
    const { diagnosis } = judgeWindow(evidenceOf(evidence), NO_LINES);
    expect(diagnosis).toMatchObject({ service: 'price', kind: 'exception' });
  });

  test('lines that name nothing show a complaint that a service never made', () => {
    const healthyLogs = lines(40, 0, (at) => [line('web', at, 'asked'), line('price', at, 'asked')]);
    const logs = lines(40, 1000, (at) => [
      line('web', at, 'asked'),
      line('price', at, 'asked'),
      ...(at % 4 === 0 ? [line('price', at, 'cannot reach the list of prices', 'error')] : []),
    ]);
    expect(judgeWindow(evidenceOf({ ...none, healthyLogs, logs }), NO_LINES).diagnosis?.service).toBe('price');
  });

  test('where numbers show that answers take longer, mild warnings of a service whose numbers are as before say less', () => {
    const told = (level: string, text: string, facts: object) => {
      const healthyLogs = lines(60, 0, (at) => [line('ads', at, 'asked'), line('price', at, 'asked')]);
      const logs = lines(60, 1000, (at) => [
        line('ads', at, 'asked'),
        line('price', at, 'asked'),
        ...(at % 4 === 0 ? [line('ads', at, text, level)] : []),
      ]);
      const words = { title: 't', explanation: 'e.', remedy: 'r.', check: 'c.' };
      const slow = { detector: 'latency', runbook: '', operation: '', spans: [], wastedUs: 0, evidence: [], ...words };
      const numbers = { form: 'metric', p95Us: 4e6, usualUs: 8e4, ...facts };
      const seen = [{ ...slow, service: 'price', facts: numbers }];
      return judgeWindow(evidenceOf({ ...none, healthyLogs, logs, seen }), NO_LINES).diagnosis?.service;
    };
    const idle = 'connection idle for 31 s, closing';
    expect(told('warn', idle, { isFelt: true })).toBe('price');
    expect(told('warn', idle, { isFelt: false })).toBe('ads');
    expect(told('error', 'cannot read the campaign', { isFelt: true })).toBe('ads');
  });

  test('a full processor beside a queue of others that drains is unsure; beside its own queue it is likely', () => {
    const words = { title: 't', explanation: 'e.', remedy: 'r.', check: 'c.' };
    const own = { runbook: '', operation: '', spans: [], wastedUs: 0, evidence: [], ...words };
    const full = { ...own, detector: 'resource-saturation', service: 'price', facts: { resource: 'CPU', level: 0.99 } };
    const told = (service: string) => {
      const queue = { ...own, detector: 'metric-anomaly', service, facts: { concept: 'queue_depth', value: 900 } };
      return judgeWindow(evidenceOf({ ...none, seen: [full, queue] }), NO_LINES).diagnosis;
    };
    expect(told('letters')?.confidence).toBeLessThan(0.5);
    expect(told('price')?.confidence).toBeGreaterThanOrEqual(0.5);
  });

  test('metrics show a pool that is full', () => {
    const series = (name: string, values: readonly number[]): Series => ({
      name,
      labels: { service: 'price' },
      atUs: Float64Array.from(values, (_, at) => FROM_US + (at - 3) * 60_000_000 + 55_000_000),
      values: Float64Array.from(values),
    });
    const pool = [
      series('db_client_connections_usage', [3, 5, 4, 20]),
      series('db_client_connections_max', [20, 20, 20, 20]),
    ];
    const { diagnosis } = judgeWindow(evidenceOf({ ...none, series: pool }), NO_LINES);
    expect(diagnosis).toMatchObject({ service: 'price', kind: 'pool-exhaustion' });
  });
});

test('a hostile line of one long word, over and over parted, is read once', () => {
  const { traces, healthyTraces } = evidenceOf();
  const line = logLine('price', 0, 'a-'.repeat(200_000), {
    traceId: comparableId(traces[0]?.traceId ?? ''),
    spanId: '1',
  });
  expect(judged({}, { logs: [line], healthyLogs: [line], healthyTraces }).diagnosis).toBeUndefined();
});

test('a leaf beside calls of its own service waits for them, and works only in what they leave', () => {
  const beside = traceOf(
    server('gateway', 'GET /', { at: 0, ms: 100 }, [
      span('gateway', 'filter', { at: 5, ms: 90 }),
      call('gateway', 'a', 'GET /a', { at: 10, ms: 30 }, [server('a', 'GET /a', { at: 11, ms: 28 })]),
      call('gateway', 'b', 'GET /b', { at: 30, ms: 30 }, [server('b', 'GET /b', { at: 31, ms: 28 })]),
      call('gateway', 'a', 'GET /a', { at: 80, ms: 30 }, [server('a', 'GET /a', { at: 81, ms: 28 })]),
    ]),
  );
  const filter = [...callTimesOf([beside]).values()].find(({ place }) => place.operation === 'filter');
  expect(filter?.values).toEqual([25_000]);
});

describe('metrics', () => {
  const cpu = (service: string, before: number, now: number): Series => ({
    name: 'pod_cpu_usage_percent',
    labels: { service, pod: `${service}-7d9f` },
    atUs: Float64Array.from([-3, -2, -1, 0, 1], (minute) => FROM_US + minute * 60_000_000),
    values: Float64Array.of(before, before + 1, before, now, now),
  });

  test('a CPU that uses up its headroom is named before what is slow because of it', () => {
    const series = [cpu('product', 20, 99), cpu('web', 1, 12)];
    const { diagnosis } = judged({ own: { product: 30 } }, { series });
    expect(diagnosis).toMatchObject({ service: 'product', kind: 'cpu' });
    expect(diagnosis?.verdict).toBe('product: its CPU usage rose from 20 % to 99 % of the limit (product-7d9f)');
  });

  test('own work takes longer while the machines of the service are full: its CPU, and no network', () => {
    const host = (now: number): Series => ({
      name: 'host_cpu_utilization',
      labels: { service: 'price', host: 'vm-4' },
      atUs: Float64Array.from([-3, -2, -1, 0, 1], (minute) => FROM_US + minute * 60_000_000),
      values: Float64Array.of(0.4, 0.41, 0.4, now, now),
    });
    const plain = (parts: Partial<WindowEvidence>) => judged({ own: { price: 80 } }, parts).diagnosis;
    expect(plain({ series: [host(0.98)] })).toMatchObject({ service: 'price', kind: 'cpu' });
    expect(plain({ series: [host(0.5)] })).toMatchObject({ service: 'price', kind: 'network-delay' });
  });

  test('a processor with room is not why a service refuses requests; a full one may be', () => {
    const refused: Finding = {
      detector: 'error-rate',
      runbook: '',
      service: 'product',
      operation: '',
      spans: [],
      wastedUs: 0,
      facts: { form: 'refused', status: 429, share: 0.7, before: 0 },
      title: 'product: 70 % of requests get 429',
      explanation: 'e.',
      remedy: 'r.',
      check: 'c.',
    };
    const kindOf = (now: number) =>
      judged({}, { traces: [], healthyTraces: [], series: [cpu('product', 20, now)], seen: [refused] }).diagnosis?.kind;
    expect(kindOf(67)).toBe('error-rate');
    expect(kindOf(97)).toBe('cpu');
  });

  test('a caller whose processor has room does not lead before the service whose failures say why', () => {
    const fault: ShopFault = { fails: 'shipping', every: 3 };
    const traces = shopRequests(60, fault, { from: 1000 });
    const logs = traces.flatMap((trace, number) => {
      const at = Array.from({ length: trace.spanCount }, (_, span) => span);
      const failed = at.filter((span) => trace.service(span) === 'shipping' && trace.failed(span));
      return failed.map((span) =>
        logLine('shipping', (1000 + number) * 1000, 'the carrier is under maintenance', {
          level: 'error',
          traceId: comparableId(trace.traceId),
          spanId: comparableId(trace.spanId(span)),
        }),
      );
    });
    const led = (now: number) => judged(fault, { traces, logs, series: [cpu('web', 40, now)] }).diagnosis?.service;
    expect(led(89)).toBe('shipping');
    expect(led(99)).toBe('web');
  });

  test('the second service is no surer than the first', () => {
    const moved = (service: string): Finding => ({
      ...FULL,
      detector: 'metric-anomaly',
      service,
      facts: { form: 'metric', concept: 'connections', isFelt: true },
    });
    const seen = [moved('db'), moved('product')];
    const { findings, diagnosis } = judged({}, { traces: [], healthyTraces: [], seen });
    expect(findings[1]?.confidence).toBeGreaterThan(0);
    expect(findings[1]?.confidence).toBeLessThanOrEqual(diagnosis?.confidence ?? 0);
  });

  test('an idle service that wakes up is not', () => {
    expect(judged({}, { series: [cpu('web', 1, 12)] }).diagnosis?.confidence ?? 0).toBeLessThan(0.1);
  });
});

describe('while requests do as well as before', () => {
  const found = (detector: string, facts: Finding['facts']): Finding => ({
    detector,
    runbook: '',
    service: 'price',
    operation: '',
    spans: [],
    wastedUs: 0,
    facts,
    title: 't.',
    explanation: 'e.',
    remedy: 'r.',
    check: 'c.',
  });
  const confidenceWith = (...seen: readonly Finding[]) => judged({}, { seen }).diagnosis?.confidence ?? 0;

  test('a number that moved is nothing', () => {
    expect(confidenceWith(found('metric-anomaly', { concept: 'queue_age', now: '4', usual: '2' }))).toBeLessThan(0.05);
  });

  test('a resource that always was full is nothing', () => {
    const facts = { resource: 'memory', of: 'of its limit', critical: true };
    expect(confidenceWith(found('resource-saturation', { ...facts, before: 1, level: 1 }))).toBeLessThan(0.05);
  });

  test('a processor that a batch fills is nothing, where nobody complains; a full disk is', () => {
    const facts = { of: 'of its limit', critical: true, before: 0.05, level: 0.97 };
    expect(confidenceWith(found('resource-saturation', { ...facts, resource: 'CPU' }))).toBeLessThan(0.05);
    expect(confidenceWith(found('resource-saturation', { ...facts, resource: 'disk' }))).toBeGreaterThan(0.5);
  });

  test('memory that grows is at most unsure', () => {
    const confidence = confidenceWith(found('memory-leak', {}));
    expect(confidence).toBeGreaterThan(0.05);
    expect(confidence).toBeLessThan(0.5);
  });
});

describe('the same evidence, the same answer', () => {
  const fault: ShopFault = { response: { price: 40 } };

  test('in any order', () => {
    const traces = shopRequests(60, fault, { from: 1000 });
    const { healthyTraces } = evidenceOf();
    const turned = judgeWindow(
      evidenceOf({ traces: traces.toReversed(), healthyTraces: healthyTraces.toReversed() }),
      NO_LINES,
    );
    expect(turned.diagnosis).toEqual(judged(fault).diagnosis);
  });

  test('and every service of the requests has its rank', () => {
    expect(judged(fault).diagnosis?.ranking.map(({ service }) => service)).toHaveLength(5);
  });

  test('lines that are surer speak instead', () => {
    const { diagnosis } = judged(fault);
    if (diagnosis === undefined) throw new Error('no diagnosis');
    const ofLogs = { ...NO_LINES, diagnosis: { ...diagnosis, kind: 'resource-exhausted', confidence: 0.99 } };
    expect(judgeWindow(evidenceOf(), ofLogs).diagnosis?.kind).toBe('resource-exhausted');
  });

  test.each([
    ['not in the baseline', 0, 'resource-exhausted'],
    ['as often in the baseline', 40, 'network-delay'],
  ])('of a form whose level is unknown, %s', (_, before, kind) => {
    const { diagnosis } = judged(fault);
    if (diagnosis === undefined) throw new Error('no diagnosis');
    // As Squid writes to cache.log: “time| message”.
    const talk = (full: number) =>
      times(100, (at) =>
        logLine(
          'price',
          at * 100,
          at < full ? `comm_open: no descriptor left for client ${at}` : `Accepting HTTP connections of client ${at}`,
          { level: '' },
        ),
      );
    const lines = times(40, (at) => at);
    const finding = {
      ...FULL,
      service: 'price',
      lines,
      severity: 'high',
      share: 1,
      wonUs: 0,
      confidence: 0.99,
    } as const;
    const told = { ...diagnosis, service: 'price', kind: 'resource-exhausted', confidence: 0.99 };
    const evidence = evidenceOf({
      traces: shopRequests(60, fault, { from: 1000 }),
      logs: talk(40),
      healthyLogs: talk(before),
    });
    const ofLogs = { ...NO_LINES, findings: [finding], diagnosis: told };
    expect(judgeWindow(evidence, ofLogs).diagnosis?.kind).toBe(kind);
  });
});

describe('a pod that waits while others of its kind are ready, beside complaints of another service', () => {
  const waiting: Finding = {
    detector: 'pod-pending',
    service: 'cart',
    operation: '',
    title: 'Pods of cart cannot start: nodes are cordoned',
    headline: { what: 'Pods of cart cannot start', why: 'nodes are cordoned' },
    explanation: 'Waiting.',
    remedy: 'Uncordon.',
    check: 'No node is cordoned.',
    facts: { ready: 2 },
    evidence: [],
    spans: [],
    wastedUs: 0,
    runbook: '',
  };

  test.each([
    [3, 'resource-exhausted', 'db'],
    [2, 'pod-pending', 'a'],
  ])('%i services that do not run, and a server without a connection left: %s', (count, kind, service) => {
    const seen = ['a', 'b', 'c'].slice(0, count).map((name) => ({ ...waiting, service: name, facts: { ready: 0 } }));
    const evidence = { traces: [], healthyTraces: [], logs: [] };
    const full = { ...waiting, detector: 'resource-exhausted', service: 'db', facts: { resource: 'connections' } };
    const ofLogs = judgeWindow(evidenceOf({ ...evidence, seen: [full] }), NO_LINES);
    if (ofLogs.diagnosis === undefined) throw new Error('no diagnosis');
    const sure = { ...ofLogs, diagnosis: { ...ofLogs.diagnosis, confidence: 0.6 } };
    expect(judgeWindow(evidenceOf({ ...evidence, seen }), sure).diagnosis).toMatchObject({ kind, service });
  });

  /** Complaints of five seconds, and lines after them. */
  function afterBurst(quietSeconds: number, facts: Finding['facts'] = waiting.facts) {
    const logs = [
      ...[0, 1, 2, 3, 4, 5].map((at) => logLine('web', at * 1000, 'error: lookup price: no such host')),
      logLine('web', (5 + quietSeconds) * 1000, 'GET / 200'),
    ];
    const burst = { ...waiting, detector: 'error-burst', service: 'web', lines: [0, 1, 2, 3, 4, 5] };
    const ofLogs = judgeWindow(evidenceOf({ traces: [], healthyTraces: [], logs, seen: [burst] }), NO_LINES);
    const { diagnosis } = ofLogs;
    if (diagnosis === undefined) throw new Error('no diagnosis');
    return judgeWindow(evidenceOf({ traces: [], healthyTraces: [], logs, seen: [{ ...waiting, facts }] }), {
      ...ofLogs,
      diagnosis: { ...diagnosis, confidence: 0.99 },
    }).diagnosis;
  }

  test('that ended: the pod leads', () => {
    expect(afterBurst(20)?.service).toBe('cart');
  });

  test('that may go on: they lead', () => {
    expect(afterBurst(12)?.service).toBe('web');
  });

  test('what is missing may have been refused: nobody is sure', () => {
    const diagnosis = afterBurst(20, { unread: 'the quotas' });
    expect(diagnosis).toMatchObject({ service: 'cart', status: 'inconclusive' });
    expect(diagnosis?.statusReason).toMatch(/^the reason may be in the quotas, which nobody read/);
    expect(diagnosis?.confidence).toBeLessThan(0.5);
  });

  test('of two that do not run, the one that the other calls leads', () => {
    const web = pod({ name: 'web-1-a', owner: 'web-1', labels: { app: 'web' }, containers: [calling('payment:80')] });
    const seen = ['web', 'payment'].map((service) => ({ ...waiting, service, facts: {} }));
    const led = (objects: Parameters<typeof cluster>[0]) =>
      judgeWindow(
        evidenceOf({ service: '', traces: [], healthyTraces: [], seen, platform: cluster(objects) }),
        NO_LINES,
      ).diagnosis?.service;
    expect(led([web, pod()])).toBe('payment');
    const payment = pod({ containers: [calling('web:80')] });
    expect(led([pod({ name: 'web-1-a', owner: 'web-1', labels: { app: 'web' } }), payment])).toBe('web');
  });
});

function calling(value: string) {
  return { env: [{ name: 'OTHER_ADDR', value }] };
}

describe('a change that fits the symptoms', () => {
  const change = (id: string, service: string, facts: Finding['facts'] = {}): Finding => ({
    ...FULL,
    detector: 'suspect-change',
    service,
    title: `${service}: deploy ${id}`,
    facts: {
      id,
      kind: 'deploy',
      changedService: service,
      atUs: FROM_US,
      reasons: 'it adds an id to each key',
      ...facts,
    },
  });
  const late = (value: number): Finding => ({
    ...FULL,
    detector: 'metric-anomaly',
    service: 'price',
    facts: { concept: 'latency', value, expected: 0.017, isAbove: true },
  });

  test('leads where answers of its service take longer, and not where nobody notices', () => {
    const verdict = (value: number) =>
      judgeWindow(evidenceOf({ seen: [change('a1', 'price'), late(value)] }), NO_LINES).diagnosis;
    expect(verdict(0.2)).toMatchObject({ service: 'price', change: { id: 'a1' } });
    expect(verdict(0.02)?.confidence ?? 0).toBeLessThan(0.05);
  });

  test('is the one of the service at fault, whichever stands first', () => {
    const seen = [change('b2', 'stock'), change('a1', 'price', { isNamed: true }), late(0.4)];
    const { diagnosis } = judgeWindow(evidenceOf({ seen }), NO_LINES);
    expect(diagnosis?.change).toMatchObject({ service: diagnosis?.service });
  });
});
