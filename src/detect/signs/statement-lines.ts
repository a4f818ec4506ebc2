/**
 * Statements that only a log line shows: the driver has no spans, but it or its ORM logs each slow statement with its
 * duration. The statement ended when the line was written, and took the own time of the span before it.
 *
 *   [ GET /reports/7                                 ]   reports
 *     ~~~~~~~~~~~~~ own time, 4.2 s ~~~~~~~~~~~~~~·      slow statement: … elapsed=4.187s
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { LOCK_LINES } from '#model/instruments/lock-words.ts';
import { STATEMENT_LINES } from '#model/instruments/statement-words.ts';
import { spansById } from '#model/logs/log-clock.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { queryLabel, queryShape } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { amountIn } from '#model/trace/wait-amounts.ts';

export type SaidStatement = Readonly<{
  /** The span whose own time it took. */
  span: SpanIndex;
  /** Its time on the critical path. */
  us: number;
  /** Its shape; empty where the line does not quote it. */
  shape: string;
  label: string;
  item: EvidenceItem;
}>;

/** The statement's duration leaves out what its driver does around it. */
const MOST = 0.5;

/** Statements with at least this much of the critical path, by their lines, in order of time. */
export function saidStatements(trace: Trace, logs: readonly LogLine[], leastUs: number): readonly SaidStatement[] {
  const spanOf = spansById(trace, logs);
  return logs.flatMap((line): SaidStatement[] => {
    if (line.rung !== undefined && !isCertain({ rung: line.rung })) return [];
    // A wait for a lock is no work of the statement.
    const saidUs = amountIn(line.line, STATEMENT_LINES) - amountIn(line.line, LOCK_LINES);
    const span = saidUs < leastUs ? undefined : spanOf(line);
    if (span === undefined) return [];
    const atUs = epochUsOf(line) - trace.startEpochUs;
    const own = pathWithin(trace, atUs - saidUs, atUs, (step) => step === span);
    const us = Math.min(saidUs, lengthOf(own));
    if (us < Math.max(leastUs, MOST * saidUs)) return [];
    return [{ span, us, ...statementIn(line.line), item: { kind: 'log', ref: line.timeNs, text: line.line } }];
  });
}

/** The first statement of the line that names its table: some drivers write a cut one before the whole one. */
function statementIn(line: string): Pick<SaidStatement, 'shape' | 'label'> {
  for (const { index } of line.matchAll(BEGINS)) {
    const text = line.slice(index, index + LONGEST_READ);
    const shape = queryShape(text.slice(0, ENDS.exec(text)?.index));
    const label = queryLabel(shape);
    if (label !== '') return { shape, label };
  }
  return { shape: '', label: '' };
}

const LONGEST_READ = 2_000;
const BEGINS = /\b(?:SELECT\s|INSERT\s+INTO|UPDATE\s|DELETE\s+FROM|MERGE\s+INTO|WITH\s)/gi;
/** The next field of the line, the end of a JSON value, or the end of brackets around the statement. */
const ENDS =
  /…|\\n"|"\s*[,}]|"? (?:rows_affected|rows_returned|elapsed|execution time|Elapsed time)\b|; args=|\]$|>, time /i;
