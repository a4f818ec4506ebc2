/**
 * OTLP as JSON: `{"resourceSpans":[…]}`, as a collector writes it, as Jaeger's API v3 wraps it (`result`) and as Tempo
 * does (`batches`, `trace`, and ids in base64). Nanoseconds come as text (or as numbers from careless senders) and are
 * cut to microseconds once, here; kinds and statuses come as numbers or as enum names; zero values may be left out.
 */

import {
  isObject,
  type JsonObject,
  MAX_DEPTH,
  numberIn,
  objectIn,
  objectsIn,
  textIn,
  textOrJson,
} from '#decode/json-value.ts';
import { spansByTrace } from '#decode/spans-by-trace.ts';
import type { DecodedTrace } from '#decode/trace-body.ts';
import { isNoId } from '#model/id-forms.ts';
import type { SpanKind } from '#model/span-kinds.ts';
import type { SpanRow } from '#model/span-rows.ts';
import type { Attributes, AttributeValue } from '#model/trace.ts';

export function isOtlpJson(body: unknown): boolean {
  return resourcesOf(body).length > 0;
}

export function decodeOtlpJson(body: unknown): DecodedTrace[] {
  return spansByTrace(spansIn(body));
}

function* spansIn(body: unknown): Generator<readonly [traceId: string, row: SpanRow]> {
  for (const resourceSpans of resourcesOf(body)) {
    const resource = attributesOf(objectsIn(objectIn(resourceSpans, 'resource'), 'attributes'));
    const scopes = [
      ...objectsIn(resourceSpans, 'scopeSpans'),
      ...objectsIn(resourceSpans, 'instrumentationLibrarySpans'),
    ];
    for (const scopeSpans of scopes) {
      const scope =
        textIn(objectIn(scopeSpans, 'scope'), 'name') || textIn(objectIn(scopeSpans, 'instrumentationLibrary'), 'name');
      for (const span of objectsIn(scopeSpans, 'spans')) yield [textIn(span, 'traceId'), rowOf(span, resource, scope)];
    }
  }
}

/** In one object, or in each of a list. */
function resourcesOf(body: unknown): JsonObject[] {
  const bodies = Array.isArray(body) ? body.filter(isObject) : [body].filter(isObject);
  return bodies.flatMap((one) => {
    for (const holder of [one, objectIn(one, 'result'), objectIn(one, 'trace')]) {
      for (const key of ['resourceSpans', 'batches']) {
        const found = objectsIn(holder, key);
        if (found.length > 0) return found;
      }
    }
    return [];
  });
}

function rowOf(span: JsonObject, resource: Attributes, scope: string): SpanRow {
  const start = microseconds(span.startTimeUnixNano);
  const end = microseconds(span.endTimeUnixNano);
  const status = objectIn(span, 'status');
  const parentId = textIn(span, 'parentSpanId');
  return {
    id: textIn(span, 'spanId'),
    parentId: isNoId(parentId) ? undefined : parentId,
    service: String(resource['service.name'] ?? ''),
    operation: textIn(span, 'name'),
    kind: KINDS[String(span.kind ?? '').replace('SPAN_KIND_', '')] ?? 'unspecified',
    startUs: start.us,
    // Cut once: both ends cut by themselves would make a span of 999 ns last a microsecond.
    durationUs: end.us === 0 ? 0 : Math.trunc(end.us - start.us + (end.restNs - start.restNs) / 1000),
    failed: failedOf(status),
    statusText: textIn(status, 'message'),
    scope,
    attributes: attributesOf(objectsIn(span, 'attributes')),
    resource,
    events: objectsIn(span, 'events').map((event) => ({
      atUs: microseconds(event.timeUnixNano).us,
      name: textIn(event, 'name') || 'event',
      attributes: attributesOf(objectsIn(event, 'attributes')),
    })),
  };
}

const KINDS: Readonly<Record<string, SpanKind>> = {
  1: 'internal',
  2: 'server',
  3: 'client',
  4: 'producer',
  5: 'consumer',
  INTERNAL: 'internal',
  SERVER: 'server',
  CLIENT: 'client',
  PRODUCER: 'producer',
  CONSUMER: 'consumer',
};

/** As many digits as 64 bits have; more are no time. */
const MAX_DIGITS = 20;

/** 19 digits do not fit a number: the last nine are cut off as text. `restNs` is what the cut to microseconds left over. */
function microseconds(value: unknown): { us: number; restNs: number } {
  const digits = typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : value;
  if (typeof digits !== 'string' || digits.length > MAX_DIGITS || !/^\d+$/.test(digits)) return { us: 0, restNs: 0 };
  const nanos = Number(digits.slice(-9));
  const restNs = nanos % 1000;
  return { us: Number(digits.slice(0, -9)) * 1_000_000 + (nanos - restNs) / 1000, restNs };
}

function failedOf(status: JsonObject): boolean | undefined {
  const code = String(status.code ?? '').replace('STATUS_CODE_', '');
  if (code === '2' || code === 'ERROR') return true;
  return code === '1' || code === 'OK' ? false : undefined;
}

function attributesOf(pairs: readonly JsonObject[]): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const pair of pairs) {
    const value = attributeValue(objectIn(pair, 'value'));
    if (value !== undefined) attributes[textIn(pair, 'key')] = value;
  }
  return attributes;
}

/** Lists and maps become JSON text, as Jaeger writes them: nobody asks for a part of them. */
function attributeValue(value: JsonObject): AttributeValue | undefined {
  const plain = plainValue(value, MAX_DEPTH);
  if (plain === undefined || typeof plain === 'number' || typeof plain === 'boolean') return plain;
  return textOrJson(plain);
}

function plainValue(value: JsonObject, depth: number): PlainValue | undefined {
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (value.intValue !== undefined) return integerOf(value);
  if (value.doubleValue !== undefined) return doubleOf(value);
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (typeof value.bytesValue === 'string') return value.bytesValue;
  if (depth === 0) return '…';
  if (value.arrayValue !== undefined) {
    return objectsIn(objectIn(value, 'arrayValue'), 'values').map((inner) => plainValue(inner, depth - 1) ?? null);
  }
  if (value.kvlistValue === undefined) return undefined;
  return Object.fromEntries(
    objectsIn(objectIn(value, 'kvlistValue'), 'values').map((pair) => [
      textIn(pair, 'key'),
      plainValue(objectIn(pair, 'value'), depth - 1) ?? null,
    ]),
  );
}

type PlainValue = AttributeValue | null | readonly PlainValue[] | Readonly<{ [key: string]: PlainValue }>;

/** Beyond 2^53 the text is the truth. */
function integerOf(value: JsonObject): AttributeValue {
  const number = numberIn(value, 'intValue');
  return Number.isSafeInteger(number) ? number : textIn(value, 'intValue');
}

/** `NaN` and `Infinity` come as text and stay text. */
function doubleOf(value: JsonObject): AttributeValue {
  const { doubleValue } = value;
  return typeof doubleValue === 'string' && !Number.isFinite(Number(doubleValue))
    ? doubleValue
    : numberIn(value, 'doubleValue');
}
