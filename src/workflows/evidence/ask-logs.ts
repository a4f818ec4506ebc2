/** Queries all log stores in parallel and passes their answers to a session. */
import type { Session } from '#analyse/session.ts';
import { AnalysisEndedError, SpanhoundError } from '#core/errors.ts';
import { gapOf } from '#gather/collect.ts';
import type { LogQuery, LogSource, OpenBody } from '#gather/sources.ts';
import type { BodyKind } from '#model/trace/build/body.ts';
import { type Fed, feedSession } from '#workflows/traces/feed-session.ts';

export const ONLY_THE_TRACE = 'the verdict rests on the trace alone';
/** Used if other stores answered. */
const NOT_ALL_LINES = 'log lines found only there are missing';

export type LogStores = Readonly<{ logSources: readonly LogSource[]; signal: AbortSignal }>;

/** `kind`: keeps lines of a healthy time window apart. */
export type Asked = Readonly<{ step: string; query: LogQuery; kind?: 'logs' | 'baseline-logs' | undefined }>;
export type Answered = Asked & Fed & Readonly<{ source: LogSource }>;

export function steps(name: string, queries: readonly LogQuery[]): readonly Asked[] {
  return queries.map((query) => ({ step: `${name} ${query.by}`, query }));
}

export function answered(source: LogSource, answers: readonly Answered[]): boolean {
  return answers.some((answer) => answer.source === source && answer.failure === undefined);
}

/** Queries every store in parallel; each failure becomes a gap. */
export async function askAll(
  search: LogStores,
  session: Session,
  queries: readonly Asked[],
): Promise<readonly Answered[]> {
  const answers = await answersOf(search, session, queries);
  const cost = answers.some(({ items }) => items > 0) ? NOT_ALL_LINES : ONLY_THE_TRACE;
  for (const source of search.logSources) {
    const own = answers.filter((answer) => answer.source === source);
    tellGaps(session, source, own, cost);
  }
  return answers;
}

/** Queries every store in parallel. */
export function answersOf(
  search: LogStores,
  session: Session,
  queries: readonly Asked[],
): Promise<readonly Answered[]> {
  return Promise.all(
    search.logSources.flatMap((source) =>
      queries.map(async (asked) => ({ source, ...asked, ...(await askLogs(search, session, source, asked)) })),
    ),
  );
}

/** Reports each kind of problem once, however many queries had it. */
function tellGaps(session: Session, { name }: LogSource, answers: readonly Answered[], cost: string): void {
  const failed = answers.find(({ items, failure, told }) => items === 0 && failure && !told);
  if (failed?.failure) session.gap(gapOf(name, failed.failure, cost));
  const full = answers.find(({ query, items }) => items >= query.limit);
  if (full === undefined) return;
  const problem = `has more than ${full.query.limit} lines for this trace`;
  const read = full.query.newestFirst ? 'latest' : 'earliest';
  session.gap({ source: name, problem, consequence: `only the ${read} were read` });
}

async function askLogs(
  { signal }: Pick<LogStores, 'signal'>,
  session: Session,
  source: LogSource,
  { query, step, kind = 'logs' }: Asked,
): Promise<Fed> {
  try {
    const body = await source.openLogs(query, signal);
    return await feedBody(session, `logs ${source.name} ${step}`, kind, body, 'some log lines are missing');
  } catch (error) {
    if (!(error instanceof SpanhoundError) || error instanceof AnalysisEndedError) throw error;
    return { items: 0, failure: error };
  }
}

export function feedBody(session: Session, id: string, kind: BodyKind, body: OpenBody, cost: string): Promise<Fed> {
  const { format, source, query, chunks } = body;
  return feedSession(session, id, { kind, format, source, file: '', query }, chunks, cost);
}
