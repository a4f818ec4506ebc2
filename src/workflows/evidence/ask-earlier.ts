/**
 * Asks the log stores whether the errors occurred in the seven days before. The stores search and return one line per
 * error, so no week of logs is fetched. Questions run one after the other within a few seconds; each failed question
 * becomes a gap.
 */
import type { Session } from '#analyse/session.ts';
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import { earlierQuery } from '#gather/plan.ts';
import type { LogSource } from '#gather/sources.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { EarlierQuestion } from '#model/logs/earlier-logs.ts';
import type { LogStores } from '#workflows/evidence/ask-logs.ts';
import { feedSession } from '#workflows/traces/feed-session.ts';

export type EarlierStores = LogStores & Readonly<{ clock: Clock }>;

/** Short, because a person waits while the store searches a week. */
const DEADLINE_MS = 5_000;

const COST = 'only the log lines read here could show whether an error is new, not the seven days before';

/** `of`: a trace id or a time window. `toUs`: the end of the earlier days, in microseconds since the epoch. */
export async function askEarlier(
  { clock, signal, logSources }: EarlierStores,
  session: Session,
  of: string | WindowSubject,
  toUs: number,
): Promise<void> {
  const stores = logSources.filter(({ holdsDays }) => holdsDays);
  if (stores.length === 0) return;
  const questions = await session.newErrors(of);
  if (questions.length === 0) return;
  const services = [...new Set(questions.map(({ service }) => service))].map((service) => ({ service, words: [] }));
  const deadline = openDeadline(clock, DEADLINE_MS, signal);
  try {
    await Promise.all(
      stores.map((store) => askStore(store, session, [...services, ...questions], toUs, deadline.signal)),
    );
  } finally {
    deadline.close();
  }
}

/** Stops at the first failure, because the store would fail again. */
async function askStore(
  store: LogSource,
  session: Session,
  questions: readonly EarlierQuestion[],
  toUs: number,
  signal: AbortSignal,
): Promise<void> {
  for (const [number, question] of questions.entries()) {
    const query = earlierQuery(question, toUs);
    try {
      const { source, format, query: asked, chunks } = await store.openLogs(query, signal);
      const asks = { ...question, fromUs: query.fromUs, toUs };
      const head = { kind: 'earlier-logs', format, source, file: '', query: asked, asks } as const;
      const { failure, told } = await feedSession(session, `earlier ${source} ${number}`, head, chunks, COST);
      if (failure && !told) session.gap(gapOf(store.name, failure, COST));
      if (failure) return;
    } catch (error) {
      if (!(error instanceof SpanhoundError)) throw error;
      session.gap(gapOf(store.name, error, COST));
      return;
    }
  }
}
