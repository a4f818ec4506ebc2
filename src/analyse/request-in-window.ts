/** Reconstructs one request without a trace from its lines. */
import type { WindowAnalysis, WindowSubject } from '#model/finding/analysis.ts';
import { alsoKnownAs, rungCounts } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { clocksBetween, failingRequests, requestGroups } from '#model/logs/request-groups.ts';
import { requestTimeline } from '#model/logs/request-timeline.ts';

/** Reconstructs the requested request. For a window, it chooses the request whose lines show the failures best. */
export function requestIn(
  window: WindowSubject,
  logs: readonly LogLine[],
): Pick<WindowAnalysis, 'request' | 'correlation'> | undefined {
  const groups = requestGroups(logs);
  const offsets = clocksBetween(groups);
  const clocks = new Map(offsets.map(({ service, offsetUs }) => [service, offsetUs]));
  if (window.requestId !== undefined) {
    const known = { requestIds: alsoKnownAs(window.requestId, logs).requestIds, sessionIds: [], addresses: [] };
    return {
      request: { timeline: requestTimeline(window.requestId, logs, clocks), exemplars: [] },
      correlation: { rungs: rungCounts(logs, known), offsets },
    };
  }
  const exemplars = failingRequests(groups);
  const [first] = exemplars;
  if (first === undefined) return undefined;
  return {
    request: {
      timeline: requestTimeline(first.group.id, first.group.lines, clocks),
      exemplars: exemplars.map(({ group, why }) => ({ id: group.id, why })),
    },
    correlation: undefined,
  };
}
