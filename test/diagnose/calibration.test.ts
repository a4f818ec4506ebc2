import fc from 'fast-check';
import { expect, test } from 'vitest';
import { precisionOf, SIGNALS, strengthOf } from '#diagnose/calibration.ts';
import { FITTED } from '#diagnose/calibration-data.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const signals = fc.record({ lead: share, said: share, seen: share, answered: share, intact: share, shown: share });

test('no signal makes a verdict less probable, and none makes it certain', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(FITTED.curve.kinds), 'never seen'),
      signals,
      fc.constantFrom(...SIGNALS),
      share,
      (kind, known, name, more) => {
        const before = strengthOf(kind, known);
        const after = strengthOf(kind, { ...known, [name]: Math.max(known[name], more) });
        expect(before).toBeGreaterThan(0);
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after).toBeLessThan(1);
      },
    ),
  );
});

test('a kind of which few verdicts are known is taken for a usual one', () => {
  const kinds = {
    often: { of: 1000, right: 900 },
    wrongOnce: { of: 1, right: 0 },
    mostlyWrong: { of: 200, right: 20 },
  };
  const usual = precisionOf('never', kinds);
  expect(usual).toBeCloseTo(921 / 1203, 2);
  expect(precisionOf('wrongOnce', kinds)).toBeGreaterThan(0.9 * usual);
  expect(precisionOf('mostlyWrong', kinds)).toBeLessThan(0.2);
  expect(precisionOf('often', kinds)).toBeCloseTo(0.9, 2);
});
