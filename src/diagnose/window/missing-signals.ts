/** The evidence that a verdict on a window lacked, and the consequence. */
import type { Available } from '#diagnose/window/window-confidence.ts';
import type { BothTimes } from '#diagnose/window/window-signs.ts';
import type { Gap } from '#model/finding/gap.ts';
import { isOfStore } from '#model/metrics/metric-names.ts';

export function availableIn({ traces, healthyTraces, logs, healthyLogs, series }: BothTimes): Available {
  return {
    requests: Math.min(traces.length, healthyTraces.length),
    areRequests: traces.length > 0,
    areLines: logs.length > 0 && healthyLogs.length > 0,
    // The numbers of lines and requests say no more than these metrics.
    areMetrics: series.some((one) => !isOfStore(one)),
  };
}

export function missingSignals(times: BothTimes): readonly Gap[] {
  const { areRequests, areLines, areMetrics } = availableIn(times);
  const gaps: Gap[] = [];
  if (!areRequests)
    gaps.push({
      source: 'requests',
      problem: 'fewer than ten in the time window or in the baseline',
      consequence: areLines
        ? 'only log lines with a request id show which service waits for which; a slow network does not show at all'
        : 'it is unknown which service waits for which: if several are slow together, any of them may be at fault',
    });
  if (!areLines)
    gaps.push({
      source: 'log lines',
      problem: 'none in the time window, or none in the baseline',
      consequence: areRequests
        ? 'failures without an error status on a span show only as calls that stop, or not at all'
        : 'the complaints in the services’ logs are unknown',
    });
  if (!areMetrics)
    gaps.push({
      source: 'metrics',
      problem: 'none in the time window',
      consequence: 'a CPU, a pool or memory at its limit shows only in what it slows down',
    });
  return gaps;
}
