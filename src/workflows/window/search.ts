/** Searches the sources of a time window for requests, in parts, and feeds what they return into the session. */
import { SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import type { TraceSearch, TraceSource } from '#gather/sources.ts';
import type { Sample } from '#model/requests/seen-request.ts';
import { type Fed, feedSession } from '#workflows/traces/feed-session.ts';
import type { Time, WindowHunt } from '#workflows/window/hunt.ts';

/** A survey: the parts of each window, and the requests of each part. */
export const PARTS = 15;
export const OF_PART = 8;

export const NOT_EXAMINED = 'its traces were not examined';

export const NOT_ALL = 'not all traces of the time window were examined';

export type Answer = Fed & Readonly<{ source: TraceSource }>;

export type Search = Readonly<{ kind: 'trace' | 'baseline'; sample: Sample; limit: number }> &
  Pick<TraceSearch, 'operation' | 'failing' | 'minDurationUs'> &
  Readonly<{ service?: string }>;

export function askInParts(hunt: WindowHunt, time: Time, count: number, search: Search): Promise<Answer>[] {
  return hunt.searched.flatMap(({ source, service }) => {
    const services = search.service === undefined ? asked(hunt, service) : [search.service];
    const { findsAll, mostParts = count } = source;
    const parts = findsAll ? 1 : Math.min(count, mostParts);
    const each = { ...search, limit: Math.ceil((search.limit * count) / parts) };
    return partsOf(time, parts).flatMap((part) =>
      services.map((one) => hunt.inTurn(() => ask(hunt, source, part, { ...each, service: one }))),
    );
  });
}

/** A search for a silent service would find nothing. */
function asked({ callers }: WindowHunt, service: string): readonly string[] {
  return callers.length > 0 ? callers : [service];
}

function partsOf({ fromUs, toUs }: Time, count: number): readonly Time[] {
  if (toUs <= fromUs) return [];
  const edge = (at: number) => Math.round(fromUs + ((toUs - fromUs) * at) / count);
  return Array.from({ length: count }, (_, at) => ({
    fromUs: edge(at),
    toUs: at === count - 1 ? toUs : edge(at + 1) - 1,
  }));
}

async function ask(
  hunt: WindowHunt,
  source: TraceSource,
  time: Time,
  search: Search & Readonly<{ service: string }>,
): Promise<Answer> {
  const { kind, sample, ...asked } = search;
  const fed: Fed[] = [];
  try {
    for (const body of (await source.search?.({ ...time, ...asked }, hunt.signal)) ?? []) {
      const { format, query, chunks } = body;
      hunt.counts.bodies += 1;
      const head = { kind, format, source: body.source, file: '', query, sample } as const;
      fed.push(await feedSession(hunt.session, `${kind} ${hunt.counts.bodies}`, head, chunks, NOT_ALL));
    }
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    hunt.unread.push(time);
    return { source, items: 0, failure: error };
  }
  const traces = fed.reduce((sum, one) => sum + (one.traces ?? 0), 0);
  if (sample === 'all' && traces >= search.limit && !source.findsAll) hunt.full.push(time);
  const items = fed.reduce((sum, one) => sum + one.items, 0);
  const failed = fed.find(({ failure }) => failure !== undefined);
  // An unreadable answer is not an answer, and does not prove that there is no data.
  if (failed !== undefined) hunt.unread.push(time);
  return {
    source,
    items,
    traces,
    ...(failed?.failure && { failure: failed.failure, ...(items > 0 && failed.told && { told: true }) }),
  };
}

/** A failure that the session does not know yet becomes a gap. */
export function noteFailures({ session }: WindowHunt, answers: readonly Answer[]): void {
  for (const { source, failure, told } of answers) {
    if (failure !== undefined && !told) session.gap(gapOf(source.name, failure, NOT_ALL));
  }
}
