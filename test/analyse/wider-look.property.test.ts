// @module-tag deep
/**
 * Nothing that a narrower look finds is lost by a wider one. A request with one drawn fault is judged alone, then beside
 * further evidence, in a handful of requests, and in a window with a healthy time before it.
 *
 * A finding of the request alone is kept where the wider report lists one of the same detector and service, or keeps the
 * finding that it happens because of, by the chain of the request alone. What is about the record of one trace stays with
 * that trace. The verdict is kept where the wider one has the same kind and service. A window with a healthy time before it
 * weighs what many requests show first: there, what one request is sure of leads, or is named with how many show it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSession } from '#analyse/open-session.ts';
import type { BodyHead, Forms } from '#analyse/session.ts';
import { isoFromUs } from '#core/clock.ts';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { isAboutTrace } from '#diagnose/finding-kinds.ts';
import type { Report } from '#present/json/report.ts';
import { type DrawnFault, drawnFault } from '#test/drawn-fault.ts';
import '#test/property-runs.ts';
import { bytesOf, logBytesOf } from '../../bench/accuracy/diagnose.ts';
import type { DrawnTrace } from '../../bench/accuracy/draw.ts';
import { families } from '../../bench/accuracy/scenarios/registry.ts';
import { DEFAULT_SETTINGS } from '../../bench/settings.ts';

const AT_US = Date.UTC(2026, 0, 8) * 1000;
const STEP_US = 5_000_000;
const HOUR_US = 3_600_000_000;
/** Each run reads a whole window, and the seeds are few for whoever waits. */
const RUNS = process.env.FAST_CHECK_RUNS === undefined ? 24 : 600;

type Bodies = readonly Readonly<{ kind: BodyHead['kind']; bytes: Uint8Array }>[];
const known = knownDetectors(detectors);

async function reportOf(bodies: Bodies, forms: Forms = {}): Promise<Report> {
  const session = openSession(DEFAULT_SETTINGS);
  for (const [at, { kind, bytes }] of bodies.entries()) {
    session.body(`${at}`, { kind, format: 'auto', source: kind, file: '', query: { text: '', url: '' } });
    await session.bytes(`${at}`, bytes);
    await session.end(`${at}`);
  }
  const [only] = await session.reports(forms);
  await session.close();
  if (only === undefined) throw new Error('no report');
  return only.report;
}

function bodiesOf(requests: readonly DrawnTrace[], kind: 'trace' | 'baseline' = 'trace'): Bodies {
  const logs = kind === 'trace' ? ('logs' as const) : ('baseline-logs' as const);
  return requests.flatMap((request) => [
    { kind, bytes: bytesOf(request) },
    ...(request.logs.length === 0 ? [] : [{ kind: logs, bytes: logBytesOf(request) }]),
  ]);
}

const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

type Fault = Readonly<{ drawn: DrawnFault; alone: Report }>;

/** A fault that the request shows, alone. Clocks and lost spans are about the record, and no problem of a request. */
const fault = fc
  .record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    family: fc.constantFrom(...families.filter(({ id }) => id !== 'clock-skew' && id !== 'broken-trace')),
    variant: fc.nat({ max: 30 }),
  })
  .map(({ seed, family, variant }) => drawnFault(`wider ${seed}`, family, variant));

function drawnOf(id: string, seed: string, variant: number): DrawnFault {
  const family = families.find((one) => one.id === id);
  if (family === undefined) throw new Error(`there is no ${id}`);
  return drawnFault(seed, family, variant);
}

async function alone(drawn: DrawnFault): Promise<Fault> {
  return { drawn, alone: await reportOf(bodiesOf([drawn.faulty(0, AT_US)])) };
}

/** What of the request alone is missing in the wider report; see above. */
function lost({ findings, diagnosis }: Report, wider: Report): readonly string[] {
  const isIn = (at: number) => {
    const one = findings[at];
    return wider.findings.some(({ detector, service }) => detector === one?.detector && service === one.service);
  };
  const isKept = (at: number, seen: readonly number[] = []): boolean =>
    isIn(at) ||
    (diagnosis?.chain ?? []).some(
      ({ finding, because }) => finding === at && !seen.includes(at) && isKept(because, [...seen, at]),
    );
  return findings.flatMap(({ detector, service }, at) =>
    isKept(at) || isAboutTrace(detector, known) ? [] : [`${detector} of ${service}`],
  );
}

function verdictOf({ diagnosis }: Report) {
  return diagnosis === null ? null : `${diagnosis.kind} of ${diagnosis.service}`;
}

const LINES = ['GET /health 200', 'cache refreshed in 12 ms', 'connection accepted', 'user 4711 signed in'];

/** Lines of other requests, points of processors that are half idle, pods that run, changes of nothing that fits. */
const beside = fc.record({
  lines: fc.array(fc.record({ at: fc.integer({ min: -60, max: 60 }), line: fc.constantFrom(...LINES) }), {
    maxLength: 8,
  }),
  points: fc.boolean(),
  changes: fc.array(fc.record({ before: fc.integer({ min: 1, max: 7_000 }), own: fc.boolean() }), { maxLength: 4 }),
});

function besideBodies({ services }: DrawnFault, drawn: Beside): Bodies {
  const [service = ''] = services;
  const lines = drawn.lines.map(({ at, line }, n) => ({
    ts: `${AT_US + at * 1_000_000 + n}000`,
    labels: { service_name: service, level: 'info', trace_id: 'feedfacefeedfacefeedfacefeedface' },
    line,
  }));
  const seconds = Array.from({ length: 120 }, (_, at) => AT_US / 1e6 - 1_500 + at * 15);
  const metrics = services.map((name) => ({
    metric: { __name__: 'cpu_utilization', service: name, pod: `${name}-1` },
    values: seconds.map((second, at) => [second, `${0.4 + (at % 5) / 100}`]),
  }));
  const changes = drawn.changes.map(({ before, own }, n) => ({
    at: isoFromUs(AT_US - before * 1_000_000),
    kind: 'deploy',
    service: own ? service : 'zz-ledger',
    id: `v${n}`,
    text: 'tidy imports',
    url: '',
    files: ['web/cart.css'],
    diff: '-.cart { color: red }\n+.cart { color: green }\n',
  }));
  return [
    ...(lines.length === 0
      ? []
      : [{ kind: 'logs' as const, bytes: text(lines.map((one) => JSON.stringify(one)).join('\n')) }]),
    ...(drawn.points ? [{ kind: 'metrics' as const, bytes: text(metrics) }] : []),
    ...(changes.length === 0 ? [] : [{ kind: 'changes' as const, bytes: text(changes) }]),
  ];
}

type Beside = Readonly<{
  lines: readonly Readonly<{ at: number; line: string }>[];
  points: boolean;
  changes: readonly Readonly<{ before: number; own: boolean }>[];
}>;

test('beside further lines, points and changes that explain nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fault, beside, async (drawn, more) => {
      const one = await alone(drawn);
      const wider = await reportOf([...bodiesOf([drawn.faulty(0, AT_US)]), ...besideBodies(drawn, more)]);
      expect(lost(one.alone, wider), drawn.name).toEqual([]);
      expect(verdictOf(wider), drawn.name).toBe(verdictOf(one.alone));
      expect(wider.diagnosis?.status).toBe(one.alone.diagnosis?.status);
    }),
    { numRuns: RUNS },
  );
});

function windowOf({ alone: { trace } }: Fault): Forms {
  const service = trace?.rootService ?? '';
  return { window: { kind: 'window', service, fromUs: AT_US - STEP_US, toUs: AT_US + 60 * STEP_US } };
}

async function isKeptInHandful(drawn: DrawnFault, faulty: number): Promise<void> {
  const one = await alone(drawn);
  const requests = Array.from({ length: 4 }, (_, at) =>
    at < faulty ? drawn.faulty(at, AT_US + at * STEP_US) : drawn.healthy(at, AT_US + at * STEP_US),
  );
  const wider = await reportOf(bodiesOf(requests), windowOf(one));
  expect(lost(one.alone, wider), drawn.name).toEqual([]);
  expect(verdictOf(wider), drawn.name).toBe(verdictOf(one.alone));
}

test('in a handful of requests, of which one to all have the fault', async () => {
  await fc.assert(fc.asyncProperty(fault, fc.integer({ min: 1, max: 4 }), isKeptInHandful), { numRuns: RUNS });
});

test('in a handful of requests whose two time-outs differ by microseconds', async () => {
  await isKeptInHandful(drawnOf('swallowed-error', 'wider 7792', 1), 3);
});

/** Each run reads 25 requests. */
const WINDOW_RUNS = Math.ceil(RUNS / 2);
const ALL = 12;

/** Each `every`th request of the window has the fault, and none of the time before it. */
function afterHealth(one: Fault, every: number): Promise<Report> {
  const { drawn } = one;
  const before = Array.from({ length: ALL }, (_, at) => drawn.healthy(600 + at, AT_US - HOUR_US + at * STEP_US));
  const now = Array.from({ length: ALL }, (_, at) =>
    at % every === 0 ? drawn.faulty(at, AT_US + at * STEP_US) : drawn.healthy(500 + at, AT_US + at * STEP_US),
  );
  return reportOf([...bodiesOf(before, 'baseline'), ...bodiesOf(now)], windowOf(one));
}

async function isKeptAfterHealth(one: Fault, every: number): Promise<void> {
  const { drawn } = one;
  const wider = await afterHealth(one, every);
  const [first] = one.alone.findings;
  const kept = wider.findings.find(
    ({ detector, service }) => detector === first?.detector && service === first.service,
  );
  expect(kept, drawn.name).toBeDefined();
  expect(kept?.reach, drawn.name).toMatchObject({ of: ALL, healthy: 0, ofHealthy: ALL });
  expect(kept?.reach?.requests, drawn.name).toBeGreaterThan(0);
}

test('in a window with a healthy time before it, of which a quarter to all have the fault', async () => {
  await fc.assert(
    fc.asyncProperty(fault, fc.constantFrom(1, 2, 4), async (drawn, every) => {
      const one = await alone(drawn);
      const status = one.alone.diagnosis?.status;
      fc.pre(status === 'confirmed' || status === 'likely');
      await isKeptAfterHealth(one, every);
    }),
    { numRuns: WINDOW_RUNS },
  );
});

test('in a window whose messages are late, and whose responses take a little longer than before', async () => {
  const one = await alone(drawnOf('consumer-lag', 'wider 179949', 28));
  expect(one.alone.diagnosis?.status).toBe('likely');
  await isKeptAfterHealth(one, 1);
});

/** Long calls in a row are new, and others still run at the same time: nobody made the others sequential. */
const IN_A_ROW = [
  ['two time-outs', 'swallowed-error', 'wider 656369', 1],
  ['a loop of calls', 'n-plus-one-calls', 'wider 0', 15],
] as const;

test.each(IN_A_ROW)(
  'in a window whose requests wait for %s, beside calls at the same time',
  async (_, id, seed, variant) => {
    const one = await alone(drawnOf(id, seed, variant));
    expect(verdictOf(await afterHealth(one, 1))).toBe(verdictOf(one.alone));
  },
);

/** Faults of which no median tells, because only half of the requests have them. */
const OF_HALF = [
  ['bottleneck', 0],
  ['bottleneck', 1],
] as const;

test.each(OF_HALF)('in a window of which half has the fault, and none before it: %s %i', async (id, variant) => {
  const drawn = drawnOf(id, 's1', variant);
  const one = await alone(drawn);
  const before = Array.from({ length: 20 }, (_, at) => drawn.healthy(600 + at, AT_US - HOUR_US + at * STEP_US));
  const now = Array.from({ length: 24 }, (_, at) =>
    at % 2 === 1 ? drawn.faulty(at, AT_US + at * STEP_US) : drawn.healthy(500 + at, AT_US + at * STEP_US),
  );
  const wider = await reportOf([...bodiesOf(before, 'baseline'), ...bodiesOf(now)], windowOf(one));
  expect(verdictOf(wider)).toBe(verdictOf(one.alone));
  expect(wider.diagnosis?.status).toBe('inconclusive');
  expect(lost(one.alone, wider)).toEqual([]);
});
