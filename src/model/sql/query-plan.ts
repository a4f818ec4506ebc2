/** Why a query may be slow: from its plan, an event or a log line, else a guess from its statement. */

import type { EvidenceItem } from '#model/finding/finding.ts';
import { epochUsOf, type LogLine, namesSpan } from '#model/logs/log-line.ts';
import { countText } from '#model/text/count-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export type QuerySuspicion = Readonly<{
  /** `a missing index`, `a full scan`, or a guess in words of doubt; empty where nothing shows it. */
  reason: string;
  /** The index that the evidence says is missing, as it names it: `users.email`; empty where it names none. */
  index: string;
  /** The evidence; empty for a guess from the statement. */
  evidence: readonly EvidenceItem[];
}>;

export function querySuspicion(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): QuerySuspicion {
  const said = saidOf(trace, span, logs);
  const told = PLAN_WORDS.flatMap(([words, reason]) =>
    said.filter(({ text }) => words.test(text)).map((item) => ({ reason, item })),
  );
  const [first] = told;
  if (first !== undefined) {
    const index = told.map(({ item }) => missingIndex(item.text)).find((name) => name !== '') ?? '';
    return { reason: first.reason, index, evidence: [...new Set(told.map(({ item }) => item))].slice(0, MOST_SHOWN) };
  }
  const rows = trace.number(span, 'db.response.returned_rows') ?? 0;
  if (rows >= MANY_ROWS) return { reason: `it returns ${countText(Math.round(rows))} rows`, index: '', evidence: [] };
  if (SCANS_BY_DESIGN.test(trace.databaseSystem(span))) return { reason: '', index: '', evidence: [] };
  return { reason: guess(trace.text(span, 'db.query.text')), index: '', evidence: [] };
}

/** Warehouses and engines over files have columns in place of indexes: to read a whole table is their work. */
const SCANS_BY_DESIGN =
  /(?:^|[._])(?:snowflake|bigquery|redshift|databricks|trino|presto(?:db)?|athena|clickhouse|druid|pinot|teradata|vertica|spark|hive|impala|synapse|duckdb|starrocks|doris|firebolt)$/i;

const MOST_SHOWN = 3;

/** More than any page shows: to read, send and keep them is work by itself, whatever finds them. */
const MANY_ROWS = 10_000;

/** The most telling first. */
const PLAN_WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /\bmissing index\b|\bno index used\b|\bnot using (?:an )?index(?:es)?\b|\bwithout (?:an )?index\b/i,
    'a missing index',
  ],
  [/\bseq(?:uential)? scan\b|\bfull (?:table )?scan\b|\btable scan\b|\bCOLLSCAN\b/i, 'a full scan'],
];

/** `missing index on users.email`, `no index on orders (customer_id, state)` */
const MISSING_INDEX = /\b(?:missing|no|without an?) index (?:on|for) ([\w.]{1,80}(?: ?\([\w, ]{1,80}\))?)/i;
/** `Seq Scan on order_lines (rows=4812206), no index on order_id` */
const SCANNED = /\bscan on ([\w.]{1,80})/i;

function missingIndex(text: string): string {
  const named = MISSING_INDEX.exec(text)?.[1] ?? '';
  const table = SCANNED.exec(text)?.[1];
  const isColumn = named !== '' && !/[.(]/.test(named) && named !== table;
  return isColumn && table !== undefined ? `${table}.${named}` : named;
}

/** The texts of the span's own attributes and events, and of lines that may refer to it. */
function saidOf(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): EvidenceItem[] {
  const ref = trace.spanId(span);
  return [
    ...['db.query.plan', 'db.plan', 'db.execution_plan'].map(
      (name): EvidenceItem => ({ kind: 'span', ref, text: trace.text(span, name) }),
    ),
    ...trace.events(span).map(
      (event): EvidenceItem => ({
        kind: 'event',
        ref,
        text: `${event.name} ${Object.values(event.attributes).join(' ')}`,
      }),
    ),
    ...logs
      .filter((line) => mayBeAbout(trace, span, line))
      .map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
}

/** A slow query is logged when it is over, a little later where the database logs it. */
const LOGGED_WITHIN_US = 1_000_000;

/** Lines of the span itself; of its caller, whose context is most often the active one, only while it ran; of its service where they name no span. */
function mayBeAbout(trace: Trace, span: SpanIndex, line: LogLine): boolean {
  if (namesSpan(line, trace.spanId(span))) return true;
  if (line.spanId === '' || line.isPlaced === true) return line.service === trace.service(span);
  const caller = trace.parent(span);
  if (caller === undefined || !namesSpan(line, trace.spanId(caller))) return false;
  const atUs = epochUsOf(line) - trace.startEpochUs;
  return atUs >= trace.startUs(span) && atUs <= trace.endUs(span) + LOGGED_WITHIN_US;
}

/** A statement without a condition returns every row. */
export const READS_ALL = 'it reads the whole table: no WHERE, no LIMIT';

/** A guess from the statement alone. `SELECT pg_advisory_lock(7)` reads no table. */
function guess(statement: string): string {
  const sql = statement.toLowerCase();
  if (!sql.trimStart().startsWith('select') || !/\bfrom\b/.test(sql)) return '';
  const joins = sql.split(/\bjoin\b/).length - 1;
  if (!/\b(where|limit|fetch first|top)\b/.test(sql)) return READS_ALL;
  if (/\blike\s+'%/.test(sql)) return 'LIKE with a leading wildcard can use no index';
  if (joins > 0) return `${joins === 1 ? 'a join' : `${joins} joins`}, maybe without an index`;
  return '';
}
