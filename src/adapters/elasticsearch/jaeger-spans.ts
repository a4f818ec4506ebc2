/**
 * Documents of Jaeger as the JSON of Jaeger's own API, which the decoder reads. They differ in three places: the process
 * stands in the span, each value of a tag is text beside its type, and tags may be fields of `tag` without dots.
 *
 * https://github.com/jaegertracing/jaeger/blob/main/internal/storage/v1/elasticsearch/spanstore/internal/dbmodel/model.go
 */

import { membersAt, numberAt, objectsAt, textAt } from '#adapters/members.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

export function isJaegerSpan(document: JsonObject): boolean {
  return textAt(document, 'traceID') !== '' && textAt(document, 'spanID') !== '';
}

/** An answer of `/api/traces`. */
export function jaegerAnswer(documents: readonly JsonObject[]): unknown {
  const traces = Map.groupBy(documents, (document) => textAt(document, 'traceID'));
  return { data: [...traces].map(([traceID, spans]) => traceOf(traceID, spans)) };
}

function traceOf(traceID: string, documents: readonly JsonObject[]) {
  const ids = new Map<string, string>();
  const processes: Record<string, unknown> = {};
  const spans = documents.map((document) => {
    const process = processOf(membersAt(document, 'process'));
    const key = JSON.stringify(process);
    const processID = ids.get(key) ?? `p${ids.size + 1}`;
    ids.set(key, processID);
    processes[processID] = process;
    return spanOf(document, processID);
  });
  return { traceID, spans, processes };
}

function spanOf(document: JsonObject, processID: string) {
  return {
    traceID: textAt(document, 'traceID'),
    spanID: textAt(document, 'spanID'),
    operationName: textAt(document, 'operationName'),
    references: referencesOf(document),
    startTime: numberAt(document, 'startTime'),
    duration: numberAt(document, 'duration'),
    tags: tagsOf(document),
    logs: objectsAt(document, 'logs').map((log) => ({
      timestamp: numberAt(log, 'timestamp'),
      fields: objectsAt(log, 'fields').map(typed),
    })),
    processID,
  };
}

/** Older versions wrote the parent as a field. */
function referencesOf(document: JsonObject): readonly JsonObject[] {
  const references = objectsAt(document, 'references').map((reference) => ({
    refType: textAt(reference, 'refType'),
    traceID: textAt(reference, 'traceID'),
    spanID: textAt(reference, 'spanID'),
  }));
  const parent = textAt(document, 'parentSpanID');
  const isKnown = parent === '' || references.some(({ spanID }) => spanID === parent);
  return isKnown
    ? references
    : [{ refType: 'CHILD_OF', traceID: textAt(document, 'traceID'), spanID: parent }, ...references];
}

function processOf(process: JsonObject) {
  return { serviceName: textAt(process, 'serviceName'), tags: tagsOf(process) };
}

function tagsOf(holder: JsonObject): readonly JsonObject[] {
  const fields = Object.entries(isObject(holder.tag) ? holder.tag : {});
  return [...objectsAt(holder, 'tags').map(typed), ...fields.map(([key, value]) => tagOf(withDots(key), value))];
}

/** Jaeger's default for the dots, `es.tags-as-fields.dot-replacement`. */
function withDots(key: string): string {
  return key.replaceAll('@', '.');
}

function tagOf(key: string, value: unknown): JsonObject {
  if (typeof value === 'boolean') return { key, type: 'bool', value };
  if (typeof value === 'number') return { key, type: Number.isInteger(value) ? 'int64' : 'float64', value };
  return { key, type: 'string', value: typeof value === 'string' ? value : '' };
}

/** The value is text. One that is none of its type stays text. */
function typed(tag: JsonObject): JsonObject {
  const [key, type] = [textAt(tag, 'key'), textAt(tag, 'type')];
  const { value } = tag;
  if (typeof value !== 'string') return tagOf(key, value);
  if (type === 'bool' && /^(?:true|false)$/.test(value)) return tagOf(key, value === 'true');
  const number = type === 'int64' || type === 'float64' ? Number(value) : Number.NaN;
  const isExact = value !== '' && (Number.isSafeInteger(number) || (type === 'float64' && Number.isFinite(number)));
  return isExact ? { key, type, value: number } : tagOf(key, value);
}
