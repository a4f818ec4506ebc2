/** Reads the statistics of all databases in parallel; each may fail on its own. */
import type { Session } from '#analyse/session.ts';
import { SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import type { DatabaseSource } from '#gather/sources.ts';
import { type Fed, feedSession } from '#workflows/traces/feed-session.ts';

const COST = 'its statistics were not read';

/** Long enough to measure slow statements, short enough for the person who waits. */
const BETWEEN_READINGS_MS = 4_000;

export type AskedDatabases = Readonly<{ databaseSources?: readonly DatabaseSource[] | undefined; signal: AbortSignal }>;

/**
 * Never throws on purpose: each failure becomes a gap. `of`: for a window, also reads the counters twice to get the
 * difference.
 */
export async function gatherDatabases(
  { databaseSources = [], signal }: AskedDatabases,
  session: Session,
  of: 'window' | 'trace',
): Promise<Readonly<{ items: number; failures: readonly SpanhoundError[] }>> {
  const pauseMs = of === 'window' ? BETWEEN_READINGS_MS : undefined;
  const answers = await Promise.all(
    databaseSources.map(async (source) => {
      const { items, failure, told } = await answerOf(source, pauseMs, { session, signal });
      if (failure !== undefined && !told) session.gap(gapOf(source.name, failure, COST));
      return { items, failure };
    }),
  );
  return {
    items: answers.reduce((sum, { items }) => sum + items, 0),
    failures: answers.flatMap(({ failure }) => failure ?? []),
  };
}

async function answerOf(
  source: DatabaseSource,
  pauseMs: number | undefined,
  { session, signal }: Readonly<{ session: Session; signal: AbortSignal }>,
): Promise<Fed> {
  try {
    const { format, query, chunks } = await source.openStatistics({ pauseMs }, signal);
    const head = { kind: 'database', format, source: source.name, file: '', query } as const;
    return await feedSession(session, `database ${source.name}`, head, chunks, COST);
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return { items: 0, failure: error };
  }
}
