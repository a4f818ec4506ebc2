import { expect, test } from 'vitest';
import { missingSignals } from '#diagnose/window/missing-signals.ts';
import type { BothTimes } from '#diagnose/window/window-signs.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';

const NOTHING: BothTimes = {
  service: '',
  fromUs: 0,
  toUs: 1,
  traces: [],
  healthyTraces: [],
  logs: [],
  healthyLogs: [],
  series: [],
};
const named = (name: string): Series => ({ name, labels: {}, timesUs: [], values: [] }) as unknown as Series;
const line = { line: 'x', service: 'a' } as LogLine;

const missing = (times: Partial<BothTimes>) => missingSignals({ ...NOTHING, ...times }).map(({ source }) => source);

test('each signal that is not there is a gap with what cannot be told without it', () => {
  expect(missing({})).toEqual(['requests', 'log lines', 'metrics']);
  for (const { problem, consequence } of missingSignals(NOTHING)) expect([problem, consequence]).not.toContain('');
});

test('lines of one time alone are none to compare with; numbers that count lines are no metrics', () => {
  expect(missing({ logs: [line] })).toContain('log lines');
  expect(missing({ logs: [line], healthyLogs: [line] })).toEqual(['requests', 'metrics']);
  expect(missing({ series: [named('k8s_pod_cpu_limit_utilization_ratio')] })).toEqual(['requests', 'log lines']);
});

test('by metrics alone nobody knows who waits for whom', () => {
  const [requests] = missingSignals({ ...NOTHING, series: [named('k8s_pod_cpu_limit_utilization_ratio')] });
  expect(requests?.consequence).toMatch(/it is unknown which service waits for which/);
});
