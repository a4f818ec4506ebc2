/**
 * Both waterfalls in one picture, on one time scale: each call is a row with its healthy bar above its failing one.
 *
 *   order-service SELECT orders          12 ms → 2.28 s   190×
 *   ▒▒                                                           healthy: hatched
 *   ████████████████████████████████████                        failing: solid
 *
 * Drawn for a phone. Colour is never the only sign: an added or missing call has a word and a dashed frame.
 */

import type { Comparison } from '#model/requests/comparison.ts';
import { type AlignedRow, alignedRows, type Bar } from '#present/pictures/aligned-rows.ts';
import type { ShownComparison } from '#present/shown-comparison.ts';
import { axisOf, type Drawn, gridLines, MARGIN, WIDTH, xOf } from '#present/svg/axis.ts';
import { CAUSE_EDGE, CAUSE_GROUND, INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { at, BOLD, cutToWidth, REGULAR, SMALL_SIZE, TEXT_SIZE, text, textWidth, wrappedTo } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { oneTraceText, tracesText } from '#present/words/comparison-words.ts';

/** Slack shrinks a taller picture until it is unreadable. */
const MAX_ROWS = 20;
const HEADLINE_SIZE = 22;
const HEADLINE_LEADING = 29;
const HEADLINE_LINES = 4;
const SUBJECT_LINES = 2;
const ROW_HEIGHT = 48;
const BAR_HEIGHT = 9;
const INDENT = 14;
const MOST_INDENT = 8 * INDENT;
const LEAST_BAR = 3;

const HEALTHY = '#4a7fb0';

/** Empty where a side has no trace. No headline where the surrounding page has it. */
export function comparisonSvg(
  { comparison, drawn, summary, names }: ShownComparison,
  { headline = true } = {},
): string {
  if (drawn === undefined) return '';
  const rows = alignedRows(drawn, comparison, MAX_ROWS);
  const durationUs = Math.max(drawn.healthy.durationUs, drawn.failing.durationUs);
  const head = headline ? headlineOf(summary.verdict, summary.subject) : { svg: '', bottom: 0 };
  const legend = legendOf(comparison, names, head.bottom + 24);
  const axis = axisOf(durationUs, legend.bottom + 26);
  const top = axis.bottom + 10;
  const bottom = top + rows.length * ROW_HEIGHT;
  const height = bottom + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="comparison-title comparison-desc" font-family="Inter, system-ui, sans-serif">`,
    `<title id="comparison-title">${escapeXml(summary.verdict)}</title>`,
    `<desc id="comparison-desc">${escapeXml(altOf(rows, names))}</desc>`,
    `<defs><pattern id="healthy-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="${PAPER}"/><rect width="2.6" height="5" fill="${HEALTHY}"/></pattern></defs>`,
    `<rect width="${WIDTH}" height="${height}" fill="${PAPER}"/>`,
    head.svg,
    legend.svg,
    gridLines(axis.ticks, top, bottom),
    axis.svg,
    ...rows.map((row, index) => drawnRow(row, top + index * ROW_HEIGHT, durationUs)),
    '</svg>',
  ].join('\n');
}

/** The picture's alternative text. */
export function comparisonAlt({ comparison, drawn, names }: ShownComparison): string {
  return drawn === undefined ? '' : altOf(alignedRows(drawn, comparison, MAX_ROWS), names);
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

function headlineOf(verdict: string, [what = '']: readonly string[]): Drawn {
  const width = WIDTH - 2 * MARGIN;
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

function legendOf({ healthy, failing }: Comparison, { first, second }: ShownComparison['names'], y: number): Drawn {
  const words = (side: string, count: number) =>
    count === 1 ? oneTraceText(side) : `median of ${tracesText(side, count)}`;
  const entries = [
    { fill: 'url(#healthy-hatch)', words: words(first, healthy.traces.length) },
    { fill: INK, words: words(second, failing.traces.length) },
  ];
  let x = MARGIN;
  const parts = entries.map(({ fill, words }) => {
    const from = x;
    x += 30 + textWidth(words, SMALL_SIZE, REGULAR) + 24;
    return `<rect x="${at(from)}" y="${y - 10}" width="22" height="${BAR_HEIGHT}" fill="${fill}" stroke="${INK}" stroke-width="0.5"/>${text(words, { x: from + 30, y, size: SMALL_SIZE, fill: QUIET })}`;
  });
  return { svg: parts.join(''), bottom: y };
}

function drawnRow(row: AlignedRow, top: number, durationUs: number): string {
  const indent = Math.min(row.depth * INDENT, MOST_INDENT);
  const ground =
    row.mark === ''
      ? ''
      : `<rect x="6" y="${top + 1}" width="${WIDTH - 12}" height="${ROW_HEIGHT - 2}" rx="4" fill="${CAUSE_GROUND}"/><rect x="6" y="${top + 1}" width="5" height="${ROW_HEIGHT - 2}" fill="${CAUSE_EDGE}"/>`;
  const parts = [
    ground,
    label(row, MARGIN + indent, top + 16),
    ...bars(row.healthy, { y: top + 22, durationUs, fill: 'url(#healthy-hatch)', dashed: row.kind === 'missing' }),
    ...bars(row.failing, { y: top + 33, durationUs, fill: INK, dashed: row.kind === 'added' }),
  ];
  return `<g>${parts.join('')}</g>`;
}

function label({ service, operation, times, ratio, mark, hidden }: AlignedRow, x: number, y: number): string {
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
  const edge = WIDTH - MARGIN - taken.reduce((sum, width) => sum + width, 0);
  const more = hidden === 0 ? '' : `  +${hidden}`;
  const room = edge - x - textWidth(more, TEXT_SIZE, REGULAR);
  const name = cutToWidth(`${service} `, room / 2, TEXT_SIZE, BOLD);
  const rest = cutToWidth(operation, room - textWidth(name, TEXT_SIZE, BOLD), TEXT_SIZE, REGULAR);
  return `<text x="${at(x)}" y="${at(y)}" font-size="${TEXT_SIZE}" fill="${INK}" xml:space="preserve"><tspan font-weight="600">${escapeXml(name)} </tspan><tspan>${escapeXml(rest)}</tspan><tspan fill="${QUIET}">${escapeXml(more)}</tspan></text><text x="${WIDTH - MARGIN}" y="${at(y)}" font-size="${TEXT_SIZE}" text-anchor="end" xml:space="preserve">${spans.join('')}</text>`;
}

/** The space between the texts on the right. */
const GAP = '  ';

type BarLook = Readonly<{ y: number; durationUs: number; fill: string; dashed: boolean }>;

function bars(intervals: readonly Bar[], { y, durationUs, fill, dashed }: BarLook): string[] {
  return intervals.map(({ startUs, endUs }) => {
    const x = Math.min(xOf(startUs, durationUs), WIDTH - MARGIN - LEAST_BAR);
    const width = Math.max(LEAST_BAR, xOf(endUs, durationUs) - xOf(startUs, durationUs));
    const frame = dashed ? ` stroke="${CAUSE_EDGE}" stroke-width="2" stroke-dasharray="4 3"` : '';
    return `<rect x="${at(x)}" y="${y}" width="${at(width)}" height="${BAR_HEIGHT}" fill="${fill}"${frame}/>`;
  });
}
