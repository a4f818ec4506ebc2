/** Traces of a body that is parsed whole, to compare with what is read as its bytes come. */

import { objectIn, objectsIn } from '#decode/json-value.ts';
import { OTLP, otlpProcess, otlpScope, RESOURCE_SPANS, SCOPE, SCOPE_SPANS } from '#decode/otlp-json.ts';
import type { SpanFormat } from '#decode/span-format.ts';
import { isZipkinSpan, ZIPKIN, zipkinProcess } from '#decode/zipkin-json.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { SpanProcess } from '#model/trace/build/span-table.ts';
import { comparableId } from '#model/trace/id-forms.ts';

/** By the comparable form of the trace's id. Ids of spans are in the comparable form, too. */
export function parsedTraces(value: unknown): ReadonlyMap<string, readonly SpanRow[]> {
  return Map.groupBy([...otlpRows(value), ...zipkinRows(value)], ({ traceId }) => comparableId(traceId));
}

type Row = SpanRow & Readonly<{ traceId: string }>;

function otlpRows(value: unknown): Row[] {
  const bodies = [value].flat().filter(isObject);
  const holders = bodies.flatMap((body) => [body, objectIn(body, 'result'), objectIn(body, 'trace')]);
  return among(holders, RESOURCE_SPANS).flatMap((resourceSpans) => {
    const process = otlpProcess(resourceSpans.resource);
    return among([resourceSpans], SCOPE_SPANS).flatMap((scopeSpans) => {
      const scope = SCOPE.map((name) => otlpScope(scopeSpans[name])).join('');
      return objectsIn(scopeSpans, 'spans').map((span) => ({ ...rowOf(OTLP, span, process), scope }));
    });
  });
}

function among(holders: readonly JsonObject[], names: readonly string[]): JsonObject[] {
  return holders.flatMap((holder) => names.flatMap((name) => objectsIn(holder, name)));
}

function zipkinRows(value: unknown): Row[] {
  return [value]
    .flat(2)
    .filter(isZipkinSpan)
    .map((span) => rowOf(ZIPKIN, span, zipkinProcess(span)));
}

function rowOf(format: SpanFormat, span: JsonObject, { service, resource }: SpanProcess): Row {
  const { hasEvents: _, ...head } = format.headOf(span);
  return {
    ...head,
    id: comparableId(head.id),
    parentId: head.parentId === undefined ? undefined : comparableId(head.parentId),
    service,
    resource,
    events: format.eventsOf(span),
    statusText: format.statusTextOf(span),
  };
}
