/**
 * Builds filters in LogsQL from untrusted values: each value and each name of a field becomes one text in double quotes,
 * so none can change the query. LogsQL reads such a text by Go's rules, a superset of JSON's.
 *
 * https://docs.victoriametrics.com/victorialogs/logsql/#string-literals
 */

import { askedOfLines, type LineLanguage } from '#adapters/asked-lines.ts';
import { isoFromNs } from '#core/clock.ts';
import type { LineQuery } from '#gather/sources.ts';
import { quoted } from '#model/text/query-string.ts';
import { traceIdDigits, traceIdForms } from '#model/trace/trace-id.ts';

/** OpenTelemetry, loggers, and the collectors of Kubernetes and journald. The first that a line has counts. */
export const SERVICE_FIELDS: readonly string[] = [
  'service.name',
  'service_name',
  'service',
  'serviceName',
  'app',
  'application',
  'kubernetes.pod_labels.app.kubernetes.io/name',
  'kubernetes.pod_labels.app',
  'kubernetes.container_name',
  'k8s.container.name',
  'container_name',
];

/** OTLP's own is the first. */
export const TRACE_FIELDS: readonly string[] = [
  'trace_id',
  'traceId',
  'trace.id',
  'traceID',
  'TraceId',
  'traceid',
  'otelTraceID',
  'dd.trace_id',
];

const EVERYTHING = '*';

/** The fields that may hold the service, the trace id and the level; the first that a line has counts. */
export type Fields = Readonly<{ services: readonly string[]; traces: readonly string[]; levels: readonly string[] }>;

/** The lines, without a time. */
export function filterOf(query: LineQuery, { services, traces }: Pick<Fields, 'services' | 'traces'>): string {
  const named = query.services.filter((service) => service !== '');
  const ofServices = named.length === 0 ? [] : [anyOf(services, named)];
  const parts = [...ofServices, ...askedOfLines(query, languageOf(traces))];
  return parts.length === 0 ? EVERYTHING : parts.join(' ');
}

function languageOf(traces: readonly string[]): LineLanguage<string> {
  return {
    says: (text) => `*:${quoted(text)}`,
    oneOf,
    hasField: anyOf,
    isOfTrace: (traceId) => anyOf(traces, [...new Set([...traceIdForms(traceId), traceIdDigits(traceId)])]),
  };
}

function anyOf(fields: readonly string[], values: readonly string[]): string {
  return oneOf(fields.map((field) => `${quoted(field)}:in(${values.map(quoted).join(', ')})`));
}

function oneOf(filters: readonly string[]): string {
  return filters.length === 1 ? (filters[0] ?? '') : `(${filters.join(' or ')})`;
}

/** Nanoseconds since the epoch; the end is exclusive. */
export function within(startNs: bigint, endNs: bigint): string {
  return `_time:[${isoFromNs(startNs)}, ${isoFromNs(endNs)})`;
}
