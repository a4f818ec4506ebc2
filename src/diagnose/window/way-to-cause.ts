/** The services between the cause and the symptom, with the numbers of each in both times. */

import type { SeenWindow } from '#model/finding/analysis.ts';
import { quantileUs } from '#model/requests/request-durations.ts';
import { seenRequest } from '#model/requests/seen-request.ts';
import type { Trace } from '#model/trace/trace.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';

type Way = SeenWindow['way'];

/** From the service in question, or the first called one, to the service at fault; empty where there is none. */
export function wayToCause(
  { requests, healthyRequests }: Readonly<{ requests: readonly Trace[]; healthyRequests: readonly Trace[] }>,
  { asked, cause }: Readonly<{ asked: string; cause: string | undefined }>,
): Way {
  if (cause === undefined) return [];
  const calls = callsIn([...requests, ...healthyRequests]);
  const felt = calls.has(asked) || asked === cause ? asked : firstCalled(requests);
  // A callee can also suffer from its caller: then the path goes up.
  const way = shortest(calls, felt, cause) ?? shortest(calls, cause, felt)?.toReversed() ?? [felt, cause];
  return [...new Set(way)]
    .filter((service) => service !== '')
    .map((service) => ({
      service,
      isCause: service === cause,
      now: shownBy(requests, service),
      healthy: shownBy(healthyRequests, service),
    }));
}

/** By caller, its callees, the most called first. */
type Calls = ReadonlyMap<string, readonly string[]>;

function callsIn(traces: readonly Trace[]): Calls {
  const counts = new Map<string, Map<string, number>>();
  for (const trace of traces) {
    for (const { caller, callee, calls } of serviceGraph(trace)) {
      const own = counts.get(caller) ?? new Map<string, number>();
      counts.set(caller, own);
      own.set(callee, (own.get(callee) ?? 0) + calls.length);
    }
  }
  return new Map(
    [...counts].map(([caller, own]) => {
      const ordered = [...own].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      return [caller, ordered.map(([callee]) => callee)];
    }),
  );
}

function firstCalled(requests: readonly Trace[]): string {
  const counts = new Map<string, number>();
  for (const trace of requests) {
    const service = trace.service(trace.root);
    counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return most?.[0] ?? '';
}

/** With the fewest services between; of equal paths, the most called one. */
function shortest(calls: Calls, from: string, to: string): readonly string[] | undefined {
  const before = new Map([[from, '']]);
  const queue = [from];
  for (const service of queue) {
    if (service === to) break;
    for (const callee of calls.get(service) ?? []) {
      if (before.has(callee)) continue;
      before.set(callee, service);
      queue.push(callee);
    }
  }
  if (!before.has(to)) return undefined;
  const way: string[] = [];
  for (let service = to; service !== ''; service = before.get(service) ?? '') way.push(service);
  return way.reverse();
}

function shownBy(traces: readonly Trace[], service: string): Way[number]['now'] {
  const passing = traces.filter(({ services }) => services.includes(service));
  const seen = passing.map((trace) => seenRequest(trace, service, { source: '', sample: undefined }));
  return {
    requests: seen.length,
    failed: seen.filter(({ failed }) => failed).length,
    medianUs: seen.length === 0 ? 0 : quantileUs(seen, 0.5),
  };
}
