/** The width of a text in terminal columns, so that tables stay aligned with 日本語 and 👩‍🚒. */

/** Cuts a text to the width with an ellipsis, or pads it with spaces. */
export function fitted(text: string, width: number): string {
  const cut = cutTo(text, width);
  return cut + ' '.repeat(Math.max(0, width - displayWidth(cut)));
}

export function cutTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  if (NARROW_ONLY.test(text)) return `${text.slice(0, width - 1)}…`;
  let kept = '';
  let used = 1; // the ellipsis
  for (const { segment } of graphemes(text)) {
    const wide = graphemeWidth(segment);
    if (used + wide > width) break;
    kept += segment;
    used += wide;
  }
  return `${kept}…`;
}

/** The pieces between which a line may break: words, but a number stays with its unit. */
export function unbreakable(text: string): string[] {
  return text
    .replace(/(\d) (?=(?:µs|ms|s|min|h|%|spans?|services?)(?![\w-]))/g, '$1\u00a0')
    .split(/ |[\r\n\u2028\u2029]+/)
    .map((word) => word.replaceAll('\u00a0', ' '));
}

/**
 * Wraps a text into indented lines; those after the first are indented by two more columns. Many traces of a file share
 * their sentences, so the last results are kept.
 */
export function hanging(text: string, width: number, indent: number): readonly string[] {
  const of = indent * WIDEST + width;
  const known = KNOWN_LINES.get(of) ?? new Map<string, readonly string[]>();
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const margin = ' '.repeat(indent);
  const [first, ...more] = wrapped(text, width - indent - 2);
  const lines = first === undefined ? [] : [`${margin}${first}`, ...more.map((line) => `${margin}  ${line}`)];
  if (text.length <= LONGEST_KNOWN) KNOWN_LINES.set(of, known.set(text, lines));
  return lines;
}

/**
 * Wraps a paragraph without indent; its further lines are indented by two columns. Otherwise a long name from the data
 * could begin a line and look like our own text.
 */
export function paragraph(text: string, width: number): readonly string[] {
  return hanging(text, width, 0);
}

/** By indent and width, then by text. */
const KNOWN_LINES = new Map<number, Map<string, readonly string[]>>();
/** Wider than any line. */
const WIDEST = 10_000;
/** In characters and texts of one indent and width. */
const LONGEST_KNOWN = 500;
const MOST_KNOWN = 500;

/** Wraps at spaces. A word longer than a line breaks at the line's end. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of unbreakable(text)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = displayWidth(word) <= width ? [word] : broken(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  if (line !== '') lines.push(line);
  return lines;
}

export function displayWidth(text: string): number {
  if (NARROW_ONLY.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

let segmenter: Intl.Segmenter | undefined;

/** Its tables take ten milliseconds to load, and most texts do not need them. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** European letters, dashes, quotes, arrows, marks and the block characters of bars: the content of nearly every line. */
const NARROW_ONLY =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0391-\u03c9\u2010-\u2027\u2190-\u21ff\u2580-\u259f\u25c0\u2713-\u2718]*$/;

/** East Asian wide and fullwidth ranges (Unicode's EastAsianWidth W and F), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return /^[\p{M}\p{Cf}]*$/u.test(grapheme) ? 0 : 1;
}

function broken(word: string, width: number): string[] {
  if (NARROW_ONLY.test(word)) return word.match(new RegExp(`.{1,${Math.max(1, width)}}`, 'g')) ?? [];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { segment } of graphemes(word)) {
    const wide = graphemeWidth(segment);
    if (used + wide > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += segment;
    used += wide;
  }
  return piece === '' ? pieces : [...pieces, piece];
}
