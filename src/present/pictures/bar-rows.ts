/**
 * Rows of bars over one time axis, each with its name above it:
 *
 *   0        10 min       20 min
 *   Acknowledged            15 s
 *   ▌
 *   Mitigated              5 min
 *   ▐███
 */
import { axisOf, gridLines, MARGIN, xOf } from '#present/svg/axis.ts';
import { INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { at, cutToWidth, REGULAR, TEXT_SIZE, text, textWidth } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';

export type BarRow = Readonly<{
  label: string;
  /** At the right end of the row: `5 min`. */
  value: string;
  colour: string;
  /** Microseconds from the left edge of the axis. */
  bars: readonly Readonly<{ startUs: number; endUs: number }>[];
}>;

export type BarPicture = Readonly<{
  /** Unique in its page. */
  id: string;
  /** For readers who do not see the picture. */
  title: string;
  rows: readonly BarRow[];
  durationUs: number;
}>;

const AXIS_BASELINE = 26;
const ROW = 46;
const NAME = 20;
const BAR_TOP = 28;
const BAR = 12;
/** Something that takes no time still has a place. */
const LEAST_WIDTH = 3;
/** Between a name and the value at the right. */
const GAP = 16;

/** Empty without rows. */
export function barRows({ id, title, rows, durationUs }: BarPicture, paper: Paper): string {
  if (rows.length === 0) return '';
  const width = WIDTHS[paper];
  const scale = { durationUs, width };
  const axis = axisOf(scale, AXIS_BASELINE);
  const top = axis.bottom + 10;
  const bottom = top + rows.length * ROW + 8;
  const described = rows.map(({ label, value }) => `${label} ${value}`).join('; ');
  const own = `${id}-${paper}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom}" viewBox="0 0 ${width} ${bottom}" role="img" aria-labelledby="${own}-title ${own}-desc" font-family="Inter, system-ui, sans-serif">`,
    `<title id="${own}-title">${escapeXml(title)}</title>`,
    `<desc id="${own}-desc">${escapeXml(described)}</desc>`,
    `<rect width="${width}" height="${bottom}" fill="${PAPER}"/>`,
    gridLines(axis.ticks, top, bottom - 8),
    axis.svg,
    ...rows.map((row, index) => drawnRow(row, top + index * ROW, scale)),
    '</svg>',
  ].join('\n');
}

function drawnRow({ label, value, colour, bars }: BarRow, y: number, scale: { durationUs: number; width: number }) {
  const { width } = scale;
  const room = width - 2 * MARGIN - GAP - textWidth(value, TEXT_SIZE, REGULAR);
  const drawn = bars.map(({ startUs, endUs }) => {
    const x = xOf(startUs, scale);
    const wide = Math.max(LEAST_WIDTH, xOf(endUs, scale) - x);
    // At the right edge, the least width must not leave the picture.
    const left = Math.min(x, width - MARGIN - wide);
    return `<rect x="${at(left)}" y="${y + BAR_TOP}" width="${at(wide)}" height="${BAR}" rx="2" fill="${colour}"/>`;
  });
  return [
    text(cutToWidth(label, room, TEXT_SIZE, REGULAR), { x: MARGIN, y: y + NAME, size: TEXT_SIZE, fill: INK }),
    text(value, { x: width - MARGIN, y: y + NAME, size: TEXT_SIZE, fill: QUIET, anchor: 'end' }),
    ...drawn,
  ].join('');
}
