/** A page of documents as bodies of traces: each document is recognised by the names that only its form has. */

import { textAt } from '#adapters/members.ts';
import { type OtlpSpan, otlpAnswer } from '#adapters/otlp-spans.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { apmSpan, apmSpanId, isApmSpan, spanOfApmError } from './apm-spans.ts';
import { isJaegerSpan, jaegerAnswer } from './jaeger-spans.ts';
import {
  collectorSpan,
  dataPrepperSpan,
  isCollectorSpan,
  isDataPrepperSpan,
  spanOfCollectorEvent,
} from './otel-spans.ts';

/** By the ids of trace and span. */
export type SpanEvents = ReadonlyMap<string, readonly JsonObject[]>;

export const NO_EVENTS: SpanEvents = new Map();

export function eventsBySpan(documents: readonly JsonObject[]): SpanEvents {
  return Map.groupBy(documents, (document) => {
    const inCollector = spanOfCollectorEvent(document);
    return inCollector === ''
      ? keyOf(textAt(document, 'trace.id'), spanOfApmError(document))
      : keyOf(textAt(document, 'trace_id'), inCollector);
  });
}

/** Whether its events are documents of their own. */
export function hasEventsElsewhere(document: JsonObject): boolean {
  return isCollectorSpan(document) || isApmSpan(document);
}

/** The bodies in one page, each a value of JSON: one for all spans of Jaeger, and one for all others. */
export function bodiesOf(documents: readonly JsonObject[], events: SpanEvents): readonly Uint8Array[] {
  const ofJaeger = documents.filter(isJaegerSpan);
  const others = documents.flatMap((document) => spanOf(document, events));
  return [
    ...(ofJaeger.length > 0 ? [jaegerAnswer(ofJaeger)] : []),
    ...(others.length > 0 ? [otlpAnswer(others)] : []),
  ].map((body) => new TextEncoder().encode(JSON.stringify(body)));
}

function spanOf(document: JsonObject, events: SpanEvents): readonly OtlpSpan[] {
  if (isJaegerSpan(document)) return [];
  if (isDataPrepperSpan(document)) return [dataPrepperSpan(document)];
  if (isCollectorSpan(document)) {
    return [
      collectorSpan(document, events.get(keyOf(textAt(document, 'trace_id'), textAt(document, 'span_id'))) ?? []),
    ];
  }
  if (!isApmSpan(document)) return [];
  return [apmSpan(document, events.get(keyOf(textAt(document, 'trace.id'), apmSpanId(document))) ?? [])];
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId} ${spanId}`;
}
