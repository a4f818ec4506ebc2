/**
 * Takes credentials out of JSON (one value, or one a line) and leaves every other byte as it is.
 *
 *   "http.url": "https://app:s3cret@db/x"              a text of a known form
 *   "password": "hunter2"                              a member whose name says that its value is a secret
 *   {"key": "password", "value": "hunter2"}            the same as Jaeger writes it
 *   {"key": "password", "value": {"stringValue": …}}   and as OTLP does
 *
 * Works on each text by itself: over the whole body, a key that is cut off in one log line would take the rest of the
 * file with it. Ids stay, since they tie the evidence together. Nothing here recurses over the input, and input that is
 * no JSON comes out as it went in but for the texts in quotes.
 */
import type { Redaction } from '#model/case.ts';
import { redact } from '#model/redaction.ts';

export type RedactedJson = Readonly<{
  /** In a buffer of their own, so that they can be moved to another thread. */
  bytes: Uint8Array;
  redactions: readonly Redaction[];
}>;

export function redactJson(input: Uint8Array): RedactedJson {
  const json = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const edits: Edit[] = [];
  const counts = new Map<string, number>();
  const cleaned = openCleaner();
  for (const { value, name } of namedValues(json)) {
    const text = cleaned(value, name);
    if (text === value.text) continue;
    edits.push({ from: value.from, to: value.to, text: JSON.stringify(text) });
    countMarks(counts, value.text, text);
  }
  return { bytes: spliced(json, edits), redactions: sorted(counts) };
}

type Named = Readonly<{ value: Value; name: string }>;

/** Every text and number with the name that says what it is; '' where nothing does. */
function* namedValues(json: Buffer): Generator<Named> {
  const frames: Frame[] = [];
  for (const token of tokens(json)) {
    const frame = frames.at(-1);
    if (token.kind === 'open') frames.push(frameIn(frame, token.isObject));
    else if (token.kind === 'close') yield* lateValues(frames.pop());
    else if (token.kind === 'value') yield* named(token, frame);
    else if (frame !== undefined) frame.expectsName = frame.isObject;
  }
  // What is cut off has its names already, or never gets them.
  for (const frame of frames) yield* lateValues(frame);
}

function* named(value: Value, frame: Frame | undefined): Generator<Named> {
  if (frame === undefined) yield { value, name: '' };
  else if (frame.expectsName) {
    frame.member = value.text;
    frame.expectsName = false;
    yield { value, name: '' };
  } else if (!ID_MEMBERS.has(frame.member)) {
    if (frame.member === TAG_NAME && value.isText) frame.tag = value.text;
    // The name of a tag may come after its value, so that the value waits for the end of the tag.
    const holder = holderOf(frame);
    if (holder === undefined) yield { value, name: frame.member };
    else holder.late.push(value);
  }
}

function* lateValues(frame: Frame | undefined): Generator<Named> {
  for (const value of frame?.late ?? []) yield { value, name: frame?.tag ?? '' };
}

function frameIn(parent: Frame | undefined, isObject: boolean): Frame {
  return { isObject, member: '', expectsName: isObject, tag: undefined, late: [], holder: holderOf(parent) };
}

/** The tag whose value is being read, however deep inside it. */
function holderOf(frame: Frame | undefined): Frame | undefined {
  return frame?.member === TAG_VALUE ? frame : frame?.holder;
}

/** How Jaeger and OTLP write an attribute. */
const TAG_NAME = 'key';
const TAG_VALUE = 'value';

/** The members of spans and references that tie them together, in every format that is read. */
const ID_MEMBERS: ReadonlySet<string> = new Set([
  'traceID',
  'traceId',
  'trace_id',
  'spanID',
  'spanId',
  'span_id',
  'parentSpanID',
  'parentSpanId',
  'parent_span_id',
  'parentId',
  'processID',
]);

type Frame = {
  isObject: boolean;
  /** The name of the member whose value comes; empty in a list. */
  member: string;
  expectsName: boolean;
  /** The text of the member `key`. */
  tag: string | undefined;
  /** Values under the member `value`. */
  late: Value[];
  /** The tag around it, if it is part of a tag's value. */
  holder: Frame | undefined;
};

/** A text or a number. `from` and `to` enclose it with its quotes. */
type Value = Readonly<{ kind: 'value'; from: number; to: number; text: string; isText: boolean }>;

type Token = Value | Readonly<{ kind: 'open'; isObject: boolean } | { kind: 'close' } | { kind: 'comma' }>;

type Edit = Readonly<{ from: number; to: number; text: string }>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

function* tokens(json: Buffer): Generator<Token> {
  for (let at = 0; at < json.length; ) {
    const token = json[at] === QUOTE ? textAt(json, at) : (numberAt(json, at) ?? SIGNS.get(json[at] ?? 0));
    if (token !== undefined) yield token;
    at = token?.kind === 'value' ? token.to : at + 1;
  }
}

const SIGNS: ReadonlyMap<number, Token> = new Map<number, Token>([
  [0x2c, { kind: 'comma' }],
  [0x7b, { kind: 'open', isObject: true }],
  [0x5b, { kind: 'open', isObject: false }],
  [0x7d, { kind: 'close' }],
  [0x5d, { kind: 'close' }],
]);

function textAt(json: Buffer, from: number): Value {
  const end = endOfText(json, from);
  const text = unquoted(json.toString('utf8', from + 1, end));
  return { kind: 'value', from, to: Math.min(end + 1, json.length), text, isText: true };
}

function numberAt(json: Buffer, from: number): Value | undefined {
  const first = json[from] ?? 0;
  if (first !== MINUS && !isDigit(first)) return undefined;
  const to = endOfNumber(json, from);
  return { kind: 'value', from, to, text: json.toString('latin1', from, to), isText: false };
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Where its closing quote is, or the end of what was cut off. */
function endOfText(json: Buffer, from: number): number {
  for (let at = from + 1; at < json.length; at += 1) {
    if (json[at] === BACKSLASH) at += 1;
    else if (json[at] === QUOTE) return at;
  }
  return json.length;
}

function endOfNumber(json: Buffer, from: number): number {
  let at = from + 1;
  for (; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    const partOfNumber = isDigit(byte) || byte === MINUS || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65;
    if (!partOfNumber) break;
  }
  return at;
}

function unquoted(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return raw; // a stray control character, or cut off: what it says can still be read
  }
}

/** Bodies repeat the same few thousand texts; each is looked at once. */
function openCleaner(): (value: Value, name: string) => string {
  const texts = new Map<string, string>();
  const marks = new Map<string, string>();

  /** What stands for a value of that name; '' where the name says nothing. */
  const markOf = (name: string): string => {
    const known = marks.get(name);
    if (known !== undefined) return known;
    const mark = name === '' ? '' : (MARK_AT_END.exec(redact(`${name}="${PROBE}"`))?.[1] ?? '');
    marks.set(name, mark);
    return mark;
  };
  const plain = (text: string): string => {
    if (HARMLESS.test(text)) return text;
    const known = texts.get(text);
    if (known !== undefined) return known;
    const clean = redact(text);
    texts.set(text, clean);
    return clean;
  };
  return ({ text, isText }, name) => {
    const mark = markOf(name);
    if (mark === '') return isText ? plain(text) : text;
    const written = `${name}="${text.replaceAll(/["\\]/g, '')}"`;
    // Empty values and placeholders (`?`, `null`) are no secrets, and what was taken out before stays as it is.
    return redact(written) === written ? text : mark;
  };
}

const PROBE = 'probe1';
const MARK_AT_END = /(\[redacted:[a-z-]+\])"?$/;
/** Ids, numbers, words of a few letters: nothing of these is taken out without a name beside it. */
const HARMLESS = /^(?:[0-9a-f]{1,64}|[\w ]{0,7})$/;

function countMarks(counts: Map<string, number>, before: string, after: string): void {
  for (const [text, sign] of [
    [after, 1],
    [before, -1],
  ] as const) {
    for (const [, kind = ''] of text.matchAll(/\[redacted:([a-z-]+)\]/g)) {
      counts.set(kind, (counts.get(kind) ?? 0) + sign);
    }
  }
}

function sorted(counts: ReadonlyMap<string, number>): Redaction[] {
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

function spliced(json: Buffer, edits: Edit[]): Uint8Array {
  edits.sort((a, b) => a.from - b.from); // tags were decided at their end
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { from, to, text } of edits) {
    parts.push(json.subarray(at, from), Buffer.from(text));
    at = to;
  }
  parts.push(json.subarray(at));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}
