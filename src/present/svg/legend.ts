/** The legend below a picture, in as many lines as needed. */

import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { QUIET } from '#present/svg/colours.ts';
import { REGULAR, SMALL_SIZE, text, textWidth } from '#present/svg/text.ts';

const SIGN_WIDTH = 30;
const LEGEND_GAP = 24;
const LEGEND_LEADING = 22;

/** `sign` draws at the left of a baseline, 22 wide at most. */
export type LegendEntry = Readonly<{ sign: (x: number, y: number) => string; words: string }>;

/** `count` comes last, without a sign. */
export function drawnLegend(
  entries: readonly LegendEntry[],
  { count = '', y, width: whole }: Readonly<{ count?: string; y: number; width: number }>,
): Drawn {
  const parts: string[] = [];
  let x = MARGIN;
  let baseline = y;
  const placeFor = (width: number) => {
    if (x + width > whole - MARGIN) {
      x = MARGIN;
      baseline += LEGEND_LEADING;
    }
    const placed = x;
    x += width + LEGEND_GAP;
    return placed;
  };
  for (const { sign, words } of entries) {
    const from = placeFor(SIGN_WIDTH + textWidth(words, SMALL_SIZE, REGULAR));
    parts.push(sign(from, baseline), text(words, { x: from + SIGN_WIDTH, y: baseline, size: SMALL_SIZE, fill: QUIET }));
  }
  if (count !== '') {
    const from = placeFor(textWidth(count, SMALL_SIZE, REGULAR));
    parts.push(text(count, { x: from, y: baseline, size: SMALL_SIZE, fill: QUIET }));
  }
  return { svg: parts.join(''), bottom: baseline + 18 };
}
