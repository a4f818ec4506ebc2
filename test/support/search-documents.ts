/**
 * One happening as documents of Elasticsearch or OpenSearch, as each program that writes spans there writes them: Jaeger
 * with its tags as a list or as fields, OpenTelemetry's collector, OpenSearch Data Prepper in both of its forms, and
 * Elastic's APM Server. And the mappings of their templates, as far as searches for spans need them.
 */
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { Attributes, AttributeValue } from '#model/trace/columns.ts';
import type { Happening } from '#test/otlp.ts';

export type SearchDocument = Readonly<{ index: string; source: Readonly<Record<string, unknown>> }>;

export const DOCUMENT_FORMS = {
  'Jaeger’s': jaegerDocuments,
  'Jaeger’s with tags as fields': (happened: Happening) => jaegerDocuments(happened).map(withTagsAsFields),
  'the collector’s': collectorDocuments,
  'Data Prepper’s': dataPrepperDocuments,
  'Data Prepper’s of OpenTelemetry': standardDocuments,
  'Elastic APM’s': apmDocuments,
} as const;

export type DocumentForm = keyof typeof DOCUMENT_FORMS;

const KEYWORD = { type: 'keyword', ignore_above: 256 };
const LONG = { type: 'long' };
const KEY_VALUES = { type: 'nested', dynamic: false, properties: { key: KEYWORD, value: KEYWORD, type: KEYWORD } };
const TEXTS_AS_KEYWORDS = [{ texts: { match_mapping_type: 'string', mapping: KEYWORD } }];

/** By the pattern of the indices. */
export const SPAN_MAPPINGS: Readonly<Record<string, unknown>> = {
  'jaeger-span-*': {
    dynamic_templates: [{ tags: { mapping: KEYWORD, path_match: 'tag.*' } }],
    properties: {
      ...{ traceID: KEYWORD, spanID: KEYWORD, operationName: KEYWORD, startTime: LONG, duration: LONG },
      startTimeMillis: { type: 'date', format: 'epoch_millis' },
      tags: KEY_VALUES,
      references: { type: 'nested', dynamic: false },
      logs: { type: 'nested', dynamic: false },
      process: { properties: { serviceName: KEYWORD, tag: { type: 'object' }, tags: KEY_VALUES } },
    },
  },
  'traces-generic.otel-*': {
    dynamic_templates: TEXTS_AS_KEYWORDS,
    properties: { '@timestamp': { type: 'date_nanos' }, duration: LONG },
  },
  'logs-generic.otel-*': {
    dynamic_templates: TEXTS_AS_KEYWORDS,
    properties: { '@timestamp': { type: 'date_nanos' } },
  },
  'otel-v1-apm-span-*': {
    date_detection: false,
    dynamic_templates: TEXTS_AS_KEYWORDS,
    properties: {
      ...{ traceId: KEYWORD, spanId: KEYWORD, durationInNanos: LONG, serviceName: KEYWORD },
      startTime: { type: 'date_nanos' },
      endTime: { type: 'date_nanos' },
      status: { properties: { code: { type: 'integer' }, message: KEYWORD } },
      events: { type: 'nested', properties: { time: { type: 'date_nanos' } } },
      links: { type: 'nested' },
    },
  },
  'traces-apm-*': { dynamic_templates: TEXTS_AS_KEYWORDS, properties: { '@timestamp': { type: 'date' } } },
  'logs-apm.error-*': { dynamic_templates: TEXTS_AS_KEYWORDS, properties: { '@timestamp': { type: 'date' } } },
};

/** The indices of each form, as people set them. */
export const SPAN_INDICES = Object.keys(SPAN_MAPPINGS).join(',');

function jaegerDocuments({ traceId, rows }: Happening): readonly SearchDocument[] {
  return rows.map((row) => ({
    index: `jaeger-span-${day(row.startUs)}`,
    source: {
      traceID: traceId,
      spanID: row.id,
      flags: 1,
      operationName: row.operation,
      references: [
        ...(row.parentId === undefined ? [] : [{ refType: 'CHILD_OF', traceID: traceId, spanID: row.parentId }]),
        ...(row.links ?? []).map(({ spanId }) => ({ refType: 'FOLLOWS_FROM', traceID: traceId, spanID: spanId })),
      ],
      startTime: row.startUs,
      startTimeMillis: Math.floor(row.startUs / 1_000),
      duration: row.durationUs,
      tags: jaegerTags(jaegerAttributes(row)),
      logs: (row.events ?? []).map(({ atUs, name, attributes }) => ({
        timestamp: atUs,
        fields: jaegerTags({ event: name, ...attributes }),
      })),
      process: { serviceName: row.service, tags: jaegerTags(row.resource ?? {}) },
    },
  }));
}

function jaegerAttributes(row: SpanRow): Attributes {
  return {
    ...row.attributes,
    ...(row.kind === 'unspecified' ? {} : { 'span.kind': row.kind }),
    ...(row.scope ? { 'otel.scope.name': row.scope } : {}),
    ...(row.failed ? { error: true, 'otel.status_code': 'ERROR' } : {}),
    ...(row.failed && row.statusText ? { 'otel.status_description': row.statusText } : {}),
  };
}

/** All values are text. */
function jaegerTags(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, type: jaegerType(value), value: `${value}` }));
}

function jaegerType(value: AttributeValue): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int64' : 'float64';
}

/** `--es.tags-as-fields.all`: a value has its own type. */
function withTagsAsFields({ index, source }: SearchDocument): SearchDocument {
  const { tags, process, ...span } = source as { tags: Tags; process: { serviceName: string; tags: Tags } };
  return {
    index: `${index}-fields`,
    source: {
      ...span,
      tags: [],
      tag: fieldsOf(tags),
      process: { serviceName: process.serviceName, tags: [], tag: fieldsOf(process.tags) },
    },
  };
}

type Tags = readonly Readonly<{ key: string; type: string; value: string }>[];

function fieldsOf(tags: Tags) {
  return Object.fromEntries(
    tags.map(({ key, type, value }) => [
      key.replaceAll('.', '@'),
      type === 'string' ? value : (JSON.parse(value) as number | boolean),
    ]),
  );
}

function collectorDocuments({ traceId, rows }: Happening): readonly SearchDocument[] {
  return rows.flatMap((row) => [
    {
      index: 'traces-generic.otel-default',
      source: {
        '@timestamp': collectorTime(row.startUs),
        data_stream: { type: 'traces', dataset: 'generic.otel', namespace: 'default' },
        trace_id: traceId,
        span_id: row.id,
        ...(row.parentId === undefined ? {} : { parent_span_id: row.parentId }),
        name: row.operation,
        kind: capitalized(row.kind),
        duration: row.durationUs * 1_000,
        ...(row.attributes === undefined ? {} : { attributes: row.attributes }),
        links: (row.links ?? []).map(({ spanId }) => ({ trace_id: traceId, span_id: spanId })),
        status: row.failed ? { ...(row.statusText && { message: row.statusText }), code: 'Error' } : { code: 'Unset' },
        resource: { attributes: { 'service.name': row.service, ...row.resource } },
        scope: row.scope ? { name: row.scope } : {},
      },
    },
    ...(row.events ?? []).map(({ atUs, name, attributes }) => ({
      index: 'logs-generic.otel-default',
      source: {
        '@timestamp': collectorTime(atUs),
        trace_id: traceId,
        span_id: row.id,
        event_name: name,
        attributes: { ...attributes, 'event.name': name },
        resource: { attributes: { 'service.name': row.service } },
      },
    })),
  ]);
}

/** Milliseconds, and the nanoseconds after them without leading zeros. */
function collectorTime(us: number): string {
  return `${Math.floor(us / 1_000)}.${(us % 1_000) * 1_000}`;
}

function dataPrepperDocuments(happened: Happening): readonly SearchDocument[] {
  return happened.rows.map((row) => ({
    index: 'otel-v1-apm-span-000001',
    source: {
      ...dataPrepperSpan(happened, row),
      ...prefixed('span.attributes', row.attributes ?? {}),
      ...prefixed('resource.attributes', { 'service.name': row.service, ...row.resource }),
    },
  }));
}

/** `output_format: otel` */
function standardDocuments(happened: Happening): readonly SearchDocument[] {
  return happened.rows.map((row) => ({
    index: 'otel-v1-apm-span-000002',
    source: {
      ...dataPrepperSpan(happened, row),
      attributes: row.attributes ?? {},
      resource: { attributes: { 'service.name': row.service, ...row.resource } },
    },
  }));
}

function dataPrepperSpan({ traceId }: Happening, row: SpanRow) {
  return {
    traceId,
    spanId: row.id,
    parentSpanId: row.parentId ?? '',
    name: row.operation,
    kind: `SPAN_KIND_${row.kind.toUpperCase()}`,
    startTime: isoNanos(row.startUs),
    endTime: isoNanos(row.startUs + row.durationUs),
    durationInNanos: row.durationUs * 1_000,
    serviceName: row.service,
    instrumentationScope: { name: row.scope ?? '' },
    status: row.failed ? { code: 2, message: row.statusText ?? '' } : { code: 0 },
    events: (row.events ?? []).map(({ atUs, name, attributes }) => ({ name, time: isoNanos(atUs), attributes })),
    links: (row.links ?? []).map(({ spanId }) => ({ traceId, spanId, attributes: {} })),
    traceGroup: null,
    droppedAttributesCount: 0,
  };
}

function prefixed(prefix: string, attributes: Attributes) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`${prefix}.${name.replaceAll('.', '@')}`, value]),
  );
}

/** What APM Server makes of an OTLP span: a request that a service received is a transaction, anything else a span. */
function apmDocuments({ traceId, rows }: Happening): readonly SearchDocument[] {
  return rows.flatMap((row) => {
    const what =
      row.kind === 'server' || row.kind === 'consumer' || row.parentId === undefined ? 'transaction' : 'span';
    const shared = { trace: { id: traceId }, service: apmService(row), agent: { name: 'opentelemetry/go' } };
    return [
      {
        index: 'traces-apm-default',
        source: {
          ...shared,
          '@timestamp': new Date(Math.floor(row.startUs / 1_000)).toISOString(),
          timestamp: { us: row.startUs },
          processor: { event: what },
          ...(row.parentId === undefined ? {} : { parent: { id: row.parentId } }),
          ...apmPlace(row),
          event: { outcome: row.failed ? 'failure' : 'success' },
          ...apmFields(row, what),
        },
      },
      ...(row.events ?? []).map((event, number) => ({
        index: 'logs-apm.error-default',
        source: {
          ...shared,
          '@timestamp': new Date(Math.floor(event.atUs / 1_000)).toISOString(),
          timestamp: { us: event.atUs },
          processor: { event: 'error' },
          parent: { id: row.id },
          error: { id: `${row.id}${number}`.padStart(32, '0'), ...apmError(event) },
        },
      })),
    ];
  });
}

function apmService({ service, scope, resource = {} }: SpanRow) {
  const version = resource['service.version'];
  return { name: service, ...(scope && { framework: { name: scope } }), ...(version !== undefined && { version }) };
}

function apmPlace({ resource = {} }: SpanRow) {
  const host = resource['host.name'];
  const pod = resource['k8s.pod.name'];
  return { ...(host !== undefined && { host: { name: host } }), ...(pod && { kubernetes: { pod: { name: pod } } }) };
}

/** Attributes with a field of their own, by both of OpenTelemetry's names; the others become labels. */
const APM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'http.request.method': ['http', 'request', 'method'],
  'http.method': ['http', 'request', 'method'],
  'http.response.status_code': ['http', 'response', 'status_code'],
  'http.status_code': ['http', 'response', 'status_code'],
  'url.full': ['url', 'full'],
  'http.url': ['url', 'full'],
  'server.address': ['destination', 'address'],
  'server.port': ['destination', 'port'],
  'db.query.text': ['span', 'db', 'statement'],
  'db.statement': ['span', 'db', 'statement'],
  'db.namespace': ['span', 'db', 'instance'],
  'db.name': ['span', 'db', 'instance'],
  'db.system.name': ['span', 'subtype'],
  'db.system': ['span', 'subtype'],
  'messaging.destination.name': ['span', 'message', 'queue', 'name'],
};

function apmFields(row: SpanRow, what: 'transaction' | 'span') {
  const labels: Record<string, unknown> = {};
  const numbers: Record<string, unknown> = {};
  const tree: Record<string, unknown> = { labels, numeric_labels: numbers };
  for (const [name, value] of Object.entries(row.attributes ?? {})) {
    const path = APM_FIELDS[name];
    if (path !== undefined) place(tree, path, value);
    else (typeof value === 'number' ? numbers : labels)[name.replaceAll('.', '_')] = value;
  }
  place(tree, [what, 'id'], row.id);
  place(tree, [what, 'name'], row.operation);
  place(tree, [what, 'duration'], { us: row.durationUs });
  place(tree, [what, 'type'], apmType(row, what));
  place(tree, ['span', 'kind'], row.kind.toUpperCase());
  return tree;
}

function apmType({ kind, attributes = {} }: SpanRow, what: 'transaction' | 'span'): string {
  if (what === 'transaction') return kind === 'server' ? 'request' : 'unknown';
  if ('db.system' in attributes || 'db.system.name' in attributes) return 'db';
  return kind === 'client' ? 'external' : 'app';
}

function place(tree: Record<string, unknown>, [first = '', ...others]: readonly string[], value: unknown): void {
  if (others.length === 0) {
    tree[first] = value;
    return;
  }
  const inside = (tree[first] ?? {}) as Record<string, unknown>;
  tree[first] = inside;
  place(inside, others, value);
}

function apmError({ name, attributes }: NonNullable<SpanRow['events']>[number]) {
  const message = attributes['exception.message'];
  const type = attributes['exception.type'];
  if (message === undefined && type === undefined) return { log: { message: `${attributes.message ?? name}` } };
  const stack = attributes['exception.stacktrace'];
  return { exception: [{ message, type, handled: true }], ...(stack !== undefined && { stack_trace: stack }) };
}

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function day(us: number): string {
  return new Date(us / 1_000).toISOString().slice(0, 10);
}

function isoNanos(us: number): string {
  return `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, -1)}${`${us % 1_000}`.padStart(3, '0')}000Z`;
}
