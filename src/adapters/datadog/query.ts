/**
 * Builds searches from untrusted values: each is quoted, so none can change the query.
 *
 * https://docs.datadoghq.com/tracing/trace_explorer/query_syntax/
 * https://docs.datadoghq.com/logs/explorer/search_syntax/
 */
import { askedOfLines, type LineLanguage } from '#adapters/asked-lines.ts';
import type { LineQuery, SpanQuery } from '#gather/sources.ts';
import { quoted } from '#model/text/query-string.ts';
import { datadogIdOf, hexOfDatadogId, isDecimalId } from '#model/trace/datadog-id.ts';
import { fullTraceId } from '#model/trace/id-forms.ts';

/** Milliseconds are the finest time that Datadog takes and gives. */
export type SearchWindow = Readonly<{ from: string; to: string }>;

export function windowOf({ fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>): SearchWindow {
  const fromMs = Math.floor(fromUs / 1_000);
  return { from: `${fromMs}`, to: `${Math.max(fromMs, Math.ceil(toUs / 1_000)) + 1}` };
}

/** Spans of a service, such as a search for its traces needs them. Durations are nanoseconds. */
export function spansOf({ service, operation, failing, minDurationUs }: SpanQuery): string {
  const parts = [`service:${quoted(service)}`];
  if (operation !== undefined) parts.push(anyOf(['resource_name', 'operation_name'], [operation]));
  if (failing) parts.push('status:error');
  if (minDurationUs !== undefined) parts.push(`@duration:>=${Math.round(minDurationUs) * 1_000}`);
  return parts.join(' ');
}

/** All spans of these traces. Ids as Datadog wrote them. */
export function spansOfTraces(ids: readonly string[]): string {
  return ids.length === 1 ? `trace_id:${ids[0]}` : `trace_id:(${ids.join(' OR ')})`;
}

/**
 * The forms in which Datadog may keep an id: 128 bits in hex, and the last 64 bits as a decimal number. People also paste
 * the decimal number itself.
 */
export function storedForms(id: string): readonly string[] {
  const hex = isDecimalId(id) ? hexOfDatadogId(id) : id;
  return [...new Set([fullTraceId(hex), datadogIdOf(hex)])];
}

/**
 * Requests that services received: spans with which a trace enters a service.
 * https://docs.datadoghq.com/opentelemetry/mapping/service_entry_spans/
 */
export function requestsOf(services: readonly string[]): string {
  return [...ofServices(services), '@_top_level:1'].join(' ');
}

/** `traceField`: the only attribute with the trace id, if people set one. */
export function linesOf(query: LineQuery, traceField?: string): string {
  return (
    [
      ...ofServices(query.services),
      ...askedOfLines(query, searchLanguage(traceField === undefined ? TRACE_FIELDS : [`@${traceField}`])),
    ].join(' ') || '*'
  );
}

function ofServices(services: readonly string[]): readonly string[] {
  const named = services.filter((service) => service !== '').map(quoted);
  if (named.length === 0) return [];
  return [named.length === 1 ? `service:${named[0]}` : `service:(${named.join(' OR ')})`];
}

function searchLanguage(traces: readonly string[]): LineLanguage<string> {
  return {
    /** In the message or in any attribute. */
    says: (text) => `*:${quoted(text)}`,
    oneOf: (conditions) => `(${conditions.join(' OR ')})`,
    hasField: (names, values) =>
      anyOf(
        names.map((name) => `@${name}`),
        values,
      ),
    isOfTrace: (traceId) => anyOf(traces, storedForms(traceId)),
  };
}

/** Datadog's own, which its remapper fills from `dd.trace_id`; and where nothing remaps them, the usual attributes. */
const TRACE_FIELDS = ['trace_id', '@trace_id', '@dd.trace_id', '@otel.trace_id', '@traceId'];

function anyOf(fields: readonly string[], values: readonly string[]): string {
  return `(${fields.flatMap((field) => values.map((value) => `${field}:${quoted(value)}`)).join(' OR ')})`;
}
