/**
 * A request's ids other than its trace id: the id that a gateway assigned and services forward (`X-Request-ID`,
 * `X-Correlation-ID` and the like), the user or the session. Read from fields by their names, and from lines with
 * headers, JSON and logfmt.
 */
import type { LogLine } from '#model/logs/log-line.ts';
import type { Attributes } from '#model/trace/columns.ts';

const REQUEST = '(?:amzn?[._-]?)?(?:request|req|correlation|transaction|invocation)[._-]?(?:id|uuid)';
const SESSION = '(?:(?:end)?user|session|customer)[._-]?id';

/** `http.request.header.x-request-id`, `X_Correlation_ID`, `reqId`; a separator follows any prefix. */
const REQUEST_NAME = new RegExp(`(?:^|[._-])(?:x[._-]?)?${REQUEST}$`, 'i');
const SESSION_NAME = new RegExp(`(?:^|[._-])(?:x[._-]?)?${SESSION}$`, 'i');

/** `X-Request-ID: req-91`, `"requestId":"req-91"`, `request_id=req-91`, and JSON inside JSON. */
const REQUEST_IN_TEXT = inText(REQUEST);
const SESSION_IN_TEXT = inText(SESSION);

function inText(name: string): RegExp {
  const value = String.raw`([A-Za-z0-9][\w.:/+=@-]{0,199})`;
  return new RegExp(
    String.raw`(?<![A-Za-z0-9])${name}[\\"'\]]{0,4}\s{0,3}(?:[:=]|=>)\s{0,3}[\\"'\[]{0,4}${value}`,
    'gi',
  );
}

/** Names of this id as a field in log stores; OTLP's dots and dashes have become underscores. */
export const REQUEST_FIELDS: readonly string[] = [
  'request_id',
  'requestId',
  'requestID',
  'req_id',
  'reqId',
  'x_request_id',
  'http_request_header_x_request_id',
  'correlation_id',
  'correlationId',
  'correlationID',
  'x_correlation_id',
  'http_request_header_x_correlation_id',
  'transaction_id',
];

/** In their order in the text, each once. */
export function requestIdsIn({ labels, line }: Pick<LogLine, 'labels' | 'line'>): string[] {
  return idsIn(labels, line, REQUEST_NAME, REQUEST_IN_TEXT);
}

export function sessionIdsIn({ labels, line }: Pick<LogLine, 'labels' | 'line'>): string[] {
  return idsIn(labels, line, SESSION_NAME, SESSION_IN_TEXT);
}

export function requestIdsOf(attributes: Attributes): string[] {
  return named(attributes, REQUEST_NAME);
}

export function sessionIdsOf(attributes: Attributes): string[] {
  return named(attributes, SESSION_NAME);
}

/**
 * Returns a test whether a text contains one of the ids as a whole: `req-9` is not in `req-91`. Undefined without ids.
 */
export function holdsOneOf(ids: readonly string[]): ((text: string) => boolean) | undefined {
  if (ids.length === 0) return undefined;
  const any = ids.map((id) => RegExp.escape(id)).join('|');
  const whole = new RegExp(`(?<![A-Za-z0-9_-])(?:${any})(?![A-Za-z0-9_-])`);
  return (text) => whole.test(text);
}

function idsIn(labels: LogLine['labels'], line: string, name: RegExp, text: RegExp): string[] {
  const written = [...line.matchAll(text)].map(([, id = '']) => id.replace(/(?<![.:,/=])[.:,/=]+$/, '')).filter(isId);
  return [...new Set([...named(labels, name), ...written])];
}

function named(fields: Readonly<Record<string, unknown>>, name: RegExp): string[] {
  const ids = Object.keys(fields)
    .filter((field) => name.test(field))
    .flatMap((field) => fields[field])
    .map((value) => String(value).replace(/^\["?|"?\]$/g, '')); // a header may be a list with one element, kept as JSON
  return [...new Set(ids.filter(isId))];
}

/** Shorter ones are counters and codes, which occur in unrelated lines. */
const LEAST_LENGTH = 4;
const LEAST_DIGITS = 6;
const MOST_LENGTH = 128;

/** Worth searching for: a word without a digit means that there is none (`unknown`), a short number means anything. */
function isId(text: string): boolean {
  if (text.length < LEAST_LENGTH || text.length > MOST_LENGTH || !/^[\w.:/+=@-]+$/.test(text)) return false;
  if (/^[0-]*$/.test(text)) return false;
  return /^\d+$/.test(text) ? text.length >= LEAST_DIGITS : /\d/.test(text);
}
