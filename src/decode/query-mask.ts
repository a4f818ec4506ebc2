/**
 * The bytes of a statement with its plain literals taken out, so that its shape is computed once and not for each of
 * fifty thousand ids. Two statements with one mask have one shape (`query-shape.ts`); two masks may well have one.
 *
 *   SELECT * FROM t WHERE id = 4711 AND name = 'x''y'   →   SELECT * FROM t WHERE id = 0 AND name = '
 */

/**
 * Writes the mask into `into`, which has room for all of it, and returns its length; −1 where the text holds what only
 * the tokenizer can judge: quoted names and comments. The text must hold no backslash.
 */
export function maskQuery(bytes: Uint8Array, from: number, to: number, into: Uint8Array): number {
  let length = 0;
  let at = from;
  while (at < to) {
    const byte = bytes[at] ?? 0;
    if (IS_WORD[byte] === 1) {
      const end = endOfWord(bytes, at, to);
      length = writeWord(bytes, at, end, into, length);
      at = end;
      continue;
    }
    if (byte === QUOTE) {
      into[length++] = QUOTE;
      at = endOfQuoted(bytes, at, to);
      continue;
    }
    if (isForTokenizer(byte, at + 1 < to ? bytes[at + 1] : 0)) return -1;
    into[length++] = byte;
    at += 1;
  }
  return length;
}

/** A number becomes a digit; returns where the word ends in `into`. */
function writeWord(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
  const first = bytes[from] ?? 0;
  if (first >= ZERO && first <= NINE) {
    into[at] = ZERO;
    return at + 1;
  }
  for (let i = from; i < to; i += 1) into[at + i - from] = bytes[i] ?? 0;
  return at + to - from;
}

/** What opens a comment or a quoted name. */
function isForTokenizer(byte: number, next: number | undefined): boolean {
  if (byte === DASH || byte === SLASH) return next === (byte === DASH ? DASH : STAR);
  return byte === DOUBLE_QUOTE || byte === BACKTICK;
}

const [ZERO, NINE, QUOTE, DOUBLE_QUOTE, BACKTICK, DASH, SLASH, STAR, DOT] = [48, 57, 39, 34, 96, 45, 47, 42, 46];

/** Letters, digits, `_` and every byte of what is not ASCII. */
const IS_WORD = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 127 || /\w/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** A dot belongs to the word when the word goes on behind it. */
function endOfWord(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to) {
    if (IS_WORD[bytes[end] ?? 0] !== 1) {
      const goesOn = bytes[end] === DOT && end + 1 < to && IS_WORD[bytes[end + 1] ?? 0] === 1;
      if (!goesOn) break;
    }
    end += 1;
  }
  return end;
}

/** A doubled quote stands for one. */
function endOfQuoted(bytes: Uint8Array, at: number, to: number): number {
  for (let i = at + 1; i < to; i += 1) {
    if (bytes[i] !== QUOTE) continue;
    if (i + 1 >= to || bytes[i + 1] !== QUOTE) return i + 1;
    i += 1;
  }
  return to;
}
