/** A log line for a person who already knows its origin: its message and its error, without ids and fields. */
import { logFields } from '#model/logs/log-fields.ts';
import type { LogLine } from '#model/logs/log-line.ts';

/** Zap's and logrus' consoles write the fields after the message, as JSON. */
const FIELDS_BEHIND = /(?<!\s)\s*\{\s*"[\w.@-]{1,60}"\s*:.*$/s;
/** Ids of the trace and the span: the reader already has them. */
const IDS = /(?<![\s,;])[\s,;]*[[(]?\b(?:trace|span)[._-]?id["']?\s{0,2}[:=]\s{0,2}["']?[0-9a-f]{16,32}\b["']?[\])]?/gi;

export function logMessage(line: LogLine): string {
  const { message, error } = logFields(line);
  const plain = message.replace(FIELDS_BEHIND, (fields, at: number) => saidIn(fields, message.slice(0, at))) || message;
  const isOne = plain.includes(error) || error.includes(plain);
  const said = isOne ? (plain.length > error.length ? plain : error) : `${plain}: ${error}`;
  return said.replace(IDS, '').trim() || said;
}

/**
 * Where nothing but a name stands before the fields, they are the message: an error that a sidecar answered (`dapr: {…}`), or
 * what Lambda's runtime writes about an exception.
 */
const NAME_ALONE = /^(?:[\w ./-]{1,40}:|(?:Uncaught Exception|Invoke Error|Unhandled Promise Rejection))$/;
const SAID = /"(?:message|errorMessage|error_description|detail)"\s?:\s?"((?:[^"\\]|\\.){1,500})"/;

function saidIn(fields: string, before: string): string {
  const said = NAME_ALONE.test(before.trim().split('\t').at(-1) ?? '') ? SAID.exec(fields)?.[1] : undefined;
  return said === undefined ? '' : `${before.endsWith(':') ? '' : ':'} ${said}`;
}

/** The same for a text that is cited already: of a row of JSON only its message, of any other text all. */
export function quotedLine(text: string): string {
  if (!ROW.test(text)) return text;
  const line = { line: text, labels: {}, timeNs: '', service: '', level: '', traceId: '', spanId: '' };
  return logMessage(line) || text;
}

const ROW = /^\s{0,8}\{\s{0,8}"/;
