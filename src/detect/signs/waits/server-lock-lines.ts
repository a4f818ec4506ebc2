/**
 * Assigns the lines in which a database server reports a wait for a lock to queries of the trace. Such a line has no span
 * id, or that of the code that made the query, but the duration of the wait. The query that ran during this wait is the
 * one that waited.
 *
 *   UPDATE stock …   [==================================]   4.25 s
 *   the server's line  ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~·    acquired ShareLock … after 4243.912 ms
 */
import {
  LOCK_ACQUIRED,
  LOCK_FAILED,
  LOCK_LINES,
  LOCK_WAITING,
  LOCKING_STATEMENTS,
} from '#model/instruments/lock-words.ts';
import { STATEMENT_LINES } from '#model/instruments/statement-words.ts';
import { spansById } from '#model/logs/log-clock.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { statementKey } from '#model/sql/database-statistics.ts';
import { queryShape } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failedSpans, spansWith } from '#model/trace/views/span-signs.ts';
import { amountIn, saidAmountUs } from '#model/trace/wait-amounts.ts';

/** A line about the wait of one query. */
export type ServerLine = Readonly<{
  line: LogLine;
  /** Only the time connects them, and only at one end: another session may have waited. */
  isUnsure: boolean;
}>;

/** Clocks of two hosts, and the way to the server and back. A tenth of a second is what people do not notice. */
const APART_US = 100_000;
/** Within one network, a query reaches its server sooner. */
const SAME_MOMENT_US = 20_000;

/** `least` is the shortest time on the critical path that matters. The lines of each query come in order of time. */
export function serverLockLines(
  trace: Trace,
  logs: readonly LogLine[],
  least: number,
): ReadonlyMap<SpanIndex, readonly ServerLine[]> {
  const placed = new Map<SpanIndex, ServerLine[]>();
  const ofCallers = new Set(logs.filter((line) => line.spanId !== '' && measuresWait(line)));
  const spanOf = spansById(trace, [...ofCallers]);
  const callerOf = (line: LogLine) => (ofCallers.has(line) ? spanOf(line) : undefined);
  const told = logs.filter((line) => isOfServer(line) || saysFailed(line) || callerOf(line) !== undefined);
  if (told.length === 0) return placed;
  const statements = statementsOf(logs);
  const isQuery = (span: SpanIndex) => trace.isDatabaseCall(span);
  const queries = spansWith(trace, { heldUs: least }).filter(isQuery);
  const failed = failedSpans(trace).filter(isQuery).slice(0, MOST_FAILED);
  for (const line of told) {
    const caller = callerOf(line);
    const own = caller === undefined ? queries : queriesBelow(trace, queries, caller);
    const fits =
      isOfServer(line) || caller !== undefined
        ? own.flatMap((span) => fitOf(trace, span, line) ?? [])
        : failed.flatMap((span) => failureFit(trace, { span, line, statements }) ?? []);
    const [best] = fits.sort(
      (a, b) => Number(a.isUnsure) - Number(b.isUnsure) || a.apartUs - b.apartUs || a.span - b.span,
    );
    if (best === undefined) continue;
    const known = placed.get(best.span);
    const one = { line, isUnsure: best.isUnsure };
    if (known === undefined) placed.set(best.span, [one]);
    else known.push(one);
  }
  return placed;
}

/** The wait for a lock that a line measures, in microseconds; 0 where it measures none. */
export function lockAmountUs(line: string): number {
  return amountIn(line, LOCK_LINES) || saidAmountUs(line);
}

function isOfServer(line: LogLine): boolean {
  return line.spanId === '' && measuresWait(line);
}

function measuresWait({ line }: LogLine): boolean {
  return (LOCK_WAITING.test(line) || LOCK_ACQUIRED.test(line)) && lockAmountUs(line) > 0;
}

/** A service may log what its driver or its monitor tells, with the id of the span that made the query. */
function queriesBelow(trace: Trace, queries: readonly SpanIndex[], caller: SpanIndex): readonly SpanIndex[] {
  if (trace.isDatabaseCall(caller)) return [];
  return queries.filter((span) => trace.isOfOneService(span, caller) && trace.isUnder(span, caller));
}

/** The server ended a transaction: `ERROR:  deadlock detected`. Without a trace, nobody knows whose. */
function saysFailed({ line, spanId, traceId }: LogLine): boolean {
  return spanId === '' && traceId === '' && LOCK_FAILED.test(line);
}

/** With more failed queries, one moment does not tell them apart. */
const MOST_FAILED = 100;

/** PostgreSQL writes the statement as a line of its own, in the same moment and with the same process. */
function statementsOf(logs: readonly LogLine[]): ReadonlyMap<string, string> {
  const statements = new Map<string, string>();
  for (const line of logs) {
    const shape = line.line.includes('STATEMENT:') ? shapeIn(line.line) : '';
    if (shape !== '') statements.set(momentOf(line), shape);
  }
  return statements;
}

function momentOf({ timeNs, service, line }: LogLine): string {
  return `${timeNs.slice(0, -6)} ${service} ${/\[(\d{1,10})\]/.exec(line)?.[1] ?? ''}`;
}

/** The query that failed when the server said so, by its statement; undefined where it is another. */
function failureFit(
  trace: Trace,
  { span, line, statements }: Readonly<{ span: SpanIndex; line: LogLine; statements: ReadonlyMap<string, string> }>,
): Fit | undefined {
  const apartUs = Math.abs(epochUsOf(line) - trace.startEpochUs - trace.endUs(span));
  if (apartUs > APART_US) return undefined;
  const shape = shapeIn(line.line) || (statements.get(momentOf(line)) ?? '');
  const own = statementKey(trace.queryShape(span));
  if (shape === '' || own === '' || !isBeginning(shape, own)) return undefined;
  return { span, apartUs, isUnsure: false };
}

type Fit = Readonly<{ span: SpanIndex; apartUs: number; isUnsure: boolean }>;

/** How well the wait of the line fits into the query; undefined where it does not. */
function fitOf(trace: Trace, span: SpanIndex, line: LogLine): Fit | undefined {
  const atUs = epochUsOf(line) - trace.startEpochUs;
  // A line about a whole statement comes when the statement is over.
  const fromUs = atUs - (statementUs(line.line) || lockAmountUs(line.line));
  const [startUs, endUs] = [trace.startUs(span), trace.endUs(span)];
  if (fromUs < startUs - APART_US - countedByUs(line.line) || atUs > endUs + APART_US) return undefined;
  const shape = shapeIn(line.line);
  const own = statementKey(trace.queryShape(span));
  const isNamed = shape !== '' && own !== '';
  if (isNamed && !isBeginning(shape, own)) return undefined;
  const startsApartUs = Math.max(0, Math.abs(fromUs - startUs) - countedByUs(line.line));
  const endsApartUs = Math.abs(atUs - endUs);
  const isOver = isOfEnd(line.line);
  const fits = Math.max(startsApartUs, isOver ? endsApartUs : 0) <= APART_US;
  const isOwn = isCertain(line);
  const isKnown = isOwn || isNamed;
  if (!fits && (!isKnown || line.spanId !== '')) return undefined;
  // A statement that takes a lock, and a wait that began in the same moment.
  const isLocking = startsApartUs <= SAME_MOMENT_US && LOCKING_STATEMENTS.test(trace.text(span, 'db.query.text'));
  const isUnsure = !isKnown && !isOver && !isLocking;
  return { span, apartUs: startsApartUs + (isOver ? endsApartUs : 0), isUnsure };
}

/** Written when the wait is over. */
function isOfEnd(line: string): boolean {
  return LOCK_ACQUIRED.test(line) || statementUs(line) > 0;
}

/** The duration of the statement whose wait the line measures; 0 where it measures only the wait. */
function statementUs(line: string): number {
  return LOCK_LINES.test(line) ? amountIn(line, STATEMENT_LINES) : 0;
}

/** PostgreSQL appends the statement to its line, MySQL's process list has it as `info`, SQL Server's report as `inputbuf`. */
const STATEMENT = /\bSTATEMENT: {1,4}([^\0]{1,4000})|\b(?:info|inputbuf)[=:] ?"([^"\0]{1,4000})"/;
/** The server cuts long statements. */
const CUT = /(?:\.{3}|…)\s{0,4}$/;

function shapeIn(line: string): string {
  const found = STATEMENT.exec(line);
  const statement = (found?.[1] ?? found?.[2] ?? '').trim();
  if (statement === '') return '';
  const key = statementKey(queryShape(statement.replace(CUT, ''), 'postgresql'));
  return CUT.test(statement) ? `${key.trim()}…` : key;
}

/** A cut statement is compared as far as it goes. */
function isBeginning(shape: string, own: string): boolean {
  return shape.endsWith('…') ? own.startsWith(shape.slice(0, -1).trimEnd()) : shape === own;
}

/** MySQL's process list and Oracle's sessions count whole seconds. */
function countedByUs(line: string): number {
  return /\bprocesslist\b|\bseconds_in_wait\b/i.test(line) ? 1_000_000 : 0;
}
