/** Decides what to request next, from the traces and lines so far. */
import type { Wanted } from '#analyse/session.ts';
import {
  requestIdsNamedIn,
  sessionIdsNamedIn,
  silentServices,
  type Ties,
  tiesOf,
} from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { failingRequests, requestGroups } from '#model/logs/request-groups.ts';
import { fullTraceId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type Behind, behind } from '#model/trace/views/behind.ts';

export function wantedOf(traces: readonly Trace[], lines: readonly LogLine[]): Wanted {
  const known = new Set(traces.map(({ traceId }) => fullTraceId(traceId)));
  const named = new Set(lines.map(({ traceId }) => traceId).filter((id) => id !== '' && !known.has(fullTraceId(id))));
  return {
    traceIds: [...named].map(fullTraceId),
    services: [...new Set(traces.flatMap(({ services }) => services))].sort(),
    operations: [...new Set(traces.map((trace) => trace.operation(trace.root)))].sort(),
    ...(traces.length > 0 ? aboutTraces(traces, lines) : aboutLines(lines)),
  };
}

type About = Pick<Wanted, 'fromUs' | 'toUs' | 'ties' | 'silent' | 'failing' | 'behind' | 'shared'>;

/** More traces than one call takes arguments. */
function aboutTraces(traces: readonly Trace[], lines: readonly LogLine[]): About {
  const [only, ...others] = traces;
  const { services, broken, databases, machines } = only && others.length === 0 ? behind(only) : NOTHING;
  const ties = traces.map((trace) => tiesOf(trace, lines));
  return {
    fromUs: traces.reduce((us, { startEpochUs }) => Math.min(us, startEpochUs), Number.POSITIVE_INFINITY),
    toUs: traces.reduce(
      (us, { startEpochUs, durationUs }) => Math.max(us, startEpochUs + durationUs),
      Number.NEGATIVE_INFINITY,
    ),
    ties: mergedTies(ties),
    failing: [],
    silent: [...new Set([...traces.flatMap((trace) => silentServices(trace, lines)), ...broken])].sort(),
    behind: services,
    shared: [...databases, ...machines],
  };
}

const NOTHING: Behind = { services: [], machines: [], broken: [], databases: [] };

function aboutLines(lines: readonly LogLine[]): About {
  return {
    fromUs: lines.reduce((us, line) => Math.min(us, epochUsOf(line)), Number.POSITIVE_INFINITY),
    toUs: lines.reduce((us, line) => Math.max(us, epochUsOf(line)), Number.NEGATIVE_INFINITY),
    ties: { requestIds: requestIdsNamedIn(lines), sessionIds: sessionIdsNamedIn(lines), addresses: [] },
    failing: failingRequests(requestGroups(lines)).map(({ group }) => group.id),
    silent: [],
    behind: [],
    shared: [],
  };
}

function mergedTies(ties: readonly Ties[]): Ties {
  return {
    requestIds: [...new Set(ties.flatMap(({ requestIds }) => requestIds))],
    sessionIds: [...new Set(ties.flatMap(({ sessionIds }) => sessionIds))],
    addresses: [...new Set(ties.flatMap(({ addresses }) => addresses))],
  };
}
