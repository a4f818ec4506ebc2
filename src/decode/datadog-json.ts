/**
 * Spans of Datadog, as its spans API answers them (`/api/v2/spans/events/search`):
 *
 *  {"data":[{"id":"AYk…","type":"spans","attributes":{"trace_id":"1376…","span_id":"1217…","parent_id":"0",
 *            "service":"cart","resource_name":"GET /","start_timestamp":"2023-06-29T10:37:09.217Z","custom":{…}}}]}
 *
 * Ids of 64 bits are decimal, trace ids of 128 bits are hex. Times have milliseconds; `custom.duration` has nanoseconds.
 * Tags of the program are objects in objects (`custom.http.status_code`); those of the machine are a list of texts.
 *
 * https://docs.datadoghq.com/api/latest/spans/
 */

import { instantIn, numberIn, objectIn, objectsIn, parsed, textIn, textOrJson } from '#decode/json-value.ts';
import type { SpanFormat } from '#decode/span-format.ts';
import { isObject, type JsonObject, leavesOf } from '#model/text/json-object.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanProcess } from '#model/trace/build/span-table.ts';
import type { Attributes, AttributeValue, SpanEvent, SpanLink } from '#model/trace/columns.ts';
import { hexOfDatadogId } from '#model/trace/datadog-id.ts';
import { kindNamed, type SpanKind } from '#model/trace/span-kinds.ts';

/** The type is `spans` in answers and `span` in some clients; the ids tell it from other events. */
export function isDatadogSpan(event: unknown): event is JsonObject {
  if (!isObject(event)) return false;
  const attributes = objectIn(event, 'attributes');
  return textIn(attributes, 'trace_id') !== '' && textIn(attributes, 'span_id') !== '';
}

export const DATADOG: SpanFormat = {
  headOf(event) {
    const span = objectIn(event, 'attributes');
    const attributes = attributesOf(event);
    const parentId = textIn(span, 'parent_id');
    const kind = kindOf(span, attributes);
    return {
      traceId: hexOfDatadogId(textIn(span, 'trace_id')).padStart(FULL_ID, '0'),
      id: hexOfDatadogId(textIn(span, 'span_id')),
      parentId: /^0*$/.test(parentId) ? undefined : hexOfDatadogId(parentId),
      operation: operationOf(span),
      kind: kind ?? 'unspecified',
      flaws: kind === undefined ? SPAN_FLAW.unknownKind : 0,
      ...timesOf(span),
      failed: failedOf(span),
      scope: textIn(attributes, 'otel.scope.name') || textIn(attributes, 'otel.library.name'),
      attributes,
      hasEvents: listedIn(tagsOf(span), 'events').length > 0,
    };
  },
  attributesOf,
  eventsOf: (event) => listedIn(tagsOf(objectIn(event, 'attributes')), 'events').map(eventOf),
  statusTextOf(event) {
    const attributes = attributesOf(event);
    return textIn(attributes, 'otel.status_description') || textIn(attributes, 'error.message');
  },
  linksOf: (event) => listedIn(objectIn(tagsOf(objectIn(event, 'attributes')), '_dd'), 'span_links').flatMap(linkOf),
};

/** Digits of a 128-bit id in hex. */
const FULL_ID = 32;

/** The service, and the attributes of the program and of the machine that ran it. */
export function datadogProcess(event: JsonObject): SpanProcess {
  const span = objectIn(event, 'attributes');
  const resource: Record<string, AttributeValue> = {};
  for (const tag of Array.isArray(span.tags) ? span.tags : []) {
    const [, key = '', value = ''] = typeof tag === 'string' ? (/^([^:]{1,100}):(.{1,200})$/s.exec(tag) ?? []) : [];
    const name = RESOURCE_TAGS.get(key);
    if (name !== undefined) resource[name] ??= value;
  }
  const own = { 'host.name': textIn(span, 'host'), 'deployment.environment.name': textIn(span, 'env') };
  for (const [name, value] of Object.entries(own)) if (value !== '') resource[name] = value;
  return { service: baseServiceOf(span) || textIn(span, 'service'), resource };
}

/** https://docs.datadoghq.com/containers/kubernetes/tag/ */
const RESOURCE_TAGS: ReadonlyMap<string, string> = new Map([
  ['version', 'service.version'],
  ['kube_namespace', 'k8s.namespace.name'],
  ['kube_deployment', 'k8s.deployment.name'],
  ['kube_node', 'k8s.node.name'],
  ['kube_cluster_name', 'k8s.cluster.name'],
  ['pod_name', 'k8s.pod.name'],
  ['kube_container_name', 'k8s.container.name'],
  ['container_id', 'container.id'],
  ['availability-zone', 'cloud.availability_zone'],
]);

/**
 * A tracer may name a call after what is called (`shop-postgres`): the program that made it is then the base service.
 * https://docs.datadoghq.com/tracing/guide/service_overrides/
 */
function baseServiceOf(span: JsonObject): string {
  const tags = tagsOf(span);
  return textIn(objectIn(tags, '_dd'), 'base_service') || textIn(tags, 'base_service');
}

function tagsOf(span: JsonObject): JsonObject {
  return { ...objectIn(span, 'attributes'), ...objectIn(span, 'custom') };
}

/** Under the names that Datadog's tracers write. */
function attributesOf(event: JsonObject): Attributes {
  const span = objectIn(event, 'attributes');
  const { duration: _, events: _events, _dd, ...tags } = tagsOf(span);
  const base = baseServiceOf(span);
  const own = {
    'span.type': textIn(span, 'type'),
    'resource.name': textIn(span, 'resource_name'),
    'operation.name': textIn(span, 'operation_name'),
    'peer.service': base === '' || base === textIn(span, 'service') ? '' : textIn(span, 'service'),
  };
  const said = Object.entries(own).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(said), ...flattened(tags) };
}

/** `{"http":{"status_code":"200"}}` → `http.status_code`. */
function flattened(tags: JsonObject): Record<string, AttributeValue> {
  const flat: Record<string, AttributeValue> = {};
  for (const [name, value] of leavesOf(tags)) {
    flat[name] = typeof value === 'number' || typeof value === 'boolean' ? value : textOrJson(value);
  }
  return flat;
}

/** The resource says more than the operation (`GET /cart` and `flask.request`), but that of a query is its statement. */
function operationOf(span: JsonObject): string {
  const [type, resource, operation] = ['type', 'resource_name', 'operation_name'].map((key) => textIn(span, key));
  if (STATEMENT_TYPES.has(type ?? '')) return operation || `${type}.query`;
  return resource || operation || '';
}

const STATEMENT_TYPES: ReadonlySet<string> = new Set(['sql', 'cassandra']);

/** https://docs.datadoghq.com/tracing/trace_collection/custom_instrumentation/ : the types that tracers set. */
const CALL_TYPES: ReadonlySet<string> = new Set([
  ...STATEMENT_TYPES,
  ...['http', 'db', 'redis', 'memcached', 'cache', 'mongodb', 'elasticsearch', 'opensearch', 'graphdb', 'dns'],
]);

/** The tracers of before 2022 set no kind. Undefined for an unknown one. */
function kindOf(span: JsonObject, attributes: Attributes): SpanKind | undefined {
  const kind = textIn(attributes, 'span.kind');
  if (kind !== '') return kindNamed(kind);
  const type = textIn(span, 'type');
  if (CALL_TYPES.has(type)) return 'client';
  return type === 'web' && /^0*$/.test(textIn(span, 'parent_id')) ? 'server' : 'unspecified';
}

/** A millisecond at each end is rounding. */
const ROUNDING_US = 2_000;

/** A tag of the program may be called `duration` too: the nanoseconds count where they fit the times. */
function timesOf(span: JsonObject): Readonly<{ startUs: number; durationUs: number }> {
  const [start, end] = ['start_timestamp', 'end_timestamp'].map((key) => instantIn(span, key));
  const startUs = start ?? Number.NaN;
  const betweenUs = (end ?? Number.NaN) - startUs;
  const saidUs = Math.trunc(numberIn(tagsOf(span), 'duration') / 1_000);
  const fits = Number.isNaN(betweenUs) || Math.abs(saidUs - betweenUs) <= ROUNDING_US;
  const durationUs = saidUs >= 0 && fits ? saidUs : betweenUs;
  return { startUs: Number.isNaN(startUs) ? 0 : startUs, durationUs: Number.isNaN(durationUs) ? 0 : durationUs };
}

/** Undefined where the span does not say it: its tags decide. */
function failedOf(span: JsonObject): boolean | undefined {
  const status = textIn(span, 'status').toLowerCase();
  if (status === 'error' || numberIn(span, 'error') === 1) return true;
  return status === 'ok' ? false : undefined;
}

/** OpenTelemetry's events and links are a text of JSON, or a list. */
function listedIn(tags: JsonObject, key: string): JsonObject[] {
  const value = tags[key];
  // A tag of the program with this name is no JSON.
  return objectsIn(typeof value === 'string' ? { [key]: parsed(value) } : tags, key);
}

function eventOf(event: JsonObject): SpanEvent {
  // A JSON number has lost its last digits.
  const atUs = Math.round(numberIn(event, 'time_unix_nano') / 1_000);
  return { atUs, name: textIn(event, 'name') || 'event', attributes: flattened(objectIn(event, 'attributes')) };
}

function linkOf(link: JsonObject): SpanLink[] {
  const spanId = textIn(link, 'span_id');
  return spanId === '' ? [] : [{ traceId: textIn(link, 'trace_id'), spanId }];
}
