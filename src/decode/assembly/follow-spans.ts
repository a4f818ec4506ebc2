/**
 * Follows spans that resemble earlier ones. AssemblyScript: `tools/compile-follow-spans.ts` compiles it to WebAssembly,
 * whose instructions compare sixteen bytes a step and need no warm-up. `span-follower.ts` teaches it. Anything new is
 * left to the readers in TypeScript: it never decides what a byte means.
 *
 *  {"traceID":"4bf9…","spanID":"00f0…","startTime":1700000000000000,"tags":[{"key":"span.kind","value":"client"},{"key":…
 *  ╰─ a head ─╯      ╰─ a head ─╯     ╰── a head ──╯                ╰───────────── a head ──────────────────────╯
 *
 * A head is the text before a value that differs between spans. Each head knows what follows it and which heads came
 * next. A value with few variants belongs to the head. The memory layout is in `layout.ts`. Positions in the window
 * count from its beginning.
 */
import {
  END,
  EVENTS,
  INTEGER,
  KIND_BITS,
  KNOWN_LITERAL,
  KNOWN_TAG,
  LAST,
  LITERAL,
  MOST_NODES,
  MOST_RECORDS,
  MOST_REFERENCES,
  MOST_TAGS,
  NODE_BYTES,
  NODES,
  RECORD_BYTES,
  RECORDS,
  REFERENCE,
  REFERENCE_BYTES,
  REFERENCE_TRACE,
  REFERENCES,
  SKIPPED,
  STEP_BYTES,
  STEPS,
  TAG,
  TAG_BYTES,
  TAGS,
  TEXT,
  VALUE,
  WINDOW,
} from './layout.ts';

const QUOTE: u8 = 34;
const COMMA: u8 = 44;
const BACKSLASH: u8 = 92;
const OPEN_BRACE: u8 = 123;
const CLOSE_BRACE: u8 = 125;
const OPEN_BRACKET: u8 = 91;
const LETTER_N: u8 = 110;

/** The position of the next byte, and the end of the window. */
let at: i32 = 0;
let end: i32 = 0;
/** The head that was read last. */
let node: i32 = 0;
let hasEscapes: bool = false;
let integer: i64 = 0;

/** The current span: its record, the place of its tags, and its only statement. */
let record: i32 = 0;
let place: i32 = 0;
let statement: i32 = 0;
/** The current reference: its kind, and the first of its two texts. */
let kind: i32 = 0;
let firstFrom: i32 = 0;
let firstTo: i32 = 0;

let tags: i32 = 0;
let references: i32 = 0;

let stopped: i32 = 0;

/** The position after the last span that `follow` read. */
export function stoppedAt(): i32 {
  return stopped;
}

/**
 * Reads spans from the opening brace at `from`, as long as it knows them and the window holds them completely; returns
 * how many.
 */
export function follow(from: i32, windowEnd: i32): i32 {
  let count: i32 = 0;
  tags = references = 0;
  stopped = at = from;
  end = windowEnd;
  while (count < MOST_RECORDS && readSpan(RECORDS + count * RECORD_BYTES)) {
    count += 1;
    stopped = at;
    skipSpace();
    if (load<u8>(at, WINDOW) !== COMMA) return count;
    at += 1;
    skipSpace();
    if (load<u8>(at, WINDOW) !== OPEN_BRACE) return count;
  }
  return count;
}

/** False where something is new, or the window ends. */
function readSpan(into: i32): bool {
  record = into;
  memory.fill(record, 0, RECORD_BYTES);
  store<i32>(record, at, 0);
  store<i32>(record, tags, 64);
  store<i32>(record, references, 76);
  node = NODES;
  place = 0;
  statement = -1;
  let seen: i32 = 0;
  while (true) {
    node = next(node, at);
    if (node === 0) return false;
    // The last of repeated members counts. Only the full readers handle that.
    const members = load<i32>(node, 20);
    if ((seen & members) !== 0) return false;
    seen |= members;
    at += load<i32>(node, 4);
    const what = load<i32>(node, 8);
    if (what === END) break;
    if (!readValue(what)) return false;
  }
  store<i32>(record, at, 4);
  store<i32>(record, place, 60);
  store<i32>(record, tags, 68);
  store<i32>(record, statement, 72);
  store<i32>(record, references, 80);
  return at <= end;
}

function readValue(what: i32): bool {
  if (what === SKIPPED) return skipValue();
  if (what === KNOWN_TAG) return takeKnownTag();
  if (what === KNOWN_LITERAL) return takeKnownLiteral();
  if (what === TEXT) return readText();
  if (what === TAG) return readTag();
  if (what === INTEGER) return readInteger();
  if (what === REFERENCE) return readReference();
  if (what === LITERAL) return readLiteral();
  return what === EVENTS && readEvents();
}

/** Where in the record the value belongs. */
function target(): i32 {
  return record + load<i32>(node, 12);
}

function takeKnownTag(): bool {
  if (tags === MOST_TAGS) return false;
  const number = (node - NODES) / NODE_BYTES;
  addTag(VALUE, at - load<i32>(node, 28), number);
  if (place >= 0) place = placeBehind(place, number);
  return true;
}

function takeKnownLiteral(): bool {
  const into = target();
  store<i32>(into, at - load<i32>(node, 28), 0);
  store<i32>(into, at, 4);
  store<i32>(into, load<i32>(node, 16), 8);
  return true;
}

function readText(): bool {
  const from = at;
  if (!isPlainText()) return false;
  store<i32>(target(), from + 1, 0);
  store<i32>(target(), at - 1, 4);
  return true;
}

/** One that is nested or null is for the readers, and so is a second statement. */
function readTag(): bool {
  const from = at;
  const first = load<u8>(from, WINDOW);
  if (tags === MOST_TAGS || first === OPEN_BRACE || first === OPEN_BRACKET || first === LETTER_N) return false;
  hasEscapes = false;
  if (!skipValue()) return false;
  const role = load<i32>(node, 16);
  if (role === VALUE) place = -1;
  else if (statement >= 0) return false;
  else statement = tags;
  addTag(role, from, 0);
  return true;
}

/** Its value ends at `at`. */
function addTag(role: i32, from: i32, number: i32): void {
  const tag = TAGS + tags * TAG_BYTES;
  store<i32>(tag, load<i32>(node, 12), 0);
  store<i32>(tag, role, 4);
  store<i32>(tag, from, 8);
  store<i32>(tag, at, 12);
  store<i32>(tag, number === 0 && hasEscapes ? 1 : 0, 16);
  store<i32>(tag, number, 20);
  tags += 1;
}

function readInteger(): bool {
  if (!skipInteger()) return false;
  store<f64>(target(), <f64>integer, 0);
  return true;
}

function readReference(): bool {
  const from = at;
  if (references === MOST_REFERENCES || !isPlainText()) return false;
  const said = load<i32>(node, 16);
  if ((said & KIND_BITS) !== 0) kind = said & KIND_BITS;
  if ((said & LAST) === 0) {
    firstFrom = from + 1;
    firstTo = at - 1;
    return true;
  }
  const reference = REFERENCES + references * REFERENCE_BYTES;
  const isTrace = load<i32>(node, 12) === REFERENCE_TRACE;
  const own = reference + (isTrace ? 4 : 12);
  const other = reference + (isTrace ? 12 : 4);
  store<i32>(reference, kind, 0);
  store<i32>(own, from + 1, 0);
  store<i32>(own, at - 1, 4);
  store<i32>(other, firstFrom, 0);
  store<i32>(other, firstTo, 4);
  references += 1;
  return true;
}

function readLiteral(): bool {
  const from = at;
  const first = load<u8>(from, WINDOW);
  if (first === OPEN_BRACE || first === OPEN_BRACKET || !skipValue()) return false;
  store<i32>(target(), from, 0);
  store<i32>(target(), at, 4);
  store<i32>(target(), 0, 8);
  return true;
}

function readEvents(): bool {
  const from = at;
  if (!skipValue()) return false;
  const isFilled = load<u8>(from, WINDOW) === OPEN_BRACKET && !isEmptyList(from);
  store<i32>(record, isFilled ? 1 : 0, 56);
  return true;
}

/** The node of the head at this position, among the successors of another node; 0 for none. */
export function next(before: i32, from: i32): i32 {
  let edge = load<i32>(before, 24);
  let previous: i32 = 0;
  while (edge !== 0) {
    const found = load<i32>(edge);
    if (isAt(found, from)) {
      // The most recent one is tried earlier next time.
      if (previous !== 0) {
        store<i32>(edge, load<i32>(previous));
        store<i32>(previous, found);
      }
      return found;
    }
    previous = edge;
    edge = load<i32>(edge, 4);
  }
  return 0;
}

function isAt(head: i32, from: i32): bool {
  const text = load<i32>(head);
  const length = load<i32>(head, 4);
  if (length < 16) {
    const all = (1 << length) - 1;
    return (equalBytes(text, from) & all) === all;
  }
  const last = length - 16;
  for (let i: i32 = 0; i < last; i += 16) {
    if (equalBytes(text + i, from + i) !== 0xffff) return false;
  }
  return equalBytes(text + last, from + last) === 0xffff;
}

/** A bit for each of sixteen. */
function equalBytes(text: i32, from: i32): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(text), v128.load(from, WINDOW)));
}

/** No two nodes share a place in the memory for steps from one place. */
function stepAt(from: i32, number: i32): i32 {
  return STEPS + (((from * 61) ^ (number * 31)) & (MOST_NODES - 1)) * STEP_BYTES;
}

/** Where the tag that this node is leads to from a place; −1 where nobody has told. */
function placeBehind(from: i32, number: i32): i32 {
  const step = stepAt(from, number);
  const to = load<i32>(step, 4);
  return to !== 0 && load<i32>(step) === from ? to : -1;
}

/** Stores the next place of a step, which is never 0. Steps that share a place in the memory displace each other. */
export function learnStep(from: i32, number: i32, to: i32): void {
  const step = stepAt(from, number);
  store<i32>(step, from, 0);
  store<i32>(step, to, 4);
}

/** Whether a text without escapes stands here; goes behind it. */
function isPlainText(): bool {
  if (load<u8>(at, WINDOW) !== QUOTE) return false;
  hasEscapes = false;
  skipText();
  return !hasEscapes;
}

/** From the opening quote to behind the closing one. The quotes behind the window end each text. */
function skipText(): void {
  at += 1;
  while (true) {
    const bytes = v128.load(at, WINDOW);
    const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
    const found = i8x16.bitmask(v128.or(quotes, i8x16.eq(bytes, i8x16.splat(BACKSLASH))));
    if (found === 0) {
      at += 16;
      continue;
    }
    at += ctz(found);
    if (load<u8>(at, WINDOW) === QUOTE) break;
    hasEscapes = true;
    at += 2;
  }
  at += 1;
}

/** False where it is cut, or no value. */
function skipValue(): bool {
  const byte = load<u8>(at, WINDOW);
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipNested();
  if (byte === QUOTE) {
    skipText();
    return true;
  }
  const from = at;
  while (isInWord(load<u8>(at, WINDOW))) at += 1;
  return at > from;
}

function skipNested(): bool {
  let depth: i32 = 0;
  while (at < end) {
    at += toQuoteOrBracket();
    const byte = load<u8>(at, WINDOW);
    if (byte === QUOTE) {
      skipText();
      continue;
    }
    if (isQuoteOrBracket(byte)) depth += isOpening(byte) ? 1 : -1;
    at += 1;
    if (depth === 0) return true;
  }
  return false;
}

/** How far it is to the next of `"[]{}`, at most fifteen. A bit makes brackets of braces. */
function toQuoteOrBracket(): i32 {
  const bytes = v128.load(at, WINDOW);
  const brackets = v128.or(bytes, i8x16.splat(32));
  const opening = i8x16.eq(brackets, i8x16.splat(OPEN_BRACE));
  const closing = i8x16.eq(brackets, i8x16.splat(CLOSE_BRACE));
  const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), v128.or(opening, closing)));
  return found === 0 ? 15 : ctz(found);
}

function isQuoteOrBracket(byte: u8): bool {
  const bracket = byte | 32;
  return byte === QUOTE || bracket === OPEN_BRACE || bracket === CLOSE_BRACE;
}

function isOpening(byte: u8): bool {
  return (byte | 32) === OPEN_BRACE;
}

/** A number goes to `integer` as far as it is plain and exact: behind any other one no head is known. */
function skipInteger(): bool {
  const from = at;
  integer = 0;
  while (at - from < 16) {
    const digit = <i32>load<u8>(at, WINDOW) - 48;
    if (digit < 0 || digit > 9) break;
    integer = integer * 10 + digit;
    at += 1;
  }
  return at > from && integer <= 9_007_199_254_740_991;
}

/** What numbers and the three words are made of. */
function isInWord(byte: u8): bool {
  const letter = byte | 32;
  return (letter >= 97 && letter <= 122) || (byte >= 48 && byte <= 57) || byte === 45 || byte === 43 || byte === 46;
}

function skipSpace(): void {
  while (isSpace(load<u8>(at, WINDOW))) at += 1;
}

function isSpace(byte: u8): bool {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

/** The list that began there and ends here. */
function isEmptyList(from: i32): bool {
  let inside = from + 1;
  while (isSpace(load<u8>(inside, WINDOW))) inside += 1;
  return inside === at - 1;
}
