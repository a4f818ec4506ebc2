/**
 * One parsed span of Jaeger's JSON. `jaeger-scan.ts` finds the spans and reads the regular ones; irregular spans, and
 * details on request, are read here.
 * As real servers send it: lists may be `null`, integers beyond 2^53 are text, an OTLP status becomes the tags `error`
 * and `otel.status_code`, events become `logs` whose name is the field `event`, and links become FOLLOWS_FROM
 * references.
 */

import { numberIn, objectsIn, textIn, textOrJson } from '#decode/json-value.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { SpanProcess } from '#model/trace/build/span-table.ts';
import type { Attributes, AttributeValue, SpanEvent, SpanLink } from '#model/trace/columns.ts';
import { kindNamed } from '#model/trace/span-kinds.ts';

/** What the tags determine besides attributes. */
export function factsOf(attributes: Attributes): Pick<SpanRow, 'kind' | 'failed' | 'scope' | 'flaws'> {
  const kind = kindNamed(String(attributes['span.kind'] ?? ''));
  return {
    kind: kind ?? 'unspecified',
    flaws: kind === undefined ? SPAN_FLAW.unknownKind : 0,
    failed: failedOf(attributes),
    scope: String(attributes['otel.scope.name'] ?? attributes['otel.library.name'] ?? ''),
  };
}

/** The tag with the description of an error status. */
export const STATUS_TEXT = 'otel.status_description';

export function statusTextOf(attributes: Attributes): string {
  return String(attributes[STATUS_TEXT] ?? '');
}

/** `atUs` since the epoch. */
export function eventsOf(span: JsonObject): SpanEvent[] {
  return objectsIn(span, 'logs').map((log) => {
    const fields = tagsOf(objectsIn(log, 'fields'));
    return {
      atUs: Math.trunc(numberIn(log, 'timestamp')),
      name: String(fields.event ?? fields.message ?? 'log'),
      attributes: fields,
    };
  });
}

export function processOf(process: unknown): SpanProcess {
  if (!isObject(process)) return { service: '', resource: {} };
  return { service: textIn(process, 'serviceName'), resource: tagsOf(objectsIn(process, 'tags')) };
}

/** If a key is repeated, its last value counts, as in Jaeger's own UI. */
export function tagsOf(tags: readonly JsonObject[]): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const tag of tags) {
    const { value } = tag;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes[textIn(tag, 'key')] = value;
    else if (value !== undefined && value !== null) attributes[textIn(tag, 'key')] = textOrJson(value);
  }
  return attributes;
}

/** Ids are equal when they are one number: 64-bit and 128-bit forms, upper and lower case. */
export function withoutZeros(id: string): string {
  return id.toLowerCase().replace(/^0+/, '');
}

/**
 * A status decides; without one the `error` tag; without that, later, the codes in the attributes. A log `event=error`
 * or `error.object` alone does not. OpenTracing's conventions leave it to the tag whether the operation failed, because
 * the logged error may have been handled, and Jaeger's UI marks spans only by their tags. Uber's CRISP counts such a
 * log as a failure as well. The log stays an event of the span.
 */
function failedOf(attributes: Attributes): boolean | undefined {
  const status = attributes['otel.status_code'];
  if (status === 'ERROR') return true;
  if (status === 'OK') return false;
  return attributes.error === true || attributes.error === 'true' ? true : undefined;
}

/** References of every kind: only the complete trace shows which of them is the parent. */
export function linksOf(span: JsonObject): SpanLink[] {
  return objectsIn(span, 'references').map((reference) => ({
    traceId: textIn(reference, 'traceID'),
    spanId: textIn(reference, 'spanID'),
  }));
}
