/**
 * Documents of OpenTelemetry's spans as OTLP: those of the collector's exporter for Elasticsearch (`trace_id`), and those
 * of OpenSearch Data Prepper (`traceId`), whose older form has the attributes as fields with `@` for dots.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/elasticsearchexporter
 * https://github.com/opensearch-project/data-prepper/tree/main/docs/schemas/trace-analytics
 */

import { flattened, membersAt, numberAt, objectsAt, textAt } from '#adapters/members.ts';
import type { Attributes, OtlpEvent, OtlpSpan } from '#adapters/otlp-spans.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { instantAt, nanosecondsOf } from './instants.ts';

export function isCollectorSpan(document: JsonObject): boolean {
  return textAt(document, 'trace_id') !== '' && !Number.isNaN(numberAt(document, 'duration'));
}

export function isDataPrepperSpan(document: JsonObject): boolean {
  return textAt(document, 'traceId') !== '' && textAt(document, 'spanId') !== '';
}

/** `events`: those of the span. */
export function collectorSpan(document: JsonObject, events: readonly JsonObject[]): OtlpSpan {
  return {
    resource: flattened(membersAt(document, 'resource.attributes')),
    scope: textAt(document, 'scope.name'),
    traceId: textAt(document, 'trace_id'),
    spanId: textAt(document, 'span_id'),
    parentSpanId: textAt(document, 'parent_span_id'),
    name: textAt(document, 'name'),
    kind: kindOf(textAt(document, 'kind')),
    startNs: instantAt(document, '@timestamp'),
    durationNs: nanosecondsOf(numberAt(document, 'duration'), 1),
    attributes: flattened(membersAt(document, 'attributes')),
    events: events.map(collectorEvent),
    links: objectsAt(document, 'links').map((link) => ({
      traceId: textAt(link, 'trace_id'),
      spanId: textAt(link, 'span_id'),
    })),
    status: statusOf(document),
  };
}

/** The id of the span in which it happened; '' where the document is none. */
export function spanOfCollectorEvent(document: JsonObject): string {
  return eventName(document) === '' ? '' : textAt(document, 'span_id');
}

function eventName(document: JsonObject): string {
  return textAt(document, 'event_name') || textAt(document, 'attributes.event.name');
}

function collectorEvent(document: JsonObject): OtlpEvent {
  const { 'event.name': _, ...attributes } = flattened(membersAt(document, 'attributes'));
  return { atNs: instantAt(document, '@timestamp'), name: eventName(document), attributes };
}

export function dataPrepperSpan(document: JsonObject): OtlpSpan {
  const resource = prefixed(document, 'resource.attributes');
  const service = textAt(document, 'serviceName');
  return {
    resource: { ...(service !== '' && { 'service.name': service }), ...resource },
    scope: textAt(document, 'instrumentationScope.name') || textAt(document, 'scope.name'),
    traceId: textAt(document, 'traceId'),
    spanId: textAt(document, 'spanId'),
    parentSpanId: textAt(document, 'parentSpanId'),
    name: textAt(document, 'name'),
    kind: kindOf(textAt(document, 'kind')),
    startNs: instantAt(document, 'startTime'),
    durationNs: nanosecondsOf(numberAt(document, 'durationInNanos'), 1),
    attributes: { ...prefixed(document, 'span.attributes'), ...flattened(membersAt(document, 'attributes')) },
    events: objectsAt(document, 'events').map((event) => ({
      atNs: instantAt(event, 'time'),
      name: textAt(event, 'name'),
      attributes: withDots(flattened(membersAt(event, 'attributes'))),
    })),
    links: objectsAt(document, 'links').map((link) => ({
      traceId: textAt(link, 'traceId'),
      spanId: textAt(link, 'spanId'),
    })),
    status: statusOf(document),
  };
}

/** `span.attributes.http@method`, as one name or as an object. */
function prefixed(document: JsonObject, prefix: string): Attributes {
  const named = Object.entries(document).filter(([name]) => name.startsWith(`${prefix}.`));
  const own = Object.fromEntries(named.map(([name, value]) => [name.slice(prefix.length + 1), value]));
  return withDots(flattened({ ...membersAt(document, prefix), ...own }));
}

function withDots(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.replaceAll('@', '.'), value]));
}

/** `Server`, `SPAN_KIND_SERVER`. The decoder reads `server`. */
function kindOf(kind: string): string {
  return kind.replace(/^SPAN_KIND_/, '').toLowerCase();
}

/** A number, or OpenTelemetry's word. */
function statusOf(document: JsonObject): OtlpSpan['status'] {
  const word = textAt(document, 'status.code')
    .replace(/^STATUS_CODE_/, '')
    .toLowerCase();
  const code = word === '2' || word === 'error' ? 2 : Number(word === '1' || word === 'ok');
  return { code, message: textAt(document, 'status.message') };
}
