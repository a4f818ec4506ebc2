/** Gathers the platform's pods, nodes, events and rollouts: all lists in parallel; each may fail on its own. */
import type { Session } from '#analyse/session.ts';
import { SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import type { PlatformList, PlatformQuery, PlatformSource } from '#gather/sources.ts';
import { type Fed, feedSession } from '#workflows/feed-session.ts';

/** The consequence of each missing list. */
const COST: Readonly<Record<PlatformList, string>> = {
  pods: 'no pod was looked at',
  events: 'only their state shows why pods do not start or do not keep running',
  replicasets: 'the changes of the last rollout are not known',
  services: 'pods are matched to services by their labels alone',
  nodes: 'the free capacity of nodes is not known',
  persistentvolumeclaims: 'only pods show the state of volume claims',
};

export type AskedPlatform = Readonly<{ platformSources?: readonly PlatformSource[] | undefined; signal: AbortSignal }>;

/**
 * Never throws on purpose: each failure becomes a gap. `items`: how many answers came; `failures`: why pods are not
 * known.
 */
export async function gatherPlatform(
  { platformSources = [], signal }: AskedPlatform,
  session: Session,
): Promise<Readonly<{ items: number; failures: readonly SpanhoundError[] }>> {
  const asked = platformSources.flatMap((source) => source.queries.map((query) => ({ source, query })));
  const answers = await Promise.all(
    asked.map(async ({ source, query }, at) => {
      const { items, failure, told } = await answerOf(source, query, { session, signal, id: `platform ${at}` });
      if (failure !== undefined && !told) session.gap(gapOf(source.name, failure, COST[query.what]));
      return { items, failure: query.what === 'pods' ? failure : undefined };
    }),
  );
  return {
    items: answers.reduce((sum, { items }) => sum + items, 0),
    failures: answers.flatMap(({ failure }) => failure ?? []),
  };
}

async function answerOf(
  source: PlatformSource,
  query: PlatformQuery,
  { session, signal, id }: Readonly<{ session: Session; signal: AbortSignal; id: string }>,
): Promise<Fed> {
  try {
    const body = await source.openPlatform(query, signal);
    const head = { kind: 'platform', format: body.format, source: body.source, file: '', query: body.query } as const;
    return await feedSession(session, id, head, body.chunks, COST[query.what]);
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return { items: 0, failure: error };
  }
}
