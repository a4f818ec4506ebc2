/** Reads log lines, in pages that are sorted by time. */
import { checked } from '#adapters/health.ts';
import { emptyTally, type Page, pageOf, restOf, SMALL_PAGES, startOf } from '#adapters/line-pages.ts';
import { onlyChunk } from '#adapters/rewritten-rows.ts';
import { isoFromUs } from '#core/clock.ts';
import type { Health, LogQuery, LogSource, OpenBody } from '#gather/sources.ts';
import { type ClickHouseApi, NAME, type Sql, TABLE } from './api.ts';
import { type AttributeForm, asksAttributes, lineConditions, within } from './conditions.ts';
import { streamsOf } from './lines.ts';
import { withRemedy } from './remedies.ts';
import { nsIn, textIn } from './spans.ts';
import { lineStatistics } from './statistics.ts';

const SELECT = `SELECT toUnixTimestamp64Nano(Timestamp) AS time, TraceId, SpanId, SeverityText, SeverityNumber, ServiceName, Body, ResourceAttributes, LogAttributes FROM ${TABLE}`;

const FORM = `SELECT type FROM system.columns WHERE database = {database:String} AND table = {table:String} AND name = 'LogAttributes'`;

export function clickHouseLogs(api: ClickHouseApi, table: string): LogSource {
  let known: AttributeForm | undefined;

  /** A condition on attributes depends on their type, which a table keeps. */
  async function attributeForm(signal: AbortSignal): Promise<AttributeForm> {
    if (known !== undefined) return known;
    const [column = {}] = await api.rows(table, { text: FORM, parameters: {} }, signal);
    known = textIn(column, 'type').startsWith('JSON') ? 'json' : 'map';
    return known;
  }

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, SMALL_PAGES);
    const conditions = lineConditions(query, asksAttributes(query) ? await attributeForm(signal) : 'map');
    const rows = await api.rows(table, pageSql(query, page, conditions), signal);
    const tally = emptyTally();
    const bytes = streamsOf(rows, tally);
    return {
      source: NAME,
      format: 'loki-json',
      query: { text: shownOf(conditions, table), url: api.address },
      chunks: onlyChunk(bytes),
      rest: () => restOf(query, page, tally),
    };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(() =>
      withRemedy(async () => {
        const text = `SELECT toUnixTimestamp64Nano(max(Timestamp)) AS time FROM ${TABLE} WHERE Timestamp > now() - INTERVAL 1 DAY`;
        const [row] = await api.rows(table, { text, parameters: {} }, signal);
        const ns = nsIn(row?.time);
        if (ns > 0n) {
          return {
            ok: true,
            detail: `the newest line in ${table} is of ${isoFromUs(Number(ns / 1_000n))}`,
            remedy: '',
          };
        }
        const detail = `answers, but ${table} has no line of the last day`;
        return { ok: true, detail, remedy: 'Send it lines, or check CLICKHOUSE_LOGS_TABLE.' };
      }),
    );
  }

  return {
    name: NAME,
    title: 'ClickHouse',
    holdsDays: true,
    openLogs,
    statistics: lineStatistics(api, table),
    links: { logs: '' },
    check,
  };
}

function pageSql({ newestFirst }: LogQuery, { startNs, endNs, limit }: Page, { text, parameters }: Sql): Sql {
  const order = newestFirst ? 'Timestamp DESC' : 'Timestamp';
  return {
    text: `${SELECT} WHERE ${within(startNs, endNs)} AND ${text} ORDER BY ${order} LIMIT ${limit}`,
    parameters,
  };
}

/** For people; ClickHouse gets the values as parameters. */
function shownOf({ text, parameters }: Sql, table: string): string {
  const written = text.replace(/\{(p\d+):([\w()]+)\}/g, (_, name: string, type: string) =>
    literalOf(parameters[name] ?? '', type),
  );
  return `SELECT * FROM ${table} WHERE ${written}`;
}

function literalOf(parameter: string, type: string): string {
  if (type === 'Identifier') return `\`${parameter.replaceAll('`', '\\`')}\``;
  return type === 'String' ? `'${parameter.replaceAll("'", "\\'")}'` : parameter;
}
