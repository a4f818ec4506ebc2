/** Log lines in the picture of a waterfall: a ring on the bar for a line, a diamond for an error, the first errors in words. */

import { countText } from '#model/count-text.ts';
import { durationText } from '#model/duration.ts';
import { MARGIN, WIDTH, xOf } from '#present/svg-axis.ts';
import { at, cutToWidth, INK, REGULAR, SMALL_SIZE, text, textWidth } from '#present/svg-text.ts';
import type { LineMark, RowLines } from '#present/waterfall-lines.ts';

const ERROR = '#b3261e';
const RING = 3.5;
const DIAMOND = 6.5;
/** Nearer marks would hide one another: they are one, an error where one of them is. */
const LEAST_DISTANCE = 9;
const SAID_HEIGHT = 19;

export function saidHeight({ said }: RowLines): number {
  return said.length * SAID_HEIGHT;
}

/** On the bar; `y` is its middle. */
export function drawnMarks({ marks }: RowLines, y: number, durationUs: number): string {
  const drawn: { x: number; isError: boolean }[] = [];
  for (const { atUs, isError } of marks) {
    const x = Math.min(xOf(atUs, durationUs), WIDTH - MARGIN);
    const last = drawn.at(-1);
    if (last === undefined || x - last.x >= LEAST_DISTANCE) drawn.push({ x, isError });
    else if (isError && !last.isError) drawn.splice(-1, 1, { x, isError });
  }
  return drawn.map(({ x, isError }) => (isError ? diamond(x, y) : ring(x, y))).join('');
}

/** Below the bar, from `top`. */
export function drawnSaid({ said, errors }: RowLines, x: number, top: number): string {
  return said
    .map(({ atUs, text: words }, line) => {
      const y = top + line * SAID_HEIGHT + SMALL_SIZE;
      const isLast = line === said.length - 1;
      const more = isLast && errors > said.length ? ` (of ${countText(errors)} error lines)` : '';
      const room = WIDTH - MARGIN - x - 2 * DIAMOND - textWidth(more, SMALL_SIZE, REGULAR) - 4;
      const shown = cutToWidth(`${durationText(atUs)}  ${words}`, room, SMALL_SIZE, REGULAR);
      return `${diamond(x + DIAMOND, y - 5)}${text(`${shown}${more}`, { x: x + 2 * DIAMOND + 4, y, size: SMALL_SIZE, fill: ERROR })}`;
    })
    .join('');
}

/** For the legend: which marks there are, as signs around a point. */
export function lineSigns(
  rows: readonly Readonly<{ lines: RowLines }>[],
): { sign: (x: number, y: number) => string; words: string }[] {
  const has = (test: (mark: LineMark) => boolean) => rows.some(({ lines }) => lines.marks.some(test));
  return [
    ...(has(({ isError }) => !isError)
      ? [{ sign: (x: number, y: number) => ring(x + 11, y - 5), words: 'log line' }]
      : []),
    ...(has(({ isError }) => isError)
      ? [{ sign: (x: number, y: number) => diamond(x + 11, y - 5), words: 'error line' }]
      : []),
  ];
}

function ring(x: number, y: number): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${RING}" fill="#ffffff" stroke="${INK}" stroke-width="1.5"/>`;
}

function diamond(x: number, y: number): string {
  return `<path d="M${at(x)} ${at(y - DIAMOND)}l${DIAMOND} ${DIAMOND}l-${DIAMOND} ${DIAMOND}l-${DIAMOND} -${DIAMOND}z" fill="${ERROR}" stroke="#ffffff" stroke-width="1.5"/>`;
}
