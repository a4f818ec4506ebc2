/** How many columns of a terminal a text takes, so that tables stay straight with 日本語 and 👩‍🚒 in them. */

/** Cut to the width with an ellipsis, else filled up with spaces. */
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

/** What a line may be broken between: words, but for a number and its unit. */
export function unbreakable(text: string): string[] {
  return text
    .replace(/(\d) (?=(?:µs|ms|s|min|h|%|spans?|services?)(?![\w-]))/g, '$1\u00a0')
    .split(/ |[\r\n\u2028\u2029]+/)
    .map((word) => word.replaceAll('\u00a0', ' '));
}

/**
 * Broken into lines that stand so far to the right, those behind the first one two columns further. Of many traces of a
 * file most is said in the same sentences: the last ones are remembered.
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
 * A paragraph that stands at the left: its further lines are two columns in. A long name would begin a line of its own
 * otherwise, and what stands at the left is ours.
 */
export function paragraph(text: string, width: number): readonly string[] {
  return hanging(text, width, 0);
}

/** By indent and width, then by text. */
const KNOWN_LINES = new Map<number, Map<string, readonly string[]>>();
/** No line is as wide. */
const WIDEST = 10_000;
/** In characters and texts of one indent and width. */
const LONGEST_KNOWN = 500;
const MOST_KNOWN = 500;

/** Broken into lines at spaces; a word longer than a line is broken where the line ends. */
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

/** Its tables take ten milliseconds to load, and most texts do without. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Letters of Europe, dashes and quotes, arrows, marks, and the blocks of which bars are drawn: what nearly every line is made of. */
const NARROW_ONLY =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0391-\u03c9\u2010-\u2027\u2190-\u21ff\u2580-\u259f\u25c0\u2713-\u2718]*$/;

/** East Asian wide and fullwidth blocks (Unicode's EastAsianWidth W and F, by their ranges), and what is drawn as emoji. */
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
