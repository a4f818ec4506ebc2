/** Parts of pictures that show requests over time: the axis, its scale, the median, the onset, numbered changes. */

import type { Part, Strip } from '#present/pictures/window-strip.ts';
import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { CAUSE_EDGE, CAUSE_GROUND, GRID, INK, PAPER, QUIET, SINCE_GROUND } from '#present/svg/colours.ts';
import { at, REGULAR, SMALL_SIZE, text, textWidth, wrappedTo } from '#present/svg/text.ts';
import { shortClock } from '#present/words/instant.ts';

export function xAt(share: number, width: number): number {
  return MARGIN + share * (width - 2 * MARGIN);
}

/** `width` is the picture's. */
export type Place = Readonly<{ top: number; bottom: number; width: number }>;

export function since(onset: number, { top, bottom, width }: Place): string {
  const x = xAt(onset, width);
  return `<rect x="${at(x)}" y="${at(top)}" width="${at(width - MARGIN - x)}" height="${at(bottom - top)}" fill="${SINCE_GROUND}"/>`;
}

export function began(onset: number, words: string, { top, bottom, width }: Place): string {
  const x = xAt(onset, width);
  const anchor = x > width / 2 ? 'end' : 'start';
  const beside = anchor === 'end' ? x - 8 : x + 8;
  return [
    `<line x1="${at(x)}" y1="${at(top - 8)}" x2="${at(x)}" y2="${at(bottom)}" stroke="${INK}" stroke-width="2" stroke-dasharray="6 4"/>`,
    `<path d="M${at(x - 6)} ${at(top - 17)} h12 l-6 9 z" fill="${INK}"/>`,
    text(words, { x: beside, y: top - 9, size: SMALL_SIZE, weight: 700, anchor }),
  ].join('');
}

export function quietLines(words: string, y: number, width: number): Drawn {
  const lines = wrappedTo(words, width - 2 * MARGIN, SMALL_SIZE, REGULAR);
  const svg = lines.map((line, index) =>
    text(line, { x: MARGIN, y: y + index * LEADING, size: SMALL_SIZE, fill: QUIET }),
  );
  return { svg: svg.join(''), bottom: y + (lines.length - 1) * LEADING };
}

export const LEADING = 18;
const NUMBER_SIZE = 20;

/** Each change has a number; the list below explains it. Numbers that would overlap are stacked. */
export function changeLines(changes: Strip['changes'], { top, bottom, width }: Place): string {
  const lines = changes.map(({ at: share }) => {
    const x = at(xAt(share, width));
    return `<line x1="${x}" y1="${at(top)}" x2="${x}" y2="${at(bottom)}" stroke="${CAUSE_EDGE}" stroke-width="1.5" stroke-dasharray="2 3"/>`;
  });
  const rows: number[] = [];
  const numbers = changes.map(({ at: share, index }, place) => {
    const near = changes.slice(0, place).flatMap((other, before) => {
      return xAt(share, width) - xAt(other.at, width) < NUMBER_SIZE ? [rows[before] ?? 0] : [];
    });
    const row = near.length === 0 ? 0 : Math.max(...near) + 1;
    rows.push(row);
    return numbered(index, xAt(share, width), top + 9 + row * NUMBER_SIZE);
  });
  return [...lines, ...numbers].join('');
}

export function numbered(index: number, x: number, y: number): string {
  return [
    `<circle cx="${at(x)}" cy="${at(y)}" r="9" fill="${CAUSE_GROUND}" stroke="${CAUSE_EDGE}" stroke-width="1.5"/>`,
    text(`${index + 1}`, { x, y: y + 5, size: SMALL_SIZE, anchor: 'middle', weight: 600 }),
  ].join('');
}

export function scale({ stretches }: Pick<Strip, 'stretches'>, { top, bottom, width }: Place): string {
  const lines = [0, 0.5, 1].map((share) => {
    const y = bottom - share * (bottom - top);
    return stretches
      .map(
        ({ from, to }) =>
          `<line x1="${at(xAt(from, width))}" y1="${at(y)}" x2="${at(xAt(to, width))}" y2="${at(y)}" stroke="${GRID}" stroke-width="1"/>`,
      )
      .join('');
  });
  return lines.join('');
}

/** Drawn above what it measures. `wordsOf`: of a share of the height. */
export function scaleLabels(wordsOf: (share: number) => string, top: number, bottom: number): string {
  const labels = [0.5, 1].map((share) => {
    const y = bottom - share * (bottom - top);
    const words = wordsOf(share);
    const width = at(textWidth(words, SMALL_SIZE, REGULAR) + 4);
    return [
      `<rect x="${MARGIN - 2}" y="${at(y + 2)}" width="${width}" height="16" fill="${PAPER}" fill-opacity="0.85"/>`,
      text(words, { x: MARGIN, y: y + 14, size: SMALL_SIZE, fill: QUIET }),
    ].join('');
  });
  return labels.join('');
}

/** The median of each time slot, interrupted where there are too few requests. */
export function medianLine(parts: readonly Part[], topUs: number, { top, bottom, width }: Place): string {
  if (topUs === 0) return '';
  const lines = parts.map(({ from, to, medianUs }) => {
    const y = bottom - Math.min(1, medianUs / topUs) * (bottom - top);
    return `M${at(xAt(from, width))} ${at(y)}H${at(xAt(to, width))}`;
  });
  return `<path d="${lines.join('')}" stroke="${INK}" stroke-width="3" fill="none"/>`;
}

/**
 * Where a part of the axis has no room for its name between its ends, the names stand below. A narrower one has the time of
 * its beginning alone.
 */
export function clock({ stretches }: Pick<Strip, 'stretches'>, y: number, width: number): Drawn {
  const parts = stretches.map(({ fromUs, toUs, from, to, name }) => {
    const [left, right] = [xAt(from, width), xAt(to, width)];
    const [first, middle, last] = [shortClock(fromUs), name === '' ? 'UTC' : name, shortClock(toUs)];
    const needed = textWidth(`${first}${middle}${last}`, SMALL_SIZE, REGULAR) + 2 * CLOCK_GAP;
    const isTooNarrow = textWidth(`${first}${last}`, SMALL_SIZE, REGULAR) + CLOCK_GAP > right - left;
    return { left, right, first, middle, last: isTooNarrow ? '' : last, isNarrow: needed > right - left };
  });
  const below = parts.some(({ isNarrow }) => isNarrow) ? LEADING : 0;
  const svg = parts.map(({ left, right, first, middle, last }) =>
    [
      text(first, { x: left, y, size: SMALL_SIZE, fill: QUIET }),
      text(middle, { x: (left + right) / 2, y: y + below, size: SMALL_SIZE, fill: QUIET, anchor: 'middle' }),
      last === '' ? '' : text(last, { x: right, y, size: SMALL_SIZE, fill: QUIET, anchor: 'end' }),
    ].join(''),
  );
  return { svg: svg.join(''), bottom: y + below };
}

const CLOCK_GAP = 8;
