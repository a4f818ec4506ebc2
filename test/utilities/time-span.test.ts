import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goSpan, isoSpan8601, readSpan } from '#utilities/time-span.ts';

test.each([
  ['1h2m3.5s', 3_723_500_000_000n],
  ['350ms', 350_000_000n],
  ['1.5µs', 1_500n],
  ['PT1H2M3.5S', 3_723_500_000_000n],
  ['P1DT2H', 93_600_000_000_000n],
  ['P2W', 1_209_600_000_000_000n],
  ['2 days', 172_800_000_000_000n],
  ['1 hour 30 minutes', 5_400_000_000_000n],
  ['-2h', -7_200_000_000_000n],
])('%s is a length of time', (text, ns) => {
  expect(readSpan(text)).toBe(ns);
});

test.each(['', '3', 'P', 'PT', '3 apples', '1h and', 'h', '1e3s'])('%s is none', (text) => {
  expect(readSpan(text)).toBeUndefined();
});

test('what is written is read again as the same length', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (ns) => {
      expect(readSpan(goSpan(ns))).toBe(ns);
      expect(readSpan(isoSpan8601(ns))).toBe(ns);
    }),
  );
});
