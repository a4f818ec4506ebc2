/**
 * Statements that only a log line or an event shows: the driver has no spans, but it or its ORM logs each slow statement
 * with its duration, and some loggers make events of a span from their lines. The statement ended when that was
 * written, and took the own time of the span before it.
 *
 *   [ GET /reports/7                                 ]   reports
 *     ~~~~~~~~~~~~~ own time, 4.2 s ~~~~~~~~~~~~~~·      slow statement: … elapsed=4.187s
 */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { LOCK_LINES } from '#model/instruments/lock-words.ts';
import { STATEMENT_LINES } from '#model/instruments/statement-words.ts';
import { spansById } from '#model/logs/log-clock.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { queryLabel, queryShape } from '#model/sql/query-shape.ts';
import type { SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { lengthOf, pathWithin } from '#model/trace/views/path-within.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';
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

/** Statements with at least this much of the critical path, by their lines, in order of time; then those of events. */
export function saidStatements(trace: Trace, logs: readonly LogLine[], leastUs: number): readonly SaidStatement[] {
  const spanOf = spansById(trace, logs);
  const inLines = logs.flatMap((line): SaidStatement[] => {
    if (!isOfRequest(line)) return [];
    const saidUs = amountOf(line.line);
    const span = saidUs < leastUs ? undefined : spanOf(line);
    if (span === undefined) return [];
    const us = ownUs(trace, span, epochUsOf(line) - trace.startEpochUs, saidUs);
    if (us < Math.max(leastUs, MOST * saidUs)) return [];
    return [{ span, us, ...statementIn(line.line), item: { kind: 'log', ref: line.timeNs, text: line.line } }];
  });
  return [...inLines, ...inEvents(trace, leastUs).filter((event) => !inLines.some((line) => saysSame(line, event)))];
}

/** Loggers of Rust's tracing and of .NET write their lines into the span that is current. */
function inEvents(trace: Trace, leastUs: number): SaidStatement[] {
  return spansWith(trace, { heldUs: leastUs })
    .filter((span) => trace.hasEvents(span) && pathSelfUs(trace, span) >= MOST * leastUs)
    .flatMap((span) =>
      trace.events(span).flatMap((event): SaidStatement[] => {
        const text = asLine(event);
        const saidUs = amountOf(text);
        if (saidUs < leastUs) return [];
        const us = ownUs(trace, span, event.atUs, saidUs);
        if (us < Math.max(leastUs, MOST * saidUs)) return [];
        return [{ span, us, ...statementIn(text), item: { kind: 'event', ref: trace.spanId(span), text } }];
      }),
    );
}

/** The event as its logger would have written it into a line. */
function asLine({ name, attributes }: SpanEvent): string {
  const fields = Object.entries(attributes).map(([key, value]) => `${key}=${String(value).slice(0, LONGEST_READ)}`);
  return [name, ...fields].join(' ');
}

/** A line and an event about one run: it took the same time of the same span. Their texts may be cut differently. */
function saysSame(one: SaidStatement, other: SaidStatement): boolean {
  return one.span === other.span && Math.abs(one.us - other.us) <= SAME_US;
}

const SAME_US = 1_000;

/** A wait for a lock is no work of the statement. */
function amountOf(text: string): number {
  return amountIn(text, STATEMENT_LINES) - amountIn(text, LOCK_LINES);
}

function ownUs(trace: Trace, span: SpanIndex, atUs: number, saidUs: number): number {
  return Math.min(saidUs, lengthOf(pathWithin(trace, atUs - saidUs, atUs, (step) => step === span)));
}

/** The first whole statement of the line that names its table: some drivers write a cut one before it. */
function statementIn(line: string): Pick<SaidStatement, 'shape' | 'label'> {
  let cut: Pick<SaidStatement, 'shape' | 'label'> | undefined;
  for (const { index } of line.matchAll(BEGINS)) {
    const text = line.slice(index, index + LONGEST_READ);
    const end = ENDS.exec(text);
    const shape = queryShape(text.slice(0, end?.index));
    const label = queryLabel(shape);
    if (label === '') continue;
    if (end?.[0] !== '…') return { shape, label };
    cut ??= { shape, label };
  }
  return cut ?? { shape: '', label: '' };
}

const LONGEST_READ = 2_000;
const BEGINS = /\b(?:SELECT\s|INSERT\s+INTO|UPDATE\s|DELETE\s+FROM|MERGE\s+INTO|WITH\s)/gi;
/** The next field of the line, the end of a JSON value, or the end of brackets around the statement. */
const ENDS =
  /…|\\n"|"\s*[,}]|"? (?:rows_affected|rows_returned|elapsed|execution time|Elapsed time)\b|; args=|\]$|>, time /i;
