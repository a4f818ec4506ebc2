/**
 * Reads traces by NRQL. It finds spans and not traces: a search for the traces of a service asks for its spans first, and
 * then for all spans of their traces. A query returns at most 5,000 rows; the next page begins at the last time of the
 * one before.
 */
import { healthOfServices } from '#adapters/health.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';
import { traceIdForms } from '#model/trace/trace-id.ts';
import { shown } from './links.ts';
import { MOST_ROWS, NAME, type NerdGraph, type NewRelicOptions, type Row } from './nerdgraph.ts';
import { ofTraces, spansOf, timesOf, within } from './query.ts';
import { eventsBySpan, idOf, otlpOf, type SpanEvents, timestampOf, traceIdOf } from './spans.ts';
import { servicesCounted, spanStatistics } from './statistics.ts';

/** 20,000 spans. */
const MOST_PAGES = 4;
/** A trace may have several spans of the service. So a search reads this many spans for each trace that it wants. */
const SPANS_OF_SERVICE = 10;
/** A trace may begin before the span that was found, and go on after it. */
const AROUND_US = 15 * 60 * 1_000_000;
/** New Relic keeps spans for 8 days: https://docs.newrelic.com/docs/data-apis/manage-data/manage-data-retention/ */
const KEPT = 'SINCE 8 days ago';
/** New Relic limits the characters of a query. So many ids are about 3,000. */
const IDS_OF_QUERY = 80;
/** New Relic advises against more queries at a time. */
const MOST_PARTS = 5;

/** `time`: its clause, and that of a page which begins later. */
type Wanted = Readonly<{ where: string; time: string; from(sinceMs: number): string }>;

export function newRelicTraces(nerdGraph: NerdGraph, options: NewRelicOptions): TraceSource {
  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, NAME);
    const from = (sinceMs: number) => `SINCE ${sinceMs}`;
    const body = await opened({ where: ofTraces(traceIdForms(traceId)), time: KEPT, from }, signal);
    if (body === undefined) throw new TraceNotFoundError(traceId, NAME);
    return body;
  }

  async function search(asked: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const limit = Math.min(MOST_ROWS, asked.limit * SPANS_OF_SERVICE);
    const found = `SELECT trace.id FROM Span WHERE ${spansOf(asked)} ${within(timesOf(asked))} LIMIT ${limit}`;
    const ids = new Set((await nerdGraph.rows(found, signal)).map(traceIdOf).filter((id) => HEX_ID.test(id)));
    const wanted = [...ids].slice(0, asked.limit);
    const times = timesOf({ fromUs: asked.fromUs - AROUND_US, toUs: asked.toUs + AROUND_US });
    const bodies: OpenBody[] = [];
    for (let at = 0; at < wanted.length; at += IDS_OF_QUERY) {
      const where = ofTraces(wanted.slice(at, at + IDS_OF_QUERY));
      const from = (sinceMs: number) => within({ ...times, sinceMs });
      const body = await opened({ where, time: within(times), from }, signal);
      if (body !== undefined) bodies.push({ ...body, query: shown(options, found) });
    }
    return bodies;
  }

  /** Undefined if there is no span. The first page has come then. */
  async function opened(wanted: Wanted, signal: AbortSignal): Promise<OpenBody | undefined> {
    const queries = { spans: spansNrql(wanted.where, wanted.time), events: eventsNrql(wanted.where, wanted.time) };
    const { rows, error } = await nerdGraph.find(queries, signal);
    if (rows.spans === undefined) throw error ?? nerdGraph.incomplete('it has no spans');
    if (rows.spans.length === 0) return undefined;
    const lacks = rows.events?.length === MOST_ROWS ? nerdGraph.incomplete(TOO_MANY_EVENTS) : error;
    const events = eventsBySpan(rows.events ?? []);
    const chunks = pages({ wanted, first: rows.spans, events, lacks }, signal);
    return { source: NAME, format: 'otlp-json', query: shown(options, queries.spans), chunks };
  }

  type Opened = Readonly<{ wanted: Wanted; first: readonly Row[]; events: SpanEvents; lacks: Error | undefined }>;

  /** Each page is a value of its own. What came is handed on first, and then the reason why it is not all. */
  async function* pages({ wanted, first, events, lacks }: Opened, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const known = new Set<string>();
    let rows = first;
    for (let count = 1; ; count += 1) {
      const fresh = rows.filter((row) => !known.has(keyOf(row)));
      for (const row of fresh) known.add(keyOf(row));
      yield otlpOf(fresh, events);
      if (rows.length < MOST_ROWS) break;
      const lastMs = timestampOf(rows.at(-1) ?? {});
      if (count === MOST_PAGES || fresh.length === 0 || Number.isNaN(lastMs))
        throw nerdGraph.incomplete(TOO_MANY_SPANS);
      rows = await nerdGraph.rows(spansNrql(wanted.where, wanted.from(lastMs)), signal);
      yield SEPARATOR;
    }
    if (lacks !== undefined) throw lacks;
  }

  function services(signal: AbortSignal): Promise<readonly string[]> {
    return servicesCounted(nerdGraph, signal);
  }

  function check(signal: AbortSignal): Promise<Health> {
    return nerdGraph.healthOf(async () => healthOfServices(await services(signal)), signal);
  }

  return {
    name: NAME,
    title: 'New Relic',
    openTrace,
    search,
    mostParts: MOST_PARTS,
    services,
    statistics: spanStatistics(nerdGraph, options),
    // The address of a trace holds its id only in encoded state, which a template cannot write.
    links: { trace: '', span: '' },
    check,
  };
}

const SEPARATOR = new TextEncoder().encode(ANSWER_SEPARATOR);
const HEX_ID = /^[0-9a-f]{1,32}$/i;
const TOO_MANY_SPANS = `there are more than ${(MOST_PAGES * MOST_ROWS).toLocaleString('en')} spans, and the rest was not read`;
const TOO_MANY_EVENTS = `its spans have more than ${MOST_ROWS.toLocaleString('en')} events, and the rest was not read`;

function spansNrql(where: string, time: string): string {
  return `SELECT * FROM Span WHERE ${where} ${time} ORDER BY timestamp ASC LIMIT MAX`;
}

function eventsNrql(where: string, time: string): string {
  return `SELECT * FROM SpanEvent WHERE ${where} ${time} ORDER BY timestamp ASC LIMIT MAX`;
}

function keyOf(row: Row): string {
  return `${traceIdOf(row)} ${idOf(row)}`;
}
