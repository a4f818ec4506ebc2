/**
 * Builds searches from untrusted values: each is a value of JSON, or a phrase in quotes, so none can change the query.
 *
 * `match_phrase` finds a name in a field of keywords and in one of text; `query_string` without fields searches those that
 * the index declares (`index.query.default_field`). A field that an index does not have matches nothing.
 *
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/query-dsl-query-string-query.html
 */

import { askedOfLines, type LineLanguage } from '#adapters/asked-lines.ts';
import type { Page } from '#adapters/line-pages.ts';
import { isoFromNs } from '#core/clock.ts';
import type { LineQuery, LogQuery } from '#gather/sources.ts';
import { quoted } from '#model/text/query-string.ts';
import { traceIdDigits, traceIdForms } from '#model/trace/trace-id.ts';

/** The names of the parts of a line; of several names, the first that a line has counts. */
export type Fields = Readonly<{
  time: string;
  services: readonly string[];
  traces: readonly string[];
  levels: readonly string[];
}>;

/** ECS, OpenTelemetry's data streams, Data Prepper, Kubernetes' metadata by the shippers, loggers. The first counts. */
export const SERVICE_FIELDS: readonly string[] = [
  'service.name',
  'resource.attributes.service.name',
  'resource.attributes.service@name',
  'serviceName',
  'service',
  'kubernetes.labels.app_kubernetes_io/name',
  'kubernetes.labels.app',
  'kubernetes.container.name',
  'kubernetes.container_name',
  'container.name',
  'app',
  'application',
];

/** ECS, OpenTelemetry, Datadog, loggers and their contexts. */
export const TRACE_FIELDS: readonly string[] = [
  'trace.id',
  'trace_id',
  'traceId',
  'traceID',
  'TraceId',
  'traceid',
  'otelTraceID',
  'attributes.trace_id',
  'mdc.trace_id',
  'mdc.traceId',
  'context.trace_id',
  'labels.trace_id',
  'dd.trace_id',
];

/** ECS, OpenTelemetry's data streams, Data Prepper, and what loggers write. */
export const LEVEL_FIELDS: readonly string[] = [
  'log.level',
  'level',
  'severity_text',
  'severityText',
  'severity.text',
  'severity',
  'levelname',
  'loglevel',
];

export type Clause = Readonly<Record<string, unknown>>;

export function searchOf(query: LogQuery, { startNs, endNs, limit }: Page, fields: Fields): unknown {
  return {
    size: limit,
    track_total_hits: false,
    sort: [{ [fields.time]: sorting(query) }],
    docvalue_fields: [{ field: fields.time, format: 'strict_date_optional_time_nanos' }],
    query: {
      bool: {
        filter: [
          inWindow(fields.time, startNs, endNs),
          ...ofServices(query, fields),
          ...askedOfLines(query, searchLanguage(fields)),
        ],
      },
    },
  };
}

/** Indices may keep times in milliseconds or in nanoseconds: `numeric_type` compares them. */
function sorting({ newestFirst = false }: LogQuery) {
  return { order: newestFirst ? 'desc' : 'asc', unmapped_type: 'date', numeric_type: 'date_nanos' };
}

/** `endNs` is exclusive. */
export function inWindow(field: string, startNs: bigint, endNs: bigint): Clause {
  const range = { gte: isoFromNs(startNs), lte: isoFromNs(endNs - 1n), format: 'strict_date_optional_time_nanos' };
  return { range: { [field]: range } };
}

function ofServices({ services }: LogQuery, fields: Fields): readonly Clause[] {
  const named = services.filter((service) => service !== '');
  return named.length === 0 ? [] : [anyOf(named.map((name) => ofService(name, fields)))];
}

export function ofService(name: string, { services }: Pick<Fields, 'services'>): Clause {
  return anyOf(services.map((field) => isIn(field, name)));
}

function searchLanguage({ traces }: Fields): LineLanguage<Clause> {
  return {
    says,
    oneOf: anyOf,
    hasField: (names, values) => anyOf(names.flatMap((name) => values.map((value) => isIn(name, value)))),
    isOfTrace(traceId) {
      const ids = [...new Set([...traceIdForms(traceId), traceIdDigits(traceId)])];
      return anyOf(traces.flatMap((field) => ids.map((id) => isIn(field, id))));
    },
  };
}

export function anyOf(should: readonly Clause[]): Clause {
  return { bool: { should, minimum_should_match: 1 } };
}

/** `lenient`: a field of numbers matches no text, instead of an error. */
export function isIn(field: string, value: string): Clause {
  return { multi_match: { query: value, type: 'phrase', fields: [field], lenient: true } };
}

function says(text: string): Clause {
  return { query_string: { query: quoted(text), lenient: true, allow_leading_wildcard: false } };
}

/** For people, in Kibana's language. */
export function kqlOf(query: LineQuery, fields: Fields): string {
  const named = query.services.filter((service) => service !== '');
  const service = fields.services[0] ?? '';
  const ofService = named.length === 0 ? [] : [`${service} : (${named.map(quoted).join(' or ')})`];
  const parts = [...ofService, ...askedOfLines(query, kqlLanguage(fields))];
  return parts.length === 0 ? '*' : parts.join(' and ');
}

function kqlLanguage({ traces }: Fields): LineLanguage<string> {
  return {
    says: quoted,
    oneOf: (texts) => `(${texts.join(' or ')})`,
    hasField: (names, values) =>
      `(${names.map((name) => `${name} : (${values.map(quoted).join(' or ')})`).join(' or ')})`,
    isOfTrace: (traceId) => `${traces[0]} : ${quoted(traceId)}`,
  };
}
