import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { DRAWN_AT_US, rowsOf, server, span } from '#test/trace.ts';

const TEN_YEARS_US = 3650 * 86_400_000_000;
const drawn = rowsOf(
  server('web', 'root', { at: 0, ms: 100 }, [
    span('web', 'call', { at: 10, ms: 50 }, [span('web', 'below', { at: 20, ms: 5 })]),
  ]),
);
const withStart = (operation: string, startUs: number) =>
  traceFrom(drawn.map((each) => (each.operation === operation ? { ...each, startUs } : each)));
const startOf = (trace: Trace, operation: string) => {
  for (let each = 0; each < trace.spanCount; each += 1)
    if (trace.operation(each) === operation) return trace.startUs(each);
  throw new Error(`no ${operation}`);
};

test('a span without a start begins with its parent, and the trace does not begin in 1970', () => {
  const trace = withStart('below', 0);
  expect(trace.startEpochUs).toBe(DRAWN_AT_US);
  expect([trace.durationUs, startOf(trace, 'below'), trace.repairs.undatedSpan]).toEqual([100_000, 10_000, 1]);
});

test('a root without a start begins with the first other span, and its calls stay', () => {
  const trace = withStart('root', 0);
  expect([trace.startEpochUs, startOf(trace, 'call')]).toEqual([DRAWN_AT_US + 10_000, 0]);
});

test('several without a start, one below another, all begin with the one above that has one', () => {
  const rows = drawn.map((each) => (each.operation === 'root' ? each : { ...each, startUs: 0 }));
  const trace = traceFrom(rows);
  expect([startOf(trace, 'call'), startOf(trace, 'below'), trace.repairs.undatedSpan]).toEqual([0, 0, 2]);
});

test.each([
  ['nanoseconds for microseconds', DRAWN_AT_US * 1000],
  ['no time at all', 1e300],
])('a span that starts with %s begins with its parent, and the trace does not end in the year 50,000', (_, startUs) => {
  const trace = withStart('below', startUs);
  expect([trace.durationUs, startOf(trace, 'below'), trace.repairs.undatedSpan]).toEqual([100_000, 10_000, 1]);
});

test('a trace that counts from 0 is no trace without starts', () => {
  const trace = traceFrom(drawn.map((each) => ({ ...each, startUs: each.startUs - DRAWN_AT_US })));
  expect([trace.repairs.undatedSpan, startOf(trace, 'below')]).toEqual([0, 20_000]);
});

test('longer than ten years is no duration; ten years are one', () => {
  const lasting = (durationUs: number) => traceFrom(drawn.map((each) => ({ ...each, durationUs })));
  expect(lasting(TEN_YEARS_US).repairs.absurdDuration).toBe(0);
  expect(lasting(TEN_YEARS_US + 1).repairs.absurdDuration).toBe(3);
  expect(lasting(TEN_YEARS_US + 1).durationUs).toBe(20_000);
});

test('an unset start with a set end has both flaws', () => {
  const rows = drawn.map((each) =>
    each.operation === 'below' ? { ...each, startUs: 0, durationUs: DRAWN_AT_US + 25_000 } : each,
  );
  expect(traceFrom(rows).repairs).toMatchObject({ undatedSpan: 1, absurdDuration: 1 });
  expect(traceFrom(rows).durationUs).toBe(100_000);
});
