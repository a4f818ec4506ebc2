/** Builds LogQL from untrusted values: each becomes one quoted string, so none can change the query. */
import type { LineQuery } from '#gather/sources.ts';
import { quoted } from '#model/text/query-string.ts';
import { traceIdDigits, traceIdForms } from '#model/trace/trace-id.ts';

/** Spellings of the field in loggers; OTLP's own is the first. */
export const TRACE_FIELDS: readonly string[] = ['trace_id', 'traceID', 'traceId', 'TraceId', 'traceid'];

/** `traces`: the labels that may hold the trace id. */
export function logQl(query: LineQuery, serviceLabel: string, traces = TRACE_FIELDS): string {
  const selector = `{${serviceLabel}=~${quoted(anyOf(query.services))}}`;
  if (query.by === 'service') return selector;
  if (query.by === 'text') return `${selector} |= ${quoted(query.text)}`;
  if (query.by === 'words') return [selector, ...query.words.map((word) => `|= ${quoted(word)}`)].join(' ');
  if (query.by === 'any-text') return `${selector} |~ ${quoted(query.texts.map(escapedForRegex).join('|'))}`;
  if (query.by === 'field') return `${selector} | ${anyField(query.names.filter(isLabel), query.values)}`;

  const ids = [...new Set([...traceIdForms(query.traceId), traceIdDigits(query.traceId)])];
  return `${selector} | ${anyField(traces, ids)}`;
}

function anyField(names: readonly string[], values: readonly string[]): string {
  return names.flatMap((name) => values.map((value) => `${name}=${quoted(value)}`)).join(' or ');
}

/** A name is not quoted, so an invalid name would change the query. */
function isLabel(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

/** Loki refuses a selector that could match nothing, so "every service" is `.+`. */
function anyOf(services: readonly string[]): string {
  const named = services.filter((service) => service !== '');
  return named.length === 0 ? '.+' : named.map(escapedForRegex).join('|');
}

function escapedForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
