/**
 * Asks the log stores whether the errors at hand were there in the seven days before: one line each, the stores search and
 * nobody fetches a week. One question after the other within a few seconds; what could not be asked becomes a gap.
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
import type { LogStores } from '#workflows/ask-logs.ts';
import { feedSession } from '#workflows/feed-session.ts';

export type EarlierStores = LogStores & Readonly<{ clock: Clock }>;

/** A person waits, and the store searches a week. */
const DEADLINE_MS = 5_000;

const COST = 'whether an error is new is told by the lines at hand alone, not by the seven days before';

/** `of` a trace, or a time; `toUs` is where the days before end, microseconds since the epoch. */
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

/** A store that failed would fail again. */
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
