/** Gathers the platform's pods, nodes, events and rollouts: all lists in parallel; each may fail on its own. */
import type { Session } from '#analyse/session.ts';
import { SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import type { PlatformList, PlatformQuery, PlatformSource } from '#gather/sources.ts';
import type { Gap } from '#model/finding/gap.ts';
import { type Fed, feedSession } from '#workflows/traces/feed-session.ts';

/** The consequence of each missing list. */
const COST: Readonly<Record<PlatformList, string>> = {
  pods: 'no pod was looked at',
  events: 'only their state shows why pods do not start or do not keep running',
  replicasets: 'the changes of the last rollout are not known',
  services: 'pods are matched to services by their labels alone',
  nodes: 'the free capacity of nodes is not known',
  persistentvolumeclaims: 'only pods show the state of volume claims',
  persistentvolumes: 'why no volume fits a claim is not known',
  resourcequotas: 'whether a quota refused a missing object is not known',
  endpointslices: 'Services without a selector were not examined',
  jobs: 'failed jobs were not examined',
  cronjobs: 'jobs that did not start were not examined',
  horizontalpodautoscalers: 'autoscalers were not examined',
  ingresses: 'routes from outside were not examined',
  networkpolicies: 'forbidden connections were not examined',
  certificates: 'only log lines and events show an expired certificate',
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
      const isMissing = failure !== undefined && !told;
      const isRule = isMissing && failure.code === NOT_PERMITTED && !ESSENTIAL.has(query.what);
      if (isMissing && !isRule) session.gap(gapOf(source.name, failure, COST[query.what]));
      const refused = isRule ? { source: source.name, what: query.what } : undefined;
      return { items, failure: query.what === 'pods' ? failure : undefined, refused };
    }),
  );
  for (const gap of gapsOfRules(answers.flatMap(({ refused }) => refused ?? []))) session.gap(gap);
  return {
    items: answers.reduce((sum, { items }) => sum + items, 0),
    failures: answers.flatMap(({ failure }) => failure ?? []),
  };
}

/** Roles of earlier versions permit only these: the other lists are one gap together. */
const ESSENTIAL: ReadonlySet<PlatformList> = new Set([
  'pods',
  'events',
  'replicasets',
  'services',
  'nodes',
  'persistentvolumeclaims',
]);

const NOT_PERMITTED = 'SH_NOT_PERMITTED';

function gapsOfRules(refused: readonly Readonly<{ source: string; what: PlatformList }>[]): readonly Gap[] {
  return [...Map.groupBy(refused, ({ source }) => source)].map(([source, own]) => {
    const lists = [...new Set(own.map(({ what }) => what))];
    return {
      source,
      problem: `${source} does not let it list ${lists.join(', ')}`,
      consequence: `${lists.map((what) => COST[what]).join('; ')}. doctor names the missing rules`,
    };
  });
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
