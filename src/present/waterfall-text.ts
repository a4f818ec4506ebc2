/**
 * The waterfall in characters.
 *
 *   api-gateway GET /orders             █░░░░░░░░░░░░░░░░░░░░█   2.34 s
 *     order-service SELECT orders        ███████████████████    2.23 s ◀ cause
 */
import { cutTo, displayWidth, fitted } from '#present/display-width.ts';
import type { Interval, Waterfall, WaterfallRow } from '#present/waterfall.ts';

/** How a line's parts are coloured; each gives back its text where no colour is wanted. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow', (text: string) => string>>;

export const NO_PAINT: Paint = { bold: same, dim: same, red: same, yellow: same };

/** Below this width the mark is a sign without its word. */
const WIDE_ENOUGH = 60;
/** `2 min 5 s`, with the sign of a sum before it. */
const DURATION_WIDTH = 10;
const LABEL_SHARE = 0.42;
const LONGEST_LABEL = 64;
/** Names need the width more than indents do: at most this part of the label. */
const INDENT_SHARE = 0.4;

export function waterfallText(waterfall: Waterfall, width: number, paint: Paint): string[] {
  const { rows, causeWord } = waterfall;
  if (rows.length === 0) return [];
  const mark = rows.some((row) => row.cause) ? (width < WIDE_ENOUGH ? ' ◀' : ` ◀ ${causeWord}`) : '';
  const labels = Math.min(LONGEST_LABEL, Math.floor(width * LABEL_SHARE));
  const bars = width - labels - DURATION_WIDTH - displayWidth(mark) - 1;
  const lines = rows.map((row) => {
    const duration = (row.kind === 'siblings' ? `Σ ${row.duration}` : row.duration).padStart(DURATION_WIDTH);
    const bar = barText(row, waterfall.durationUs, bars);
    const emphasis = row.cause ? paint.bold : row.service === '' ? paint.dim : same;
    const marked = row.cause ? paint.yellow(mark) : '';
    return `${labelText(row, labels, paint, emphasis)} ${row.cause ? paint.yellow(bar) : bar}${emphasis(duration)}${marked}`.trimEnd();
  });
  return [...lines, paint.dim(cutTo(legend(waterfall), width))];
}

function labelText(row: WaterfallRow, width: number, paint: Paint, emphasis: (text: string) => string): string {
  const indent = ' '.repeat(Math.min(row.depth * 2, Math.floor(width * INDENT_SHARE)));
  const sign = row.failed ? '✗ ' : '';
  const status = row.status === '' ? '' : `${row.status} `;
  const name = [row.service, row.label].filter((part) => part !== '').join(' ');
  const room = width - indent.length - sign.length - status.length;
  return `${indent}${paint.red(sign + status)}${emphasis(fitted(name, room))}`;
}

/** A cell is dark where at least half of what ran in it was on the critical path. */
function barText({ bars, path }: WaterfallRow, durationUs: number, cells: number): string {
  const ran = coverage(bars, durationUs, cells);
  const onPath = coverage(path, durationUs, cells);
  let drawn = '';
  ran.forEach((share, cell) => {
    if (share < LEAST_SHARE) drawn += ' ';
    else drawn += (onPath[cell] ?? 0) >= share / 2 ? '█' : '░';
  });
  if (drawn.trim() !== '' || bars[0] === undefined) return drawn;
  // Too short for a cell, and still it ran.
  const at = durationUs === 0 ? 0 : Math.min(cells - 1, Math.floor((bars[0].startUs / durationUs) * cells));
  return `${' '.repeat(at)}${path.length > 0 ? '█' : '░'}${' '.repeat(cells - at - 1)}`;
}

/** Of a cell: what is less is the edge of a neighbour. */
const LEAST_SHARE = 0.1;

/** For each cell the share of it that the intervals cover. */
function coverage(intervals: readonly Interval[], durationUs: number, cells: number): Float64Array {
  const covered = new Float64Array(cells);
  if (durationUs === 0) return covered;
  for (const { startUs, endUs } of intervals) {
    const from = (startUs / durationUs) * cells;
    const to = Math.min(cells, (endUs / durationUs) * cells);
    for (let cell = Math.floor(from); cell < to; cell += 1) {
      covered[cell] = (covered[cell] ?? 0) + Math.min(to, cell + 1) - Math.max(from, cell);
    }
  }
  return covered;
}

function legend({ rows, spanCount, causeWord }: Waterfall): string {
  const folded = spanCount - rows.filter((row) => row.kind === 'span').length;
  return [
    '█ critical path   ░ off it',
    rows.some((row) => row.cause) ? `◀ ${causeWord}` : '',
    rows.some((row) => row.failed) ? '✗ error' : '',
    rows.some((row) => row.kind === 'siblings') ? 'Σ all together' : '',
    folded > 0 ? `${folded} of ${spanCount} spans folded` : '',
  ]
    .filter((entry) => entry !== '')
    .join('   ');
}

function same(text: string): string {
  return text;
}
