/**
 * The bytes of a statement without its plain literals, so that its shape is computed once and not for each of fifty
 * thousand ids. Two statements with one mask have one shape (`query-shape.ts`); two masks may share one.
 *
 *  SELECT * FROM t WHERE id = 4711 AND name = 'x''y'   →   SELECT * FROM t WHERE id = 0 AND name = '
 */

/**
 * Writes the mask into `into`, which has room for all of it, and returns its length. Returns −1 where only the
 * tokenizer can decide: quoted names, brackets, comments, texts without plain quotes, UUIDs, the mark of a cut. The
 * text must contain no backslash.
 */
export function maskQuery(bytes: Uint8Array, from: number, to: number, into: Uint8Array): number {
  if (endsWithMark(bytes, from, to)) return -1;
  let length = 0;
  let at = from;
  while (at < to) {
    const byte = bytes[at] ?? 0;
    if (IS_WORD[byte] === 1) {
      const end = endOfValueOrWord(bytes, at, to);
      if (end < 0) return -1;
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

/** −1 where the tokenizer must judge. */
function endOfValueOrWord(bytes: Uint8Array, at: number, to: number): number {
  const end = isNumeric(bytes[at] ?? 0) ? endOfNumber(bytes, at, to) : endOfWord(bytes, at, to);
  return isWordForTokenizer(bytes, at, end, to) ? -1 : end;
}

/** A number becomes a digit; returns where the word ends in `into`. */
function writeWord(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
  if (isNumeric(bytes[from] ?? 0)) {
    into[at] = ZERO;
    return at + 1;
  }
  for (let i = from; i < to; i += 1) into[at + i - from] = bytes[i] ?? 0;
  return at + to - from;
}

/** The beginning of a comment, a quoted name, a list, a document or a dollar-quoted text. */
function isForTokenizer(byte: number, next: number | undefined): boolean {
  if (byte === DASH || byte === SLASH) return next === (byte === DASH ? DASH : STAR);
  if (byte === DOLLAR) return !isNumeric(next ?? 0);
  return byte === DOUBLE_QUOTE || byte === BACKTICK || byte === HASH || byte === BRACKET || byte === BRACE;
}

/** The sign of a truncated statement: `...`, `…`, `[truncated]`. */
function endsWithMark(bytes: Uint8Array, from: number, to: number): boolean {
  let last = to - 1;
  while (last > from && (bytes[last] ?? 0) <= SPACE) last -= 1;
  return bytes[last] === DOT || bytes[last] === LAST_OF_ELLIPSIS || bytes[last] === CLOSING_BRACKET;
}

/** The beginning of a UUID, of a text with its own quotes, or of a statement passed as text; or a malformed number. */
function isWordForTokenizer(bytes: Uint8Array, from: number, end: number, to: number): boolean {
  const next = end < to ? bytes[end] : 0;
  if (next === DASH && end - from === UUID_HEAD) return true;
  if (next === QUOTE && ((bytes[end - 1] ?? 0) | LOWER_CASE) === LETTER_Q) return true;
  const first = bytes[from] ?? 0;
  if (!isNumeric(first)) return (first | LOWER_CASE) === LETTER_S && bytes[from + 2] === UNDERSCORE;
  for (let i = from; i < end; i += 1) if ((bytes[i] ?? 0) > 127) return true;
  return false;
}

function isNumeric(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

const [ZERO, NINE, QUOTE, DOUBLE_QUOTE, BACKTICK, DASH, SLASH, STAR, DOT] = [48, 57, 39, 34, 96, 45, 47, 42, 46];
const [DOLLAR, HASH, BRACKET, CLOSING_BRACKET, BRACE, PLUS, SPACE, UNDERSCORE] = [36, 35, 91, 93, 123, 43, 32, 95];
const LAST_OF_ELLIPSIS = 0xa6;
const [LETTER_E, LETTER_Q, LETTER_S, LOWER_CASE] = [101, 113, 115, 32];
const UUID_HEAD = 8;

/** Letters, digits, `_` and every byte of what is not ASCII. */
const IS_WORD = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 127 || /\w/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** A dot belongs to the word when the word goes on behind it. */
function endOfWord(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to) {
    if (IS_WORD[bytes[end] ?? 0] !== 1 && !(bytes[end] === DOLLAR && end > at)) {
      const goesOn = bytes[end] === DOT && end + 1 < to && IS_WORD[bytes[end + 1] ?? 0] === 1;
      if (!goesOn) break;
    }
    end += 1;
  }
  return end;
}

/** With the exponent behind its sign. */
function endOfNumber(bytes: Uint8Array, at: number, to: number): number {
  const end = endOfWord(bytes, at, to);
  const sign = bytes[end];
  if ((sign !== DASH && sign !== PLUS) || end + 1 >= to || !isNumeric(bytes[end + 1] ?? 0)) return end;
  if (((bytes[end - 1] ?? 0) | LOWER_CASE) !== LETTER_E) return end;
  for (let i = at; i < end - 1; i += 1) if (!isNumeric(bytes[i] ?? 0) && bytes[i] !== DOT) return end;
  return endOfWord(bytes, end + 1, to);
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
