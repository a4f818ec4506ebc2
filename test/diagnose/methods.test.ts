import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { diagnosedCitations } from '#test/cited.ts';
import { logLine } from '#test/log-line.ts';
import { methodsOfTrace } from '#test/methods-of-trace.ts';
import { spanSoup } from '#test/span-soup.ts';

const lines = [
  logLine('web', 0.01, 'could not reach stock', { level: 'error' }),
  logLine('stock', 0.02, 'no such sku', { level: 'warn' }),
];

/** Each runs every detector several times. */
const RUNS = { numRuns: 100 };

test('whatever the trace, a method cites nothing but what the report holds', () => {
  fc.assert(
    fc.property(spanSoup, (rows) => {
      const trace = traceFrom(rows, 'soup');
      const spans = new Set(Array.from({ length: trace.spanCount }, (_, span) => trace.spanId(span)));
      const times = new Set(lines.map(({ timeNs }) => timeNs));
      const { citations, known } = diagnosedCitations(trace, lines);
      for (const { kind, ref } of citations) {
        if (kind === 'span' || kind === 'event') expect(spans).toContain(ref);
        else if (kind === 'log') expect(times).toContain(ref);
        else expect(known[kind]).toContain(ref);
      }
    }),
    RUNS,
  );
});

test('the same evidence gives the same words', () => {
  fc.assert(
    fc.property(spanSoup, (rows) => {
      const one = methodsOfTrace(traceFrom(rows, 'soup'), lines);
      expect(methodsOfTrace(traceFrom(rows, 'soup'), lines)).toEqual(one);
    }),
    RUNS,
  );
});
