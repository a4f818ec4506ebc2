/**
 * Lines of a window grouped by request id; the requests that are worth examining; and the clock differences between
 * their services.
 */
import { type ClockOffset, learnedOffset } from '#model/logs/log-clock.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { requestIdsIn } from '#model/logs/request-ids.ts';

export type RequestGroup = Readonly<{
  id: string;
  by: 'trace-id' | 'request-id';
  lines: readonly LogLine[];
  services: readonly string[];
  /** The time of its first line that reports a failure, in nanoseconds; empty for none. */
  failedNs: string;
}>;

/** In order of time. A line without an id belongs to no group; one with several ids to the first one's. */
export function requestGroups(lines: readonly LogLine[]): RequestGroup[] {
  const groups = new Map<string, { by: RequestGroup['by']; lines: LogLine[] }>();
  for (const line of lines) {
    const [id = line.traceId] = requestIdsIn(line);
    if (id === '') continue;
    const known = groups.get(id);
    if (known === undefined) groups.set(id, { by: id === line.traceId ? 'trace-id' : 'request-id', lines: [line] });
    else known.lines.push(line);
  }
  return [...groups].map(([id, { by, lines }]) => ({
    id,
    by,
    lines,
    services: [...new Set(lines.map(({ service }) => service))].sort(),
    failedNs: lines.find(tellsOfFailure)?.timeNs ?? '',
  }));
}

/** One could be an accident, and a person reads no more. */
const MOST_EXEMPLARS = 3;

export type ExemplarRequest = Readonly<{ group: RequestGroup; why: string }>;

/** The failed requests that show most: those through the most services, then with the most lines, then the first. */
export function failingRequests(groups: readonly RequestGroup[]): ExemplarRequest[] {
  const failing = groups.filter(({ failedNs }) => failedNs !== '');
  return failing
    .toSorted(
      (a, b) => b.services.length - a.services.length || b.lines.length - a.lines.length || (a.id < b.id ? -1 : 1),
    )
    .slice(0, MOST_EXEMPLARS)
    .map((group) => {
      const { services, lines } = group;
      const way = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'} of ${services.length} ${services.length === 1 ? 'service' : 'services'}`;
      return { group, why: `it failed, with ${way}; ${failing.length} of ${groups.length} requests failed` };
    });
}

/**
 * The service that receives a request first and responds last has the others' lines between its own. A service whose
 * lines lie outside in most of their common requests has another clock.
 */
export function clocksBetween(groups: readonly RequestGroup[]): ClockOffset[] {
  const stays = groups.map(({ lines }) => staysOf(lines));
  const outer = outermost(stays);
  if (outer === undefined) return [];
  const services = [...new Set(groups.flatMap((group) => group.services))].filter((service) => service !== outer);
  return services.sort().flatMap((service) => {
    const pairs = stays.flatMap((stay) => {
      const [around, inside] = [stay.get(outer), stay.get(service)];
      if (around === undefined || inside === undefined) return [];
      const fromUs = around.fromUs - inside.fromUs;
      const toUs = around.toUs - inside.toUs;
      return toUs < fromUs ? [] : [{ fromUs, toUs }]; // longer than the lines around it: it shows nothing
    });
    const learned = learnedOffset(pairs);
    return learned === undefined ? [] : [{ service, against: outer, ...learned }];
  });
}

type Stay = Readonly<{ fromUs: number; toUs: number }>;

function staysOf(lines: readonly LogLine[]): ReadonlyMap<string, Stay> {
  const stays = new Map<string, Stay>();
  for (const line of lines) {
    const { service } = line;
    const us = epochUsOf(line);
    const { fromUs, toUs } = stays.get(service) ?? { fromUs: us, toUs: us };
    stays.set(service, { fromUs: Math.min(fromUs, us), toUs: Math.max(toUs, us) });
  }
  return stays;
}

/** The service whose lines span the most time in most of the requests through several services. */
function outermost(stays: readonly ReadonlyMap<string, Stay>[]): string | undefined {
  const votes = new Map<string, number>();
  for (const stay of stays) {
    if (stay.size < 2) continue;
    const [longest] = [...stay].sort(([a, x], [b, y]) => y.toUs - y.fromUs - (x.toUs - x.fromUs) || (a < b ? -1 : 1));
    if (longest) votes.set(longest[0], (votes.get(longest[0]) ?? 0) + 1);
  }
  return [...votes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
}
