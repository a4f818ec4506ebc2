/** What a metric that left its normal range asks of a change. */
import { expect, test } from 'vitest';
import { symptomsOfMetric } from '#detect/signs/symptoms/metric-symptoms.ts';

test.each([
  ['waiting', 'pool'],
  ['connections_share', 'capacity'],
  ['open_files', 'refused'],
  ['queue_age', 'backlog'],
  ['cpu_throttled', 'cpu'],
  ['gc_time', 'memory'],
  ['oom_kills', 'stopped'],
  ['io_wait', 'disk'],
  ['deadlocks', 'lock'],
  ['slow_queries', 'slow-statement'],
  ['replication_lag', 'backlog'],
])('%s above its range asks for a change that leads to “%s”', (concept, symptom) => {
  expect(symptomsOfMetric({ concept, isAbove: true })).toContain(symptom);
});

test('fewer requests are a symptom, and more of them are none', () => {
  expect(symptomsOfMetric({ concept: 'requests', isAbove: false })).toEqual(['fewer-requests']);
  expect(symptomsOfMetric({ concept: 'requests', isAbove: true })).toEqual([]);
});

test('a metric below its range is no overload', () => {
  expect(symptomsOfMetric({ concept: 'connections', isAbove: false })).toEqual([]);
});

test('a finding without a metric asks for nothing', () => {
  expect(symptomsOfMetric({ resource: 'CPU' })).toEqual([]);
});
