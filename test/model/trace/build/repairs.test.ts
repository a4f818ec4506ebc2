import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repairGaps } from '#model/trace/build/repairs.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import { type SpanRow, traceFrom } from '#model/trace/build/span-rows.ts';
import { callTree, spanSoup } from '#test/span-soup.ts';
import { DRAWN_AT_US, rowsOf, server, span } from '#test/trace.ts';

const healthy = rowsOf(server('web', 'GET /', { ms: 100 }, [span('web', 'work', { at: 10, ms: 20 })]));
const said = (...more: readonly Partial<SpanRow>[]) => {
  const last = healthy.at(-1) as SpanRow;
  const spans = [...healthy, ...more.map((each, i) => ({ ...last, id: `more-${i}`, ...each }))];
  return repairGaps(traceFrom(spans)).map(({ problem }) => problem);
};

test('a healthy trace needed none', () => {
  expect(said()).toEqual([]);
});

test('a first root without its parent counts as one root', () => {
  const [root] = healthy as [SpanRow, ...SpanRow[]];
  const gaps = repairGaps(traceFrom([{ ...root, parentId: 'gone' }]));
  expect(gaps.map(({ problem }) => problem)).toEqual(['the parent of one span never arrived']);
});

test('each kind of repair has one sentence with its consequence', () => {
  expect(said({ parentId: 'gone' })).toEqual(['the parent of one span never arrived']);
  expect(said({ parentId: 'gone' }, { parentId: 'lost' })).toEqual(['the parents of 2 spans never arrived']);
  expect(said({ parentId: undefined })).toEqual(['1 root beside the first']);
  expect(said({ parentId: 'more-0' })).toEqual(['1 span named as its own parent']);
  expect(said({ parentId: 'more-1' }, { parentId: 'more-0' })).toEqual(['1 circle of parents cut']);
  expect(said({ durationUs: -1 })).toEqual(['1 span with an end before the start']);
  expect(said({ durationUs: 2 ** 53 })).toEqual(['1 span with a duration of more than ten years']);
  expect(said({ startUs: 0 })).toEqual(['1 span with an impossible start']);
  expect(said({ service: '' })).toEqual(['1 span without a service name']);
  expect(said({ id: '0.0' })).toEqual(['1 span sent more than once']);
  expect(said({ id: '0.0', durationUs: 7 })).toEqual(['1 span with the id of another span']);
  expect(said({ id: '' })).toEqual(['1 span without an id']);
  expect(said({ operation: 'a\u0007b' }, { operation: 'a\u202eb' })).toEqual([
    '2 spans with control characters in a name',
  ]);
  expect(said({ service: '\u001b[31mweb' })).toEqual(['1 span with control characters in a name']);
  expect(said({ flaws: SPAN_FLAW.unknownKind })).toEqual(['1 span of an unknown kind']);
  expect(said({ parentId: undefined, flaws: SPAN_FLAW.foreignParent })).toEqual([
    'the parent of one span is in another trace',
  ]);
  expect(said({ flaws: SPAN_FLAW.foreignLink }, { flaws: SPAN_FLAW.foreignLink })).toEqual([
    '2 spans with a link to another trace',
  ]);
  expect(said({ flaws: SPAN_FLAW.followsFrom })).toEqual(['1 span with a FOLLOWS_FROM reference but no parent']);
});

test('a span without a name gets one, so that no sentence has a hole', () => {
  const trace = traceFrom([{ ...(healthy[0] as SpanRow), operation: ' \u200b' }]);
  expect([trace.operation(0), trace.repairs.unnamedOperation]).toEqual(['unnamed-operation', 1]);
  expect(repairGaps(trace).map(({ problem }) => problem)).toContain('1 span without a name');
});

test('a trace whose times count from 0 has no date', () => {
  const trace = traceFrom([{ ...(healthy[0] as SpanRow), startUs: 1767 * 1e6 }]);
  expect(repairGaps(trace).map(({ problem }) => problem)).toEqual(['no span has a date']);
});

test('a service that would be shown as nothing is none', () => {
  const trace = traceFrom([{ ...(healthy[0] as SpanRow), service: ' \u200b' }]);
  expect([trace.service(0), trace.repairs.unnamedService]).toEqual(['unknown-service', 1]);
});

test('placeholders of stores and SDKs are no service names', () => {
  const services = ['missing-service-name', 'OTLPResourceNoServiceName', 'unknown_service', 'unknown_service:java'];
  const trace = traceFrom(services.map((service, i) => ({ ...(healthy[0] as SpanRow), id: `${i}`, service })));
  expect(trace.services).toEqual(['unknown-service', 'unknown_service:java']);
  expect(trace.repairs.unnamedService).toBe(3);
});

test('a span with control characters in two names counts once, and emoji joiners do not count', () => {
  expect(said({ service: 'a\u0000', operation: 'b\u0000' })).toEqual(['1 span with control characters in a name']);
  expect(said({ operation: '👩\u200d🚒' })).toEqual([]);
});

test('each flaw of a span is reported', () => {
  expect(said({ flaws: SPAN_FLAW.unknownKind | SPAN_FLAW.foreignLink | SPAN_FLAW.conflictingName })).toHaveLength(3);
});

test('a root without its parent is reported as an orphan and not also as a root', () => {
  expect(said({ parentId: 'gone' }, { parentId: undefined })).toEqual([
    'the parent of one span never arrived',
    '1 root beside the first',
  ]);
});

test('corrected clocks are reported, and those that differ too much', () => {
  const callee = {
    service: 'stock',
    resource: { 'host.name': 'b' },
    kind: 'server' as const,
    startUs: DRAWN_AT_US - 2 * 3_600_000_000,
    durationUs: 5,
  };
  expect(said(callee)).toEqual(['1 call outside the time of the caller, by more than a clock difference explains']);
  expect(said({ ...callee, startUs: DRAWN_AT_US - 1_000_000 })).toEqual([
    '1 span of stock moved by up to 1 s, because the clocks of their hosts disagree',
  ]);
});

describe('clocks that were corrected by little', () => {
  /** A request of so many milliseconds, in which a callee began so many microseconds before its caller. */
  const request = (ms: number, earlyUs: number) => {
    const rows = rowsOf(server('web', 'GET /', { ms }, [span('web', 'work', { at: 1, ms: 1 })]));
    const callee = { id: 'early', service: 'stock', resource: { 'host.name': 'b' }, kind: 'server' as const };
    const trace = traceFrom([
      ...rows,
      { ...(rows[1] as SpanRow), ...callee, startUs: DRAWN_AT_US - earlyUs, durationUs: 5 },
    ]);
    expect([0, 1, 2].map((span) => trace.shiftUs(span)).sort((a, b) => b - a)).toEqual([earlyUs, 0, 0]);
    expect(trace.repairs.clockSkew).toBe(1);
    return repairGaps(trace).map(({ problem }) => problem);
  };

  test('are no gap below a millisecond and a hundredth of the trace', () => {
    expect(request(100, 999)).toEqual([]);
    expect(request(10_000, 999)).toEqual([]);
    expect(request(100, 11)).toEqual([]);
  });

  test('are one from a millisecond on, however long the trace is', () => {
    expect(request(10_000, 1_000)).toEqual([
      '1 span of stock moved by up to 1 ms, because the clocks of their hosts disagree',
    ]);
  });

  test('are one from a hundredth of the trace on, however little that is', () => {
    expect(request(99.9, 999)).toHaveLength(1);
    expect(request(4, 39)).toEqual([]);
    expect(request(4, 40)).toEqual([
      '1 span of stock moved by up to 40 µs, because the clocks of their hosts disagree',
    ]);
  });
});

test('of any spans something is said exactly where something was repaired that matters', () => {
  fc.assert(
    fc.property(spanSoup, (spans) => {
      const trace = traceFrom(spans);
      const furthestUs = Math.max(...spans.map((_, i) => (i < trace.spanCount ? Math.abs(trace.shiftUs(i)) : 0)));
      const clockSkew = furthestUs >= trace.durationUs / 100 ? trace.repairs.clockSkew : 0;
      const repaired = Object.values({ ...trace.repairs, clockSkew }).some((count) => count > 0);
      expect(repairGaps(trace).length > 0).toBe(repaired);
      for (const { source, problem, consequence } of repairGaps(trace)) {
        expect(source).toBe('trace');
        expect(problem.length * consequence.length).toBeGreaterThan(0);
      }
    }),
  );
});

/** 2026-01-06. */
const DATED_US = 1_767_709_800_000_000;

test('calls that lie in their callers need none', () => {
  fc.assert(
    fc.property(callTree, (spans) => {
      const dated = spans.map((span) => ({ ...span, startUs: span.startUs + DATED_US }));
      expect(repairGaps(traceFrom(dated))).toEqual([]);
    }),
  );
});
