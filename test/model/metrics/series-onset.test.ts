import { describe, expect, test } from 'vitest';
import { growthOf, onsetOf } from '#model/metrics/series-onset.ts';
import { metric, usAt } from '#test/changes.ts';

const WINDOW = { fromUs: usAt(-300), toUs: usAt(540) };
const seconds = (us: number | undefined) => (us === undefined ? undefined : (us - usAt(0)) / 1e6);

describe('when a series left its past', () => {
  test.each([
    ['a step', (at: number) => (at < 60 ? 10 : 40), 60],
    ['a step down', (at: number) => (at < 60 ? 10 : 2), 60],
    ['one that began before the window', (at: number) => (at < -420 ? 10 : 40), -420],
    ['from nothing at all', (at: number) => (at < 0 ? 0 : 3), 0],
    ['one that stays where it only came to before', (at: number) => (at >= 60 || at % 600 === 0 ? 40 : 10), 0],
    [
      'one that comes as often as before, but much farther',
      (at: number) => (at % 600 === 0 ? (at < 0 ? 40 : 400) : 10),
      0,
    ],
    ['one that looks back for a moment', (at: number) => (at < 0 || at === 60 ? 10 : 40), 0],
  ])('%s', (_, at, onset) => {
    expect(seconds(onsetOf(metric('errors', at), WINDOW)?.atUs)).toBe(onset);
  });

  test.each([
    ['it stays as it was', () => 10],
    ['it differs by less than anybody notices', (at: number) => (at < 0 ? 100 : 112)],
    ['it comes and goes as before', (at: number) => (at % 600 === 0 ? 90 : 10)],
    ['it was away long before, and is back', (at: number) => (at > -7000 && at < -6000 ? 90 : 10)],
  ])('never, where %s', (_, at) => {
    expect(onsetOf(metric('errors', at), WINDOW)).toBeUndefined();
  });

  test('of too few points nobody knows', () => {
    const short = metric('errors', (at) => (at < 0 ? 10 : 40));
    const cut = { ...short, atUs: short.atUs.slice(184), values: short.values.slice(184) };
    expect(onsetOf(cut, WINDOW)).toBeUndefined();
  });
});

describe('since when it grows', () => {
  const grows = (at: number) => (at < -3600 ? 100 : 100 + (at + 3600) / 20);

  test('up to its peak, for a restart ends a growth', () => {
    const { sinceUs, peakUs } =
      growthOf(
        metric('memory', (at) => (at > 300 ? 50 : grows(at))),
        WINDOW,
      ) ?? {};
    expect(Math.abs((seconds(sinceUs) ?? 0) + 3600)).toBeLessThanOrEqual(120);
    expect(seconds(peakUs)).toBeLessThanOrEqual(300);
  });

  test.each([
    ['a step is none', (at: number) => (at < -3600 ? 100 : 300)],
    ['a little is none', (at: number) => (at < -3600 ? 1000 : 1000 + (at + 3600) / 60)],
  ])('%s', (_, at) => {
    expect(growthOf(metric('memory', at), WINDOW)).toBeUndefined();
  });
});
