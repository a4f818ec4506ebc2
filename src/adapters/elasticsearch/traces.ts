/**
 * Reads traces from the indices of Jaeger, of OpenTelemetry and of Elastic APM. They hold spans and not traces: a search
 * for the traces of a service asks for its newest spans first, and then for all spans of their traces.
 */
import { z } from 'zod';
import { inTemplate } from '#adapters/explore-link.ts';
import { checked, healthOfServices } from '#adapters/health.ts';
import { addressUnder } from '#adapters/http.ts';
import { textAt } from '#adapters/members.ts';
import { onlyChunk } from '#adapters/rewritten-rows.ts';
import { isoFromUs } from '#core/clock.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, Query, Statistics, TraceSearch, TraceSource } from '#gather/sources.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';
import { traceIdDigits, traceIdForms } from '#model/trace/trace-id.ts';
import type { Answered } from './answer.ts';
import { NAME, openSearch, type SearchOptions } from './api.ts';
import { discoverLink, LAST_DAY } from './discover.ts';
import {
  percentileIn,
  percentileSearch,
  requestQueries,
  requestSearch,
  requestSeries,
  servicesAsked,
} from './span-counts.ts';
import { bodiesOf, eventsBySpan, hasEventsElsewhere, NO_EVENTS, type SpanEvents } from './span-page.ts';
import {
  countedServices,
  eventsOf,
  kqlOfName,
  kqlOfService,
  kqlOfTrace,
  searchSpans,
  spansOf,
  TRACE_IDS,
  type Window,
} from './span-query.ts';

export type TraceOptions = SearchOptions &
  Readonly<{
    /** Names of indices, data streams and aliases, with commas between them. */
    indices: string;
  }>;

const SETTING = 'ELASTICSEARCH_TRACE_INDICES';

/** A page is parsed at once. A search returns at most 10,000 (`index.max_result_window`). */
const PAGE_SPANS = 2_000;
const MAX_PAGE_BYTES = 64_000_000;
/** 20,000 spans. */
const MOST_PAGES = 10;
const MOST_EVENTS = 2_000;

/** A trace may have several spans of the service. So a search reads this many spans for each trace that it wants. */
const SPANS_OF_SERVICE = 10;
const MOST_FOUND = 2_000;
/** A trace may begin before the span that was found, and go on after it. */
const AROUND_US = 15 * 60 * 1_000_000;
/** Each search is two requests or more. */
const MOST_PARTS = 5;

/** A large store has more spans of a day. Services that only the others name are missed. */
const COUNTED_OF_SHARD = 1_000_000;
const MOST_SERVICES = 1_000;

type Wanted = Readonly<{ ids: readonly string[]; window?: Window; lacks: string }>;

export function elasticsearchTraces(options: TraceOptions): TraceSource {
  const { indices, uiUrl } = options;
  const api = openSearch(options, { indices, setting: SETTING, maxPageBytes: MAX_PAGE_BYTES });
  const tracePage = tracePageOf(options);

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, NAME);
    const wanted = { ids: [...new Set([...traceIdForms(traceId), traceIdDigits(traceId)])], lacks: '' };
    const first = await api.search(spansOf(wanted.ids, { limit: PAGE_SPANS }), signal);
    if (first.hits.length === 0) {
      if (first.lacks !== '') throw api.notWhole(first.lacks);
      throw new TraceNotFoundError(traceId, NAME);
    }
    const id = traceId.toLowerCase();
    const url = uiUrl === undefined ? api.address : tracePage.replace('{traceId}', id);
    return opened({ text: kqlOfTrace(id), url }, bodies(wanted, first, signal));
  }

  async function search(asked: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const limit = Math.min(MOST_FOUND, asked.limit * SPANS_OF_SERVICE);
    const found = await api.search(searchSpans(asked, limit), signal);
    const ids = traceIdsIn(found).slice(0, asked.limit);
    if (ids.length === 0 && found.lacks !== '') throw api.notWhole(found.lacks);
    if (ids.length === 0) return [];
    const window = { fromUs: asked.fromUs - AROUND_US, toUs: asked.toUs + AROUND_US };
    const first = await api.search(spansOf(ids, { limit: PAGE_SPANS, window }), signal);
    return [opened(shown(asked), bodies({ ids, window, lacks: found.lacks }, first, signal))];
  }

  function shown(asked: TraceSearch): Query {
    return linked(kqlOfService(asked), asked);
  }

  function linked(text: string, asked: Window): Query {
    const range = { from: isoFromUs(asked.fromUs), to: isoFromUs(asked.toUs) };
    return { text, url: uiUrl === undefined ? api.address : discoverLink(uiUrl, text, range) };
  }

  /** Each body is a value of its own. What came is handed on first, and then the reason why it is not all. */
  async function* bodies(wanted: Wanted, first: Answered, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let happened: Happened | undefined;
    let lacks = wanted.lacks;
    let separator: readonly Uint8Array[] = [];
    for await (const page of pages(wanted, first, signal)) {
      const documents = page.hits.slice(0, PAGE_SPANS).map(({ source }) => source);
      if (documents.some(hasEventsElsewhere)) happened ??= await eventsIn(wanted, signal);
      lacks ||= page.lacks || (happened?.lacks ?? '');
      for (const body of bodiesOf(documents, happened?.events ?? NO_EVENTS)) {
        yield* separator;
        yield body;
        separator = [SEPARATOR];
      }
    }
    if (lacks !== '') throw api.notWhole(lacks);
  }

  async function* pages(wanted: Wanted, first: Answered, signal: AbortSignal): AsyncGenerator<Answered> {
    let page = first;
    for (let count = 1; ; count += 1) {
      yield page;
      const after = page.hits.at(-1)?.sort ?? [];
      if (page.hits.length < PAGE_SPANS || after.length === 0) return;
      if (count === MOST_PAGES) throw api.notWhole(TOO_MANY_SPANS);
      page = await api.search(spansOf(wanted.ids, { limit: PAGE_SPANS, window: wanted.window, after }), signal);
    }
  }

  async function eventsIn({ ids, window }: Wanted, signal: AbortSignal): Promise<Happened> {
    const { hits, lacks } = await api.search(eventsOf(ids, { limit: MOST_EVENTS, window }), signal);
    const events = eventsBySpan(hits.slice(0, MOST_EVENTS).map(({ source }) => source));
    return { events, lacks: hits.length < MOST_EVENTS ? lacks : TOO_MANY_EVENTS };
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const asked = countedServices({ most: MOST_SERVICES, perShard: COUNTED_OF_SHARD });
    const { aggregations, lacks } = await api.search(asked, signal);
    const counted = Counted.safeParse(aggregations);
    if (!counted.success) throw api.misplaced();
    const names = Object.values(counted.data).flatMap(({ buckets }) => buckets.map(({ key }) => key));
    if (names.length === 0 && lacks !== '') throw api.notWhole(lacks);
    return [...new Set(names)];
  }

  const statistics: Statistics = {
    lack: 'rates and durations cover only the requests that were read',
    nothing: 'counted no requests: it holds no span with which a trace enters the service',
    findMetrics: async (search) => ({ queries: requestQueries(search), warnings: [] }),
    async openMetrics(query, signal) {
      const series = requestSeries(await counted(requestSearch(query), signal), query);
      if (series === undefined) throw api.misplaced();
      if (series.lacks !== '') throw api.notWhole(series.lacks);
      const text = servicesAsked(query).map(kqlOfName).join(' or ');
      return { source: NAME, format: 'prometheus-json', query: linked(text, query), chunks: onlyChunk(series.bytes) };
    },
    async percentile(query, signal) {
      const found = percentileIn(await counted(percentileSearch(query), signal));
      if (found === undefined) throw api.misplaced();
      return found;
    },
  };

  /** A count of some shards is too low, and nothing shows by how much. */
  async function counted(asked: unknown, signal: AbortSignal): Promise<unknown> {
    const { aggregations, lacks } = await api.search(asked, signal);
    if (lacks !== '') throw api.notWhole(lacks);
    return aggregations;
  }

  function check(signal: AbortSignal): Promise<Health> {
    return checked(async () => {
      const names = await services(signal);
      if (names.length > 0) return healthOfServices(names);
      const detail = `answers, but ${indices} has no span of the last day`;
      return { ok: true, detail, remedy: `Send it traces, or check ${SETTING}.` };
    });
  }

  return {
    name: NAME,
    title: 'Elasticsearch',
    openTrace,
    search,
    mostParts: MOST_PARTS,
    services,
    statistics,
    links: { trace: tracePage, span: '' },
    check,
  };
}

type Happened = Readonly<{ events: SpanEvents; lacks: string }>;

const SEPARATOR = new TextEncoder().encode(ANSWER_SEPARATOR);
const TOO_MANY_SPANS = `there are more than ${(MOST_PAGES * PAGE_SPANS).toLocaleString('en')} spans, and the rest was not read`;
const TOO_MANY_EVENTS = `the spans have more than ${MOST_EVENTS.toLocaleString('en')} events, and the rest was not read`;

function opened(query: Query, chunks: AsyncIterable<Uint8Array>): OpenBody {
  return { source: NAME, format: 'auto', query, chunks };
}

/** Kibana shows traces of Elastic's own indices. Discover shows the spans of any other, also in OpenSearch Dashboards. */
function tracePageOf({ uiUrl, indices }: TraceOptions): string {
  if (uiUrl === undefined) return '';
  if (/(?:^|,)(?:traces-|apm-)/.test(indices)) return `${addressUnder(uiUrl, 'app/apm/link-to/trace/')}{traceId}`;
  return inTemplate(discoverLink(uiUrl, '"{traceId}"', LAST_DAY));
}

/** The traces of the newest spans first. */
function traceIdsIn({ hits }: Answered): readonly string[] {
  const ids = hits.flatMap(({ source }) => TRACE_IDS.map((field) => textAt(source, field)));
  return [...new Set(ids.filter((id) => /^[0-9a-f]{1,32}$/i.test(id)))];
}

const Counted = z.record(
  z.string(),
  z.object({ buckets: z.array(z.object({ key: z.union([z.string(), z.number()]).transform(String) })) }),
);
