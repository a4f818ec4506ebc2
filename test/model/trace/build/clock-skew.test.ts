import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostOf } from '#model/trace/build/clock-skew.ts';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import type { Attributes } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callTree, spanSoup } from '#test/span-soup.ts';

/** Spans of `web` and `stock`, each service on a host of its own unless it says otherwise. */
const spanAt = (id: string, parentId: string | undefined, startUs: number, durationUs: number, more = {}): SpanRow => ({
  id,
  parentId,
  service: parentId === undefined ? 'web' : 'stock',
  operation: id,
  kind: parentId === undefined ? 'client' : 'server',
  startUs,
  durationUs,
  failed: undefined,
  attributes: {},
  resource: { 'host.name': parentId === undefined ? 'h1' : 'h2' },
  ...more,
});
const caller = spanAt('caller', undefined, 1000, 100);

/** By how much each span was moved, by id. */
const shifts = (spans: readonly SpanRow[], maxUs?: number) => {
  const trace = traceFrom(spans, 'x', maxUs);
  return Object.fromEntries(indexes(trace).map((span) => [trace.spanId(span), trace.shiftUs(span)]));
};

describe('a callee that goes by the same name of a machine', () => {
  const early = (more = {}) => [
    spanAt('caller', undefined, 90_000_000, 300),
    spanAt('callee', 'caller', 30_000_100, 100, { resource: { 'host.name': 'h1' }, ...more }),
    spanAt('own', 'callee', 30_000_120, 50, { resource: { 'host.name': 'h1' } }),
  ];

  test('and began minutes before its caller has another clock', () => {
    expect(shifts(early())).toEqual({ caller: 0, callee: 60_000_000, own: 60_000_000 });
  });

  test.each([
    ['of the same service', { service: 'web' }],
    ['that handles a message', { kind: 'consumer' }],
    ['that ran for longer than its caller', { durationUs: 5_000_000 }],
    ['that began less than a second early', { startUs: 89_500_000 }],
    ['that began later', { startUs: 150_000_000 }],
  ])('but not one %s', (_, more) => {
    expect(shifts(early(more)).callee).toBe(0);
  });
});

describe('a callee of another host', () => {
  test.each<[string, number, number, number]>([
    ['that began before its caller is centred in it', 900, 50, 125],
    ['that ended after its caller is centred in it', 1090, 50, -65],
    ['is centred to the microsecond below, where the rest is odd', 990, 51, 34],
    ['that fits stays', 1050, 50, 0],
    ['that fills its caller stays', 1000, 100, 0],
    ['that ended a microsecond after its caller was rounded, and stays', 1091, 10, 0],
    ['that ended two microseconds after its caller is centred in it', 1092, 10, -47],
    ['that was longer is only kept from starting before', 990, 150, 10],
    ['that was longer and began later outlived a time-out', 1010, 5000, 0],
  ])('%s', (_, startUs, durationUs, shift) => {
    expect(shifts([caller, spanAt('callee', 'caller', startUs, durationUs)])).toEqual({ caller: 0, callee: shift });
  });

  test('moves all descendants on its host along, and judges descendants on a third host anew', () => {
    const spans = [
      caller,
      spanAt('callee', 'caller', 900, 50),
      spanAt('own', 'callee', 910, 10),
      spanAt('third', 'callee', 1030, 10, { service: 'price', resource: { 'host.name': 'h3' } }),
    ];
    expect(shifts(spans)).toEqual({ caller: 0, callee: 125, own: 125, third: 0 });
    expect(traceFrom(spans).repairs.clockSkew).toBe(2);
  });

  test('beyond the maximum stays and is counted; with a maximum of 0 nothing moves', () => {
    const spans = [caller, spanAt('callee', 'caller', 900, 50)];
    expect(traceFrom(spans, 'x', 124).repairs).toMatchObject({ clockSkew: 0, clockSkewTooLarge: 1 });
    expect(traceFrom(spans, 'x', 125).repairs).toMatchObject({ clockSkew: 1, clockSkewTooLarge: 0 });
    expect(shifts(spans, 0)).toEqual({ caller: 0, callee: 0 });
  });

  test('moves with its events', () => {
    const events = [{ atUs: 920, name: 'e', attributes: {} }];
    const trace = traceFrom([caller, spanAt('callee', 'caller', 900, 50, { events })]);
    const callee = indexes(trace).find((span) => trace.spanId(span) === 'callee') ?? -1;
    expect(trace.events(callee).map(({ atUs }) => atUs - trace.startUs(callee))).toEqual([20]);
  });
});

describe('resources with one clock', () => {
  const early = (resource: Attributes, service = 'stock', callerResource: Attributes = { 'host.name': 'h1' }) =>
    shifts([{ ...caller, resource: callerResource }, spanAt('callee', 'caller', 900, 50, { service, resource })])
      .callee;

  test('spans of one host, however odd their times', () => {
    expect(early({ 'host.name': 'h1' })).toBe(0);
  });

  test('spans of one service where the host of either is unknown: that is no other host', () => {
    expect([early({}, 'web'), early({}, 'web', {}), early({ 'host.name': 'h2' }, 'web', {})]).toEqual([0, 0, 0]);
  });

  test('two services without hosts may run on two machines', () => {
    expect(early({}, 'stock', {})).toBe(125);
  });

  test('containers of one node, whatever they call themselves', () => {
    const on = (pod: string) => ({ 'k8s.node.name': 'n1', 'host.name': pod });
    expect(early(on('stock-1'), 'stock', on('web-1'))).toBe(0);
  });

  test.each<[Attributes, string]>([
    [{ 'host.id': 'i-1', 'host.ip': '10.0.0.1', 'host.name': 'a' }, 'i-1'],
    [{ 'host.ip': '["10.0.0.1","fe80::1"]', 'host.name': 'a' }, '10.0.0.1'],
    [{ ip: '10.0.0.1', 'host.name': 'a' }, '10.0.0.1'],
    [{ 'host.name': 'a' }, 'a'],
    [{ 'service.instance.id': 'x' }, ''],
  ])('%o is the host %s', (resource, host) => {
    expect(hostOf(resource)).toBe(host);
  });
});

describe('asynchronous work is no skew', () => {
  const producer = { ...caller, kind: 'producer' } as const;

  test('a consumer may begin long after its producer ended', () => {
    expect(shifts([producer, spanAt('callee', 'caller', 46_000_000, 50, { kind: 'consumer' })]).callee).toBe(0);
  });

  test('the work that a producer caused may, too, for any kind', () => {
    expect(shifts([producer, spanAt('callee', 'caller', 1090, 50)]).callee).toBe(0);
  });

  test('work inside a process that begins after a parent without a call, as Temporal records its workflows', () => {
    const later = (kind: 'internal' | 'server', above: 'internal' | 'client') =>
      shifts([{ ...caller, kind: above }, spanAt('callee', 'caller', 1200, 50, { kind })]).callee;
    expect(later('internal', 'internal')).toBe(0);
    expect(later('server', 'internal')).not.toBe(0);
    expect(later('internal', 'client')).not.toBe(0);
  });

  test('a late call stays where another one between the same hosts fits so tightly that no clock can be that far off', () => {
    const spans = [caller, spanAt('fits', 'caller', 1005, 90), spanAt('late', 'caller', 1200, 50)];
    expect(shifts(spans)).toEqual({ caller: 0, fits: 0, late: 0 });
  });

  test('such a call moves with its caller where the caller’s own clock was wrong, for the two clocks agree', () => {
    const root = spanAt('root', undefined, 5000, 1000, { service: 'gateway', resource: { 'host.name': 'h0' } });
    const spans = [
      root,
      { ...caller, parentId: 'root' },
      spanAt('fits', 'caller', 1005, 90),
      spanAt('late', 'caller', 1200, 50),
    ];
    expect(shifts(spans)).toEqual({ root: 0, caller: 4450, fits: 4450, late: 4450 });
  });

  test('where the one that fits leaves room for the difference, both are explained by the clock', () => {
    const spans = [caller, spanAt('fits', 'caller', 1060, 10), spanAt('late', 'caller', 1090, 50)];
    expect(shifts(spans)).toMatchObject({ fits: -39, late: -39 });
  });

  test('a call before its caller is never work: nothing runs before it is called', () => {
    const spans = [caller, spanAt('fits', 'caller', 1005, 90), spanAt('early', 'caller', 900, 50)];
    expect(shifts(spans).early).toBe(100);
  });

  test('a short call in a long one moves to the nearest place where its clock can be one that is kept in time', () => {
    const long = spanAt('caller', undefined, 10_000, 6_000_000);
    const early = (startUs: number) => shifts([long, spanAt('early', 'caller', startUs, 2000)]).early;
    expect([early(9_700), early(5_000)]).toEqual([300, 5_000]);
    expect(early(4_999)).toBe(10_000 + 2_999_000 - 4_999);
  });

  test("a call that nearly fills its caller stays in order with the caller's next call", () => {
    const spans = [
      spanAt('caller', undefined, 1000, 10_000),
      spanAt('early', 'caller', 900, 8_000),
      spanAt('own', 'caller', 9_100, 1_000, { service: 'web', kind: 'internal', resource: { 'host.name': 'h1' } }),
    ];
    expect(shifts(spans).early).toBe(100);
  });

  test('several calls of one caller to one host move together, so that their order stays', () => {
    const ahead = [700_000, 730_000, 760_000].map((startUs, at) => spanAt(`call ${at}`, 'caller', startUs, 30_000));
    const spans = [spanAt('caller', undefined, 100_000, 200_000), ...ahead];
    expect(shifts(spans)).toEqual({ caller: 0, 'call 0': -489_999, 'call 1': -489_999, 'call 2': -489_999 });
  });

  test('several that no one difference explains move each for itself', () => {
    const spans = [
      spanAt('caller', undefined, 100_000, 100_000),
      spanAt('a', 'caller', 50_000, 30_000),
      spanAt('b', 'caller', 300_000, 30_000),
    ];
    expect(shifts(spans)).toEqual({ caller: 0, a: 85_000, b: -165_000 });
  });
});

describe('of any spans', () => {
  test('a shift is within the maximum, durations stay, and with a maximum of 0 nothing moves', () => {
    fc.assert(
      fc.property(spanSoup, fc.integer({ min: 0, max: 40 }), (spans, maxUs) => {
        const trace = traceFrom(spans, 'x', maxUs);
        const moved = indexes(trace).filter((span) => trace.shiftUs(span) !== 0);
        for (const span of moved) expect(Math.abs(trace.shiftUs(span))).toBeLessThanOrEqual(maxUs);
        expect(trace.repairs.clockSkew).toBe(moved.length);
        const asItCame = traceFrom(spans, 'x', 0);
        expect(asItCame.repairs.clockSkew).toBe(0);
        expect(durations(trace)).toEqual(durations(asItCame));
      }),
    );
  });

  test('calls that lie in their callers stay, whatever the hosts', () => {
    const hosts = fc.infiniteStream(fc.constantFrom('h1', 'h2', 'h3'));
    fc.assert(
      fc.property(callTree, hosts, (spans, host) => {
        const placed = spans.map((span) => ({ ...span, resource: { 'host.name': host.next().value } }));
        expect(traceFrom(placed).repairs).toMatchObject({ clockSkew: 0, clockSkewTooLarge: 0 });
      }),
    );
  });

  test('when the trace was recorded changes no shift', () => {
    fc.assert(
      fc.property(spanSoup, fc.integer({ min: 0, max: 2 ** 50 }), (spans, byUs) => {
        const later = spans.map((span) => ({ ...span, startUs: span.startUs + byUs }));
        expect(starts(traceFrom(later))).toEqual(starts(traceFrom(spans)));
      }),
    );
  });
});

function indexes({ spanCount }: Trace): number[] {
  return Array.from({ length: spanCount }, (_, span) => span);
}

function durations(trace: Trace): number[] {
  return indexes(trace)
    .map((span) => trace.durationOfUs(span))
    .sort((a, b) => a - b);
}

function starts(trace: Trace): (readonly [string, number, number])[] {
  return indexes(trace).map((span) => [trace.spanId(span), trace.startUs(span), trace.shiftUs(span)]);
}
