/**
 * Builds queries of CloudWatch Logs Insights from untrusted values. Each value is a text in double quotes, in which a quote
 * and a backslash are escaped. Control characters end a text, and the rest is looked for as well: the query finds a little
 * more.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
import { askedOfLines, type LineLanguage, printableParts } from '#adapters/asked-lines.ts';
import { escapedText } from '#adapters/escaped-text.ts';
import type { LineQuery } from '#gather/sources.ts';
import { traceIdForms, xrayTraceId } from '#model/trace/trace-id.ts';

/** OpenTelemetry, loggers, and Container Insights. Members of JSON have their whole path as a name. */
export const SERVICE_FIELDS: readonly string[] = [
  'service.name',
  'resource.service.name',
  'resource.attributes.service.name',
  'service',
  'service_name',
  'serviceName',
  'kubernetes.labels.app',
  'kubernetes.container_name',
  'app',
  'application',
];

export const LEVEL_FIELDS: readonly string[] = [
  'level',
  'severity',
  'log.level',
  'log_level',
  'loglevel',
  'severity_text',
  'levelname',
];

export const TRACE_FIELDS: readonly string[] = ['trace_id', 'traceId', 'trace.id', 'traceid', 'otelTraceID', 'TraceId'];

/** In the rows of an answer. */
export const [SERVICE, LEVEL, LINES] = ['spanhound_service', 'spanhound_level', 'spanhound_lines'];

/** The most that Insights returns for one query. */
export const MOST_ROWS = 10_000;

/** The fields that may hold the service, the trace id and the level; the first that a line has counts. */
export type Fields = Readonly<{ services: readonly string[]; traces: readonly string[]; levels: readonly string[] }>;

/** The conditions of a query, without its commands. */
export function conditionsOf(query: LineQuery, { services, traces }: Pick<Fields, 'services' | 'traces'>): string {
  const named = query.services.filter((service) => service !== '');
  const conditions = [...(named.length === 0 ? [] : [ofServices(named)]), ...askedOfLines(query, languageOf(traces))];
  const filters = conditions.map((condition) => ` | filter ${condition}`).join('');
  return `fields ${firstOf(services)} as ${SERVICE}${filters}`;
}

type Times = Readonly<{ fromMs: bigint; toMs: bigint }>;

/** Both ends are included: StartQuery reads whole seconds alone. */
export function linesQuery(conditions: string, { fromMs, toMs }: Times, isNewestFirst: boolean, limit: number): string {
  return [
    conditions,
    `filter toMillis(@timestamp) >= ${fromMs} and toMillis(@timestamp) <= ${toMs}`,
    'fields @timestamp, @message, @log, @logStream, kubernetes.namespace_name, kubernetes.pod_name, kubernetes.container_name',
    `sort @timestamp ${isNewestFirst ? 'desc' : 'asc'}`,
    `limit ${limit}`,
  ].join(' | ');
}

export function countsQuery(conditions: string, stepSeconds: number, levels: readonly string[]): string {
  return [
    conditions,
    `fields tolower(${firstOf(levels)}) as ${LEVEL}`,
    `stats count(*) as ${LINES} by bin(${stepSeconds}s), @log, ${SERVICE}, ${LEVEL}`,
    `limit ${MOST_ROWS}`,
  ].join(' | ');
}

function languageOf(traces: readonly string[]): LineLanguage<string> {
  return {
    says,
    oneOf,
    hasField: (names, values) => oneOf(areIn(names, values)),
    isOfTrace(traceId) {
      const amazons = xrayTraceId(traceId);
      // Lambda and the SDKs write Amazon's form into texts. It is no other id, wherever it stands.
      return oneOf([...areIn(traces, traceIdForms(traceId)), ...(amazons === undefined ? [] : [says(amazons)])]);
    },
  };
}

function areIn(names: readonly string[], values: readonly string[]): readonly string[] {
  return names.map((name) => `${fieldNamed(name)} in [${values.map(escapedText).join(', ')}]`);
}

/** Lines without a field for it belong to the program that their log group is named after. */
function ofServices(services: readonly string[]): string {
  const byGroup = services.map((service) => `@log like ${escapedText(`/${service}`)}`);
  const isNamed = `${SERVICE} in [${services.map(escapedText).join(', ')}]`;
  return `${isNamed} or (not ispresent(${SERVICE}) and ${oneOf(byGroup)})`;
}

function says(text: string): string {
  const conditions = printableParts(text).map((part) => `@message like ${escapedText(part)}`);
  return conditions.length > 1 ? `(${conditions.join(' and ')})` : (conditions[0] ?? '@message like ""');
}

function oneOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' or ')})`;
}

/** Other characters than letters, digits, `_`, `@` and dots need backticks, which no name may contain. */
function fieldNamed(name: string): string {
  return /^[\w@.]+$/.test(name) ? name : `\`${name.toWellFormed().replace(/[`\p{Cc}]/gu, '')}\``;
}

function firstOf(fields: readonly string[]): string {
  return `coalesce(${fields.map(fieldNamed).join(', ')})`;
}
