/** Breaks pieces of text into the lines of a column: at spaces, between characters of Chinese and Japanese, and inside of long words. */

/** `font`: a name that the document knows. */
export type Style = Readonly<{ font: string; size: number; color: string }>;

export type Piece = Readonly<{ text: string; style: Style; url: string }>;

/** `x`: from the left edge of the column, in points. */
export type PlacedPiece = Piece & Readonly<{ x: number; width: number }>;

export type PlacedLine = readonly PlacedPiece[];

/** In points. */
export type Measure = (text: string, style: Style) => number;

/** A line may end after each: a word with the spaces behind it, one character of these scripts, or the rest. */
const TOKEN = /\n|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+ *|\s+/gu;

/** At least one line. A piece `\n` ends a line. */
export function linesIn(pieces: readonly Piece[], width: number, measure: Measure): readonly PlacedLine[] {
  const lines: PlacedPiece[][] = [[]];
  let x = 0;
  const place = (piece: Piece, own: number) => {
    lines.at(-1)?.push({ ...piece, x, width: own });
    x += own;
  };
  const next = () => {
    lines.push([]);
    x = 0;
  };
  const add = (piece: Piece, part: string) => {
    if (x > 0 && x + measure(part.trimEnd(), piece.style) > width) next();
    place({ ...piece, text: part }, measure(part, piece.style));
  };
  const tokens = pieces.flatMap((piece) => (piece.text.match(TOKEN) ?? []).map((token) => ({ piece, token })));
  for (const { piece, token } of tokens) {
    if (token === '\n') next();
    else {
      if (x > 0 && x + measure(token.trimEnd(), piece.style) > width) next();
      for (const part of partsOf(token, { width, measure, style: piece.style })) add(piece, part);
    }
  }
  return lines.map(joined);
}

type Column = Readonly<{ width: number; measure: Measure; style: Style }>;

/** A word that is wider than the column, such as an address, in parts that fit. */
function partsOf(token: string, { width, measure, style }: Column): readonly string[] {
  if (measure(token.trimEnd(), style) <= width) return [token];
  const parts: string[] = [];
  let part = '';
  for (const char of token) {
    if (part !== '' && measure(part + char, style) > width) {
      parts.push(part);
      part = '';
    }
    part += char;
  }
  return [...parts, part];
}

/** Neighbours of one style are one piece, so that a reader copies whole sentences. */
function joined(line: readonly PlacedPiece[]): PlacedLine {
  const pieces: PlacedPiece[] = [];
  for (const piece of line) {
    const before = pieces.at(-1);
    if (before !== undefined && before.style === piece.style && before.url === piece.url) {
      pieces[pieces.length - 1] = { ...before, text: before.text + piece.text, width: before.width + piece.width };
    } else pieces.push(piece);
  }
  return pieces;
}
