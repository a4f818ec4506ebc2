/**
 * Zipkin's JSON (API v2): a list of spans, or a list of such lists from its search.
 * Times are microseconds; all tags are text; a span without a duration is still open or was lost. The two ends of a
 * call may share one id, and the server's then has `shared`. The other end is `remoteEndpoint`, not a tag.
 * OpenTelemetry writes its status, its scope and the attributes of its events into tags and annotations; these are
 * extracted again.
 */

import { numberIn, objectIn, objectsIn, parsed, textIn, textOrJson } from '#decode/json-value.ts';
import type { SpanFormat } from '#decode/span-format.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanProcess } from '#model/trace/build/span-table.ts';
import type { Attributes, AttributeValue, SpanEvent } from '#model/trace/columns.ts';
import { isNoId } from '#model/trace/id-forms.ts';
import { kindNamed, type SpanKind } from '#model/trace/span-kinds.ts';

/**
 * A span has `traceId` and `id`, or a `timestamp` where a careless sender left the id out; OTLP's has `spanId`.
 * Zipkin's first API had `binaryAnnotations` for tags, and an endpoint in each annotation.
 */
export function isZipkinSpan(span: unknown): span is JsonObject {
  if (!isObject(span) || textIn(span, 'traceId') === '' || 'spanId' in span) return false;
  if (textIn(span, 'id') === '' && numberIn(span, 'timestamp') === 0) return false;
  return !('binaryAnnotations' in span) && !objectsIn(span, 'annotations').some(({ endpoint }) => isObject(endpoint));
}

export const ZIPKIN: SpanFormat = {
  headOf(span) {
    const tags = tagsOf(span);
    const annotations = objectsIn(span, 'annotations');
    const kind = kindOf(span, tags);
    const parentId = textIn(span, 'parentId');
    return {
      traceId: textIn(span, 'traceId'),
      id: textIn(span, 'id'),
      parentId: isNoId(parentId) ? undefined : parentId,
      operation: textIn(span, 'name'),
      kind: kind ?? 'unspecified',
      flaws:
        (kind === undefined ? SPAN_FLAW.unknownKind : 0) | (isUnfinished(span, kind) ? SPAN_FLAW.unfinishedSpan : 0),
      startUs: Math.trunc(numberIn(span, 'timestamp')) || firstOf(annotations),
      durationUs: Math.trunc(numberIn(span, 'duration')),
      failed: failedOf(tags),
      scope: tags['otel.scope.name'] ?? tags['otel.library.name'] ?? '',
      attributes: { ...otherEndOf(span), ...tags },
      hasEvents: annotations.length > 0,
    };
  },
  attributesOf,
  eventsOf: (span) => objectsIn(span, 'annotations').map(eventOf),
  statusTextOf: (span) => statusTextOf(tagsOf(span)),
};

export function zipkinProcess(span: JsonObject): SpanProcess {
  const local = objectIn(span, 'localEndpoint');
  return { service: textIn(local, 'serviceName'), resource: hostOf(local) };
}

function tagsOf(span: JsonObject): Record<string, string> {
  const tags = objectIn(span, 'tags');
  const texts: Record<string, string> = {};
  for (const key of Object.keys(tags)) texts[key] = textIn(tags, key);
  return texts;
}

function attributesOf(span: JsonObject): Attributes {
  return { ...otherEndOf(span), ...tagsOf(span) };
}

/** A span without a kind does its work inside its service, unless a tag of another library says more. */
function kindOf(span: JsonObject, tags: Readonly<Record<string, string>>): SpanKind | undefined {
  if (span.shared === true) return 'server';
  return kindNamed(textIn(span, 'kind') || (tags['span.kind'] ?? ''));
}

/** A span that was never finished may have annotations and no times of its own. */
function firstOf(annotations: readonly JsonObject[]): number {
  let firstUs = 0;
  for (const annotation of annotations) {
    const atUs = Math.trunc(numberIn(annotation, 'timestamp'));
    if (atUs > 0 && (firstUs === 0 || atUs < firstUs)) firstUs = atUs;
  }
  return firstUs;
}

/** A producer or a consumer of a message may record only its time. Zipkin itself rounds up to a microsecond. */
function isUnfinished(span: JsonObject, kind: SpanKind | undefined): boolean {
  if (kind === 'producer' || kind === 'consumer') return false;
  return numberIn(span, 'timestamp') > 0 && numberIn(span, 'duration') === 0;
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
function otherEndOf(span: JsonObject): Attributes {
  const remote = span.remoteEndpoint;
  if (!isObject(remote)) return {};
  return withoutEmpty({
    'peer.service': textIn(remote, 'serviceName'),
    'peer.ipv4': textIn(remote, 'ipv4'),
    'peer.ipv6': textIn(remote, 'ipv6'),
    'peer.port': textIn(remote, 'port'),
  });
}

/** Spans from one address ran on one host, which the correction of clocks has to know. */
function hostOf(local: JsonObject): Attributes {
  const ip = textIn(local, 'ipv4') || textIn(local, 'ipv6');
  return ip === '' ? {} : { ip };
}

function withoutEmpty(texts: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/**
 * `name`, or an OpenTelemetry event with its attributes: `"name": {…}` of its SDKs, `name|{…}|0` of its collector, `{"name":{…}}`
 * of others.
 */
const EVENT_WITH_ATTRIBUTES: readonly RegExp[] = [
  /^"([^"]*)"\s*:\s*(\{.*\})$/s,
  /^([^|]*)\|(\{.*\})\|\d+$/s,
  /^\{"([^"]*)"\s*:\s*(\{.*\})\}$/s,
];

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
  const held = parsed(text);
  // No object: an annotation that only begins like one.
  return isObject(held) ? Object.fromEntries(Object.keys(held).map((key) => [key, valueIn(held, key)])) : undefined;
}

function valueIn(held: JsonObject, key: string): AttributeValue {
  const value = held[key];
  return typeof value === 'number' || typeof value === 'boolean' ? value : textOrJson(value);
}
