/** Which format a body has, by its content: a name or a header says no more. Every format has its own file. */
import { UnreadableInputError } from '#core/errors.ts';
import { decodeJaegerJson, isJaegerJson } from '#decode/jaeger-json.ts';
import { isObject, type JsonObject, objectIn, textIn } from '#decode/json-value.ts';
import { decodeOtlpJson, isOtlpJson } from '#decode/otlp-json.ts';
import { mergedTraces } from '#decode/spans-by-trace.ts';
import type { DecodedTrace } from '#decode/trace-body.ts';
import { decodeZipkinJson, isZipkinJson } from '#decode/zipkin-json.ts';
import type { BodyFormat } from '#model/body.ts';

const ACCEPTED = 'Accepted are Jaeger JSON, OTLP JSON, Tempo JSON and Zipkin v2 JSON, plain or gzipped.';

/** The traces in a text of JSON, or of one JSON value a line. Throws UnreadableInputError. */
export function tracesInText(text: string, format: BodyFormat, source: string): readonly DecodedTrace[] {
  if (text.trim() === '') throw new UnreadableInputError(`${source} is empty`, ACCEPTED);
  const values = valuesIn(text, source);
  const found = values.map((value) => tracesIn(value, format));
  if (format === 'auto' && found.every((traces) => traces === undefined)) {
    throw new UnreadableInputError(`${source} holds no trace: it looks like ${looks(values[0])}`, ACCEPTED);
  }
  const [only] = found;
  return found.length === 1 ? (only ?? []) : mergedTraces(found.flatMap((traces) => traces ?? []));
}

/** Undefined where the value is in none of the formats. What a backend said to be its format is not doubted. */
function tracesIn(value: unknown, format: BodyFormat): DecodedTrace[] | undefined {
  if (format !== 'otlp-json' && isJaegerJson(value)) return decodeJaegerJson(value);
  if (format === 'jaeger-json') return undefined;
  if (isOtlpJson(value)) return decodeOtlpJson(value);
  return format === 'auto' && isZipkinJson(value) ? decodeZipkinJson(value) : undefined;
}

/** One value, or one a line, as a collector's file exporter and Jaeger's streaming API write them. */
function valuesIn(text: string, source: string): unknown[] {
  const whole = parsed(text);
  if ('value' in whole) return [whole.value];
  if (!beginsWithALine(text)) throw unreadable(text, source, whole.error);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, at) => {
    const one = parsed(line);
    if ('value' in one) return one.value;
    throw new UnreadableInputError(
      `${source} cannot be read: line ${at + 1} of ${lines.length} is cut short or damaged`,
      'Take that line out, or save the file again.',
      { cause: one.error },
    );
  });
}

/** Whether the first line is a value by itself, which a value over several lines never is. */
function beginsWithALine(text: string): boolean {
  const body = text.trimStart();
  const end = body.indexOf('\n');
  return end > 0 && /^[{[]/.test(body) && 'value' in parsed(body.slice(0, end));
}

function parsed(text: string): Readonly<{ value: unknown } | { error: unknown }> {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error };
  }
}

function unreadable(text: string, source: string, cause: unknown): UnreadableInputError {
  const start = text.slice(0, 400).trimStart();
  const shown = start
    .slice(0, 40)
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\ufffd]/gu, '·');
  return new UnreadableInputError(
    `${source} cannot be read: it is ${kindOfText(start)} (it begins with “${shown}”)`,
    ACCEPTED,
    { cause },
  );
}

function kindOfText(start: string): string {
  if (start.startsWith('<')) return /^<\?xml/i.test(start) ? 'XML' : 'a web page';
  if (start.startsWith('\x1f')) return 'compressed once more than was undone';
  if (start.startsWith('PK\x03')) return 'a zip archive';
  if (isBinary(start)) return 'binary data, and no JSON';
  return /^[{[]/.test(start) ? 'JSON that is cut short or damaged' : 'text, and no JSON';
}

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
  return `a JSON object with the keys ${keys.slice(0, MAX_KEYS).map(short).join(', ')}`;
}

const MAX_KEYS = 5;
const MAX_SHOWN = 40;

function short(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function looksOfList(list: readonly unknown[]): string {
  const [first] = list.flat();
  if (isObject(first)) {
    if ('binaryAnnotations' in first || ('traceId' in first && 'annotations' in first)) return 'Zipkin JSON of API v1';
    if ('trace_id' in first && 'span_id' in first) return 'a list of Datadog spans';
    if ('ph' in first && 'ts' in first) return 'Chrome trace events';
  }
  return `a JSON list of ${list.length} elements`;
}

/** What people save by mistake, by the keys that nothing else has. */
const OBJECTS: readonly (readonly [(value: JsonObject) => boolean, (value: JsonObject) => string])[] = [
  [(value) => 'resourceLogs' in value, () => 'OTLP logs, which go to --logs'],
  [(value) => 'resourceMetrics' in value, () => 'OTLP metrics'],
  [
    (value) => 'resourceSpans' in value || 'batches' in value || isObject(value.trace) || isObject(value.result),
    () => 'OTLP JSON without a span',
  ],
  [(value) => objectIn(value, 'data').resultType === 'streams', () => 'log lines of Loki, which go to --logs'],
  [(value) => 'resultType' in objectIn(value, 'data'), () => 'metrics of Prometheus'],
  [
    (value) => Array.isArray(value.errors) && value.errors.some(isObject),
    (value) => `an answer of Jaeger with the error “${short(errorIn(value))}”`,
  ],
  [(value) => Array.isArray(value.data) && value.data.length === 0, () => 'an answer of Jaeger that found no trace'],
  [(value) => Array.isArray(value.traces), () => 'an answer of Tempo’s search, which names traces and holds no spans'],
  [(value) => Array.isArray(value.traceEvents), () => 'Chrome trace events'],
];

function errorIn(value: JsonObject): string {
  const errors = Array.isArray(value.errors) ? value.errors.filter(isObject) : [];
  return errors.map((error) => textIn(error, 'msg')).join('; ');
}
