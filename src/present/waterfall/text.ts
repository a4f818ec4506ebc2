/**
 * The waterfall in characters.
 *
 *   api-gateway GET /orders             █░░░░░░░░░░░░░░░░░░░░█   2.34 s
 *     order-service SELECT orders        ███████████████████    2.23 s ◀ cause
 */
import { countText } from '#model/text/count-text.ts';
import { exactDuration } from '#model/text/duration.ts';
import type { RowLines } from '#present/waterfall/lines.ts';
import {
  causeLegend,
  coveredShare,
  type Interval,
  type Waterfall,
  type WaterfallRow,
} from '#present/waterfall/waterfall.ts';
import { cutTo, displayWidth, fitted } from '#present/words/display-width.ts';

/** Colours the parts of a line; without colour, each function returns its text. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow', (text: string) => string>>;

export const NO_PAINT: Paint = { bold: same, dim: same, red: same, yellow: same };

/** Below this width the mark is a sign without its word. */
const WIDE_ENOUGH = 60;
/** Shorter durations align in every picture. */
const DURATION_WIDTH = 9;
const LABEL_SHARE = 0.42;
const LONGEST_LABEL = 64;
/** The largest share of the label for its indent, because names need the width more. */
const INDENT_SHARE = 0.4;

export function waterfallText(waterfall: Waterfall, width: number, paint: Paint): string[] {
  const { rows, causeWord } = waterfall;
  if (rows.length === 0) return [];
  const mark = rows.some((row) => row.cause) ? (width < WIDE_ENOUGH ? ' ◀' : ` ◀ ${causeWord}`) : '';
  const labels = Math.min(LONGEST_LABEL, Math.floor(width * LABEL_SHARE));
  const durations = rows.map((row) => (row.kind === 'siblings' ? `Σ ${row.duration}` : row.duration));
  const longest = durations.reduce((most, { length }) => Math.max(most, length), DURATION_WIDTH);
  const bars = width - labels - longest - displayWidth(mark) - 2;
  const lines = rows.flatMap((row, at) => {
    const duration = ` ${durations[at]?.padStart(longest)}`;
    const bar = barText(row, waterfall.durationUs, bars);
    const emphasis = row.cause ? paint.bold : row.service === '' ? paint.dim : same;
    const marked = row.cause ? paint.yellow(mark) : '';
    const line = `${labelText(row, labels, paint, emphasis)} ${row.cause ? paint.yellow(bar) : bar}${emphasis(duration)}${marked}`;
    return [line.trimEnd(), ...saidBelow(row, width).map(paint.red)];
  });
  return [...lines, ...legendOf(waterfall, lines, width).map(paint.dim)];
}

function labelText(row: WaterfallRow, width: number, paint: Paint, emphasis: (text: string) => string): string {
  const indent = indentOf(row.depth, width);
  const sign = `${row.isEstimated ? ESTIMATED_MARK : ''}${row.failed ? '✗ ' : ''}`;
  const status = row.status === '' ? '' : `${row.status} `;
  const room = width - indent.length - sign.length - status.length;
  const note = noteOf(row);
  const name = nameOf(row, room - note.length);
  return `${indent}${paint.red(sign + status)}${emphasis(fitted(`${name}${note}`, room))}`;
}

/** Before a span whose place is an estimate. */
const ESTIMATED_MARK = '┄ ';

function indentOf(depth: number, width: number): string {
  return ' '.repeat(Math.min(depth * 2, Math.floor(width * INDENT_SHARE)));
}

/** Where both do not fit, the service has at most half of the room: the operation says more. */
function nameOf({ service, label }: WaterfallRow, room: number): string {
  if (service === '') return cutTo(label, room);
  const least = Math.max(0, room - displayWidth(label) - 1, Math.floor(room / 2));
  return cutTo(`${cutTo(service, least)} ${label}`, room);
}

/** The spans and errors folded into the row: ` +45 3✗`. */
function noteOf({ hidden, errors }: WaterfallRow): string {
  return `${hidden > 0 ? ` +${countText(hidden)}` : ''}${errors > 0 ? ` ${countText(errors)}✗` : ''}`;
}

/** `! 325 ms  Model server OOM…`, below the span that it was logged in. */
function saidBelow({ depth, lines }: WaterfallRow, width: number): string[] {
  const { said, errors } = lines;
  const indent = indentOf(depth + 1, width);
  return said.map(({ atUs, text }, at) => {
    const isLast = at === said.length - 1;
    const more = isLast && errors > said.length ? ` (of ${countText(errors)} error lines)` : '';
    return `${cutTo(`${indent}! ${exactDuration(atUs)}  ${text}`, width - more.length)}${more}`;
  });
}

/** A cell is dark where at least half of its work was on the critical path; half dark where short spans left gaps. */
function barText({ kind, bars, path, lines }: WaterfallRow, durationUs: number, cells: number): string {
  const spanned = coverage(bars, durationUs, cells, () => 1);
  const ran = coverage(bars, durationUs, cells, coveredShare);
  const onPath = coverage(path, durationUs, cells, coveredShare);
  const holdsBar = cellsOfShortBars(bars, durationUs, cells);
  let drawn = '';
  spanned.forEach((share, cell) => {
    const ranHere = ran[cell] ?? 0;
    const hasGaps =
      ranHere < share * SPARSE_SHARE || (kind === 'siblings' && holdsBar.has(cell) && ranHere < SPARSE_SHARE);
    if (share < LEAST_SHARE && !holdsBar.has(cell)) drawn += ' ';
    else if (path.length === 0 || (onPath[cell] ?? 0) < ranHere / 2) drawn += '░';
    else drawn += hasGaps ? '▌' : '█';
  });
  return lines.marks.length === 0 ? drawn : withMarks(drawn, lines, durationUs);
}

/** A mark stands for all lines of its cell. It is an error mark where one of them is an error. */
function withMarks(drawn: string, { marks }: RowLines, durationUs: number): string {
  const cells = [...drawn];
  for (const { atUs, isError } of marks) {
    const at = Math.min(cells.length - 1, durationUs === 0 ? 0 : Math.floor((atUs / durationUs) * cells.length));
    if (cells[at] !== ERROR_MARK) cells[at] = isError ? ERROR_MARK : LINE_MARK;
  }
  return cells.join('');
}

const LINE_MARK = '•';
const ERROR_MARK = '!';

/** A smaller share of a cell is the edge of a neighbour, or a bar shorter than a cell. */
const LEAST_SHARE = 0.1;
/** Where less of a row's extent, or of a cell with several short bars, is covered, it is not drawn as solid. */
const SPARSE_SHARE = 0.5;

/** Cells that contain a whole bar. */
function cellsOfShortBars(bars: readonly Interval[], durationUs: number, cells: number): ReadonlySet<number> {
  const held = new Set<number>();
  for (const { startUs, endUs } of bars) {
    const from = durationUs === 0 ? 0 : (startUs / durationUs) * cells;
    const to = durationUs === 0 ? 0 : (endUs / durationUs) * cells;
    const cell = Math.min(cells - 1, Math.floor(from));
    if (to <= cell + 1) held.add(cell);
  }
  return held;
}

/** For each cell, the share that the weighted intervals cover. */
function coverage(
  intervals: readonly Interval[],
  durationUs: number,
  cells: number,
  weightOf: (interval: Interval) => number,
): Float64Array {
  const covered = new Float64Array(cells);
  if (durationUs === 0) return covered;
  for (const interval of intervals) {
    const { startUs, endUs } = interval;
    const weight = weightOf(interval);
    const from = (startUs / durationUs) * cells;
    const to = Math.min(cells, (endUs / durationUs) * cells);
    for (let cell = Math.floor(from); cell < to; cell += 1) {
      covered[cell] = (covered[cell] ?? 0) + (Math.min(to, cell + 1) - Math.max(from, cell)) * weight;
    }
  }
  return covered;
}

function marksIn(rows: Waterfall['rows']): string[] {
  const marks = rows.flatMap(({ lines }) => lines.marks);
  const isError = rows.some(({ lines }) => lines.said.length > 0) || marks.some((mark) => mark.isError);
  return [
    marks.some((mark) => !mark.isError) ? `${LINE_MARK} log line` : '',
    isError ? `${ERROR_MARK} error line` : '',
  ];
}

function signsIn(waterfall: Waterfall): string[] {
  const { rows } = waterfall;
  return [
    rows.some((row) => row.cause) ? `◀ ${causeLegend(waterfall)}` : '',
    rows.some((row) => row.isEstimated) ? `${ESTIMATED_MARK}estimated` : '',
    rows.some((row) => row.failed) ? '✗ error' : '',
    rows.some((row) => row.kind === 'siblings') ? 'Σ all together' : '',
    rows.some((row) => row.hidden > 0) ? '+n below' : '',
  ];
}

/** In as many lines as it takes. */
function legendOf(waterfall: Waterfall, drawn: readonly string[], width: number): string[] {
  const { rows, spanCount } = waterfall;
  const entries = [
    '█ critical path',
    '░ off it',
    drawn.some((line) => line.includes('▌')) ? '▌ part of the time' : '',
    ...signsIn(waterfall),
    ...marksIn(rows),
    rows.length < spanCount
      ? `${countText(spanCount)} spans in ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`
      : '',
  ].filter((entry) => entry !== '');
  const lines: string[] = [];
  for (const entry of entries) {
    const joined = lines.length === 0 ? entry : `${lines.at(-1)}   ${entry}`;
    if (lines.length > 0 && displayWidth(joined) > width) lines.push(entry);
    else lines.splice(-1, 1, joined);
  }
  return lines;
}

function same(text: string): string {
  return text;
}
