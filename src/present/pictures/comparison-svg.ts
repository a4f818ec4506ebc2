/**
 * Both waterfalls in one picture, on one time scale: each call is a row with its healthy bar above its failing one.
 *
 *   order-service SELECT orders          12 ms → 2.28 s   190×
 *   ▒▒                                                           healthy: hatched
 *   ████████████████████████████████████                        failing: solid
 *
 * Colour is never the only sign: an added or missing call has a word and a dashed frame.
 */

import type { Comparison } from '#model/requests/comparison.ts';
import { type AlignedRow, alignedRows, type Bar } from '#present/pictures/aligned-rows.ts';
import type { ShownComparison } from '#present/shown-comparison.ts';
import { axisOf, type Drawn, gridLines, MARGIN, type Scale, xOf } from '#present/svg/axis.ts';
import { CAUSE_EDGE, CAUSE_GROUND, INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { hatchPattern } from '#present/svg/hatch.ts';
import { drawnLegend, type LegendEntry } from '#present/svg/legend.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { at, BOLD, cutToWidth, REGULAR, SMALL_SIZE, TEXT_SIZE, text, textWidth, wrappedTo } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { oneTraceText, tracesText } from '#present/words/comparison-words.ts';

/** Slack shrinks a taller picture until it is unreadable. */
const MAX_ROWS: Readonly<Record<Paper, number>> = { page: 20, thread: 10 };
const HEADLINE_SIZE = 22;
const HEADLINE_LEADING = 29;
const HEADLINE_LINES = 4;
const SUBJECT_LINES = 2;
const ROW_HEIGHT = 48;
/** In a thread the times stand below the name. */
const TIMES_BELOW: Readonly<Record<Paper, number>> = { page: 0, thread: 20 };
const BAR_HEIGHT = 9;
const INDENT = 14;
const MOST_INDENT: Readonly<Record<Paper, number>> = { page: 8 * INDENT, thread: 4 * INDENT };
const LEAST_BAR = 3;

/** Empty where a side has no trace. No headline where the surrounding page has it. */
export function comparisonSvg(
  { comparison, drawn, summary, names }: ShownComparison,
  { headline = true, paper = 'page' }: { headline?: boolean; paper?: Paper } = {},
): string {
  if (drawn === undefined) return '';
  const rows = alignedRows(drawn, comparison, MAX_ROWS[paper]);
  const width = WIDTHS[paper];
  const scale = { durationUs: Math.max(drawn.healthy.durationUs, drawn.failing.durationUs), width };
  const head = headline ? headlineOf(summary.verdict, summary.subject, width) : { svg: '', bottom: 0 };
  const legend = drawnLegend(signs(comparison, names, paper), { y: head.bottom + 24, width });
  const axis = axisOf(scale, legend.bottom + 8);
  const top = axis.bottom + 10;
  const rowHeight = ROW_HEIGHT + TIMES_BELOW[paper];
  const bottom = top + rows.length * rowHeight;
  const height = bottom + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="comparison-title-${paper} comparison-desc-${paper}" font-family="Inter, system-ui, sans-serif">`,
    `<title id="comparison-title-${paper}">${escapeXml(summary.verdict)}</title>`,
    `<desc id="comparison-desc-${paper}">${escapeXml(altOf(rows, names))}</desc>`,
    hatchPattern(`healthy-hatch-${paper}`),
    `<rect width="${width}" height="${height}" fill="${PAPER}"/>`,
    head.svg,
    legend.svg,
    gridLines(axis.ticks, top, bottom),
    axis.svg,
    ...rows.map((row, index) => drawnRow(row, { top: top + index * rowHeight, scale, paper })),
    '</svg>',
  ].join('\n');
}

/** The picture's alternative text in a thread. */
export function comparisonAlt({ comparison, drawn, names }: ShownComparison): string {
  return drawn === undefined ? '' : altOf(alignedRows(drawn, comparison, MAX_ROWS.thread), names);
}

const ROWS_NAMED = 8;

function altOf(rows: readonly AlignedRow[], { first, second }: ShownComparison['names']): string {
  const changed = rows
    .filter(({ mark, ratio }) => mark !== '' || ratio !== '')
    .slice(0, ROWS_NAMED)
    .map(
      ({ service, operation, mark, times, ratio }) =>
        `${service} ${operation}: ${[mark, times, ratio].filter((part) => part !== '').join(', ')}.`,
    );
  return [`Two waterfalls on one time scale, ${rows.length} rows, ${first} above ${second}.`, ...changed].join(' ');
}

function headlineOf(verdict: string, [what = '']: readonly string[], whole: number): Drawn {
  const width = whole - 2 * MARGIN;
  const lines = wrappedTo(verdict, width, HEADLINE_SIZE, BOLD);
  const kept = lines.slice(0, HEADLINE_LINES);
  if (lines.length > kept.length) kept[kept.length - 1] = `${kept.at(-1)} …`;
  const svg = kept.map((line, index) =>
    text(line, { x: MARGIN, y: 36 + index * HEADLINE_LEADING, size: HEADLINE_SIZE, weight: 700 }),
  );
  let y = 36 + (kept.length - 1) * HEADLINE_LEADING + 5;
  for (const line of wrappedTo(what, width, SMALL_SIZE, REGULAR).slice(0, SUBJECT_LINES)) {
    y += 20;
    svg.push(text(line, { x: MARGIN, y, size: SMALL_SIZE, fill: QUIET }));
  }
  return { svg: svg.join('\n'), bottom: y };
}

function signs(
  { healthy, failing }: Comparison,
  { first, second }: ShownComparison['names'],
  paper: Paper,
): readonly LegendEntry[] {
  const words = (side: string, count: number) =>
    count === 1 ? oneTraceText(side) : `median of ${tracesText(side, count)}`;
  const sign = (fill: string) => (x: number, y: number) =>
    `<rect x="${at(x)}" y="${y - 10}" width="22" height="${BAR_HEIGHT}" fill="${fill}" stroke="${INK}" stroke-width="0.5"/>`;
  return [
    { sign: sign(hatchOf(paper)), words: words(first, healthy.traces.length) },
    { sign: sign(INK), words: words(second, failing.traces.length) },
  ];
}

/** A page may have the picture on both kinds of paper, and each needs a pattern of its own. */
function hatchOf(paper: Paper): string {
  return `url(#healthy-hatch-${paper})`;
}

type RowPlace = Readonly<{ top: number; scale: Scale; paper: Paper }>;

function drawnRow(row: AlignedRow, { top, scale, paper }: RowPlace): string {
  const indent = Math.min(row.depth * INDENT, MOST_INDENT[paper]);
  const below = TIMES_BELOW[paper];
  const size = `width="${scale.width - 12}" height="${ROW_HEIGHT + below - 2}"`;
  const ground =
    row.mark === ''
      ? ''
      : `<rect x="6" y="${top + 1}" ${size} rx="4" fill="${CAUSE_GROUND}"/><rect x="6" y="${top + 1}" width="5" height="${ROW_HEIGHT + below - 2}" fill="${CAUSE_EDGE}"/>`;
  const parts = [
    ground,
    label(row, { x: MARGIN + indent, y: top + 16, width: scale.width, below }),
    ...bars(row.healthy, { scale, y: top + below + 22, fill: hatchOf(paper), dashed: row.kind === 'missing' }),
    ...bars(row.failing, { scale, y: top + below + 33, fill: INK, dashed: row.kind === 'added' }),
  ];
  return `<g>${parts.join('')}</g>`;
}

/** `below`: how far below the name the times stand; 0 for the same line. */
type LabelPlace = Readonly<{ x: number; y: number; width: number; below: number }>;

function label(
  { service, operation, times, ratio, mark, hidden }: AlignedRow,
  { x, y, width, below }: LabelPlace,
): string {
  const right = [
    { words: mark, weight: 700, fill: CAUSE_EDGE },
    { words: times, weight: 400, fill: INK },
    { words: ratio, weight: 700, fill: INK },
  ].filter(({ words }) => words !== '');
  // One text element, so that the parts stay apart in a wider font.
  const spans = right.map(
    ({ words, weight, fill }, i) =>
      `<tspan font-weight="${weight}" fill="${fill}">${i === 0 ? '' : GAP}${escapeXml(words)}</tspan>`,
  );
  const taken = right.map(({ words, weight }) => textWidth(GAP + words, TEXT_SIZE, weight === 700 ? BOLD : REGULAR));
  const edge = width - MARGIN - (below > 0 ? 0 : taken.reduce((sum, one) => sum + one, 0));
  const more = hidden === 0 ? '' : `  +${hidden}`;
  const room = edge - x - textWidth(more, TEXT_SIZE, REGULAR);
  const name = cutToWidth(`${service} `, room / 2, TEXT_SIZE, BOLD);
  const rest = cutToWidth(operation, room - textWidth(name, TEXT_SIZE, BOLD), TEXT_SIZE, REGULAR);
  return `<text x="${at(x)}" y="${at(y)}" font-size="${TEXT_SIZE}" fill="${INK}" xml:space="preserve"><tspan font-weight="600">${escapeXml(name)} </tspan><tspan>${escapeXml(rest)}</tspan><tspan fill="${QUIET}">${escapeXml(more)}</tspan></text><text x="${width - MARGIN}" y="${at(y + below)}" font-size="${TEXT_SIZE}" text-anchor="end" xml:space="preserve">${spans.join('')}</text>`;
}

/** The space between the texts on the right. */
const GAP = '  ';

type BarLook = Readonly<{ y: number; scale: Scale; fill: string; dashed: boolean }>;

function bars(intervals: readonly Bar[], { y, scale, fill, dashed }: BarLook): string[] {
  return intervals.map(({ startUs, endUs }) => {
    const x = Math.min(xOf(startUs, scale), scale.width - MARGIN - LEAST_BAR);
    const width = Math.max(LEAST_BAR, xOf(endUs, scale) - xOf(startUs, scale));
    const frame = dashed ? ` stroke="${CAUSE_EDGE}" stroke-width="2" stroke-dasharray="4 3"` : '';
    return `<rect x="${at(x)}" y="${y}" width="${at(width)}" height="${BAR_HEIGHT}" fill="${fill}"${frame}/>`;
  });
}
