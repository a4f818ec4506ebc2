/**
 * A span, a resource and a scope of OTLP's JSON, as a collector writes them, and also Jaeger's API v3 and Tempo (whose
 * ids are in base64). Members are in camel case or as in the protobuf file, and a parser must accept both. Nanoseconds
 * come as text (or as numbers from careless senders) and are truncated to microseconds once, here; kinds and statuses
 * come as numbers or as enum names; zero values may be left out.
 * https://protobuf.dev/programming-guides/json/ and https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

import { numberIn, objectIn, objectsIn, textIn, textOrJson } from '#decode/json-value.ts';
import type { SpanFormat } from '#decode/span-format.ts';
import { isObject, type JsonObject, MAX_DEPTH } from '#model/text/json-object.ts';
import { SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import type { SpanProcess } from '#model/trace/build/span-table.ts';
import type { Attributes, AttributeValue, SpanLink } from '#model/trace/columns.ts';
import { comparableId, isNoId } from '#model/trace/id-forms.ts';
import { kindNamed, SPAN_KINDS, type SpanKind } from '#model/trace/span-kinds.ts';

/** The members `resourceSpans`, `scopeSpans` and so on, in both forms, with the names of Tempo and of older senders. */
export const RESOURCE_SPANS = ['resourceSpans', 'resource_spans', 'batches'] as const;
export const SCOPE_SPANS = [
  'scopeSpans',
  'scope_spans',
  'instrumentationLibrarySpans',
  'instrumentation_library_spans',
] as const;
export const SCOPE = ['scope', 'instrumentationLibrary', 'instrumentation_library'] as const;

export const OTLP: SpanFormat = {
  headOf(span) {
    const start = microseconds(span.startTimeUnixNano ?? span.start_time_unix_nano);
    const end = microseconds(span.endTimeUnixNano ?? span.end_time_unix_nano);
    const kind = kindOf(span.kind);
    const parentId = textIn(span, 'parentSpanId') || textIn(span, 'parent_span_id');
    return {
      traceId: textIn(span, 'traceId') || textIn(span, 'trace_id'),
      id: textIn(span, 'spanId') || textIn(span, 'span_id'),
      parentId: isNoId(parentId) ? undefined : parentId,
      operation: textIn(span, 'name'),
      kind: kind ?? 'unspecified',
      flaws:
        (kind === undefined ? SPAN_FLAW.unknownKind : 0) |
        (linksElsewhere(span) ? SPAN_FLAW.foreignLink : 0) |
        flawOfTimes(start, end),
      startUs: start.us,
      durationUs: durationBetween(start, end),
      failed: failedOf(objectIn(span, 'status')),
      attributes: attributesOf(span),
      hasEvents: objectsIn(span, 'events').length > 0,
    };
  },
  attributesOf,
  eventsOf: (span) =>
    objectsIn(span, 'events').map((event) => ({
      atUs: microseconds(event.timeUnixNano ?? event.time_unix_nano).us,
      name: textIn(event, 'name') || 'event',
      attributes: attributesOf(event),
    })),
  statusTextOf: (span) => textIn(objectIn(span, 'status'), 'message'),
  linksOf,
};

export function otlpProcess(resource: unknown): SpanProcess {
  const attributes = isObject(resource) ? attributesOf(resource) : {};
  return { service: String(attributes['service.name'] ?? ''), resource: attributes };
}

export function otlpScope(scope: unknown): string {
  return isObject(scope) ? textIn(scope, 'name') : '';
}

/** By its number or its name; 0 may be left out. Undefined for an unknown one. */
export function kindOf(kind: unknown): SpanKind | undefined {
  if (kind === undefined || kind === null) return 'unspecified';
  if (typeof kind !== 'number' && typeof kind !== 'string') return undefined;
  return SPAN_KINDS[Number(kind)] ?? kindNamed(String(kind).replace('SPAN_KIND_', ''));
}

function linksOf(span: JsonObject): SpanLink[] {
  return objectsIn(span, 'links').map((link) => ({
    traceId: textIn(link, 'traceId') || textIn(link, 'trace_id'),
    spanId: textIn(link, 'spanId') || textIn(link, 'span_id'),
  }));
}

function linksElsewhere(span: JsonObject): boolean {
  const links = linksOf(span);
  if (links.length === 0) return false;
  const traceId = comparableId(textIn(span, 'traceId') || textIn(span, 'trace_id'));
  return links.some((link) => !isNoId(link.traceId) && comparableId(link.traceId) !== traceId);
}

export type Instant = Readonly<{ us: number; restNs: number }>;

/**
 * Truncated once: truncating both ends would make a span of 999 ns last a microsecond. One without an end takes no
 * time.
 */
export function durationBetween(start: Instant, end: Instant): number {
  return end.us === 0 ? 0 : Math.trunc(end.us - start.us + (end.restNs - start.restNs) / 1000);
}

/** It was still open when it was exported, or its end was lost. */
export function flawOfTimes(start: Instant, end: Instant): number {
  return end.us === 0 && start.us > 0 ? SPAN_FLAW.unfinishedSpan : 0;
}

/** As many digits as 64 bits have; more are no time. */
const MAX_DIGITS = 20;

/** 19 digits do not fit a number: the last nine are cut off as text. `restNs` is what the cut to microseconds left over. */
function microseconds(value: unknown): Instant {
  if (typeof value === 'number' && value > Number.MAX_SAFE_INTEGER && value < 2 ** 64)
    return nearestMicroseconds(value);
  const digits = typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : value;
  if (typeof digits !== 'string' || digits.length > MAX_DIGITS || !/^\d+$/.test(digits)) return { us: 0, restNs: 0 };
  const nanos = Number(digits.slice(-9));
  const restNs = nanos % 1000;
  return { us: Number(digits.slice(0, -9)) * 1_000_000 + (nanos - restNs) / 1000, restNs };
}

/** A number of JavaScript's is off by up to 128 ns in this century: what is that near to a microsecond was that one. */
function nearestMicroseconds(value: number): Instant {
  const ns = BigInt(Math.trunc(value)) + NUMBER_IS_OFF_NS;
  const restNs = Number((ns % 1000n) - NUMBER_IS_OFF_NS);
  return { us: Number(ns / 1000n), restNs: restNs > NUMBER_IS_OFF_NS ? restNs : 0 };
}

const NUMBER_IS_OFF_NS = 128n;

export function failedOf(status: JsonObject): boolean | undefined {
  const code = textIn(status, 'code').replace('STATUS_CODE_', '');
  if (code === '2' || code === 'ERROR') return true;
  return code === '1' || code === 'OK' ? false : undefined;
}

export function attributesOf(holder: JsonObject): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const pair of objectsIn(holder, 'attributes')) {
    const value = attributeValue(objectIn(pair, 'value'));
    if (value !== undefined) attributes[textIn(pair, 'key')] = value;
  }
  return attributes;
}

/** Lists and maps become JSON text, as Jaeger writes them: nobody asks for a part of them. */
export function attributeValue(value: JsonObject): AttributeValue | undefined {
  const plain = plainValue(value, MAX_DEPTH);
  if (plain === undefined || typeof plain === 'number' || typeof plain === 'boolean') return plain;
  return textOrJson(plain);
}

function plainValue(value: JsonObject, depth: number): PlainValue | undefined {
  const text = value.stringValue ?? value.string_value;
  if (typeof text === 'string') return text;
  const integer = value.intValue ?? value.int_value;
  if (integer !== undefined) return integerOf(integer);
  const double = value.doubleValue ?? value.double_value;
  if (double !== undefined) return doubleOf(double);
  const bool = value.boolValue ?? value.bool_value;
  if (typeof bool === 'boolean') return bool;
  const bytes = value.bytesValue ?? value.bytes_value;
  if (typeof bytes === 'string') return bytes;
  if (depth === 0) return '…';
  const list = value.arrayValue ?? value.array_value;
  if (list !== undefined) return valuesIn(list).map((inner) => plainValue(inner, depth - 1) ?? null);
  const map = value.kvlistValue ?? value.kvlist_value;
  if (map === undefined) return undefined;
  return Object.fromEntries(
    valuesIn(map).map((pair) => [textIn(pair, 'key'), plainValue(objectIn(pair, 'value'), depth - 1) ?? null]),
  );
}

function valuesIn(holder: unknown): JsonObject[] {
  return isObject(holder) ? objectsIn(holder, 'values') : [];
}

type PlainValue = AttributeValue | null | readonly PlainValue[] | Readonly<{ [key: string]: PlainValue }>;

/** Beyond 2^53 the text is the truth. */
function integerOf(value: unknown): AttributeValue {
  const number = numberIn({ value }, 'value');
  return Number.isSafeInteger(number) ? number : textIn({ value }, 'value');
}

/** `NaN` and `Infinity` come as text and stay text. */
function doubleOf(value: unknown): AttributeValue {
  return typeof value === 'string' && !Number.isFinite(Number(value)) ? value : numberIn({ value }, 'value');
}
