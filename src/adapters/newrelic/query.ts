/**
 * Builds queries in NRQL from untrusted values. A value with a quote, a backslash or a control character becomes a pattern
 * in which `%` stands for each of these: so no value can end its literal, and no rule of escaping is needed. Such a pattern
 * finds a little more, and never less.
 *
 * https://docs.newrelic.com/docs/nrql/get-started/introduction-nrql-new-relics-query-language/
 */
import { askedOfLines, type LineLanguage } from '#adapters/asked-lines.ts';
import { fieldOr } from '#adapters/line-fields.ts';
import type { LineQuery, SpanQuery } from '#gather/sources.ts';
import { traceIdForms } from '#model/trace/trace-id.ts';

/** OpenTelemetry's name, the agents' name, and the name of what New Relic made of them. */
const SPAN_SERVICES = ['service.name', 'appName', 'entity.name'];
/** A log line may also have the names that loggers and Kubernetes give its service. */
const LINE_SERVICES = ['service.name', 'entity.name', 'appName', 'service', 'labels.app', 'container_name'];
/** New Relic's own, and the usual attributes where nothing maps them to it. */
const TRACE_FIELDS = ['trace.id', 'trace_id', 'traceId', 'dd.trace_id'];

const FAILED = "(otel.status_code = 'ERROR' OR error.message IS NOT NULL OR error.class IS NOT NULL)";
/** Requests that a service received: New Relic's golden metrics count the same spans. */
const RECEIVED = "(nr.entryPoint IS TRUE OR span.kind IN ('server', 'consumer'))";

/** Milliseconds since the epoch; the end is exclusive. */
export type Times = Readonly<{ sinceMs: number; untilMs: number }>;

export function timesOf({ fromUs, toUs }: Readonly<{ fromUs: number; toUs: number }>): Times {
  const sinceMs = Math.floor(fromUs / 1_000);
  return { sinceMs, untilMs: Math.max(sinceMs, Math.ceil(toUs / 1_000)) + 1 };
}

export function within({ sinceMs, untilMs }: Times): string {
  return `SINCE ${sinceMs} UNTIL ${untilMs}`;
}

/** Spans of a service, whose traces a search wants. */
export function spansOf({ service, operation, failing, minDurationUs }: SpanQuery): string {
  const parts = [anyOf(SPAN_SERVICES, [service])];
  if (operation !== undefined) parts.push(anyOf(['name'], [operation]));
  if (failing) parts.push(FAILED);
  if (minDurationUs !== undefined) parts.push(`duration.ms >= ${minDurationUs / 1_000}`);
  return parts.join(' AND ');
}

/** Hex ids. */
export function ofTraces(ids: readonly string[]): string {
  return anyOf(['trace.id'], ids);
}

export function requestsOf(services: readonly string[]): string {
  return [RECEIVED, ...ofServices(SPAN_SERVICES, services)].join(' AND ');
}

export const FAILED_REQUESTS = FAILED;

/** A facet for each of these services, with its name: a line may have the name in one of several fields. */
export function linesByService(services: readonly string[]): string {
  const cases = services.map((name) => `WHERE ${anyOf(LINE_SERVICES, [name])} AS '${pattern(name)}'`);
  return `FACET CASES(${cases.join(', ')})`;
}

/** '' for all lines. `traceField`: the only field with the trace id, if people set one. */
export function linesOf(query: LineQuery, traceField?: string): string {
  return [
    ...ofServices(LINE_SERVICES, query.services),
    ...askedOfLines(query, searchLanguage(fieldOr(traceField, TRACE_FIELDS))),
  ].join(' AND ');
}

export function ofServices(fields: readonly string[], services: readonly string[]): readonly string[] {
  const named = services.filter((service) => service !== '');
  return named.length === 0 ? [] : [anyOf(fields, named)];
}

function searchLanguage(traces: readonly string[]): LineLanguage<string> {
  return {
    /** In the message or in any attribute, in any case: `allColumnSearch` is what New Relic's own search of logs asks. */
    says: (text) => `(message LIKE '%${pattern(text)}%' OR allColumnSearch('${pattern(text)}', insensitive: true))`,
    oneOf: (conditions) => `(${conditions.join(' OR ')})`,
    hasField: anyOf,
    isOfTrace: (traceId) => anyOf(traces, traceIdForms(traceId)),
  };
}

function anyOf(fields: readonly string[], values: readonly string[]): string {
  const plain = values.filter(isPlain);
  const others = values.filter((value) => !isPlain(value));
  const parts = fields.flatMap((field) => [
    ...(plain.length === 1 ? [`${named(field)} = '${plain[0]}'`] : []),
    ...(plain.length > 1 ? [`${named(field)} IN (${plain.map((value) => `'${value}'`).join(', ')})`] : []),
    ...others.map((value) => `${named(field)} LIKE '${pattern(value)}'`),
  ]);
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' OR ')})`;
}

/** It can stand between quotes as it is. */
function isPlain(value: string): boolean {
  return pattern(value) === value;
}

function pattern(value: string): string {
  return value.toWellFormed().replace(/['\\\p{Cc}\u2028\u2029]/gu, '%');
}

/** Other names than these stand in backticks. */
export function named(field: string): string {
  return /^[a-z][\w.]*$/i.test(field) ? field : `\`${field.replace(/[`\\\p{Cc}]/gu, '')}\``;
}
