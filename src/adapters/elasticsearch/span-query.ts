/**
 * Builds searches for spans. Three kinds of programs write them, each with names and units of its own: Jaeger,
 * OpenTelemetry (its collector, and OpenSearch Data Prepper), and Elastic APM. One search asks for all forms, because a
 * field that an index does not have matches nothing.
 *
 * Some names stand in two forms with different types or units (`startTime`, `duration`, `status.code`). So each form has
 * conditions of its own, and none of them can fail on an index of another form.
 */
import type { SpanQuery, TraceSearch } from '#gather/sources.ts';
import { quoted } from '#model/text/query-string.ts';
import { anyOf, type Clause, inWindow, isIn } from './query.ts';

export type Window = Readonly<{ fromUs: number; toUs: number }>;

export type SpanForm = Readonly<{
  /** The fields of the ids of the trace and of the span. */
  traceId: string;
  spanIds: readonly string[];
  service: string;
  /** The fields of the name of the operation. */
  names: readonly string[];
  /** What only its spans have. */
  isSpan: Clause;
  /** The field of its time. */
  time: string;
  within(window: Window): Clause;
  hasFailed: Clause;
  /** The fields of the duration: a request has the first. How many of their units are a microsecond. */
  durations: readonly string[];
  perUs: number;
  /** A span with which a request enters a service. */
  isRequest: Clause;
}>;

/** https://github.com/jaegertracing/jaeger/tree/main/internal/storage/v1/elasticsearch/mappings */
const JAEGER: SpanForm = {
  traceId: 'traceID',
  spanIds: ['spanID'],
  service: 'process.serviceName',
  names: ['operationName'],
  isSpan: allOf([exists('traceID'), exists('duration')]),
  time: 'startTimeMillis',
  within: ({ fromUs, toUs }) => {
    const range = { gte: Math.floor(fromUs / 1_000), lte: Math.ceil(toUs / 1_000), format: 'epoch_millis' };
    return { range: { startTimeMillis: range } };
  },
  hasFailed: anyOf([isIn('tag.error', 'true'), tagged('error', 'true'), tagged('otel.status_code', 'ERROR')]),
  durations: ['duration'],
  perUs: 1,
  isRequest: anyOf(['server', 'consumer'].flatMap((kind) => [isIn('tag.span@kind', kind), tagged('span.kind', kind)])),
};

/** The collector's exporter for Elasticsearch, with `mapping::mode: otel`. Times are nanoseconds. */
const OTEL: SpanForm = {
  traceId: 'trace_id',
  spanIds: ['span_id'],
  service: 'resource.attributes.service.name',
  names: ['name'],
  isSpan: allOf([exists('trace_id'), exists('duration')]),
  time: '@timestamp',
  within: inTime('@timestamp'),
  hasFailed: isIn('status.code', 'Error'),
  durations: ['duration'],
  perUs: 1_000,
  isRequest: anyOf(['Server', 'Consumer'].map((kind) => isIn('kind', kind))),
};

/**
 * OpenSearch Data Prepper. Jaeger has a number of microseconds in `startTime`, so the end stands for the time.
 * https://github.com/opensearch-project/data-prepper/blob/main/docs/schemas/trace-analytics/otel-v1-apm-span-index-template.md
 */
const DATA_PREPPER: SpanForm = {
  traceId: 'traceId',
  spanIds: ['spanId'],
  service: 'serviceName',
  names: ['name'],
  isSpan: allOf([exists('traceId'), exists('durationInNanos')]),
  time: 'endTime',
  within: inTime('endTime'),
  hasFailed: isIn('status.code', '2'),
  durations: ['durationInNanos'],
  perUs: 1_000,
  isRequest: anyOf(['SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER'].map((kind) => isIn('kind', kind))),
};

/** https://www.elastic.co/docs/solutions/observability/apm/elastic-apm-events-intake-api */
const ELASTIC_APM: SpanForm = {
  traceId: 'trace.id',
  spanIds: ['span.id', 'transaction.id'],
  service: 'service.name',
  names: ['transaction.name', 'span.name'],
  isSpan: allOf([exists('trace.id'), anyOf([exists('transaction.duration.us'), exists('span.duration.us')])]),
  time: '@timestamp',
  within: inTime('@timestamp'),
  hasFailed: isIn('event.outcome', 'failure'),
  durations: ['transaction.duration.us', 'span.duration.us'],
  perUs: 1,
  isRequest: exists('transaction.duration.us'),
};

export const FORMS = [JAEGER, OTEL, DATA_PREPPER, ELASTIC_APM] as const;
export const TRACE_IDS = FORMS.map(({ traceId }) => traceId);
const SPAN_IDS = FORMS.flatMap(({ spanIds }) => spanIds);

/** Stacks, headers and bodies make a page large, and no diagnosis reads them. */
const UNREAD = [
  ...['span.stacktrace', 'error.log.stacktrace', 'error.exception.stacktrace', 'error.exception.attributes'],
  ...['transaction.marks', 'http.request.headers', 'http.request.cookies', 'http.request.body', 'http.request.env'],
  'http.response.headers',
];

/** The ids of the traces of a service: the newest spans first. */
export function searchSpans(asked: TraceSearch, limit: number): unknown {
  return {
    size: limit,
    track_total_hits: false,
    _source: TRACE_IDS,
    sort: [...new Set(FORMS.map(({ time }) => time))].map((field) => ({
      [field]: { order: 'desc', unmapped_type: 'date', missing: '_last' },
    })),
    query: anyOf(FORMS.map((form) => ofService(form, asked))),
  };
}

export function ofService(
  form: SpanForm,
  { service, operation, failing = false, minDurationUs, ...window }: SpanQuery,
) {
  return allOf([
    form.isSpan,
    form.within(window),
    isIn(form.service, service),
    ...(operation === undefined ? [] : [anyOf(form.names.map((name) => isIn(name, operation)))]),
    ...(failing ? [form.hasFailed] : []),
    ...(minDurationUs === undefined ? [] : [takes(form, minDurationUs)]),
  ]);
}

export function takes({ durations, perUs }: SpanForm, atLeastUs: number): Clause {
  return anyOf(durations.map((field) => ({ range: { [field]: { gte: Math.floor(atLeastUs * perUs) } } })));
}

/** All spans of traces, those of one trace together. `after`: the place of the last span of the page before. */
export function spansOf(ids: readonly string[], page: SpanPage): unknown {
  return {
    size: page.limit,
    track_total_hits: false,
    _source: { excludes: UNREAD },
    // Ids are never equal in two spans of one trace, apart from a call whose two ends share one.
    sort: [...TRACE_IDS, ...SPAN_IDS].map((field) => ({ [field]: { order: 'asc', unmapped_type: 'keyword' } })),
    ...(page.after !== undefined && { search_after: page.after }),
    query: anyOf(FORMS.map((form) => allOf([form.isSpan, ofTraces(form, ids), ...around(form, page)]))),
  };
}

type SpanPage = Readonly<{ limit: number; after?: readonly unknown[] | undefined; window?: Window | undefined }>;

/** What happened in spans: OpenTelemetry's events and Elastic APM's errors are documents of their own. */
export function eventsOf(ids: readonly string[], page: SpanPage): unknown {
  const isEvent = anyOf([exists('event_name'), exists('attributes.event.name')]);
  const ofForms = [
    allOf([isEvent, exists('span_id'), ofTraces(OTEL, ids), ...around(OTEL, page)]),
    allOf([exists('error.id'), ofTraces(ELASTIC_APM, ids), ...around(ELASTIC_APM, page)]),
  ];
  return {
    size: page.limit,
    track_total_hits: false,
    _source: { excludes: UNREAD },
    sort: [{ '@timestamp': { order: 'asc', unmapped_type: 'date' } }],
    query: anyOf(ofForms),
  };
}

/** The services with spans in the last day. In each shard, at most so many spans are counted. */
export function countedServices({ most, perShard }: Readonly<{ most: number; perShard: number }>): unknown {
  return {
    size: 0,
    track_total_hits: false,
    terminate_after: perShard,
    query: anyOf(FORMS.map(({ isSpan, time }) => allOf([isSpan, { range: { [time]: { gte: 'now-1d' } } }]))),
    aggs: Object.fromEntries(FORMS.map(({ service }) => [service, { terms: { field: service, size: most } }])),
  };
}

/** For people, in Kibana's language. */
export function kqlOfTrace(id: string): string {
  return TRACE_IDS.map((field) => `${field} : ${quoted(id)}`).join(' or ');
}

export function kqlOfName(service: string): string {
  return FORMS.map((form) => `${form.service} : ${quoted(service)}`).join(' or ');
}

export function kqlOfService({ service, operation }: TraceSearch): string {
  const ofService = kqlOfName(service);
  if (operation === undefined) return ofService;
  const names = [...new Set(FORMS.flatMap((form) => form.names))].map((name) => `${name} : ${quoted(operation)}`);
  return `(${ofService}) and (${names.join(' or ')})`;
}

function ofTraces({ traceId }: SpanForm, ids: readonly string[]): Clause {
  return { terms: { [traceId]: ids } };
}

function around(form: SpanForm, { window }: SpanPage): readonly Clause[] {
  return window === undefined ? [] : [form.within(window)];
}

function inTime(field: string): SpanForm['within'] {
  return ({ fromUs, toUs }) => inWindow(field, nsOf(Math.floor(fromUs)), nsOf(Math.ceil(toUs)) + 1n);
}

function nsOf(us: number): bigint {
  return BigInt(Math.max(0, us)) * 1_000n;
}

export function allOf(filter: readonly Clause[]): Clause {
  return { bool: { filter } };
}

function exists(field: string): Clause {
  return { exists: { field } };
}

/** Jaeger's tags are a list of keys and values, unless it was set to write them as fields. */
function tagged(key: string, value: string): Clause {
  const query = allOf([{ term: { 'tags.key': key } }, { term: { 'tags.value': value } }]);
  return { nested: { path: 'tags', ignore_unmapped: true, query } };
}
