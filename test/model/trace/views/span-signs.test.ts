/** What is found at once is what asking each span would find. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { SPAN_KINDS } from '#model/trace/span-kinds.ts';
import { MARK } from '#model/trace/span-marks.ts';
import { pathBelowUs } from '#model/trace/views/critical-path.ts';
import { type Signs, spansWith } from '#model/trace/views/span-signs.ts';
import { namedSoup } from '#test/span-soup.ts';

const someMarks = fc.integer({ min: 0, max: 2 * MARK.settles - 1 });
const signs: fc.Arbitrary<Signs> = fc
  .record({
    failed: fc.option(fc.constant(true as const), { nil: undefined }),
    marks: fc.option(someMarks, { nil: undefined }),
    kinds: fc.option(fc.subarray([...SPAN_KINDS]), { nil: undefined }),
    heldUs: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    named: fc.option(fc.string({ maxLength: 1 }), { nil: undefined }),
    system: fc.option(fc.constantFrom('', 'postgresql', 'redis'), { nil: undefined }),
  })
  .map(({ failed, marks, kinds, heldUs, named, system }) => ({
    ...(failed && { failed }),
    ...(marks !== undefined && { marks }),
    ...(kinds && { kinds }),
    ...(heldUs !== undefined && { heldUs }),
    ...(named !== undefined && { operation: (name: string) => name.includes(named) }),
    ...(system !== undefined && { database: (name: string) => name === system }),
  }));

test('spans with any requested sign are returned in order', () => {
  fc.assert(
    fc.property(namedSoup, signs, (spans, asked) => {
      const trace = traceFrom(spans);
      const bears = (span: number) =>
        (asked.failed === true && trace.failed(span)) ||
        trace.hasMark(span, asked.marks ?? 0) ||
        asked.kinds?.includes(trace.kind(span)) === true ||
        pathBelowUs(trace, span) >= (asked.heldUs ?? Number.POSITIVE_INFINITY) ||
        asked.operation?.(trace.operation(span)) === true ||
        asked.database?.(trace.databaseSystem(span)) === true;
      const all = Array.from({ length: trace.spanCount }, (_, span) => span);
      expect(spansWith(trace, asked)).toEqual(all.filter(bears));
    }),
  );
});

test('no requested sign finds nothing', () => {
  const [spans = []] = fc.sample(namedSoup, 1);
  expect(spansWith(traceFrom(spans), {})).toEqual([]);
});
