/**
 * Rows of the events `Span` and `SpanEvent` as OTLP, which the decoder reads. A row is flat: the names of the span, of its
 * resource and of New Relic itself stand beside each other. Times have milliseconds; `duration.ms` has fractions.
 *
 * https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-best-practices-traces/
 * https://docs.newrelic.com/attribute-dictionary/?event=Span
 */
import { jsonText } from '#adapters/json-line.ts';
import { keyValues, OF_RESOURCE, type Value } from '#adapters/otlp-attributes.ts';
import type { Row } from './nerdgraph.ts';

/** By the id of the span. */
export type SpanEvents = ReadonlyMap<string, readonly Row[]>;

export function eventsBySpan(rows: readonly Row[]): SpanEvents {
  return Map.groupBy(rows, (row) => textOf(row, 'span.id'));
}

export function otlpOf(rows: readonly Row[], events: SpanEvents): Uint8Array {
  const programs = Map.groupBy(rows, (row) => JSON.stringify(resourceOf(row)));
  const resourceSpans = [...programs].map(([resource, spans]) => ({
    resource: { attributes: keyValues(JSON.parse(resource) as Readonly<Record<string, Value>>) },
    scopeSpans: [...Map.groupBy(spans, scopeOf)].map(([name, ofScope]) => ({
      scope: { name },
      spans: ofScope.map((row) => spanOf(row, events.get(idOf(row)) ?? [])),
    })),
  }));
  return new TextEncoder().encode(JSON.stringify({ resourceSpans }));
}

/** The id of a span in hex; '' where the row has none. */
export function idOf(row: Row): string {
  return textOf(row, 'id') || textOf(row, 'guid');
}

export function traceIdOf(row: Row): string {
  return textOf(row, 'trace.id') || textOf(row, 'traceId');
}

export function timestampOf(row: Row): number {
  return typeof row.timestamp === 'number' && Number.isFinite(row.timestamp) ? row.timestamp : Number.NaN;
}

function spanOf(row: Row, events: readonly Row[]) {
  const startNs = nanoseconds(timestampOf(row));
  const parentId = textOf(row, 'parent.id') || textOf(row, 'parentId');
  return {
    traceId: traceIdOf(row),
    spanId: idOf(row),
    ...(parentId !== '' && { parentSpanId: parentId }),
    name: textOf(row, 'name'),
    ...kindOf(row),
    startTimeUnixNano: `${startNs}`,
    endTimeUnixNano: `${startNs + nanoseconds(durationMs(row))}`,
    attributes: keyValues(attributesOf(row)),
    events: events.map(eventOf),
    status: statusOf(row),
  };
}

function durationMs(row: Row): number {
  const ms = row['duration.ms'];
  if (typeof ms === 'number' && ms >= 0) return ms;
  const seconds = row.duration;
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1_000 : 0;
}

const MOST_MS = 8e12;
const NS_PER_MS = 1e6;

/** 0 for a time that is none. */
function nanoseconds(ms: number): bigint {
  if (!(ms >= 0 && ms < MOST_MS)) return 0n;
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * NS_PER_MS));
}

/** Spans of New Relic's agents have no kind: their category tells calls, and a mark the requests. */
function kindOf(row: Row): Readonly<{ kind?: string }> {
  const kind = textOf(row, 'span.kind');
  if (kind !== '') return { kind: kind.toLowerCase() };
  if (/^(?:http|datastore)$/.test(textOf(row, 'category'))) return { kind: 'client' };
  return row['nr.entryPoint'] === true ? { kind: 'server' } : {};
}

/** The agents write no status, but the error. */
function statusOf(row: Row): Readonly<{ code?: number; message?: string }> {
  const code = textOf(row, 'otel.status_code').toUpperCase();
  const message = textOf(row, 'otel.status_description') || textOf(row, 'error.message');
  const hasFailed = code === 'ERROR' || (code === '' && (textOf(row, 'error.class') !== '' || message !== ''));
  if (hasFailed) return { code: 2, ...(message !== '' && { message }) };
  return code === 'OK' ? { code: 1 } : {};
}

function scopeOf(row: Row): string {
  return textOf(row, 'otel.scope.name') || textOf(row, 'otel.library.name') || textOf(row, 'instrumentation.name');
}

function eventOf(row: Row) {
  const attributes = Object.entries(row).filter(([name]) => !OF_EVENT.has(name) && !OWN.test(name));
  return {
    timeUnixNano: `${nanoseconds(timestampOf(row))}`,
    name: textOf(row, 'name') || 'event',
    attributes: keyValues(Object.fromEntries(attributes.flatMap(([name, value]) => known(name, value)))),
  };
}

const OF_EVENT: ReadonlySet<string> = new Set(['name', 'timestamp', 'span.id', 'trace.id', 'id']);

/** What New Relic adds to each row. */
const OWN =
  /^(?:nr\.|newrelic\.|entity\.|entityGuid$|entityName$|entityType$|tags\.|realAgentId$|appId$|priority$|sampled$)/;

/** Parts of the span itself, which stand elsewhere in OTLP. */
const OF_SPAN: ReadonlySet<string> = new Set([
  ...['timestamp', 'id', 'guid', 'trace.id', 'traceId', 'parent.id', 'parentId', 'name', 'duration', 'duration.ms'],
  ...['span.kind', 'otel.status_code', 'otel.status_description', 'otel.scope.name', 'otel.library.name'],
  ...['otel.scope.version', 'otel.library.version', 'instrumentation.name', 'instrumentation.version'],
  ...['appName', 'transactionId', 'transaction.name', 'category', 'type'],
]);

function attributesOf(row: Row): Readonly<Record<string, Value>> {
  const own = Object.entries(row).filter(
    ([name]) => !OF_SPAN.has(name) && !OF_RESOURCE.test(name) && !OWN.test(name) && !AGENT_PLACES.has(name),
  );
  const said = Object.fromEntries(own.flatMap(([name, value]) => known(name, value)));
  // An agent names the product beside the category: `Postgres`.
  const product = textOf(row, 'category') === 'datastore' ? textOf(row, 'component').toLowerCase() : '';
  return { ...(product !== '' && { 'db.system': product }), ...said };
}

/** The agents' names of machines. */
const AGENT_PLACES: ReadonlyMap<string, string> = new Map([
  ['host', 'host.name'],
  ['hostname', 'host.name'],
  ['containerId', 'container.id'],
]);

function resourceOf(row: Row): Readonly<Record<string, Value>> {
  const resource: Record<string, Value> = {};
  const service = textOf(row, 'service.name') || textOf(row, 'appName') || textOf(row, 'entity.name');
  if (service !== '') resource['service.name'] = service;
  for (const [name, value] of Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const place = AGENT_PLACES.get(name) ?? (OF_RESOURCE.test(name) ? name : undefined);
    if (place === undefined) continue;
    for (const [key, said] of known(place, value)) resource[key] ??= said;
  }
  return resource;
}

function known(name: string, value: unknown): readonly (readonly [string, Value])[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [[name, value]];
  return value === null || value === undefined ? [] : [[name, jsonText(value)]];
}

function textOf(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}
