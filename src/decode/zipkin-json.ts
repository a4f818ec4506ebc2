/**
 * Zipkin's JSON (API v2): a list of spans, or a list of such lists as its search answers.
 *
 * Times are microseconds; all tags are text; what left no duration is still open or was lost. The two ends of a call may
 * share one id, the server's then says `shared`. Whoever is on the other end is `remoteEndpoint`, not a tag. OpenTelemetry
 * writes its status, its scope and the attributes of its events into tags and annotations; they are taken out again.
 */

import { isObject, type JsonObject, numberIn, objectIn, objectsIn, textIn, textOrJson } from '#decode/json-value.ts';
import { spansByTrace } from '#decode/spans-by-trace.ts';
import type { DecodedTrace } from '#decode/trace-body.ts';
import { isNoId } from '#model/id-forms.ts';
import { SPAN_KINDS, type SpanKind } from '#model/span-kinds.ts';
import type { SpanRow } from '#model/span-rows.ts';
import type { Attributes, AttributeValue, SpanEvent } from '#model/trace.ts';

export function isZipkinJson(body: unknown): boolean {
  return spansIn(body).length > 0;
}

export function decodeZipkinJson(body: unknown): DecodedTrace[] {
  return spansByTrace(spansIn(body).map((span) => [textIn(span, 'traceId'), rowOf(span)]));
}

/** A span has `traceId` and `id`; OTLP's has `spanId`, and Zipkin's first API had `binaryAnnotations` for tags. */
function spansIn(body: unknown): JsonObject[] {
  const list = Array.isArray(body) ? body.flat() : [body];
  return list.filter(
    (span): span is JsonObject =>
      isObject(span) && textIn(span, 'traceId') !== '' && textIn(span, 'id') !== '' && !('binaryAnnotations' in span),
  );
}

function rowOf(span: JsonObject): SpanRow {
  const local = objectIn(span, 'localEndpoint');
  const tags = textsIn(objectIn(span, 'tags'));
  const events = objectsIn(span, 'annotations').map(eventOf);
  const parentId = textIn(span, 'parentId');
  return {
    id: textIn(span, 'id'),
    parentId: isNoId(parentId) ? undefined : parentId,
    service: textIn(local, 'serviceName'),
    operation: textIn(span, 'name'),
    kind: kindOf(span, tags),
    startUs: Math.trunc(numberIn(span, 'timestamp')) || firstOf(events),
    durationUs: Math.trunc(numberIn(span, 'duration')),
    failed: failedOf(tags),
    statusText: statusTextOf(tags),
    scope: tags['otel.scope.name'] ?? tags['otel.library.name'] ?? '',
    attributes: { ...otherEndOf(objectIn(span, 'remoteEndpoint')), ...tags },
    resource: hostOf(local),
    events,
  };
}

function textsIn(tags: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.keys(tags).map((key) => [key, textIn(tags, key)]));
}

/** A span without a kind does its work inside its service, unless a tag of another library says more. */
function kindOf(span: JsonObject, tags: Readonly<Record<string, string>>): SpanKind {
  if (span.shared === true) return 'server';
  const name = (textIn(span, 'kind') || (tags['span.kind'] ?? '')).toLowerCase();
  return SPAN_KINDS.find((known) => known === name) ?? 'unspecified';
}

/** A span that was never finished may have annotations and no times of its own. */
function firstOf(events: readonly SpanEvent[]): number {
  let firstUs = 0;
  for (const { atUs } of events) if (atUs > 0 && (firstUs === 0 || atUs < firstUs)) firstUs = atUs;
  return firstUs;
}

/** OpenTelemetry's status where there is one; Zipkin's own `error` tag is judged like that of every other format. */
function failedOf(tags: Readonly<Record<string, string>>): boolean | undefined {
  const status = tags['otel.status_code'];
  if (status === 'ERROR') return true;
  return status === 'OK' ? false : undefined;
}

/** The `error` tag holds the message, or just `true`. */
function statusTextOf(tags: Readonly<Record<string, string>>): string {
  const error = tags.error ?? '';
  return tags['otel.status_description'] ?? (/^(?:true|false)$/i.test(error) ? '' : error);
}

/** Under the names that OpenTracing has for it, so that `semconv.ts` reads both; the span's own tags win. */
function otherEndOf(remote: JsonObject): Attributes {
  return withoutEmpty({
    'peer.service': textIn(remote, 'serviceName'),
    'peer.ipv4': textIn(remote, 'ipv4'),
    'peer.ipv6': textIn(remote, 'ipv6'),
    'peer.port': textIn(remote, 'port'),
  });
}

/** Spans from one address ran on one host, which the correction of clocks has to know. */
function hostOf(local: JsonObject): Attributes {
  return withoutEmpty({ ip: textIn(local, 'ipv4') || textIn(local, 'ipv6') });
}

function withoutEmpty(texts: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/** `name`, or an OpenTelemetry event with its attributes: `"name": {…}` of its SDKs, `name|{…}|0` of its collector. */
const EVENT_WITH_ATTRIBUTES: readonly RegExp[] = [/^"([^"]*)"\s*:\s*(\{.*\})$/s, /^([^|]*)\|(\{.*\})\|\d+$/s];

function eventOf(annotation: JsonObject): SpanEvent {
  const atUs = Math.trunc(numberIn(annotation, 'timestamp'));
  const value = textIn(annotation, 'value');
  for (const form of EVENT_WITH_ATTRIBUTES) {
    const [, name = '', held = ''] = form.exec(value) ?? [];
    const attributes = attributesIn(held);
    if (attributes !== undefined) return { atUs, name: name || 'event', attributes };
  }
  return { atUs, name: value || 'event', attributes: {} };
}

function attributesIn(text: string): Attributes | undefined {
  if (text === '') return undefined;
  try {
    const held: unknown = JSON.parse(text);
    return isObject(held) ? Object.fromEntries(Object.keys(held).map((key) => [key, valueIn(held, key)])) : undefined;
  } catch {
    return undefined; // an annotation that only begins like one
  }
}

function valueIn(held: JsonObject, key: string): AttributeValue {
  const value = held[key];
  return typeof value === 'number' || typeof value === 'boolean' ? value : textOrJson(value);
}
