/** What a verdict on a window did not have to go by, and what cannot be told for that reason. */
import type { Available } from '#diagnose/window/window-confidence.ts';
import type { BothTimes } from '#diagnose/window/window-signs.ts';
import type { Gap } from '#model/finding/gap.ts';
import { isOfStore } from '#model/metrics/metric-names.ts';

export function availableIn({ traces, healthyTraces, logs, healthyLogs, series }: BothTimes): Available {
  return {
    requests: Math.min(traces.length, healthyTraces.length),
    areRequests: traces.length > 0,
    areLines: logs.length > 0 && healthyLogs.length > 0,
    // How many lines and requests there are says no more than these do.
    areMetrics: series.some((one) => !isOfStore(one)),
  };
}

export function missingSignals(times: BothTimes): readonly Gap[] {
  const { areRequests, areLines, areMetrics } = availableIn(times);
  const gaps: Gap[] = [];
  if (!areRequests)
    gaps.push({
      source: 'requests',
      problem: 'fewer than ten of the window or of a healthy time',
      consequence: areLines
        ? 'who waits for whom is told by lines that name a request alone, and a slow network not at all'
        : 'who waits for whom is not known: of services that are slow together any may be the one at fault',
    });
  if (!areLines)
    gaps.push({
      source: 'log lines',
      problem: 'none of the window, or none of a healthy time',
      consequence: areRequests
        ? 'failures that no span is marked with show only as calls that stop, or not at all'
        : 'what services complained of is not known',
    });
  if (!areMetrics)
    gaps.push({
      source: 'metrics',
      problem: 'none of that time',
      consequence: 'a processor, a pool or memory at its limit is told only by what it slows',
    });
  return gaps;
}
