/**
 * Gathers the metrics of a time window and of the hour before it, which shows the usual values. It first discovers the
 * metrics, then runs all queries in parallel. For those with data, it also queries the same time of earlier days.
 */
import type { Session } from '#analyse/session.ts';
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { SpanhoundError } from '#core/errors.ts';
import { DAY_US, HOUR_US } from '#core/time-units.ts';
import { gapOf } from '#gather/collect.ts';
import type { LogSource, MetricQuery, MetricSource, TraceSource } from '#gather/sources.ts';
import type { Gap } from '#model/finding/gap.ts';
import { type Fed, feedSession } from '#workflows/traces/feed-session.ts';

export type AskedMetrics = Readonly<{
  metricSources?: readonly MetricSource[] | undefined;
  /** Stores that compute statistics of their own data. */
  traceSources?: readonly Pick<TraceSource, 'name' | 'statistics'>[] | undefined;
  logSources?: readonly Pick<LogSource, 'name' | 'statistics'>[] | undefined;
  clock: Clock;
  signal: AbortSignal;
}>;

/** Counting all lines of an hour may take a store too long; a verdict does not wait for it. */
const COUNTING_MS = 10_000;

/** Microseconds since the epoch. */
type Of = Readonly<{ services: readonly string[]; fromUs: number; toUs: number; sinceUs?: number }>;

/** `beforeUs`: how much of the time before shows what is usual; with 0, no earlier day is queried either. @default one hour */
type Asked = Of & Readonly<{ beforeUs?: number }>;

/** Yesterday, and the same weekday of the week before. */
const EARLIER_US = [DAY_US, 7 * DAY_US] as const;

const NO_METRIC = 'no metric was looked at';
const METRICS = { what: 'metrics', lack: NO_METRIC } as const;
const NOT_ALL = 'not all metrics were looked at';
const NO_SEASON = 'the usual values at that time of day are not known';

/**
 * Never throws on purpose: each failure becomes a gap. `items`: how many series the time window itself has, without
 * those that stores of requests and lines compute.
 */
export async function gatherMetrics(
  { metricSources = [], traceSources = [], logSources = [], clock, signal }: AskedMetrics,
  session: Session,
  { services, fromUs, toUs, beforeUs = HOUR_US }: Asked,
): Promise<Fed> {
  const search = { services: [...new Set(services)].sort(), fromUs: fromUs - beforeUs, toUs };
  // The services in question first.
  const asked = { ...search, services: [...new Set(services)], sinceUs: fromUs };
  const counted = gatherStatistics({ stores: [...traceSources, ...logSources], clock, signal }, session, asked);
  const all = await Promise.all(
    metricSources.map(async (source) => {
      const { lack } = source.gives ?? METRICS;
      const asking = { source, session, signal, lack };
      const { queries, failure } = await questionsOf(asking, { ...search, sinceUs: fromUs });
      if (queries.length === 0 && failure === undefined) session.gap(nothingKnown(source, search));
      const answers = await askAll(asking, queries, source.gives?.lack ?? NOT_ALL);
      const answered = answers.filter(({ items, query }) => items > 0 && !query.isOnce).map(({ query }) => query);
      const earlier = (beforeUs === 0 ? [] : EARLIER_US).flatMap((agoUs) =>
        answered.map((query) => moved(query, -agoUs)),
      );
      await askAll({ ...asking, isTold: true }, earlier, NO_SEASON);
      return [...answers, { items: 0, ...(failure && { failure }) }];
    }),
  );
  await counted;
  const answers = all.flat();
  const failure = answers.find((answer) => answer.failure)?.failure;
  return { items: answers.reduce((sum, { items }) => sum + items, 0), ...(failure && { failure }) };
}

type Counting = Readonly<{
  stores: readonly Pick<TraceSource, 'name' | 'statistics'>[];
  clock: Clock;
  signal: AbortSignal;
}>;

/** Does not query earlier days, because the store would have to count them line by line. */
async function gatherStatistics({ stores, clock, signal }: Counting, session: Session, search: Of): Promise<void> {
  const deadline = openDeadline(clock, COUNTING_MS, signal);
  const each = stores.map(async ({ name, statistics }) => {
    if (statistics === undefined) return;
    const { lack, nothing } = statistics;
    const asking = { source: { name, ...statistics }, session, signal: deadline.signal, lack };
    const answers = await askAll(asking, (await questionsOf(asking, search)).queries, lack);
    const isEmpty = answers.length > 0 && answers.every(({ items, failure }) => items === 0 && failure === undefined);
    if (isEmpty && nothing !== undefined) session.gap({ source: name, problem: nothing, consequence: lack });
  });
  await Promise.all(each).finally(() => deadline.close());
}

function nothingKnown({ name, gives = METRICS }: MetricSource, { services }: Of): Gap {
  const whose = services.length === 0 ? 'any service' : services.join(', ');
  return { source: name, problem: `has no known ${gives.what} of ${whose}`, consequence: gives.lack };
}

async function questionsOf(
  { source, session, signal, lack }: Asking,
  search: Of,
): Promise<Readonly<{ queries: readonly MetricQuery[]; failure?: SpanhoundError }>> {
  try {
    const { queries, warnings } = await source.findMetrics(search, signal);
    for (const problem of warnings)
      session.gap({ source: source.name, problem, consequence: source.gives?.lack ?? NOT_ALL });
    return { queries };
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    session.gap(gapOf(source.name, error, lack));
    return { queries: [], failure: error };
  }
}

type Asking = Readonly<{
  source: Pick<MetricSource, 'name' | 'gives' | 'findMetrics' | 'openMetrics'>;
  session: Session;
  signal: AbortSignal;
  /** The consequence if nothing can be queried at all. */
  lack: string;
  /** The report already names these queries. */
  isTold?: true;
}>;
type Answer = Fed & Readonly<{ query: MetricQuery }>;

async function askAll(asking: Asking, queries: readonly MetricQuery[], cost: string): Promise<readonly Answer[]> {
  return await Promise.all(
    queries.map(async (query) => {
      const answer = await ask(asking, query, cost);
      const { failure, told } = answer;
      if (failure !== undefined && !told) asking.session.gap(gapOf(asking.source.name, failure, cost));
      return { ...answer, query };
    }),
  );
}

async function ask({ source, session, signal, isTold }: Asking, query: MetricQuery, cost: string): Promise<Fed> {
  try {
    const { format, query: asked, chunks } = await source.openMetrics(query, signal);
    const told = isTold ? { text: '', url: '' } : asked;
    const head = { kind: 'metrics', format, source: source.name, file: '', query: told } as const;
    return await feedSession(session, `metrics ${source.name} ${query.fromUs} ${query.text}`, head, chunks, cost);
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return { items: 0, failure: error };
  }
}

function moved(query: MetricQuery, byUs: number): MetricQuery {
  return { ...query, fromUs: query.fromUs + byUs, toUs: query.toUs + byUs };
}
