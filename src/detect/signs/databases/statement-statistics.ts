/** What the database's own statistics say about a slow statement. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { scanOf, statementEvidence } from '#model/sql/database-evidence.ts';
import { type DatabaseStatistics, type StatementAnswer, statementAnswer } from '#model/sql/database-statistics.ts';
import type { QuerySuspicion } from '#model/sql/query-plan.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

type StatementStatistics = Readonly<{
  answer: StatementAnswer;
  /** The database's statistics show that the statement never ran that long: the time was lost between service and database. */
  isFast: boolean;
  evidence: readonly EvidenceItem[];
}>;

/** The least share of the call's duration that the database must have spent on the statement for it to be the cause. */
const RUN_SHARE = 0.5;

/** Undefined where no database knows the statement, or where its statistics do not cover this call. */
export function statisticsOf(
  trace: Trace,
  span: SpanIndex,
  databases: readonly DatabaseStatistics[],
): StatementStatistics | undefined {
  const answer = statementAnswer(databases, trace.queryShape(span));
  if (answer === undefined) return undefined;
  const { database, statement } = answer;
  const tookUs = trace.durationOfUs(span) * RUN_SHARE;
  const evidence = [statementEvidence(answer)];
  if (statement.maxUs >= tookUs) {
    // The statement is slow only sometimes: this call may or may not be one of the slow ones.
    if (statement.totalUs < tookUs * statement.calls) return undefined;
    const scan = scanOf(answer);
    return { answer, isFast: false, evidence: scan ? [...evidence, scan.item] : evidence };
  }
  // The database does not count failed calls, nor calls outside of the time that its statistics cover.
  const [fromUs, toUs] = [trace.startEpochUs + trace.startUs(span), trace.startEpochUs + trace.endUs(span)];
  const isCounted = database.sinceUs <= fromUs && toUs <= database.takenUs && !trace.failed(span);
  return isCounted ? { answer, isFast: true, evidence } : undefined;
}

/** Falls back to the database's statistics where neither a query plan nor a log line shows the reason. */
export function suspicionWith(suspect: QuerySuspicion, statistics: StatementStatistics | undefined): QuerySuspicion {
  if (statistics === undefined || statistics.isFast || suspect.evidence.length > 0) return suspect;
  const scan = scanOf(statistics.answer);
  return scan === undefined ? suspect : { reason: `a full scan of ${scan.table}`, index: '', evidence: [] };
}
