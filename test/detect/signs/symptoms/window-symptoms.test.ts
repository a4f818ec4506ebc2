/** When the problem of a window began, by metrics that left their past and by lines. */
import { expect, test } from 'vitest';
import { windowSymptoms } from '#detect/signs/symptoms/window-symptoms.ts';
import { logTemplates } from '#model/logs/log-templates.ts';
import { logLine } from '#test/log-line.ts';
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

const WRITTEN_US = METRICS_WINDOW.fromUs;
/** Lines of the window; the healthy time has only lines of success. */
const beganInLines = (lines: readonly (readonly [minute: number, text: string])[]) => {
  const at = (minute: number) => `${Math.round(WRITTEN_US + minute * MINUTE_US)}000`;
  const written = (minute: number, text: string, level: string) => ({
    ...logLine('checkout', 0, text, { level }),
    timeNs: at(minute),
  });
  const logs = lines.map(([minute, text]) => written(minute, text, 'error'));
  const baselineLogs = Array.from({ length: 60 }, (_, minute) => written(minute - 62, 'order taken', 'info'));
  const templates = logTemplates([...logs, ...baselineLogs]);
  const symptoms = windowSymptoms(METRICS_WINDOW, [], { logs, baselineLogs, templates });
  return symptoms && Math.round((symptoms.onsetUs - WRITTEN_US) / MINUTE_US);
};
const many = (text: string, from: number, count: number) =>
  Array.from({ length: count }, (_, at) => [from + at / count, text] as const);

test('a stray warning does not date the many lines that come minutes later', () => {
  expect(beganInLines([[1, 'unknown setting is ignored'], ...many('body too large', 8, 40)])).toBe(8);
});

test('the first line of any frequent message dates the problem', () => {
  expect(beganInLines([...many('pool is exhausted', 3, 4), ...many('body too large', 8, 40)])).toBe(3);
});

test('a few lines alone date it by the first', () => {
  expect(beganInLines([[1, 'unknown setting is ignored'], ...many('body too large', 8, 3)])).toBe(1);
});

test('what a proxy refuses says when it began, whose callee it is and what happens there', () => {
  const overflow = series(
    'envoy_cluster_upstream_rq_pending_overflow',
    { app: 'checkout', envoy_cluster_name: 'outbound|8080||prices.shop.svc.cluster.local' },
    (minute) => 3000 + (minute < 8 ? 0 : 14 * (minute - 8)),
  );
  const symptoms = windowSymptoms(METRICS_WINDOW, [], {
    metrics: seriesOf([rising('container_cpu_usage_share', 2), overflow]),
  });
  expect(symptoms).toMatchObject({ said: 'upstream overflow', servers: new Set(['prices']) });
  expect(Math.round(((symptoms?.onsetUs ?? 0) - METRICS_WINDOW.fromUs) / MINUTE_US)).toBe(9);
});
