/**
 * A span's data as names and values that can be compared: attributes under their current names, the fields of JSON in
 * them, its exception.
 */
import type { LogLine } from '#model/logs/log-line.ts';
import type { Attributes, SpanIndex } from '#model/trace/columns.ts';
import { canonicalValue, currentNames } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';

export type Field = Readonly<{ of: 'span' | 'resource' | 'event' | 'line'; name: string; value: string }>;

/** A recorded body may be large; the distinguishing fields stand near its beginning. */
const LONGEST_JSON = 65_536;
const MOST_JSON_FIELDS = 200;

export function fieldsOf(trace: Trace, span: SpanIndex): Field[] {
  const own = spanFields(trace, span);
  return [
    ...own,
    ...expiries(own, trace.startEpochUs + trace.startUs(span)),
    ...eventFields(trace, span),
    ...(trace.failed(span) && trace.statusText(span) !== ''
      ? [{ of: 'span', name: STATUS_TEXT, value: trace.statusText(span) } as const]
      : []),
  ];
}

/** Resource attributes of the process that recorded the span. */
export function resourceFields(trace: Trace, span: SpanIndex): Field[] {
  return fieldsIn(trace.resource(span), 'resource');
}

export const STATUS_TEXT = 'status.description';

/** The fields of a JSON line; a text line has none. */
export function lineFields({ line }: LogLine): Field[] {
  const parsed = /^\s*\{/.test(line) && line.length <= LONGEST_JSON ? parsedJson(line) : undefined;
  if (typeof parsed !== 'object' || parsed === null) return [];
  return Object.entries(parsed).flatMap(([name, value]) =>
    (typeof value === 'object' && value !== null
      ? flattened(name, value)
      : [{ name, value: value === null ? '' : String(value) }]
    ).map((field) => ({ of: 'line', ...field }) as const),
  );
}

function spanFields(trace: Trace, span: SpanIndex): Field[] {
  return fieldsIn(trace.attributes(span), 'span', trace.kind(span));
}

/** Replaces a JWT, which differs for every caller, by whether it had expired. That says more and is not secret. */
function expiries(fields: readonly Field[], atUs: number): Field[] {
  return fields.flatMap(({ of, name, value }) => {
    const expiresUs = expiryIn(value);
    if (expiresUs === undefined) return [];
    return [{ of, name: `${name}.expires`, value: expiresUs <= atUs ? 'before this request' : 'after this request' }];
  });
}

const JWT = /(?:^|[\s="])eyJ[\w-]{4,2000}\.(eyJ[\w-]{4,8000})\./;

/** The claim `exp` (RFC 7519), in seconds; returned in microseconds. */
function expiryIn(value: string): number | undefined {
  const claims = JWT.exec(value)?.[1];
  if (claims === undefined) return undefined;
  const parsed = parsedJson(decodedBase64(claims));
  const exp = typeof parsed === 'object' && parsed !== null && 'exp' in parsed ? parsed.exp : undefined;
  return typeof exp === 'number' ? exp * 1_000_000 : undefined;
}

function decodedBase64(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return ''; // it only looks like a token
  }
}

function eventFields(trace: Trace, span: SpanIndex): Field[] {
  if (!trace.hasEvents(span)) return [];
  return trace
    .events(span)
    .filter(({ name, attributes }) => name === 'exception' || attributes['exception.type'] !== undefined)
    .flatMap(({ attributes }) => fieldsIn(attributes, 'event'))
    .filter(({ name }) => name !== 'exception.stacktrace');
}

function fieldsIn(attributes: Attributes, of: Field['of'], kind?: Parameters<typeof canonicalValue>[2]): Field[] {
  const names = new Set(Object.keys(attributes).flatMap(currentNames));
  return [...names].flatMap((name) => {
    const value = canonicalValue(attributes, name, kind);
    return value === undefined ? [] : valuesIn(name, String(value)).map((field) => ({ of, ...field }));
  });
}

type NameAndValue = Readonly<{ name: string; value: string }>;

function valuesIn(name: string, value: string): NameAndValue[] {
  const parsed = /^\s*[[{]/.test(value) && value.length <= LONGEST_JSON ? parsedJson(value) : undefined;
  if (typeof parsed !== 'object' || parsed === null) return [{ name, value }];
  return flattened(name, parsed);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // it only looks like JSON, or was cut
  }
}

/**
 * A list with one element is that element, because headers are recorded so. A longer list is one field that keeps its
 * order.
 */
function flattened(name: string, value: object): NameAndValue[] {
  const found: NameAndValue[] = [];
  const open: Readonly<{ name: string; value: unknown }>[] = [{ name, value }];
  for (let next = open.pop(); next !== undefined && found.length < MOST_JSON_FIELDS; next = open.pop()) {
    const { value: inside } = next;
    if (typeof inside !== 'object' || inside === null) {
      found.push({ name: next.name, value: inside === null ? '' : String(inside) });
      continue;
    }
    const at = next.name;
    const isOne = Array.isArray(inside) && inside.length === 1;
    const entries = Object.entries(inside).slice(0, MOST_JSON_FIELDS);
    if (entries.length === 0) found.push({ name: at, value: '' });
    open.push(...entries.map(([key, one]) => ({ name: isOne ? at : `${at}.${key}`, value: one })).reverse());
  }
  return found;
}
