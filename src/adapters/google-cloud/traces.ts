/**
 * Reads traces from Google Cloud Trace. Version 1 of its API reads; version 2 only writes.
 *
 * “Method: projects.traces.get”: https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces/get
 * “Method: projects.traces.list”: https://cloud.google.com/trace/docs/reference/v1/rest/v1/projects.traces/list
 * “Quotas and limits”: https://cloud.google.com/trace/docs/quotas
 */
import { z } from 'zod';
import { escapedText } from '#adapters/escaped-text.ts';
import { inTemplate } from '#adapters/explore-link.ts';
import { healthOfServices } from '#adapters/health.ts';
import { parsed, type Search } from '#adapters/http.ts';
import { nextPages } from '#adapters/next-pages.ts';
import type { TokenOptions } from '#adapters/oauth-tokens.ts';
import { otlpBytes } from '#adapters/otlp-spans.ts';
import { type Clock, isoFromUs, systemClock } from '#core/clock.ts';
import { TraceNotFoundError } from '#core/errors.ts';
import type { Health, OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import { isObject } from '#model/text/json-object.ts';
import { ANSWER_SEPARATOR } from '#model/trace/build/body.ts';
import { consolePage, NAME, openGoogleApi } from './api.ts';
import { spansIn, Trace } from './spans.ts';

export type CloudTraceOptions = TokenOptions &
  Readonly<{
    project: string;
    /** The label by whose value a search finds a service. @default service.name */
    serviceLabel?: string | undefined;
    clock?: Pick<Clock, 'nowUs'>;
  }>;

const API = {
  service: 'cloudtrace.googleapis.com',
  role: 'roles/cloudtrace.user',
  setting: 'GOOGLE_CLOUD_TRACE_PROJECT',
} as const;

/** The most traces of an answer with all of their spans, and the most spans of one. */
const TRACES_OF_PAGE = 100;
const MOST_SPANS = 1_000;
/** A list costs 25 of 300 units a minute, a trace 1. So a search has few parts, and few pages. */
const MOST_PAGES = 3;
const MOST_PARTS = 3;
const MAX_PAGE_BYTES = 64_000_000;
/** Services of the newest traces of the last hour. */
const SERVICES_US = 3_600e6;

export function cloudTraces(options: CloudTraceOptions): TraceSource {
  const { project, serviceLabel = 'service.name', clock = systemClock, maxBytes = MAX_PAGE_BYTES } = options;
  const api = openGoogleApi(API, { ...options, maxBytes: Math.min(maxBytes, MAX_PAGE_BYTES) });
  const path = `v1/projects/${encodeURIComponent(project)}/traces`;
  const link = (part: string) => consolePage(`traces/explorer${part}`, project);

  async function openTrace(traceId: string, signal: AbortSignal): Promise<OpenBody> {
    if (!/^[0-9a-f]{1,32}$/i.test(traceId)) throw new TraceNotFoundError(traceId, NAME);
    const id = traceId.toLowerCase().padStart(32, '0');
    const answer = await api.get(`${path}/${id}`, [], signal);
    if (answer.kind === 'refusal' && answer.status === 404 && isNotFound(answer.text)) {
      throw new TraceNotFoundError(traceId, NAME);
    }
    const trace = Trace.safeParse(await api.jsonOf(path, answer));
    if (!trace.success) throw api.misplaced(path);
    if (trace.data.spans.length === 0) throw new TraceNotFoundError(traceId, NAME);
    const query = { text: `GET /${path}/${id}`, url: link(`;traceId=${id}`) };
    return { source: NAME, format: 'otlp-json', query, chunks: spans([trace.data]) };
  }

  async function page(search: Search, signal: AbortSignal, token = ''): Promise<Page> {
    const asked = [...search, ['view', 'COMPLETE'] as const, ...(token === '' ? [] : [['pageToken', token] as const])];
    const found = List.safeParse(await api.jsonOf(path, await api.get(path, asked, signal)));
    if (!found.success) throw api.misplaced(path);
    return found.data;
  }

  async function search(asked: TraceSearch, signal: AbortSignal): Promise<readonly OpenBody[]> {
    const filter = filterOf(asked, serviceLabel);
    const wanted: Search = [
      ['filter', filter],
      ['pageSize', `${Math.min(TRACES_OF_PAGE, Math.max(1, Math.trunc(asked.limit)))}`],
      ...timesOf(asked),
    ];
    const first = await page(wanted, signal);
    if (first.traces.length === 0 && first.nextPageToken === '') return [];
    const chunks = pages(wanted, { first, limit: asked.limit }, signal);
    return [{ source: NAME, format: 'otlp-json', query: { text: filter, url: link('') }, chunks }];
  }

  /** Each page is a value of its own. A page may be empty although more pages follow. */
  async function* pages(
    wanted: Search,
    { first, limit }: Readonly<{ first: Page; limit: number }>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let found = first;
    const next = nextPages(NAME, path);
    for (let count = 1, left = limit; ; count += 1) {
      yield* spans(found.traces.slice(0, left));
      left -= found.traces.length;
      if (left <= 0 || found.nextPageToken === '' || count === MOST_PAGES) return;
      found = await page(wanted, signal, next(found.nextPageToken));
      yield SEPARATOR;
    }
  }

  /** What came is handed on first, and then the reason why it is not all. */
  async function* spans(traces: Page['traces']): AsyncGenerator<Uint8Array> {
    yield otlpBytes(traces.flatMap((trace) => spansIn(trace, serviceLabel)));
    if (traces.some(({ spans }) => spans.length === MOST_SPANS)) {
      throw api.lacking(path, `it returns at most ${MOST_SPANS.toLocaleString('en')} spans of one trace`);
    }
  }

  async function services(signal: AbortSignal): Promise<readonly string[]> {
    const toUs = clock.nowUs();
    const times = timesOf({ fromUs: toUs - SERVICES_US, toUs });
    const { traces } = await page([['pageSize', `${TRACES_OF_PAGE}`], ['orderBy', 'start desc'], ...times], signal);
    const named = traces
      .flatMap((trace) => spansIn(trace, serviceLabel))
      .map(({ resource }) => resource['service.name']);
    return [...new Set(named)].filter((name) => typeof name === 'string');
  }

  function check(signal: AbortSignal): Promise<Health> {
    return api.healthOf(async () => healthOfServices(await services(signal)));
  }

  return {
    name: NAME,
    title: 'Google Cloud Trace',
    openTrace,
    search,
    mostParts: MOST_PARTS,
    services,
    links: {
      trace: inTemplate(link(';traceId={traceId}')),
      span: inTemplate(link(';traceId={traceId};spanId={spanId}')),
    },
    check,
  };
}

const SEPARATOR = new TextEncoder().encode(ANSWER_SEPARATOR);

const List = z.object({
  traces: z
    .array(Trace)
    .nullish()
    .transform((traces) => traces ?? []),
  nextPageToken: z
    .string()
    .nullish()
    .transform((token) => token ?? ''),
});
type Page = z.output<typeof List>;

/** `{"error":{"code":404,"status":"NOT_FOUND"}}`, and not the page of a proxy. */
function isNotFound(text: string): boolean {
  const body = parsed(text);
  return isObject(body) && isObject(body.error) && body.error.status === 'NOT_FOUND';
}

function timesOf({ fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>): Search {
  return [
    ['startTime', isoFromUs(fromUs)],
    ['endTime', isoFromUs(Math.ceil(toUs / 1_000) * 1_000)],
  ];
}

/**
 * All terms have to hold; a plus sign wants the whole value. The latency is that of the whole trace.
 * “Cloud Trace filters”: https://cloud.google.com/trace/docs/trace-filters
 */
function filterOf({ service, operation, minDurationUs }: TraceSearch, serviceLabel: string): string {
  const terms = [`+${serviceLabel}:${escapedText(service)}`];
  if (operation !== undefined) terms.push(`+span:${escapedText(operation)}`);
  if (minDurationUs !== undefined) terms.push(`latency:${Math.floor(minDurationUs * 1_000)}ns`);
  return terms.join(' ');
}
