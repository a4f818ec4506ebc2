/** Text in a picture: its width in Inter, truncating and wrapping, and its element. */

import { INK } from '#present/svg/colours.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { displayWidth, unbreakable } from '#present/words/display-width.ts';

export const TEXT_SIZE = 16;
export const SMALL_SIZE = 14;

/** A coordinate with the visible digits. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function text(
  words: string,
  {
    x,
    y,
    size,
    weight = 400,
    fill = INK,
    anchor = 'start',
  }: {
    x: number;
    y: number;
    size: number;
    weight?: 400 | 600 | 700;
    fill?: string;
    anchor?: 'start' | 'middle' | 'end';
  },
): string {
  const optional = `${weight === 400 ? '' : ` font-weight="${weight}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}" fill="${fill}"${optional}>${escapeXml(words)}</text>`;
}

/** Widths of Inter's characters in hundredths of the font's size, from its tables (rounded up within a group). */
const ADVANCE: readonly (readonly [string, number])[] = [
  ["ijlI !,.:';·", 30],
  ['`t|()/[]\\fr1', 38],
  ['{}-_"^*?', 48],
  ['skxzavy7JLce', 57],
  ['5FhnuEo2bdgpqµ', 61],
  ['3689#0Z$&PRS4BT+<=>~K×', 66],
  ['XYAVDCHUGNOQ', 75],
  ['wmM…', 87],
  ['@%W→', 98],
];
/** For characters outside the table: no Latin letter is wider. */
const WIDEST_LATIN = 98;
export const REGULAR = 1;
/** Weights 600 and 700 are wider by at most this. */
export const BOLD = 1.035;

const ADVANCES: ReadonlyMap<string, number> = new Map(
  ADVANCE.flatMap(([chars, width]) => [...chars].map((char) => [char, width] as const)),
);

export function textWidth(words: string, size: number, weight: number): number {
  let hundredths = 0;
  for (const char of words) hundredths += advance(char);
  return (hundredths * size * weight) / 100;
}

function advance(char: string): number {
  return ADVANCES.get(char) ?? (displayWidth(char) === 2 ? 105 : WIDEST_LATIN);
}

export function cutToWidth(words: string, width: number, size: number, weight: number): string {
  const room = (width * 100) / (size * weight);
  let used = 0;
  let fits = 0;
  let end = 0;
  for (const char of words) {
    used += advance(char);
    end += char.length;
    if (used + advance('…') <= room) fits = end; // with the ellipsis
    if (used > room) return `${words.slice(0, fits).trimEnd()}…`;
  }
  return words;
}

export function wrappedTo(words: string, width: number, size: number, weight: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of unbreakable(words)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(joined, size, weight) > width) {
      lines.push(line);
      line = cutToWidth(word, width, size, weight);
    } else {
      line = line === '' ? cutToWidth(word, width, size, weight) : joined;
    }
  }
  return line === '' ? lines : [...lines, line];
}
