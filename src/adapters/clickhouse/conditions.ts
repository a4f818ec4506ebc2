/** Conditions of queries. Their values are parameters, and the names of columns are those of OpenTelemetry's exporter. */
import { askedOfLines, type LineLanguage } from '#adapters/asked-lines.ts';
import type { LineQuery, SpanQuery } from '#gather/sources.ts';
import { traceIdDigits, traceIdForms } from '#model/trace/trace-id.ts';
import type { Sql } from './api.ts';
import { listParameter, type Parameters, textParameter } from './parameters.ts';

/**
 * The type of the columns with attributes: maps of texts, or `JSON` (setting `json: true` of the exporter).
 * https://clickhouse.com/docs/sql-reference/data-types/newjson
 */
export type AttributeForm = 'map' | 'json';

/** Numbers the parameters of one query. */
export function binder(): Readonly<{
  text(value: string): string;
  /** A name in the query, such as that of a member of a `JSON` column. */
  name(value: string): string;
  list(values: readonly string[]): string;
  parameters: Parameters;
}> {
  const parameters: Record<string, string> = {};
  const bound = (type: string, value: string): string => {
    const name = `p${Object.keys(parameters).length}`;
    parameters[name] = value;
    return `{${name}:${type}}`;
  };
  return {
    text: (value) => bound('String', textParameter(value)),
    name: (value) => bound('Identifier', textParameter(value)),
    list: (values) => bound('Array(String)', listParameter(values)),
    parameters,
  };
}

/** Nanoseconds since the epoch; the end is exclusive. */
export function within(startNs: bigint, endNs: bigint, column = 'Timestamp'): string {
  return `${column} >= fromUnixTimestamp64Nano(${startNs}) AND ${column} < fromUnixTimestamp64Nano(${endNs})`;
}

export function withinUs(fromUs: number, toUs: number): string {
  return within(nsOf(Math.floor(fromUs)), nsOf(Math.ceil(toUs)) + 1n);
}

function nsOf(us: number): bigint {
  return BigInt(Math.max(0, us)) * 1_000n;
}

export function idsOf(traceId: string): readonly string[] {
  return [...new Set([...traceIdForms(traceId), traceIdDigits(traceId)])];
}

/** All have to hold; `1` if there is none. */
export function all(conditions: readonly string[]): string {
  return conditions.length === 0 ? '1' : conditions.map((one) => `(${one})`).join(' AND ');
}

function ofServices(services: readonly string[], { list }: Pick<ReturnType<typeof binder>, 'list'>): readonly string[] {
  const named = services.filter((service) => service !== '');
  return named.length === 0 ? [] : [`has(${list(named)}, ServiceName)`];
}

/** Whether a query searches in the columns with attributes. */
export function asksAttributes({ by }: LineQuery): boolean {
  return by !== 'service' && by !== 'trace-field';
}

/** What is asked of lines, without a time. */
export function lineConditions(query: LineQuery, form: AttributeForm): Sql {
  const bound = binder();
  const language: LineLanguage<string> = {
    ...LANGUAGES[form](bound),
    oneOf: (conditions) => conditions.map((one) => `(${one})`).join(' OR '),
    isOfTrace: (traceId) => `has(${bound.list(idsOf(traceId))}, TraceId)`,
  };
  const conditions = [...ofServices(query.services, bound), ...askedOfLines(query, language)];
  return { text: all(conditions), parameters: bound.parameters };
}

type OfAttributes = Pick<LineLanguage<string>, 'says' | 'hasField'>;

const LANGUAGES: Readonly<Record<AttributeForm, (bound: ReturnType<typeof binder>) => OfAttributes>> = {
  map: ({ text, list }) => ({
    says(said) {
      const value = text(said);
      return `position(Body, ${value}) > 0 OR arrayExists(said -> position(said, ${value}) > 0, mapValues(LogAttributes))`;
    },
    hasField(names, values) {
      const wanted = list(values);
      const has = (map: string) => `has(${wanted}, ${map}[name])`;
      return `arrayExists(name -> ${has('LogAttributes')} OR ${has('ResourceAttributes')}, ${list(names)})`;
    },
  }),
  json: ({ text, name, list }) => ({
    says: (said) =>
      `position(Body, ${text(said)}) > 0 OR multiSearchAny(toString(LogAttributes), ${list(inJson(said))})`,
    hasField(names, values) {
      const wanted = list(values);
      const has = (path: string) => `ifNull(has(${wanted}, toString(${path})), 0)`;
      const members = names.map(name).flatMap((one) => [`LogAttributes.${one}`, `ResourceAttributes.${one}`]);
      return members.length === 0 ? '0' : members.map(has).join(' OR ');
    },
  }),
};

/** A text as it may stand in JSON: ClickHouse escapes slashes and separators of lines, too. */
function inJson(text: string): readonly string[] {
  const written = JSON.stringify(text.toWellFormed()).slice(1, -1);
  const escaped = written.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return [...new Set([escaped, escaped.replaceAll('/', '\\/')])];
}

/** What is asked of the spans of a service, with a time. */
export function spanConditions({ service, operation, fromUs, toUs, failing, minDurationUs }: SpanQuery): Sql {
  const { text, parameters } = binder();
  const conditions = [
    withinUs(fromUs, toUs),
    `ServiceName = ${text(service)}`,
    ...(operation === undefined ? [] : [`SpanName = ${text(operation)}`]),
    ...(failing ? [HAS_FAILED] : []),
    ...(minDurationUs === undefined ? [] : [`Duration >= ${BigInt(Math.floor(minDurationUs)) * 1_000n}`]),
  ];
  return { text: all(conditions), parameters };
}

/** The exporter wrote `STATUS_CODE_ERROR` and `SPAN_KIND_SERVER` before version 0.96. */
export const HAS_FAILED = "StatusCode IN ('Error', 'STATUS_CODE_ERROR')";
/** A span with which a request enters a service. */
export const RECEIVED = "SpanKind IN ('Server', 'Consumer', 'SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER')";
