/**
 * Builds Kusto from untrusted values. Each value is a text in double quotes, in which a quote and a backslash are escaped.
 * A table that the workspace does not have is no error, nor is a column that no table has.
 *
 * “The string data type”: https://learn.microsoft.com/kusto/query/scalar-data-types/string
 * “union operator”: https://learn.microsoft.com/kusto/query/union-operator
 */
import { askedOfLines, type LineLanguage, printableParts } from '#adapters/asked-lines.ts';
import { escapedText } from '#adapters/escaped-text.ts';
import { isoFromUs } from '#core/clock.ts';
import type { LogQuery, TraceSearch } from '#gather/sources.ts';
import { traceIdForms } from '#model/trace/trace-id.ts';
import { MOST_ROWS } from './api.ts';

const SPANS = 'union isfuzzy=true AppRequests, AppDependencies';
const PARTS = `${SPANS}, AppExceptions`;
const LINES = 'union isfuzzy=true AppTraces, AppExceptions, ContainerLogV2';

/** Application Insights keeps them longer; each day of a search costs time. */
const KEPT_DAYS = 30;
/** A trace may begin before the span that was found, and go on after it. */
const AROUND_US = 15 * 60 * 1e6;
const SERVICES_HOURS = 1;
const MOST_SERVICES = 1_000;

/**
 * The role is the service with its namespace before it: `[shop]/cart` from .NET, `shop.cart` from the collector, which sends
 * the service by itself as well. `roleOf` reads it alike.
 */
const SERVICES_IN_ROLES = [
  'tostring(parse_json(tostring(column_ifexists("Properties", "")))["service.name"])',
  'extract("^\\\\[[^\\\\]]*\\\\]/(.+)$", 1, tostring(column_ifexists("AppRoleName", "")))',
].join(', ');
const SERVICE_OF_ROLE = `extend Service = coalesce(${SERVICES_IN_ROLES}, AppRoleName)`;

/** Hex ids, in any of their forms. */
export function traceQuery(traceId: string): string {
  const time = `where TimeGenerated > ago(${KEPT_DAYS}d)`;
  return [PARTS, time, `where ${anyOf(['OperationId'], traceIdForms(traceId))}`, IN_ORDER].join(' | ');
}

export function searchQuery(asked: TraceSearch): string {
  const { service, operation, failing, minDurationUs, fromUs, toUs, limit } = asked;
  const found = [
    SPANS,
    within(nsOf(Math.floor(fromUs)), nsOf(Math.ceil(toUs) + 1)),
    SERVICE_OF_ROLE,
    `where ${anyOf(['Service'], [service])}`,
    ...(operation === undefined ? [] : [`where ${anyOf(['Name'], [operation])}`]),
    ...(failing ? ['where Success == false'] : []),
    ...(minDurationUs === undefined ? [] : [`where DurationMs >= ${minDurationUs / 1_000}`]),
    'summarize Newest = max(TimeGenerated) by OperationId',
    `top ${Math.max(1, Math.trunc(limit))} by Newest desc`,
    'project OperationId',
  ].join(' | ');
  const around = within(nsOf(Math.floor(fromUs - AROUND_US)), nsOf(Math.ceil(toUs + AROUND_US)));
  return `let found = ${found}; ${[PARTS, around, 'where OperationId in (found)', IN_ORDER].join(' | ')}`;
}

export const SERVICES_QUERY = [
  SPANS,
  `where TimeGenerated > ago(${SERVICES_HOURS}h)`,
  SERVICE_OF_ROLE,
  'distinct Service',
  `take ${MOST_SERVICES}`,
].join(' | ');

const IN_ORDER = `order by TimeGenerated asc | take ${MOST_ROWS}`;

/** Nanoseconds since the epoch; the end is exclusive. */
type Asked = Readonly<{ startNs: bigint; endNs: bigint; isNewestFirst: boolean; limit: number }>;

/** `conditions`: of `conditionsOf`. */
export function linesQuery(conditions: readonly string[], { startNs, endNs, isNewestFirst, limit }: Asked): string {
  return [
    LINES,
    within(startNs, endNs),
    ...COLUMNS,
    ...conditions,
    'project TimeGenerated, Line, Service, Level, OperationId, ParentId, Properties, Namespace, Pod, Container, Host',
    `order by TimeGenerated ${isNewestFirst ? 'desc' : 'asc'}`,
    `take ${limit}`,
  ].join(' | ');
}

export const NEWEST_LINE = `${LINES} | where TimeGenerated > ago(1d) | summarize Newest = max(TimeGenerated)`;

/** The columns of three tables under one name. */
const COLUMNS = [
  `extend Line = coalesce(${texts(['Message', 'LogMessage', 'OuterMessage'])})`,
  `extend Service = coalesce(${SERVICES_IN_ROLES}, ${texts(['AppRoleName', 'ContainerName'])})`,
  `extend Level = coalesce(${texts(['LogLevel', 'SeverityLevel'])})`,
  ...(['OperationId', 'ParentId', 'Properties'] as const).map((name) => `extend ${name} = ${texts([name])}`),
  `extend Namespace = ${texts(['PodNamespace'])}, Pod = ${texts(['PodName'])}, Container = ${texts(['ContainerName'])}`,
  `extend Host = coalesce(${texts(['AppRoleInstance', 'Computer'])})`,
];

function texts(columns: readonly string[]): string {
  return columns.map((name) => `tostring(column_ifexists("${name}", ""))`).join(', ');
}

export function conditionsOf(query: LogQuery): readonly string[] {
  const named = query.services.filter((service) => service !== '');
  const ofServices = named.length === 0 ? [] : [anyOf(['Service'], named)];
  return [...ofServices, ...askedOfLines(query, LANGUAGE)].map((condition) => `where ${condition}`);
}

const LANGUAGE: LineLanguage<string> = {
  says,
  oneOf,
  hasField(names, values) {
    const places = names.flatMap((name) => ['Properties', 'Line'].map((place) => memberOf(place, name)));
    return anyOf(places, values);
  },
  isOfTrace: (traceId) => oneOf([anyOf(['OperationId'], traceIdForms(traceId)), ...traceIdForms(traceId).map(says)]),
};

/** A line may be JSON itself. */
function memberOf(place: string, name: string): string {
  return `tostring(parse_json(${place})[${escapedText(name)}])`;
}

/** Without regard to capital letters. */
function says(text: string): string {
  const parts = printableParts(text).map(escapedText);
  const conditions = parts.map((part) => `(Line contains ${part} or Properties contains ${part})`);
  return conditions.length > 1 ? `(${conditions.join(' and ')})` : (conditions[0] ?? 'true');
}

function anyOf(columns: readonly string[], values: readonly string[]): string {
  return oneOf(columns.map((column) => `${column} in (${values.map(escapedText).join(', ')})`));
}

function oneOf(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' or ')})`;
}

function nsOf(us: number): bigint {
  return BigInt(us) * 1_000n;
}

/** The end is exclusive. */
function within(startNs: bigint, endNs: bigint): string {
  return `where TimeGenerated >= ${instant(startNs)} and TimeGenerated < ${instant(endNs + TICK_NS - 1n)}`;
}

/** The smallest difference of two times in Kusto. */
const TICK_NS = 100n;

function instant(ns: bigint): string {
  const seconds = isoFromUs(Number(ns / 1_000_000_000n) * 1e6).slice(0, 19);
  const ticks = `${(ns % 1_000_000_000n) / TICK_NS}`.padStart(7, '0');
  return `datetime(${seconds}.${ticks}Z)`;
}
