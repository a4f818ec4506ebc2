/**
 * Reads traces through Datadog's spans search. It finds spans and not traces: a search for the traces of a service asks
 * for its spans first, and then for all spans of their traces at once.
 *
 * https://docs.datadoghq.com/api/latest/spans/#search-spans
 */
import { z } from 'zod';
import { unlessItBegins } from '#adapters/first-bytes.ts';
import { healthOfServices } from '#adapters/health.ts';
import { addressUnder, parsed } from '#adapters/http.ts';
import { nextPages } from '#adapters/next-pages.ts';
import { BackendError, TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, Query, TraceSearch, TraceSource } from '#gather/sources.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';
import { type Body, type DatadogOptions, NAME, openApi, type SpentLimits, uiOf } from './api.ts';
import { type SearchWindow, spansOf, spansOfTraces, storedForms, windowOf } from './query.ts';
import { servicesCounted, spanStatistics } from './statistics.ts';

const PATH = 'api/v2/spans/events/search';

/** The most that Datadog returns at once. */
const PAGE_SPANS = 1_000;
/** 20,000 spans. Further pages would use up the hour's requests for one trace. */
const MOST_PAGES = 20;
/** A page of 1,000 spans has some megabytes; it is parsed at once for its cursor. */
const MAX_PAGE_BYTES = 64_000_000;

/** A trace may have several spans of the service. So a search reads this many spans for each trace that it wants. */
const SPANS_OF_SERVICE = 10;
/** A trace may begin before the span that was found, and go on after it. */
const AROUND_US = 15 * 60 * 1_000_000;
/** Datadog keeps spans for 15 days, and those of its own filter for 30: https://docs.datadoghq.com/tracing/trace_pipeline/trace_retention/ */
const KEPT: SearchWindow = { from: 'now-30d', to: 'now' };
/** Each search is two requests, and an organization has 300 an hour. */
const MOST_PARTS = 3;

type Wanted = Readonly<{ query: string; window: SearchWindow; sort: 'timestamp' | '-timestamp'; limit: number }>;

export function datadogTraces(options: DatadogOptions, spent: SpentLimits): TraceSource {
  const { maxBytes = MAX_PAGE_BYTES } = options;
  const api = openApi('apm_read', { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) }, spent);
  const ui = uiOf(options);
  const tracePage = `${addressUnder(ui, 'apm/trace/')}{traceId}`;

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, NAME);
    const wanted = allSpans(spansOfTraces(storedForms(traceId)), KEPT);
    const answer = await ask(wanted, signal);
    const chunks = await unlessItBegins(answer.chunks, NO_SPANS);
    if (chunks === undefined) throw new TraceNotFoundError(traceId, NAME);
    const url = tracePage.replace('{traceId}', traceId.toLowerCase());
    return opened({ text: wanted.query, url }, pages(wanted, { ...answer, chunks }, signal));
  }

  async function search(asked: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const limit = Math.min(PAGE_SPANS, asked.limit * SPANS_OF_SERVICE);
    const query = spansOf(asked);
    const found = await ask({ query, window: windowOf(asked), sort: '-timestamp', limit }, signal);
    const page = pageIn(await textOf(found));
    if (page === undefined) throw api.misplaced(PATH);
    const ids = [...new Set(page.traceIds)].slice(0, asked.limit);
    if (ids.length === 0) return [];
    const around = windowOf({ fromUs: asked.fromUs - AROUND_US, toUs: asked.toUs + AROUND_US });
    const wanted = allSpans(spansOfTraces(ids), around);
    return [opened(shown(query, asked), pages(wanted, await ask(wanted, signal), signal))];
  }

  function shown(query: string, { fromUs, toUs }: TraceSearch): Query {
    const time = [
      ['start', `${Math.floor(fromUs / 1_000)}`],
      ['end', `${Math.ceil(toUs / 1_000)}`],
    ] as const;
    return { text: query, url: addressUnder(ui, 'apm/traces', [['query', query], ...time, ['paused', 'true']]) };
  }

  function ask({ query, window, sort, limit }: Wanted, signal: AbortSignal, cursor?: string): Promise<Body> {
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    const attributes = { filter: { query, ...window }, sort, page };
    return api.post(PATH, { data: { type: 'search_request', attributes } }, signal);
  }

  /** Each page is a value of its own. It is passed on while it comes; its cursor is at its end. */
  async function* pages(wanted: Wanted, first: Body, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let answer = first;
    const next = nextPages(NAME, PATH);
    for (let count = 1; ; count += 1) {
      const parts: Uint8Array[] = [];
      for await (const chunk of answer.chunks) {
        parts.push(new Uint8Array(chunk)); // a copy, because the receiver may move the bytes to another thread
        yield chunk;
      }
      const page = pageIn(Buffer.concat(parts).toString('utf8'));
      if (page === undefined) throw api.misplaced(PATH);
      if (page.cursor === undefined || page.spans < wanted.limit) return;
      if (count === MOST_PAGES) throw tooMany();
      answer = await ask(wanted, signal, next(page.cursor));
      yield SEPARATOR;
    }
  }

  function check(signal: AbortSignal): Promise<Health> {
    return api.healthOf(async () => healthOfServices(await services(signal)), signal);
  }

  function services(signal: AbortSignal): Promise<readonly string[]> {
    return servicesCounted(api, signal);
  }

  return {
    name: NAME,
    title: 'Datadog',
    openTrace,
    search,
    mostParts: MOST_PARTS,
    services,
    statistics: spanStatistics(api, ui),
    // Datadog names a span by its decimal id, which a template cannot write.
    links: { trace: tracePage, span: '' },
    check,
  };
}

const SEPARATOR = new TextEncoder().encode(ANSWER_SEPARATOR);

function allSpans(query: string, window: SearchWindow): Wanted {
  return { query, window, sort: 'timestamp', limit: PAGE_SPANS };
}

function opened(query: Query, chunks: AsyncIterable<Uint8Array>): OpenBody {
  return { source: NAME, format: 'auto', query, chunks };
}

function tooMany(): BackendError {
  const reason = `there are more than ${(MOST_PAGES * PAGE_SPANS).toLocaleString('en')} spans, and the rest was not read`;
  return new BackendError(NAME, 200, PATH, { reason });
}

const NO_SPANS = /^\s*\{\s*"data"\s*:\s*\[\s*\]/;

async function textOf({ chunks }: Body): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

type SpanPage = Readonly<{ spans: number; traceIds: readonly string[]; cursor: string | undefined }>;

const PageOfSpans = z.object({
  data: z.array(z.object({ attributes: z.object({ trace_id: z.string().catch('') }) })),
  meta: z.object({ page: z.object({ after: z.string().optional() }).nullish() }).nullish(),
});

/** Undefined for an answer that is none of a search. */
function pageIn(text: string): SpanPage | undefined {
  const answer = PageOfSpans.safeParse(parsed(text));
  if (!answer.success) return undefined;
  const { data, meta } = answer.data;
  const traceIds = data.map(({ attributes }) => attributes.trace_id).filter((id) => /^[0-9a-f]{1,39}$/i.test(id));
  return { spans: data.length, traceIds, cursor: meta?.page?.after };
}
