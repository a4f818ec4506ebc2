import { describe, expect, test } from 'vitest';
import { unusualRun } from '#detect/signs/unusual-run.ts';

const MINUTE_US = 60_000_000;
const WINDOW = { service: 'shop', fromUs: 0, toUs: 20 * MINUTE_US };
const FOR_US = 5 * MINUTE_US;

/** One point a minute, from an hour before the window to its end. */
function points(valueAt: (minute: number) => number) {
  const minutes = Array.from({ length: 81 }, (_, at) => at - 60);
  return { atUs: minutes.map((minute) => minute * MINUTE_US), values: minutes.map(valueAt) };
}

const isHigh = (value: number, usual: number) => value > 2 * usual;
const always = () => true;

describe('a run of unusual points', () => {
  test('is found with the value that was expected', () => {
    const found = unusualRun(
      points((minute) => (minute >= 8 ? 30 : 10)),
      WINDOW,
      FOR_US,
      isHigh,
      always,
    );
    expect(found?.run).toMatchObject({ fromUs: 7 * MINUTE_US, untilUs: 20 * MINUTE_US });
    expect(found?.expected.at(8 * MINUTE_US)).toBe(10);
  });

  test.each<[string, Parameters<typeof unusualRun>]>([
    ['is too short', [points((minute) => (minute >= 17 ? 30 : 10)), WINDOW, FOR_US, isHigh, always]],
    ['does not matter', [points((minute) => (minute >= 8 ? 30 : 10)), WINDOW, FOR_US, isHigh, (value) => value > 100]],
    [
      'is a wave that came in the hour before, too',
      [points((minute) => (minute >= 8 || (minute > -30 && minute < -20) ? 30 : 10)), WINDOW, FOR_US, isHigh, always],
    ],
    [
      'lies in a window without a beginning',
      [points(() => 30), { ...WINDOW, fromUs: Number.NaN }, FOR_US, isHigh, always],
    ],
    ['has nothing before it', [{ atUs: [0, MINUTE_US], values: [30, 30] }, WINDOW, MINUTE_US, isHigh, always]],
  ])('is not reported where it %s', (_, asked) => {
    expect(unusualRun(...asked)).toBeUndefined();
  });
});
