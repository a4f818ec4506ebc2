/** When the problem of a window began, by metrics that left their past. */
import { expect, test } from 'vitest';
import { windowSymptoms } from '#detect/signs/symptoms/window-symptoms.ts';
import { METRICS_WINDOW, series, seriesOf, wobble } from '#test/metrics.ts';

const MINUTE_US = 60_000_000;

/** Minutes after the begin of the window. */
const began = (drawn: Parameters<typeof seriesOf>[0]) => {
  const symptoms = windowSymptoms(METRICS_WINDOW, [], { metrics: seriesOf(drawn) });
  return symptoms && Math.round((symptoms.onsetUs - METRICS_WINDOW.fromUs) / MINUTE_US);
};

const rising = (name: string, from: number) =>
  series(name, { service: 'checkout' }, (minute) => 20 + wobble(minute) + (minute >= from ? 60 : 0));

test('many metrics that leave their past together say when, and one that left it earlier does not', () => {
  const together = ['a', 'b', 'c'].map((name) => rising(`http_latency_${name}_ms`, 8));
  expect(began([rising('http_latency_z_ms', 2), ...together])).toBe(8);
});

test('the first sign counts where no three of them go together', () => {
  expect(began([rising('http_latency_a_ms', 2), rising('http_latency_b_ms', 6), rising('http_latency_c_ms', 10)])).toBe(
    2,
  );
});
