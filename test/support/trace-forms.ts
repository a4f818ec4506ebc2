/** One happening in the forms in which a trace is sent: as Jaeger's or Datadog's API answers it, as OTLP, and as Zipkin takes it. */
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { Attributes, AttributeValue } from '#model/trace/columns.ts';
import { type Happening, otlpOf } from '#test/otlp.ts';

export const TRACE_FORMS = {
  otlp: (happened: Happening) => JSON.stringify(otlpOf(happened)),
  jaeger: (happened: Happening) => JSON.stringify(jaegerOf(happened)),
  zipkin: (happened: Happening) => JSON.stringify(zipkinOf(happened)),
  datadog: (happened: Happening) => JSON.stringify(datadogOf(happened)),
} as const;

export type TraceForm = keyof typeof TRACE_FORMS;

/** What Jaeger makes of an OTLP span: status, kind and scope are tags, events are logs, links are references. */
function jaegerOf({ traceId, rows }: Happening) {
  const services = [...new Set(rows.map(({ service }) => service))];
  const processId = (service: string) => `p${services.indexOf(service) + 1}`;
  const resources = new Map(rows.map(({ service, resource = {} }) => [service, resource]));
  return {
    data: [
      {
        traceID: traceId,
        spans: rows.map((row) => ({
          traceID: traceId,
          spanID: row.id,
          operationName: row.operation,
          references: [
            ...(row.parentId === undefined ? [] : [{ refType: 'CHILD_OF', traceID: traceId, spanID: row.parentId }]),
            ...(row.links ?? []).map(({ spanId }) => ({ refType: 'FOLLOWS_FROM', traceID: traceId, spanID: spanId })),
          ],
          startTime: row.startUs,
          duration: row.durationUs,
          tags: jaegerTags({
            ...row.attributes,
            ...(row.kind === 'unspecified' ? {} : { 'span.kind': row.kind }),
            ...(row.scope ? { 'otel.scope.name': row.scope } : {}),
            ...(row.failed ? { error: true } : {}),
            ...statusTags(row),
          }),
          logs: (row.events ?? []).map(({ atUs, name, attributes }) => ({
            timestamp: atUs,
            fields: jaegerTags({ event: name, ...attributes }),
          })),
          processID: processId(row.service),
          warnings: null,
        })),
        processes: Object.fromEntries(
          services.map((service) => [
            processId(service),
            { serviceName: service, tags: jaegerTags(resources.get(service) ?? {}) },
          ]),
        ),
      },
    ],
  };
}

function jaegerTags(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, type: jaegerType(value), value }));
}

function jaegerType(value: AttributeValue): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int64' : 'float64';
}

/** What OpenTelemetry's exporters write of a status where the form has none. */
function statusTags({ failed, statusText }: SpanRow): Readonly<Record<string, string>> {
  if (!failed) return {};
  return { 'otel.status_code': 'ERROR', ...(statusText ? { 'otel.status_description': statusText } : {}) };
}

/** What OpenTelemetry's exporter for Zipkin writes: all values are text, the resource is among the tags. */
function zipkinOf({ traceId, rows }: Happening) {
  return rows.map((row) => ({
    traceId,
    id: row.id,
    ...(row.parentId === undefined ? {} : { parentId: row.parentId }),
    name: row.operation,
    ...(ZIPKIN_KINDS.has(row.kind) ? { kind: row.kind.toUpperCase() } : {}),
    timestamp: row.startUs,
    duration: Math.max(1, row.durationUs),
    localEndpoint: { serviceName: row.service },
    tags: texts({
      ...row.resource,
      ...row.attributes,
      ...(row.scope ? { 'otel.scope.name': row.scope } : {}),
      ...(row.failed ? { error: row.statusText || 'true' } : {}),
      ...statusTags(row),
    }),
    annotations: (row.events ?? []).map(({ atUs, name, attributes }) => ({
      timestamp: atUs,
      value: Object.keys(attributes).length === 0 ? name : `"${name}": ${JSON.stringify(attributes)}`,
    })),
  }));
}

const ZIPKIN_KINDS: ReadonlySet<string> = new Set(['client', 'server', 'producer', 'consumer']);

function texts(attributes: Attributes): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]));
}

/** What Datadog makes of an OTLP span: decimal ids, times in milliseconds, nested tags, and tags of the machine apart. */
function datadogOf({ traceId, rows }: Happening) {
  return {
    data: rows.map((row, number) => ({
      id: `AYk${number}`,
      type: 'spans',
      attributes: {
        trace_id: traceId.padStart(32, '0'),
        span_id: decimalOf(row.id),
        parent_id: decimalOf(row.parentId ?? '0'),
        start_timestamp: msIso(row.startUs),
        end_timestamp: msIso(row.startUs + row.durationUs),
        service: row.service,
        resource_name: row.operation,
        operation_name: `${row.kind}.request`,
        type: 'custom',
        status: row.failed ? 'error' : 'ok',
        env: 'prod',
        tags: datadogTags(row.resource ?? {}),
        custom: datadogCustom(row),
      },
    })),
    meta: { status: 'done', page: {} },
  };
}

function datadogCustom(row: SpanRow) {
  return {
    duration: row.durationUs * 1_000,
    ...nested(row.attributes ?? {}),
    ...(row.kind === 'unspecified' ? {} : { 'span.kind': row.kind }),
    ...(row.scope ? { 'otel.scope.name': row.scope } : {}),
    ...(row.failed && row.statusText ? { 'otel.status_description': row.statusText } : {}),
    ...(row.events?.length ? { events: JSON.stringify(row.events.map(datadogEvent)) } : {}),
    ...(row.links?.length ? { _dd: { span_links: JSON.stringify(row.links.map(datadogLink)) } } : {}),
  };
}

function decimalOf(id: string): string {
  return /^[0-9a-f]+$/i.test(id) ? BigInt(`0x${id}`).toString() : id;
}

function msIso(us: number): string {
  return new Date(Math.floor(us / 1_000)).toISOString();
}

function datadogEvent({ atUs, name, attributes }: NonNullable<SpanRow['events']>[number]) {
  return { name, time_unix_nano: atUs * 1_000, attributes };
}

function datadogLink({ traceId, spanId }: NonNullable<SpanRow['links']>[number]) {
  return { trace_id: traceId, span_id: spanId };
}

/** As far as a name is not the beginning of another one. */
function nested(attributes: Attributes): Readonly<Record<string, unknown>> {
  const names = Object.keys(attributes);
  const tree: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const dot = name.indexOf('.');
    const first = name.slice(0, dot);
    if (dot <= 0 || names.includes(first)) tree[name] = value;
    else tree[first] = { ...(tree[first] as object), [name.slice(dot + 1)]: value };
  }
  return tree;
}

const RESOURCE_TAGS: Readonly<Record<string, string>> = {
  'service.version': 'version',
  'k8s.namespace.name': 'kube_namespace',
  'k8s.node.name': 'kube_node',
  'k8s.pod.name': 'pod_name',
};

function datadogTags(resource: Attributes): readonly string[] {
  return Object.entries(resource).flatMap(([name, value]) =>
    RESOURCE_TAGS[name] === undefined ? [] : [`${RESOURCE_TAGS[name]}:${value}`],
  );
}
