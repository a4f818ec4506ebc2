/** Rows of spans as OTLP. */
import { jsonText } from '#adapters/json-line.ts';
import type { Attributes, OtlpSpan } from '#adapters/otlp-spans.ts';
import { isObject, type JsonObject, leavesOf } from '#model/text/json-object.ts';
import { TABLE } from './api.ts';

const COLUMNS = [
  'TraceId',
  'SpanId',
  'ParentSpanId',
  'SpanName',
  'SpanKind',
  'ServiceName',
  'ResourceAttributes',
  'ScopeName',
  'SpanAttributes',
  'StatusCode',
  'StatusMessage',
  'toUnixTimestamp64Nano(Timestamp) AS start',
  'Duration AS duration',
  'arrayMap(at -> toUnixTimestamp64Nano(at), `Events.Timestamp`) AS eventTimes',
  '`Events.Name` AS eventNames',
  '`Events.Attributes` AS eventAttributes',
  '`Links.TraceId` AS linkTraces',
  '`Links.SpanId` AS linkSpans',
];

/** `where`: which spans. */
export function selectSpans(where: string, limit: number): string {
  return `SELECT ${COLUMNS.join(', ')} FROM ${TABLE} WHERE ${where} ORDER BY Timestamp, SpanId LIMIT ${limit}`;
}

export function spanIn(row: JsonObject): OtlpSpan {
  const service = textIn(row, 'ServiceName');
  const resource = attributesIn(row.ResourceAttributes);
  const times = listIn(row.eventTimes);
  const attributes = listIn(row.eventAttributes);
  const linkSpans = listIn(row.linkSpans);
  return {
    resource: { ...(service !== '' && { 'service.name': service }), ...resource },
    scope: textIn(row, 'ScopeName'),
    traceId: textIn(row, 'TraceId'),
    spanId: textIn(row, 'SpanId'),
    parentSpanId: textIn(row, 'ParentSpanId'),
    name: textIn(row, 'SpanName'),
    kind: kindOf(textIn(row, 'SpanKind')),
    startNs: nsIn(row.start),
    durationNs: nsIn(row.duration),
    attributes: attributesIn(row.SpanAttributes),
    events: listIn(row.eventNames).map((name, at) => ({
      atNs: nsIn(times[at]),
      name: textOf(name),
      attributes: attributesIn(attributes[at]),
    })),
    links: listIn(row.linkTraces).map((id, at) => ({ traceId: textOf(id), spanId: textOf(linkSpans[at]) })),
    status: { code: statusOf(textIn(row, 'StatusCode')), message: textIn(row, 'StatusMessage') },
  };
}

export function textIn(row: JsonObject, column: string): string {
  return textOf(row[column]);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function nsIn(value: unknown): bigint {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : 0n;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A map of texts, or a value of the type `JSON`, which comes with a member for each part of a name: `{"http":{"route":"/"}}`.
 * Both give the same texts: a list is its JSON.
 */
export function attributesIn(value: unknown): Attributes {
  if (!isObject(value)) return {};
  return Object.fromEntries([...leavesOf(value)].flatMap(([name, one]) => writtenAs(one).map((text) => [name, text])));
}

function writtenAs(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [`${value}`];
  return Array.isArray(value) ? [jsonText(value)] : [];
}

/** `Server`, `SPAN_KIND_SERVER`. The decoder reads `server`. */
function kindOf(kind: string): string {
  return kind.replace(/^SPAN_KIND_/, '').toLowerCase();
}

function statusOf(code: string): number {
  const word = code.replace(/^STATUS_CODE_/, '').toLowerCase();
  return word === 'error' ? 2 : Number(word === 'ok');
}
