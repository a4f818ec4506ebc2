/**
 * Rows of bars over one time axis, each with its name above it. A row has a lane for each request that is compared:
 *
 *   0        10 min       20 min
 *   Acknowledged            15 s
 *   ▌
 *   Mitigated              5 min
 *   ▐███
 */
import { axisOf, gridLines, MARGIN, type Scale, xOf } from '#present/svg/axis.ts';
import { INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { drawnLegend, type LegendEntry } from '#present/svg/legend.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { at, cutToWidth, REGULAR, TEXT_SIZE, text, textWidth } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { shown } from '#present/words/plain-text.ts';

export type BarRow = Readonly<{
  label: string;
  /** At the right end of the row: `5 min`. On narrow paper below the name, where there are several lanes. */
  value: string;
  lanes: readonly Lane[];
}>;

/** `fill`: a colour, or a pattern of `head`. Microseconds from the left edge of the axis. */
export type Lane = Readonly<{
  fill: string;
  /** @default no line around the bars */
  edge?: string;
  bars: readonly Readonly<{ startUs: number; endUs: number }>[];
}>;

export type BarPicture = Readonly<{
  /** Unique in its page. */
  id: string;
  /** For readers who do not see the picture. */
  title: string;
  rows: readonly BarRow[];
  durationUs: number;
  /** What the lanes are; none where there is one. */
  legend?: readonly LegendEntry[];
  /** Patterns that the lanes are filled with. */
  patterns?: string;
}>;

const AXIS_BASELINE = 26;
const LEGEND_BASELINE = 24;
const ROW = 46;
const NAME = 20;
const BAR_TOP = 28;
const BAR = 12;
/** Of several lanes. */
const LANE = 10;
const LANE_STEP = 12;
/** On narrow paper the values of several lanes stand below the name. */
const VALUES_BELOW = 20;
/** Something that takes no time still has a place. */
const LEAST_WIDTH = 3;
/** Between a name and the value at the right. */
const GAP = 16;

/** Empty without rows. */
export function barRows({ id, title, rows, durationUs, legend = [], patterns = '' }: BarPicture, paper: Paper): string {
  if (rows.length === 0) return '';
  const width = WIDTHS[paper];
  const scale = { durationUs, width };
  const signs = legend.length === 0 ? { svg: '', bottom: 0 } : drawnLegend(legend, { y: LEGEND_BASELINE, width });
  const axis = axisOf(scale, signs.bottom + AXIS_BASELINE);
  const top = axis.bottom + 10;
  const lanes = Math.max(...rows.map((row) => row.lanes.length));
  const below = lanes > 1 && paper === 'thread' ? VALUES_BELOW : 0;
  const rowHeight = ROW + below + (lanes - 1) * (LANE_STEP + 3);
  const bottom = top + rows.length * rowHeight + 8;
  const described = rows.map(({ label, value }) => `${label} ${value}`).join('; ');
  const own = `${id}-${paper}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom}" viewBox="0 0 ${width} ${bottom}" role="img" aria-labelledby="${own}-title ${own}-desc" font-family="Inter, system-ui, sans-serif">`,
    `<title id="${own}-title">${escapeXml(title)}</title>`,
    `<desc id="${own}-desc">${escapeXml(described)}</desc>`,
    `<rect width="${width}" height="${bottom}" fill="${PAPER}"/>`,
    patterns,
    signs.svg,
    gridLines(axis.ticks, top, bottom - 8),
    axis.svg,
    ...rows.map((row, index) => drawnRow(row, { y: top + index * rowHeight, below, scale })),
    '</svg>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** `below`: how far below the name the value stands; 0 for the same line. */
type RowPlace = Readonly<{ y: number; below: number; scale: Scale }>;

function drawnRow({ label, value, lanes }: BarRow, { y, below, scale }: RowPlace): string {
  const { width } = scale;
  const taken = below > 0 ? 0 : GAP + textWidth(value, TEXT_SIZE, REGULAR);
  const room = width - 2 * MARGIN - taken;
  return [
    text(cutToWidth(shown(label), room, TEXT_SIZE, REGULAR), { x: MARGIN, y: y + NAME, size: TEXT_SIZE, fill: INK }),
    text(value, { x: width - MARGIN, y: y + NAME + below, size: TEXT_SIZE, fill: QUIET, anchor: 'end' }),
    ...lanes.map((lane, index) => {
      const height = lanes.length === 1 ? BAR : LANE;
      return drawnLane(lane, { y: y + BAR_TOP + below + index * LANE_STEP, height, scale });
    }),
  ].join('');
}

function drawnLane(
  { fill, edge, bars }: Lane,
  { y, height, scale }: Readonly<{ y: number; height: number; scale: Scale }>,
): string {
  const line = edge === undefined ? '' : ` stroke="${edge}" stroke-width="1.5"`;
  const drawn = bars.map(({ startUs, endUs }) => {
    const x = xOf(startUs, scale);
    const wide = Math.max(LEAST_WIDTH, xOf(endUs, scale) - x);
    // At the right edge, the least width must not leave the picture.
    const left = Math.min(x, scale.width - MARGIN - wide);
    return `<rect x="${at(left)}" y="${y}" width="${at(wide)}" height="${height}" rx="2" fill="${fill}"${line}/>`;
  });
  return drawn.join('');
}
