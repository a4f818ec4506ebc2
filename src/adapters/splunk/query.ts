/**
 * Builds searches in SPL from untrusted values. Each value is a text in double quotes, in which a quote and a backslash are
 * escaped. Backticks, which begin a macro, and control characters become the wildcard `*`: the search finds a little more.
 * A `*` of the value is a wildcard, too, because SPL cannot escape it.
 *
 * https://help.splunk.com/splunk-enterprise/search/spl-search-reference/9.0/search-commands/search
 */
import { askedOfLines, type LineLanguage } from '#adapters/asked-lines.ts';
import type { LineQuery } from '#gather/sources.ts';
import { traceIdDigits, traceIdForms } from '#model/trace/trace-id.ts';

/** The fields that may hold the service, the trace id and the level; the first that an event has counts. */
export type Fields = Readonly<{
  indexes: string;
  services: readonly string[];
  traces: readonly string[];
  levels: readonly string[];
}>;

/** OpenTelemetry's collector, loggers, and Splunk Connect for Kubernetes. */
export const SERVICE_FIELDS: readonly string[] = [
  'service.name',
  'service',
  'service_name',
  'serviceName',
  'app',
  'application',
  'k8s.container.name',
  'container_name',
];

export const TRACE_FIELDS: readonly string[] = [
  'trace_id',
  'traceId',
  'trace.id',
  'traceid',
  'otelTraceID',
  'dd.trace_id',
];

/** The events, without the commands that follow. */
export function eventsOf(query: LineQuery, { indexes, services, traces }: Fields): string {
  const index = indexes.split(',').map((name) => `index=${quoted(name)}`);
  const named = query.services.filter((service) => service !== '');
  const ofServices = named.length === 0 ? [] : [anyOf(services, named)];
  return ['search', oneOf(index), ...ofServices, ...askedOfLines(query, searchLanguage(traces))].join(' ');
}

function searchLanguage(traces: readonly string[]): LineLanguage<string> {
  return {
    says: quoted,
    oneOf,
    hasField: anyOf,
    isOfTrace: (traceId) => anyOf(traces, [...new Set([...traceIdForms(traceId), traceIdDigits(traceId)])]),
  };
}

function anyOf(fields: readonly string[], values: readonly string[]): string {
  return oneOf(fields.flatMap((field) => values.map((value) => `${named(field)}=${quoted(value)}`)));
}

function oneOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' OR ')})`;
}

export function quoted(value: string): string {
  const plain = value.toWellFormed().replace(/[`\p{Cc}\u2028\u2029]/gu, '*');
  return `"${plain.replace(/["\\]/g, '\\$&')}"`;
}

function named(field: string): string {
  return /^[a-z_][\w.]*$/i.test(field) ? field : quoted(field);
}

/** The first of these fields that an event has, in an `eval`: names stand in single quotes there. */
export function firstOf(fields: readonly string[]): string {
  return `coalesce(${fields.map((field) => `'${field}'`).join(', ')})`;
}
