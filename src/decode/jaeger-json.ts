/**
 * Jaeger's JSON (query API v1, and what its UI downloads): `{"data":[{traceID, spans, processes}]}`.
 *
 * As real servers send it: lists may be `null`, integers beyond 2^53 are text, span order is arbitrary, an OTLP status
 * becomes the tags `error` and `otel.status_code`, events become `logs` whose name is the field `event`, and links become
 * FOLLOWS_FROM references.
 */
import { isObject, type JsonObject, numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import type { DecodedTrace } from '#decode/trace-body.ts';
import { type Attributes, type AttributeValue, SPAN_KINDS, type SpanKind } from '#model/trace.ts';
import type { SpanRow } from '#model/trace-builder.ts';

export function isJaegerJson(body: unknown): boolean {
  return tracesOf(body).some((trace) => Array.isArray(trace.spans));
}

export function decodeJaegerJson(body: unknown): DecodedTrace[] {
  return tracesOf(body)
    .filter((trace) => Array.isArray(trace.spans))
    .map((trace) => {
      const processes = objectIn(trace, 'processes');
      const spans = objectsIn(trace, 'spans');
      const traceId = textIn(trace, 'traceID') || textIn(spans[0] ?? {}, 'traceID');
      return { traceId, rows: spans.map((span) => rowOf(span, processes, traceId)) };
    });
}

/** The API's envelope, a list of traces, or one trace alone. */
function tracesOf(body: unknown): JsonObject[] {
  if (Array.isArray(body)) return body.filter(isObject);
  if (!isObject(body)) return [];
  return Array.isArray(body.data) ? body.data.filter(isObject) : [body];
}

function rowOf(span: JsonObject, processes: JsonObject, traceId: string): SpanRow {
  const attributes = tagsOf(objectsIn(span, 'tags'));
  const process = isObject(span.process) ? span.process : objectIn(processes, textIn(span, 'processID'));
  return {
    id: textIn(span, 'spanID'),
    parentId: parentOf(span, traceId),
    service: textIn(process, 'serviceName'),
    operation: textIn(span, 'operationName'),
    kind: kindOf(attributes['span.kind']),
    startUs: Math.trunc(numberIn(span, 'startTime')),
    durationUs: Math.trunc(numberIn(span, 'duration')),
    failed: failedOf(attributes),
    statusText: String(attributes['otel.status_description'] ?? ''),
    scope: String(attributes['otel.scope.name'] ?? attributes['otel.library.name'] ?? ''),
    attributes,
    resource: tagsOf(objectsIn(process, 'tags')),
    events: objectsIn(span, 'logs').map((log) => {
      const fields = tagsOf(objectsIn(log, 'fields'));
      return {
        atUs: Math.trunc(numberIn(log, 'timestamp')),
        name: String(fields.event ?? fields.message ?? 'log'),
        attributes: fields,
      };
    }),
  };
}

/** The first CHILD_OF of this trace; else the first FOLLOWS_FROM, which OpenTracing uses for work that nobody waits for. */
function parentOf(span: JsonObject, traceId: string): string | undefined {
  const references = objectsIn(span, 'references').filter((reference) => {
    const other = textIn(reference, 'traceID');
    return other === '' || withoutZeros(other) === withoutZeros(traceId);
  });
  const parent =
    references.find((reference) => textIn(reference, 'refType') === 'CHILD_OF') ??
    references.find((reference) => textIn(reference, 'spanID') !== textIn(span, 'spanID'));
  const id = parent === undefined ? textIn(span, 'parentSpanID') : textIn(parent, 'spanID');
  return id === '' ? undefined : id;
}

function withoutZeros(id: string): string {
  return id.toLowerCase().replace(/^0+/, '');
}

/** Of a key that comes twice the last value holds, as in Jaeger's own UI. */
function tagsOf(tags: readonly JsonObject[]): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const tag of tags) {
    const { value } = tag;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes[textIn(tag, 'key')] = value;
    else if (value !== undefined && value !== null) attributes[textIn(tag, 'key')] = JSON.stringify(value);
  }
  return attributes;
}

function kindOf(kind: AttributeValue | undefined): SpanKind {
  const name = String(kind ?? '').toLowerCase();
  return SPAN_KINDS.find((known) => known === name) ?? 'unspecified';
}

/** A status decides; without one the `error` tag; without that the codes in the attributes, later. */
function failedOf(attributes: Attributes): boolean | undefined {
  const status = attributes['otel.status_code'];
  if (status === 'ERROR') return true;
  if (status === 'OK') return false;
  return attributes.error === true || attributes.error === 'true' ? true : undefined;
}
