/**
 * Reads texts with escaped characters as their plain form: `"p\u0061ssword"`, `\x22password\x22` (nginx), `https:\/\/`
 * (PHP), `&quot;password&quot;`, terminal colours between a name and its value. Quotes stay escaped, because they do
 * not end the text around them.
 */
import { isAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

export type Unescaped = Readonly<{
  text: string;
  /** Maps ranges of it to the original text; both in ascending order. */
  inOriginal<Part extends Range>(ranges: readonly Part[]): Part[];
}>;

/** In the new text from `at` on; in the old one from `from` to `to`. */
type Piece = Readonly<{ at: number; text: string; from: number; to: number }>;

/** Characters that are written for others, or between them. */
export const WIDE_OR_WITHOUT_WIDTH: readonly number[] = [
  ...[0xad, 0x61c, 0x180e, 0xfeff, 0xff0d, 0xff3f, 0xdb40],
  ...[
    [0x200b, 5],
    [0x202a, 5],
    [0x2060, 10],
    [0xff10, 10],
    [0xff21, 26],
    [0xff41, 26],
  ].flatMap(([first = 0, length]) => Array.from({ length: length ?? 0 }, (_, at) => first + at)),
];

/** Replaces an escaped line break: a quoted text continues behind it. */
const ESCAPED_NEW_LINE = '\v';

const ESCAPE = String.fromCharCode(0x1b);
/** nginx escapes them, too. */
const BACKSLASHES = String.raw`(?:\\{1,16}|(?:\\x5c){1,4})`;
const ESCAPES = [
  String.raw`(?:${BACKSLASHES}r)?${BACKSLASHES}(n)|${BACKSLASHES}(?:(r)|(t)|(\/))`,
  // Also NUL, which divides texts.
  String.raw`(\\{1,16})(?:u00|x)([2-7][\da-f]|00)`,
  String.raw`&(?:amp;){0,3}(?:#(\d{2,3})|#x([2-7][\da-f])|(quot|apos|lt|gt));`,
  // Letters and signs as wide as Chinese ones, and characters without any width: marks of direction, tags.
  String.raw`([\uff0d\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a])|(?:[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\udb40[\udc00-\udc7f])`,
  String.raw`(?:${ESCAPE}|\\{1,16}(?:u001b|x1b|033|e))\[[\d;]{0,20}m`,
].join('|');
const ESCAPED = new RegExp(ESCAPES, 'iy');
const ALL_ESCAPED = new RegExp(ESCAPES, 'gi');
const NAMED: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>' };

/** Whether an escaped sign begins here. */
export function isEscapeAt(text: string, at: number): boolean {
  return isAt(ESCAPED, text, at);
}

export function unescaped(text: string): Unescaped {
  return replaced(text, ALL_ESCAPED, signOf);
}

/** An address holds a text whose words are encoded: `?query=password%20is%20%22x%22`. */
const ENCODED_WORDS = /%(?:25){0,4}(?:0a|2[027]|3[ce]|5c|7[bcd])/i;
const ALL_ENCODED = /%(?:25){0,4}(0a|[2-7][\da-f])/gi;

/** The text with its percent-encoded characters decoded; undefined where it encodes no words. */
export function percentDecoded(text: string): Unescaped | undefined {
  if (!ENCODED_WORDS.test(text)) return undefined;
  return replaced(text, ALL_ENCODED, ([, hex = '']) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function replaced(text: string, pattern: RegExp, signFor: (match: RegExpExecArray) => string): Unescaped {
  const pieces: Piece[] = [];
  let at = 0;
  let done = 0;
  const add = (piece: string, from: number, to: number) => {
    if (piece === '') return;
    pieces.push({ at, text: piece, from, to });
    at += piece.length;
  };
  for (const match of text.matchAll(pattern)) {
    add(text.slice(done, match.index), done, match.index);
    done = match.index + match[0].length;
    add(signFor(match), match.index, done);
  }
  add(text.slice(done), done, text.length);
  return { text: pieces.map((piece) => piece.text).join(''), inOriginal: (ranges) => inOriginal(ranges, pieces) };
}

/** Terminal colours and characters without any width are removed. */
function signOf(match: RegExpExecArray): string {
  const [, newLine, carriageReturn, tab, slash = '', backslashes = '', hex = '', decimal, entityHex, name, wide] =
    match;
  // `\\N`: the null of Postgres' COPY.
  if (match[0] === NULL_OF_COPY) return match[0];
  if (wide !== undefined) return String.fromCharCode(wide.charCodeAt(0) - WIDER);
  if (slash !== '') return slash;
  if (tab !== undefined) return '\t';
  if (newLine !== undefined || carriageReturn !== undefined) return ESCAPED_NEW_LINE;
  const sign =
    name === undefined
      ? String.fromCharCode(decimal === undefined ? Number.parseInt(hex || (entityHex ?? ''), 16) : Number(decimal))
      : (NAMED[name.toLowerCase()] ?? '');
  if (hex === '' && decimal === undefined && entityHex === undefined && name === undefined) return '';
  return /["'`]/.test(sign) ? `${'\\'.repeat(Math.max(1, 2 * backslashes.length - 1))}${sign}` : sign;
}

const NULL_OF_COPY = '\\N';

/** How far the wide characters of Unicode are behind those of ASCII. */
const WIDER = 0xfee0;

function inOriginal<Part extends Range>(ranges: readonly Part[], pieces: readonly Piece[]): Part[] {
  let index = 0;
  /** The piece that contains this offset. */
  const pieceOf = (offset: number): Piece | undefined => {
    while (index + 1 < pieces.length && (pieces[index + 1]?.at ?? 0) <= offset) index += 1;
    return pieces[index];
  };
  return ranges.map((range) => {
    const first = pieceOf(range.start);
    const last = pieceOf(range.end - 1);
    return {
      ...range,
      start: first === undefined ? range.start : first.from + (isEscaped(first) ? 0 : range.start - first.at),
      end: last === undefined ? range.end : isEscaped(last) ? last.to : last.from + range.end - last.at,
    };
  });
}

function isEscaped({ text, from, to }: Piece): boolean {
  return to - from !== text.length;
}
