import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import type { Trace } from '#model/trace/trace.ts';
import { ownStretches } from '#model/trace/views/own-stretches.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { spanSoup } from '#test/span-soup.ts';
import { server, span, traceOf } from '#test/trace.ts';

const stretches = (trace: Trace) =>
  ownStretches(trace).map(({ span: caller, startUs, endUs, after, before }) => [
    trace.operation(caller),
    startUs / 1000,
    endUs / 1000,
    after === undefined ? '' : trace.operation(after),
    before === undefined ? '' : trace.operation(before),
  ]);

test('a caller’s own time lies before, between and after its children, which are named', () => {
  const trace = traceOf(
    server('web', 'root', { ms: 100 }, [span('web', 'a', { at: 10, ms: 20 }), span('web', 'b', { at: 60, ms: 30 })]),
  );
  expect(stretches(trace)).toEqual([
    ['root', 0, 10, '', 'a'],
    ['root', 30, 60, 'a', 'b'],
    ['root', 90, 100, 'b', ''],
  ]);
});

test('it comes after the child that ended last, not after the one that began last', () => {
  const trace = traceOf(
    server('web', 'root', { ms: 100 }, [
      span('web', 'long', { at: 0, ms: 80 }),
      span('web', 'short', { at: 10, ms: 20 }),
    ]),
  );
  expect(stretches(trace)).toEqual([['root', 80, 100, 'long', '']]);
});

test('children that touch leave nothing between them; consumers and calls outside the caller do not fill its time', () => {
  const trace = traceOf(
    server('web', 'root', { ms: 100 }, [
      span('web', 'a', { at: 0, ms: 50 }),
      span('web', 'b', { at: 50, ms: 20 }),
      span('web', 'consumer', { at: 75, ms: 10, kind: 'consumer' }),
      span('web', 'late', { at: 120, ms: 5 }),
    ]),
  );
  expect(stretches(trace)).toEqual([['root', 70, 100, 'b', '']]);
});

test('of any spans the stretches of a caller are its self time, in order, without overlap', () => {
  fc.assert(
    fc.property(spanSoup, (spans) => {
      const trace = traceFrom(spans);
      const own = new Map<number, number>();
      let previous = { span: -1, endUs: 0 };
      for (const { span: caller, startUs, endUs } of ownStretches(trace)) {
        expect(endUs).toBeGreaterThan(startUs);
        if (previous.span === caller) expect(startUs).toBeGreaterThanOrEqual(previous.endUs);
        previous = { span: caller, endUs };
        own.set(caller, (own.get(caller) ?? 0) + endUs - startUs);
      }
      for (let each = 0; each < trace.spanCount; each += 1) {
        if (trace.children(each).length > 0) expect(own.get(each) ?? 0).toBe(selfUs(trace, each));
      }
    }),
  );
});
