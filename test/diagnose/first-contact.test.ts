import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidenceOf, GROUNDS } from '#diagnose/first-contact.ts';
import { FIRST_CONTACT } from '#diagnose/first-contact-data.ts';
import type { Grounds } from '#model/finding/diagnosis.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const some: fc.Arbitrary<Grounds> = fc.record({
  said: share,
  reason: share,
  awaited: share,
  watched: share,
  backed: share,
  clear: share,
  most: share,
  lead: share,
  shown: share,
  intact: share,
});

test('no ground makes a verdict less probable, and none makes it certain', () => {
  fc.assert(
    fc.property(some, fc.constantFrom(...GROUNDS), share, (known, name, more) => {
      const before = confidenceOf(known);
      const after = confidenceOf({ ...known, [name]: Math.max(known[name], more) });
      expect(before).toBeGreaterThan(0);
      expect(after).toBeGreaterThanOrEqual(before);
      expect(after).toBeLessThan(1);
    }),
  );
});

test('a verdict on the trace data has the share of such verdicts that were right', () => {
  const { ofRecord } = FIRST_CONTACT.curve;
  expect(confidenceOf(undefined)).toBeCloseTo(ofRecord.right / ofRecord.of, 1);
});
