/**
 * The waterfall as a picture: its title, a time axis, a row for each span with its label above its bar, a legend.
 *
 * Labels have the whole width, and a second line where they need it, because a truncated name is useless. Colour is never the only sign: the cause has a frame and a word, an error a cross, the critical path a dark
 * line.
 */

import { memoize } from '#core/memoize.ts';
import type { Diagnosed } from '#model/finding/analysis.ts';
import { countText } from '#model/text/count-text.ts';
import { durationText, exactDuration, momentText } from '#model/text/duration.ts';
import { axisOf, type Drawn, gridLines, MARGIN, type Scale, xOf } from '#present/svg/axis.ts';
import {
  CAUSE_EDGE,
  CAUSE_GROUND,
  FAILURE_COLOUR,
  INK,
  PAPER,
  PATH_COLOUR,
  QUIET,
  STRIPE_GROUND,
} from '#present/svg/colours.ts';
import { drawnLegend, type LegendEntry } from '#present/svg/legend.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { FOLDED, serviceColours } from '#present/svg/service-colours.ts';
import { at } from '#present/svg/text.ts';
import { drawnTitle } from '#present/svg/title.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { linesOf } from '#present/waterfall/lines.ts';
import { drawnLabel } from '#present/waterfall/svg-label.ts';
import { drawnSaid, lineSigns, marksOnBar, saidHeight } from '#present/waterfall/svg-lines.ts';
import {
  causeLegend,
  coveredShare,
  type Interval,
  type Waterfall,
  type WaterfallRow,
  waterfallOf,
} from '#present/waterfall/waterfall.ts';
import { summaryOf } from '#present/words/summary.ts';

/** Slack shrinks a taller picture until it is unreadable. */
const MAX_ROWS: Readonly<Record<Paper, number>> = { page: 24, thread: 10 };

const BAR_HEIGHT = 12;
const PATH_HEIGHT = 4;
/** In the alternative text. */
const CAUSES_NAMED = 4;
/** From one stripe to the next, and the thinnest. */
const STRIPE = 8;
const LEAST_STRIPE = 1;
/** Shorter gaps are invisible. */
const SOLID_SHARE = 0.95;
/** Keeps a bar visible, however short its span is. */
const LEAST_BAR = 3;
const INDENT = 14;
/** Deeper rows are indented no further: they need the width for their names. */
const MOST_INDENT: Readonly<Record<Paper, number>> = { page: 10 * INDENT, thread: 5 * INDENT };

/** No title where the surrounding page has it. */
export function waterfallSvg(
  analysis: Diagnosed,
  { title = true, paper = 'page' }: { title?: boolean; paper?: Paper } = {},
): string {
  const { pictureTitle } = summaryOf(analysis).first;
  const waterfall = drawnWaterfall[paper](analysis);
  const width = WIDTHS[paper];
  const scale = { durationUs: waterfall.durationUs, width };
  const colours = serviceColours(waterfall.rows.map(({ service }) => service));

  const head = title ? drawnTitle(pictureTitle, width) : { svg: '', bottom: 0 };
  const axis = axisOf(scale, head.bottom + 26);
  const top = axis.bottom + 10;
  let bottom = top;
  const rows = waterfall.rows.map((row) => {
    const drawn = drawnRow(row, { top: bottom, colours, scale, paper, causeWord: waterfall.causeWord });
    bottom = drawn.bottom;
    return drawn.svg;
  });
  const legend = legendOf(waterfall, bottom + 26, width);

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${legend.bottom}" viewBox="0 0 ${width} ${legend.bottom}" role="img" aria-labelledby="waterfall-title-${paper} waterfall-desc-${paper}" font-family="Inter, system-ui, sans-serif">`,
    `<title id="waterfall-title-${paper}">${escapeXml(pictureTitle)}</title>`,
    `<desc id="waterfall-desc-${paper}">${escapeXml(descriptionOf(waterfall))}</desc>`,
    `<rect width="${width}" height="${legend.bottom}" fill="${PAPER}"/>`,
    head.svg,
    gridLines(axis.ticks, top, bottom),
    axis.svg,
    ...rows,
    legend.svg,
    '</svg>',
  ].join('\n');
}

/** The picture's alternative text in a thread. */
export function waterfallAlt(analysis: Diagnosed): string {
  return descriptionOf(drawnWaterfall.thread(analysis));
}

const drawnWaterfall = {
  page: memoize((analysis: Diagnosed) => waterfallIn(analysis, MAX_ROWS.page)),
  thread: memoize((analysis: Diagnosed) => waterfallIn(analysis, MAX_ROWS.thread)),
};

function waterfallIn(analysis: Diagnosed, maxRows: number): Waterfall {
  return waterfallOf(analysis.trace, analysis.judgement, { maxRows, lines: linesOf(analysis) });
}

function descriptionOf(waterfall: Waterfall): string {
  const { rows, spanCount, durationUs } = waterfall;
  const failed = rows.filter((row) => row.failed && row.kind === 'span').length;
  const parts = [
    `Waterfall of ${countText(spanCount)} spans over ${exactDuration(durationUs)} in ${rows.length} rows.`,
    causeText(waterfall),
    failed === 0 ? '' : `${failed} ${failed === 1 ? 'row has' : 'rows have'} an error.`,
    linesText(rows),
  ];
  return parts
    .filter((part) => part !== '')
    .join(' ')
    .replaceAll('..', '.');
}

/** The largest part first. */
function causeText({ rows, causeWord, causeUs }: Waterfall): string {
  const causes = rows.filter(({ cause }) => cause).sort((a, b) => coveredUs(b) - coveredUs(a));
  if (causes.length === 0) return '';
  const parts = causes
    .slice(0, CAUSES_NAMED)
    .map(({ service, label, duration, startUs, endUs }) =>
      [`${service} ${label}`.trim(), duration, `from ${momentText(startUs)} to ${exactDuration(endUs)}`]
        .filter((part) => part !== '')
        .join(', '),
    );
  const more = causes.length > CAUSES_NAMED ? `; and ${causes.length - CAUSES_NAMED} more rows` : '';
  const together = causes.length === 1 ? '' : `, ${durationText(causeUs)} together`;
  return `Marked as ${causeWord}${together}: ${parts.join('; ')}${more}.`;
}

function coveredUs({ bars }: WaterfallRow): number {
  return bars.reduce((us, bar) => us + bar.coveredUs, 0);
}

function linesText(rows: Waterfall['rows']): string {
  const count = rows.reduce((sum, { lines }) => sum + lines.count, 0);
  const errors = rows.reduce((sum, { lines }) => sum + lines.errors, 0);
  const ofErrors = errors === 0 ? '' : `, ${countText(errors)} of them ${errors === 1 ? 'an error' : 'errors'}`;
  return count === 0 ? '' : `${countText(count)} log ${count === 1 ? 'line' : 'lines'} at their spans${ofErrors}.`;
}

type RowPlace = Readonly<{
  top: number;
  colours: ReadonlyMap<string, string>;
  scale: Scale;
  paper: Paper;
  causeWord: string;
}>;

function drawnRow(row: WaterfallRow, { top, colours, scale, paper, causeWord }: RowPlace): Drawn {
  const { width: whole } = scale;
  const x = MARGIN + Math.min(row.depth * INDENT, MOST_INDENT[paper]);
  const label = drawnLabel(row, { x, y: top + 16, causeWord, width: whole });
  const barTop = label.bottom + 7;
  const saidTop = barTop + BAR_HEIGHT + 4;
  const height = saidTop + saidHeight(row.lines) - top;
  const parts: string[] = [];
  if (row.cause) {
    parts.push(
      `<rect x="6" y="${top + 1}" width="${whole - 12}" height="${height - 2}" rx="4" fill="${CAUSE_GROUND}"/>`,
      `<rect x="6" y="${top + 1}" width="5" height="${height - 2}" fill="${CAUSE_EDGE}"/>`,
    );
  }
  if (row.isEstimated) parts.push(estimatedEdge(x - EDGE, top));
  parts.push(label.svg);

  const fill = row.service === '' ? FOLDED : (colours.get(row.service) ?? FOLDED);
  const frame = row.cause ? INK : row.failed ? FAILURE_COLOUR : 'none';
  for (const interval of row.bars) {
    const { x, width } = box(interval, scale);
    const stroke = frame === 'none' ? '' : ` stroke="${frame}" stroke-width="2"`;
    const stripes = stripesOf(interval, { x, y: barTop, width, height: BAR_HEIGHT, colour: fill });
    const ground = stripes === '' ? fill : STRIPE_GROUND;
    parts.push(
      `<rect x="${at(x)}" y="${barTop}" width="${at(width)}" height="${BAR_HEIGHT}" rx="2" fill="${ground}"${stroke}/>`,
      stripes,
    );
  }
  for (const interval of row.path) {
    const { x, width } = box(interval, scale);
    const y = barTop + (BAR_HEIGHT - PATH_HEIGHT) / 2;
    parts.push(
      stripesOf(interval, { x, y, width, height: PATH_HEIGHT, colour: PATH_COLOUR }) ||
        `<rect x="${at(x)}" y="${y}" width="${at(width)}" height="${PATH_HEIGHT}" fill="${PATH_COLOUR}"/>`,
    );
  }
  parts.push(marksOnBar(row.lines, barTop + BAR_HEIGHT / 2, scale));
  parts.push(drawnSaid(row.lines, { x, top: saidTop, width: whole }));
  return { svg: `<g>${parts.join('')}</g>`, bottom: top + height };
}

/** How far a dashed edge stands before its label. */
const EDGE = 11;

/** A dashed edge from the row above: this place is an estimate. */
function estimatedEdge(x: number, top: number): string {
  return `<path d="M${at(x)} ${top - 4}v15h8" stroke="${QUIET}" stroke-width="2" stroke-dasharray="3 2" fill="none"/>`;
}

/**
 * Stripes for intervals too fine to be drawn apart. They cover the same share of the width as the spans cover of the time.
 * Empty where the interval is solid. All stripes of a picture are in phase, so that the path's stripes lie on the bar's.
 */
function stripesOf(
  interval: Interval,
  { x, y, width, height, colour }: { x: number; y: number; width: number; height: number; colour: string },
): string {
  const share = coveredShare(interval);
  if (share > SOLID_SHARE || width < 2 * STRIPE) return '';
  const dash = Math.max(LEAST_STRIPE, share * STRIPE);
  return `<path d="M${at(x)} ${at(y + height / 2)}h${at(width)}" stroke="${colour}" stroke-width="${height}" stroke-dasharray="${at(dash)} ${at(STRIPE - dash)}" stroke-dashoffset="${at(x % STRIPE)}"/>`;
}

function legendOf(waterfall: Waterfall, y: number, width: number): Drawn {
  const { rows, spanCount } = waterfall;
  const entries: LegendEntry[] = [
    {
      sign: (x, y) =>
        `<rect x="${at(x)}" y="${y - 11}" width="22" height="${BAR_HEIGHT}" rx="2" fill="${FOLDED}"/><rect x="${at(x)}" y="${y - 7}" width="22" height="${PATH_HEIGHT}" fill="${PATH_COLOUR}"/>`,
      words: 'critical path',
    },
  ];
  if (rows.some((row) => row.cause)) {
    entries.push({
      sign: (x, y) =>
        `<rect x="${at(x)}" y="${y - 11}" width="22" height="${BAR_HEIGHT}" rx="2" fill="${CAUSE_GROUND}" stroke="${INK}" stroke-width="2"/>`,
      words: causeLegend(waterfall),
    });
  }
  if (rows.some((row) => row.failed)) {
    entries.push({
      sign: (x, y) =>
        `<path d="M${at(x + 6)} ${y - 11} l10 11 m0 -11 l-10 11" stroke="${FAILURE_COLOUR}" stroke-width="3" fill="none"/>`,
      words: 'error',
    });
  }
  if (rows.some((row) => row.isEstimated)) {
    entries.push({
      sign: (x, y) =>
        `<path d="M${at(x + 4)} ${y - 13}v9h16" stroke="${QUIET}" stroke-width="2" stroke-dasharray="3 2" fill="none"/>`,
      words: 'estimated',
    });
  }
  entries.push(...lineSigns(rows));
  const striped = rows.some(({ bars }) => bars.some((bar) => coveredShare(bar) <= SOLID_SHARE));
  if (striped) {
    entries.push({
      sign: (x, y) =>
        `<path d="M${at(x)} ${y - 5}h22" stroke="${QUIET}" stroke-width="${BAR_HEIGHT}" stroke-dasharray="3 5"/>`,
      words: 'part of the time',
    });
  }
  if (rows.some(({ service }) => service === '')) {
    entries.push({
      sign: (x, y) => `<rect x="${at(x)}" y="${y - 11}" width="22" height="${BAR_HEIGHT}" rx="2" fill="${FOLDED}"/>`,
      words: 'folded',
    });
  }
  const count = rows.length < spanCount ? `${countText(spanCount)} spans in ${rows.length} rows` : '';
  return drawnLegend(entries, { count, y, width });
}

function box({ startUs, endUs }: Interval, scale: Scale): { x: number; width: number } {
  const width = Math.max(LEAST_BAR, xOf(endUs, scale) - xOf(startUs, scale));
  return { x: Math.min(xOf(startUs, scale), scale.width - MARGIN - LEAST_BAR), width };
}
