/** Reads traces. A search for the traces of a service finds its newest spans first, and then all spans of their traces. */
import { checked, healthOfServices } from '#adapters/health.ts';
import { otlpAnswer } from '#adapters/otlp-spans.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';
import { type ClickHouseApi, NAME, type Sql, TABLE } from './api.ts';
import { binder, idsOf, spanConditions, withinUs } from './conditions.ts';
import { withRemedy } from './remedies.ts';
import { selectSpans, spanIn, textIn } from './spans.ts';
import { requestStatistics } from './statistics.ts';

const MOST_SPANS = 20_000;
/** Each body is parsed at once. */
const SPANS_OF_BODY = 2_000;
/** A trace may begin before the span that was found, and go on after it. */
const AROUND_US = 15 * 60 * 1_000_000;
const MOST_SERVICES = 1_000;
const MOST_PARTS = 5;

export function clickHouseTraces(api: ClickHouseApi, table: string): TraceSource {
  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, NAME);
    const { list, parameters } = binder();
    const where = `TraceId IN ${list(idsOf(traceId))}`;
    const sql = { text: selectSpans(where, MOST_SPANS + 1), parameters };
    const rows = await api.rows(table, sql, signal);
    if (rows.length === 0) throw new TraceNotFoundError(traceId, NAME);
    return opened(`SELECT * FROM ${table} WHERE TraceId = '${traceId.toLowerCase()}'`, rows);
  }

  async function search(asked: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const rows = await api.rows(table, searchOf(asked), signal);
    return rows.length === 0 ? [] : [opened(shownOf(asked, table), rows)];
  }

  function opened(text: string, rows: readonly JsonObject[]): OpenBody {
    return { source: NAME, format: 'otlp-json', query: { text, url: api.address }, chunks: bodies(rows) };
  }

  /** What came is handed on first, and then the reason why it is not all. */
  async function* bodies(rows: readonly JsonObject[]): AsyncGenerator<Uint8Array> {
    const kept = rows.slice(0, MOST_SPANS);
    for (let at = 0; at < kept.length; at += SPANS_OF_BODY) {
      const body = JSON.stringify(otlpAnswer(kept.slice(at, at + SPANS_OF_BODY).map(spanIn)));
      yield new TextEncoder().encode(`${at === 0 ? '' : ANSWER_SEPARATOR}${body}`);
    }
    if (rows.length > MOST_SPANS) throw api.notWhole(TOO_MANY_SPANS);
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const text = `SELECT ServiceName FROM ${TABLE} WHERE Timestamp > now() - INTERVAL 1 DAY AND ServiceName != '' GROUP BY ServiceName ORDER BY count() DESC LIMIT ${MOST_SERVICES}`;
    return (await api.rows(table, { text, parameters: {} }, signal)).map((row) => textIn(row, 'ServiceName'));
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(() =>
      withRemedy(async () => {
        const names = await services(signal);
        if (names.length > 0) return healthOfServices(names);
        const detail = `answers, but ${table} has no span of the last day`;
        return { ok: true, detail, remedy: 'Send it traces, or check CLICKHOUSE_TRACES_TABLE.' };
      }),
    );
  }

  return {
    name: NAME,
    title: 'ClickHouse',
    openTrace,
    search,
    mostParts: MOST_PARTS,
    services,
    statistics: requestStatistics(api, table),
    links: { trace: '', span: '' },
    check,
  };
}

const TOO_MANY_SPANS = `there are more than ${MOST_SPANS.toLocaleString('en')} spans, and the rest was not read`;

/** One query: the ids of many traces would make a long address. */
function searchOf(asked: TraceSearch): Sql {
  const { text, parameters } = spanConditions(asked);
  const ids = `SELECT TraceId FROM ${TABLE} WHERE ${text} GROUP BY TraceId ORDER BY max(Timestamp) DESC LIMIT ${Math.trunc(asked.limit)}`;
  const around = withinUs(asked.fromUs - AROUND_US, asked.toUs + AROUND_US);
  return { text: selectSpans(`${around} AND TraceId IN (${ids})`, MOST_SPANS + 1), parameters };
}

/** For people; ClickHouse gets the values as parameters. */
function shownOf({ service, operation, failing, minDurationUs }: TraceSearch, table: string): string {
  const literal = (value: string) => `'${value.replace(/[\\']/g, '\\$&')}'`;
  const conditions = [
    `ServiceName = ${literal(service)}`,
    ...(operation === undefined ? [] : [`SpanName = ${literal(operation)}`]),
    ...(failing ? ["StatusCode = 'Error'"] : []),
    ...(minDurationUs === undefined ? [] : [`Duration >= ${Math.floor(minDurationUs) * 1_000}`]),
  ];
  return `SELECT * FROM ${table} WHERE ${conditions.join(' AND ')}`;
}
