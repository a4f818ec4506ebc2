import { expect, test } from 'vitest';
import { isRush } from '#detect/signs/metrics/rush.ts';
import type { Series } from '#model/metrics/series.ts';

const MINUTE_US = 60e6;
const START_US = 1_790_000_000e6;
const ONSET = 30;
const MINUTES = 50;

/** Requests a second before and since the onset. */
function rate(service: string, before: number, now: number): Series {
  const minutes = Array.from({ length: MINUTES }, (_, at) => at);
  return {
    name: 'http_requests_per_second',
    labels: { service },
    atUs: Float64Array.from(minutes, (at) => START_US + at * MINUTE_US),
    values: Float64Array.from(minutes, (at) => (at >= ONSET ? now : before)),
  };
}

const time = { fromUs: START_US + ONSET * MINUTE_US, toUs: START_US + MINUTES * MINUTE_US };
const of = (service: string, ...all: Series[]) => isRush(all, service, time);

test('nearly all services get at least twice as many requests', () => {
  expect(of('menu', rate('menu', 5, 20), rate('orders', 4, 9), rate('mailer', 3, 3))).toBe(true);
});

test('also where the one at fault counts none', () => {
  expect(of('kitchen', rate('menu', 5, 20), rate('orders', 4, 9))).toBe(true);
});

test.each<[string, Series[]]>([
  ['one service alone', [rate('menu', 5, 20)]],
  ['a caller asks one service more often', [rate('menu', 5, 20), rate('orders', 4, 4), rate('mailer', 3, 3)]],
  ['the one at fault gets as many as before', [rate('menu', 5, 5), rate('orders', 4, 9), rate('mailer', 3, 9)]],
  ['half as many more', [rate('menu', 5, 8), rate('orders', 4, 6)]],
  ['hardly any', [rate('menu', 0.01, 0.1), rate('orders', 0.02, 0.1)]],
])('no rush: %s', (_, all) => {
  expect(of('menu', ...all)).toBe(false);
});
