/** Jaeger's JSON, parsed whole, to compare with what `jaeger-scan.ts` reads as its bytes come. */
import { eventsOf, factsOf, linksOf, processOf, statusTextOf, tagsOf, withoutZeros } from '#decode/jaeger-span.ts';
import { numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanRow } from '#model/trace/build/span-rows.ts';
import type { DecodedTrace } from '#test/decoded-rows.ts';

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
  const facts = factsOf(attributes);
  return {
    ...facts,
    flaws: (facts.flaws ?? 0) | flawsOf(span, traceId),
    id: textIn(span, 'spanID'),
    parentId: parentOf(span, traceId),
    operation: textIn(span, 'operationName'),
    startUs: Math.trunc(numberIn(span, 'startTime')),
    durationUs: Math.trunc(numberIn(span, 'duration')),
    ...processOf(isObject(span.process) ? span.process : processes[textIn(span, 'processID')]),
    statusText: statusTextOf(attributes),
    links: linksOf(span),
    attributes,
    events: eventsOf(span),
  };
}

/** The first CHILD_OF of this trace; else the first FOLLOWS_FROM, which OpenTracing uses for work that nobody waits for. */
function parentOf(span: JsonObject, traceId: string): string | undefined {
  const references = objectsIn(span, 'references').filter((reference) => isOf(traceId, reference));
  const parent =
    references.find((reference) => textIn(reference, 'refType') === 'CHILD_OF') ??
    references.find((reference) => textIn(reference, 'spanID') !== textIn(span, 'spanID'));
  const id = parent === undefined ? textIn(span, 'parentSpanID') : textIn(parent, 'spanID');
  return id === '' ? undefined : id;
}

function isOf(traceId: string, reference: JsonObject): boolean {
  const other = textIn(reference, 'traceID');
  return other === '' || withoutZeros(other) === withoutZeros(traceId);
}

function flawsOf(span: JsonObject, traceId: string): number {
  const parent = parentOf(span, traceId);
  const isChild = (reference: JsonObject) => textIn(reference, 'refType') === 'CHILD_OF';
  const references = objectsIn(span, 'references');
  const own = references.filter((reference) => isOf(traceId, reference));
  const foreign = references.filter((reference) => !own.includes(reference));
  const isRoot = (reference: JsonObject) => isChild(reference) && parent === undefined;
  const follows = !own.some(isChild) && parent !== undefined && own.some((each) => textIn(each, 'spanID') === parent);
  return (
    (foreign.some(isRoot) ? SPAN_FLAW.foreignParent : 0) |
    (foreign.some((reference) => !isRoot(reference)) ? SPAN_FLAW.foreignLink : 0) |
    (follows ? SPAN_FLAW.followsFrom : 0)
  );
}
