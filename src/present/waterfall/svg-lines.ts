/** Log lines in the waterfall's picture: marks on the bars, the first error texts below them, signs in the legend. */

import { countText } from '#model/text/count-text.ts';
import { exactDuration } from '#model/text/duration.ts';
import { MARGIN, type Scale, xOf } from '#present/svg/axis.ts';
import { FAILURE_COLOUR } from '#present/svg/colours.ts';
import type { LegendEntry } from '#present/svg/legend.ts';
import { DIAMOND, diamond, drawnMarks, ring } from '#present/svg/marks.ts';
import { cutToWidth, REGULAR, SMALL_SIZE, text, textWidth } from '#present/svg/text.ts';
import type { LineMark, RowLines } from '#present/waterfall/lines.ts';

const SAID_HEIGHT = 19;

export function saidHeight({ said }: RowLines): number {
  return said.length * SAID_HEIGHT;
}

/** On the bar; `y` is its middle. */
export function marksOnBar({ marks }: RowLines, y: number, scale: Scale): string {
  const placed = marks.map(({ atUs, isError }) => {
    return { x: Math.min(xOf(atUs, scale), scale.width - MARGIN), isFailure: isError };
  });
  return drawnMarks(placed, y);
}

/** Below the bar, from `top`. */
export function drawnSaid(
  { said, errors }: RowLines,
  { x, top, width }: Readonly<{ x: number; top: number; width: number }>,
): string {
  return said
    .map(({ atUs, text: words }, line) => {
      const y = top + line * SAID_HEIGHT + SMALL_SIZE;
      const isLast = line === said.length - 1;
      const more = isLast && errors > said.length ? ` (of ${countText(errors)} error lines)` : '';
      const room = width - MARGIN - x - 2 * DIAMOND - textWidth(more, SMALL_SIZE, REGULAR) - 4;
      const shown = cutToWidth(`${exactDuration(atUs)}  ${words}`, room, SMALL_SIZE, REGULAR);
      return `${diamond(x + DIAMOND, y - 5)}${text(`${shown}${more}`, { x: x + 2 * DIAMOND + 4, y, size: SMALL_SIZE, fill: FAILURE_COLOUR })}`;
    })
    .join('');
}

export function lineSigns(rows: readonly Readonly<{ lines: RowLines }>[]): LegendEntry[] {
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
