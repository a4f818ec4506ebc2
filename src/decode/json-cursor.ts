/**
 * Reads JSON in a window that slides over its bytes.
 *
 *  body    …"spans":[{"traceID":…},{"traceID":…},{"tra
 *  window                          ├──────────────────┤ ""…   the unread part, followed by quotes as a sentinel
 *
 * A reader remembers where a value began and goes back there when `CUT` is thrown. Of skipped values only the brackets
 * and quotes are validated.
 */

import { growArray } from '#core/grow-array.ts';
import { parsedBytes } from '#decode/span-details.ts';

/** The window ends in the middle of a value. */
export const CUT = new Error('the window ends here');
export const DAMAGED = new Error('this is no JSON');

export const [QUOTE, COMMA, COLON] = [34, 44, 58];
export const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [123, 125, 91, 93];
const [SPACE, TAB, NEWLINE, RETURN, BACKSLASH, ZERO] = [32, 9, 10, 13, 92, 48];

/** No skipper runs past so many quotes: a string takes one, or two after a backslash; and whoever compares reads no further. */
const SENTINEL_BYTES = 512;
/** A number of so many digits may be exact. */
const SAFE_DIGITS = 16;

const NULL = new TextEncoder().encode('null');
const BYTE_ORDER_MARK = new TextEncoder().encode('\ufeff');

/** What numbers and the three words are made of. */
const IN_WORD = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[-+.0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** A window of so many bytes, which begins with those of the window before. */
export type WindowMemory = (before: Uint8Array, bytes: number) => Uint8Array;

/** Where a window lies; `release` gives the memory back. */
export type WindowOwner = Readonly<{ memory: WindowMemory; release(): void }>;

const OWN_MEMORY: WindowOwner = { memory: growArray, release: () => undefined };

export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(SENTINEL_BYTES);
  /** The position of the next byte. */
  at = 0;
  end = 0;
  /** Where the window begins in the body. */
  base = 0;
  /** Whether a skipped text contained a backslash; the caller resets it. */
  hasEscapes = false;
  #owner: WindowOwner = OWN_MEMORY;

  /** Where the window lies from now on. */
  moveTo(owner: WindowOwner): void {
    this.#owner = owner;
    this.bytes = owner.memory(this.bytes, this.bytes.length);
  }

  /** Nothing more is read. */
  close(): void {
    const owner = this.#owner;
    this.#owner = OWN_MEMORY;
    this.bytes = new Uint8Array(SENTINEL_BYTES);
    owner.release();
  }

  /** Takes more bytes behind the end. Slides to what is read next when there is no room for them. */
  take(more: Uint8Array): void {
    if (this.end + more.length + SENTINEL_BYTES > this.bytes.length) this.#slide(more.length + SENTINEL_BYTES);
    this.bytes.set(more, this.end);
    this.end += more.length;
    this.bytes.fill(QUOTE, this.end, this.end + SENTINEL_BYTES);
  }

  /** The byte after the white space; the cursor stays before it. */
  next(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at] ?? QUOTE;
    while (byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB) {
      at += 1;
      byte = bytes[at] ?? QUOTE;
    }
    this.at = at;
    if (at >= this.end) throw CUT;
    return byte;
  }

  /** Some editors put it before the first byte. */
  skipByteOrderMark(): void {
    if (this.bytes[this.at] !== BYTE_ORDER_MARK[0]) return;
    if (this.end < this.at + BYTE_ORDER_MARK.length) throw CUT;
    if (this.is(this.at, this.at + BYTE_ORDER_MARK.length, BYTE_ORDER_MARK)) this.at += BYTE_ORDER_MARK.length;
  }

  expect(wanted: number): void {
    if (this.next() !== wanted) throw DAMAGED;
    this.at += 1;
  }

  /** Whether the object or list that opens here has content; goes to its first element. */
  enter(close: number): boolean {
    this.at += 1;
    if (this.next() !== close) return true;
    this.at += 1;
    return false;
  }

  /** After an element: whether another one follows. `close` ends the list or the object. */
  another(close: number): boolean {
    const byte = this.next();
    this.at += 1;
    if (byte === close) return false;
    if (byte !== COMMA) throw DAMAGED;
    return true;
  }

  /** From the opening quote to the position after the closing one. */
  skipText(): void {
    const { bytes } = this;
    let at = this.at + 1;
    let byte = bytes[at];
    while (byte !== QUOTE) {
      if (byte === BACKSLASH) {
        this.hasEscapes = true;
        at += 1;
      }
      at += 1;
      byte = bytes[at];
    }
    this.at = at + 1;
    if (this.at > this.end) throw CUT;
  }

  /** From the opening quote of a member's name to the position after the colon; returns where the name ends. */
  memberName(): number {
    if (!this.isText(this.at)) throw DAMAGED;
    this.hasEscapes = false;
    this.skipText();
    const to = this.at - 1;
    this.expect(COLON);
    return to;
  }

  /** Whether a non-empty list begins here; if so, it is not entered; any other value is skipped. */
  isList(): boolean {
    const byte = this.next();
    const from = this.at;
    if (byte === OPEN_BRACKET) {
      if (!this.enter(CLOSE_BRACKET)) return false;
      this.at = from;
      return true;
    }
    this.skipValue();
    return false;
  }

  skipValue(): void {
    const byte = this.next();
    if (byte === QUOTE) this.skipText();
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#skipNested();
    else this.#skipWord();
  }

  /** The number here when it is a plain integer; otherwise undefined, and nothing is read. */
  integer(): number | undefined {
    const from = this.at;
    let at = from;
    let value = 0;
    while (at - from < SAFE_DIGITS) {
      const digit = (this.bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at += 1;
    }
    if (at === from || IN_WORD[this.bytes[at] ?? 0] === 1 || !Number.isSafeInteger(value)) return undefined;
    if (at >= this.end) throw CUT;
    this.at = at;
    return value;
  }

  is(from: number, to: number, name: Uint8Array): boolean {
    if (to - from !== name.length) return false;
    for (let i = 0; i < name.length; i += 1) if (this.bytes[from + i] !== name[i]) return false;
    return true;
  }

  isText(from: number): boolean {
    return this.bytes[from] === QUOTE;
  }

  isNull(from: number): boolean {
    return this.is(from, from + NULL.length, NULL);
  }

  /** Whether the list that was skipped from there to here is empty. */
  isEmptyList(from: number): boolean {
    for (let at = from + 1; at < this.at - 1; at += 1) {
      const byte = this.bytes[at];
      if (byte !== SPACE && byte !== NEWLINE && byte !== RETURN && byte !== TAB) return false;
    }
    return true;
  }

  /** Throws SyntaxError. */
  value(from: number, to: number): unknown {
    return parsedBytes(this.bytes.subarray(from, to));
  }

  /** For values that are only passed on: undefined where it is no JSON. */
  valueIfAny(from: number, to: number): unknown {
    try {
      return this.value(from, to);
    } catch {
      return undefined;
    }
  }

  /** The rest fills at most half of the window, so that a value in many pieces is not moved with each. */
  #slide(room: number): void {
    const left = this.end - this.at;
    const needed = left * 2 + room;
    if (needed > this.bytes.length)
      this.bytes = this.#owner.memory(this.bytes, Math.max(needed, this.bytes.length * 2));
    this.bytes.copyWithin(0, this.at, this.end);
    this.base += this.at;
    this.at = 0;
    this.end = left;
  }

  #skipNested(): void {
    let depth = 0;
    do {
      if (this.at >= this.end) throw CUT;
      const byte = this.bytes[this.at];
      if (byte === QUOTE) {
        this.skipText();
        continue;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
      this.at += 1;
    } while (depth > 0);
  }

  /** Number, true, false, null. */
  #skipWord(): void {
    const from = this.at;
    while (IN_WORD[this.bytes[this.at] ?? 0] === 1) this.at += 1;
    if (this.at >= this.end) throw CUT;
    if (this.at === from) throw DAMAGED;
  }
}
