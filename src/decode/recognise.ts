/** Recognises a body without a span by its content: why it is refused, in one line. */
import { UnreadableInputError } from '#core/errors.ts';
import { objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { cutLine } from '#model/text/cut-text.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';
import { type BodyFormat, TRACE_FORMATS } from '#model/trace/build/body.ts';
import { isIdAlone, lookUpText } from '#model/trace/id-forms.ts';

const EMPTY = 'Try again. If it fails again, look at its log, and at the proxies between it and Spanhound.';
const ACCEPTED = `Spanhound reads ${TRACE_FORMATS}.`;

/** The store's answer was read well, and the trace is what is missing. */
const NOT_FOUND =
  'The store did not find this trace: it may be sampled out, past retention, or still arriving. Check the id and the time range, and fetch it again.';
const HTTP_NOT_FOUND = 404;
/** `codes.NotFound` of gRPC. */
const GRPC_NOT_FOUND = 5;

/** Jaeger's and Tempo's answers about a trace that they do not have. */
function isMiss(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { httpCode, grpcCode } = objectIn(value, 'error');
  const codes = [httpCode, grpcCode === GRPC_NOT_FOUND ? HTTP_NOT_FOUND : 0];
  const errors = objectsIn(value, 'errors');
  const isEmpty = isEmptyList(value.data) || (value.data === null && 'errors' in value);
  return (
    codes.includes(HTTP_NOT_FOUND) ||
    errors.some(({ code }) => code === HTTP_NOT_FOUND) ||
    (isObject(value.trace) && Object.keys(value.trace).length === 0) ||
    (isEmpty && errors.length === 0)
  );
}

/** Tempo answers so, in plain text. */
const SAYS_NOT_FOUND = /^\s*(?:trace )?not found\b/i;

function adviceOnText(text: string): string {
  if (isIdAlone(text.trim())) return lookUpText(text.trim());
  return SAYS_NOT_FOUND.test(text) ? NOT_FOUND : ACCEPTED;
}

/** Common mistakes are recognised in bodies up to this size; a larger one is not turned into one text for that. */
export const MOST_BYTES_TOLD = 16_000_000;

/**
 * `start` are the first bytes of the body, or all of them up to that size. Undefined where the body is JSON in the
 * format of its backend, and only has no span.
 */
export function refusalOf(
  start: Uint8Array,
  { size, format, source }: Readonly<{ size: number; format: BodyFormat; source: string }>,
): UnreadableInputError | undefined {
  const text = new TextDecoder().decode(start);
  if (text.trim() === '' && format !== 'auto')
    return new UnreadableInputError(`${source} sent an empty response`, EMPTY);
  if (text.trim() === '') return new UnreadableInputError(`${source} is empty`, ACCEPTED);
  if (size > start.length) {
    return new UnreadableInputError(`${source} holds no readable trace (${beginning(text)})`, ACCEPTED);
  }
  const value = valueIn(text);
  if ('error' in value) return unreadable(text, source, value.error);
  if (isEmptyAnswer(value.value, format)) return undefined;
  const advice = isMiss(value.value) ? NOT_FOUND : ACCEPTED;
  return new UnreadableInputError(`${source} holds no trace: it looks like ${looks(value.value)}`, advice);
}

/** A search of Zipkin that finds nothing answers `[]`. In a file, such a list may be anything. */
function isEmptyAnswer(value: unknown, format: BodyFormat): boolean {
  if (format === 'zipkin-json') return isEmptyList(value);
  return format !== 'auto' || hasTraces(value);
}

/** What a body that was refused as a log looks like, in words, with its beginning. */
export function likeness(text: string): string {
  const value = valueIn(text);
  const kind = 'error' in value ? kindOfText(text.slice(0, SHOWN_FROM).trimStart()) : looks(value.value);
  return `${kind === PLAIN ? 'text without a time or a level' : kind} (${beginning(text)})`;
}

/** The one that it is, or that its first line is. */
function valueIn(text: string): Readonly<{ value: unknown } | { error: unknown }> {
  const whole = parsed(text);
  if ('value' in whole) return whole;
  const body = text.trimStart();
  const end = body.indexOf('\n');
  const first = end > 0 && /^[{[]/.test(body) ? parsed(body.slice(0, end)) : whole;
  return 'value' in first ? first : whole;
}

/** Traces of Jaeger's that have no spans. */
function hasTraces(value: unknown): boolean {
  const data = isObject(value) ? value.data : undefined;
  return Array.isArray(data) && data.some((trace) => isObject(trace) && isEmptyList(trace.spans));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function parsed(text: string): Readonly<{ value: unknown } | { error: unknown }> {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error };
  }
}

function unreadable(text: string, source: string, cause: unknown): UnreadableInputError {
  const kind = kindOfText(text.slice(0, SHOWN_FROM).trimStart());
  return new UnreadableInputError(`${source} cannot be read: it is ${kind} (${beginning(text)})`, adviceOnText(text), {
    cause,
  });
}

const SHOWN_FROM = 400;

function beginning(text: string): string {
  return `it begins with “${visible(cutLine(text, MAX_SHOWN))}”`;
}

/** Without characters that move a terminal's cursor or reverse a text. */
function visible(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}\ufffd]/gu, '·');
}

function kindOfText(start: string): string {
  if (start.startsWith('<')) return /^<\?xml/i.test(start) ? 'XML' : 'a web page';
  if (start.startsWith('\x1f')) return 'compressed twice';
  if (start.startsWith('PK\x03')) return 'a zip archive';
  if (ZSTD.test(start)) return 'compressed with zstd; only gzip is supported';
  if (UTF_16.test(start)) return 'text in UTF-16; save it as UTF-8';
  if (isBinary(start)) return 'binary data, not JSON';
  return /^[{[]/.test(start) ? 'truncated or damaged JSON' : PLAIN;
}

const PLAIN = 'text, not JSON';

/** Its first bytes, decoded as UTF-8 although they are not: `28 b5 2f fd`. */
const ZSTD = /^\(\ufffd\/\ufffd/;
/** As a Windows shell writes what a program printed: every second byte is 0, perhaps behind a mark. */
const UTF_16 = /^(?:\ufffd\ufffd)?(?:(?:\0[^\0]){3}|(?:[^\0]\0){3})/;

/** How coloured logs begin. */
const COLOUR = '\x1b';

/** Protobuf, an image: characters below the space that no text has, or bytes that are no UTF-8. */
function isBinary(start: string): boolean {
  return /\ufffd/.test(start) || [...start].some((char) => char < ' ' && !/\s/.test(char) && char !== COLOUR);
}

function looks(value: unknown): string {
  if (Array.isArray(value)) return looksOfList(value);
  if (!isObject(value)) return `a JSON ${value === null ? 'null' : typeof value}`;
  for (const [isIt, said] of OBJECTS) if (isIt(value)) return said(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty JSON object';
  return `a JSON object with the keys ${keysOf(value)}`;
}

function keysOf(value: JsonObject = {}): string {
  return Object.keys(value).slice(0, MAX_KEYS).map(short).join(', ');
}

/** From a list of spans, at the top or in the first trace. */
function spanIn(value: JsonObject): JsonObject | undefined {
  return objectsIn(value, 'spans')[0] ?? objectsIn(objectsIn(value, 'data')[0] ?? {}, 'spans')[0];
}

const MAX_KEYS = 5;
const MAX_SHOWN = 40;
const MAX_SAID = 200;

/** A text of an outside system, for use in a sentence. */
export function oneLine(text: string): string {
  return visible(cutLine(text, MAX_SAID));
}

function short(text: string): string {
  return visible(cutLine(text, MAX_SHOWN));
}

function looksOfList(list: readonly unknown[]): string {
  const [first] = list.flat();
  if (isObject(first)) {
    if ('binaryAnnotations' in first || ('traceId' in first && 'annotations' in first)) return 'Zipkin JSON of API v1';
    if ('trace_id' in first && 'span_id' in first) return 'a list of Datadog spans as its tracers send them';
    if ('ph' in first && 'ts' in first) return 'Chrome trace events';
  }
  return `a JSON list of ${list.length} elements`;
}

/** Common wrong files, recognised by keys that nothing else has. */
const OBJECTS: readonly (readonly [(value: JsonObject) => boolean, (value: JsonObject) => string])[] = [
  [(value) => 'resourceLogs' in value, () => 'OTLP logs; pass them with --logs'],
  [(value) => 'resourceMetrics' in value, () => 'OTLP metrics'],
  [
    (value) => 'resourceSpans' in value || 'batches' in value || isObject(value.trace) || isObject(value.result),
    () => 'OTLP JSON without a span',
  ],
  [(value) => objectIn(value, 'data').resultType === 'streams', () => 'log lines of Loki; pass them with --logs'],
  [(value) => 'resultType' in objectIn(value, 'data'), () => 'metrics of Prometheus'],
  [
    (value) => Array.isArray(value.errors) && value.errors.some(isObject),
    (value) => `a response of Jaeger with the error “${short(errorIn(value))}”`,
  ],
  [(value) => isEmptyList(value.data) && isObject(value.meta), () => 'a response of Datadog that found no span'],
  [
    (value) => objectsIn(value, 'data').some(({ type, attributes }) => type === 'log' && isObject(attributes)),
    () => 'log events of Datadog’s API',
  ],
  [
    (value) => isEmptyList(value.data) || (value.data === null && 'errors' in value),
    () => 'a response of Jaeger that found no trace',
  ],
  [
    (value) => spanIn(value) !== undefined,
    (value) => `spans of another format, with the keys ${keysOf(spanIn(value))}`,
  ],
  [
    (value) => textIn(objectIn(value, 'error'), 'message') !== '',
    (value) => `a response with the error “${short(textIn(objectIn(value, 'error'), 'message'))}”`,
  ],
  [
    (value) => value.status === 'error' && textIn(value, 'error') !== '',
    (value) => `a response of Prometheus or Loki with the error “${short(textIn(value, 'error'))}”`,
  ],
  [
    (value) => 'groupKey' in value && Array.isArray(value.alerts),
    () => 'an alert of Alertmanager; pass it to investigate --alert',
  ],
  [
    (value) => textIn(objectIn(value, 'event'), 'event_type') !== '',
    () => 'an event of PagerDuty; pass it to investigate --alert',
  ],
  [(value) => Array.isArray(value.traces), () => 'a search result of Tempo, which lists traces without their spans'],
  [(value) => Array.isArray(value.traceEvents), () => 'Chrome trace events'],
];

function errorIn(value: JsonObject): string {
  const errors = Array.isArray(value.errors) ? value.errors.filter(isObject) : [];
  return errors.map((error) => textIn(error, 'msg')).join('; ');
}
