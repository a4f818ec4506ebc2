import { describe, expect, test } from 'vitest';
import { movedSeries } from '#diagnose/window/moved-series.ts';
import type { Series } from '#model/metrics/series.ts';

const SECOND_US = 1_000_000;
const FROM_US = 100 * SECOND_US;
const TO_US = 130 * SECOND_US;

/** A value each five seconds: `past` ends with the window's beginning. */
function cpu(past: readonly number[], now: number): Series {
  const values = [...past, ...Array(6).fill(now)];
  return {
    name: 'container_cpu_utilization',
    labels: { service: 'checkout' },
    atUs: Float64Array.from(values, (_, at) => FROM_US + (at - past.length) * 5 * SECOND_US),
    values: Float64Array.from(values),
  };
}

describe('a metric of a service', () => {
  const moved = (past: readonly number[], now: number) =>
    movedSeries([cpu(past, now)], { fromUs: FROM_US, toUs: TO_US }).map(({ measures }) => measures);

  test('moved where the values before it were steady', () => {
    expect(moved([0.12, 0.12, 0.13, 0.12], 0.9)).toEqual(['cpu']);
  });

  test('says nothing where it only began: one or two values show nothing', () => {
    expect(moved([0.12], 0.3)).toEqual([]);
    expect(moved([0.12, 0.12], 0.3)).toEqual([]);
  });
});

test.each([
  ['twice as long, by a tenth of a second', 100, 210, true],
  ['twice as long, by less', 10, 90, undefined],
  ['longer, by less than twice', 900, 1100, undefined],
])('people notice a latency that is %s', (_, before, now, isFelt) => {
  const series = { ...cpu([before, before, before, before], now), name: 'http_server_duration_p90_ms' };
  const [moved] = movedSeries([series], { fromUs: FROM_US, toUs: TO_US });
  expect(moved).toMatchObject({ measures: 'latency' });
  expect(moved?.isFelt).toBe(isFelt);
});
