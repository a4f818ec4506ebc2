/**
 * Whether a body is one value or one per line, and where its values end. The first line break decides: the value before
 * it is complete, or damaged, because a new value after it could belong to it only after an opening bracket, a comma or
 * a colon. Several values may follow each other without a line break, as `cat` joins files.
 *
 *  {"resourceSpans":[…]}⏎{"resourceSpans":[…]}      one per line
 *  {"resourceSpans":[{"sc⏎{"resourceSpans":[…]}     one per line, and the first is damaged
 *  {⏎  "resourceSpans": […                          one value
 *  {"resourceSpans":[…]}{"resourceSpans":[…]}       two values
 */

import type { Damage } from '#decode/body-decoder.ts';
import { COLON, COMMA, OPEN_BRACE, OPEN_BRACKET } from '#decode/json-cursor.ts';
import type { KeptBytes } from '#decode/kept-bytes.ts';

/** The reader of the values. */
export type LineValues = Readonly<{
  /** A value begins there in the body. */
  begin(at: number): void;
  /** Bytes of it, up to there in the body. */
  push(bytes: Uint8Array, to: number): void;
  /** Whether it is whole with what has come. */
  isWhole(): boolean;
  /** Where in the body it ended, also where other bytes came behind it; undefined while it is open. */
  endsAt(): number | undefined;
  /** It ends there. Whether it was whole. */
  end(to: number): boolean;
}>;

export type ValueLines = Readonly<{
  /** More bytes, which are kept already. */
  push(chunk: Uint8Array): void;
  end(): Damage;
}>;

const NEWLINE = 10;

/** Behind the end of a value, parts of this size and then twice as much each: many short values stay cheap. */
const FIRST_PART_BYTES = 1024;

/** Before the first line break, at it, and after it. */
type Reading = 'first line' | 'line break' | 'one value' | 'lines';

export function valueLines(kept: KeptBytes, values: LineValues): ValueLines {
  let reading: Reading = 'first line';
  /** Where in the body: its end, what was handed on, where the next line break is looked for. */
  let size = 0;
  let handedTo = 0;
  let searchFrom = 0;
  /** Behind the end of a value: where the next one is looked for. */
  let lookFrom = 0;
  /** The last byte of the value that is no space; 0 before it begins. */
  let lastByte = 0;
  let line = 1;
  const damage = { isCut: false, damagedLines: 0, lines: 0, firstDamaged: 0 };

  const handOnPart = (to: number): void => {
    const bytes = kept.slice(handedTo, to);
    const last = lastOf(bytes);
    if (lastByte === 0 && last !== 0) {
      values.begin(handedTo);
      lookFrom = 0;
    }
    lastByte = last || lastByte;
    if (lastByte !== 0) values.push(bytes, to);
    handedTo = to;
  };
  /** Where the open value ended and another one begins. */
  const nextValue = (to: number): number | undefined => {
    const end = lastByte === 0 ? undefined : values.endsAt();
    const from = Math.max(end ?? to, lookFrom);
    if (end === undefined || end < kept.keptFrom() || from >= to) return undefined;
    const next = firstOf(kept.slice(from, to));
    if (next === OPEN_BRACE || next === OPEN_BRACKET) return from;
    lookFrom = next === 0 ? to : Number.POSITIVE_INFINITY;
    return undefined;
  };
  /** Up to there; a value that begins behind the end of another one is read on its own. */
  const handOn = (to: number, isLast = false): void => {
    if (handedTo < to) handOnPart(to);
    for (let partBytes = FIRST_PART_BYTES; ; partBytes *= 2) {
      // Only then everything was looked at that came.
      if (isLast && handedTo === to && lastByte !== 0) values.isWhole();
      const next = nextValue(to);
      if (next === undefined && handedTo === to) return;
      if (next !== undefined) {
        endValue(next);
        handedTo = next;
        partBytes = FIRST_PART_BYTES;
      }
      handOnPart(Math.min(handedTo + partBytes, to));
    }
  };
  const endValue = (at: number): void => {
    if (lastByte !== 0) {
      damage.lines += 1;
      if (!values.end(at)) {
        damage.damagedLines += 1;
        damage.firstDamaged ||= line;
      }
    }
    lastByte = 0;
  };
  const endLine = (at: number): void => {
    handOn(at, true);
    endValue(at);
    handedTo = at;
    searchFrom = at + 1;
    line += 1;
  };
  /** False where more bytes are needed. */
  const toLineBreak = (chunk: Uint8Array): boolean => {
    const start = size - chunk.length;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length); // which finds a byte many times faster
    const found = bytes.indexOf(NEWLINE, Math.max(0, searchFrom - start));
    const at = found < 0 ? size : start + found;
    handOn(at);
    searchFrom = at;
    if (found < 0) return false;
    if (reading === 'lines' || lastByte === 0) endLine(at);
    else reading = 'line break';
    return true;
  };
  const pastLineBreak = (): boolean => {
    const next = firstOf(kept.slice(searchFrom));
    if (next === 0) return false;
    handOn(searchFrom, true);
    const opens = next === OPEN_BRACE || next === OPEN_BRACKET;
    const isNewLine = values.isWhole() || (opens && !MAY_OPEN.has(lastByte));
    reading = isNewLine ? 'lines' : 'one value';
    if (isNewLine) endLine(searchFrom);
    return true;
  };

  return {
    push(chunk) {
      size += chunk.length;
      let goesOn = size > handedTo;
      while (goesOn) {
        if (reading === 'one value') {
          handOn(size);
          goesOn = false;
        } else goesOn = reading === 'line break' ? pastLineBreak() : toLineBreak(chunk);
      }
    },
    end() {
      handOn(size, true);
      if (lastByte === 0) return damage;
      damage.lines += 1;
      damage.isCut = !values.end(size);
      return damage;
    },
  };
}

/** Behind these a value may open inside another one. */
const MAY_OPEN: ReadonlySet<number> = new Set([OPEN_BRACE, OPEN_BRACKET, COMMA, COLON]);

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}

/** The first byte that is no space; 0 where there is none. */
function firstOf(bytes: Uint8Array): number {
  for (const byte of bytes) if (!isSpace(byte)) return byte;
  return 0;
}

function lastOf(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= 0; at -= 1) if (!isSpace(bytes[at])) return bytes[at] ?? 0;
  return 0;
}
