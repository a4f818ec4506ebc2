/**
 * Draws a reliability diagram: how often verdicts were right, for each range of their confidence. The background is white,
 * so that it can be read on light and dark pages.
 *
 *   right │        ╷  ●      a dot for each range of the number; larger for more of them
 *         │     ●  ╵         the line through it: where the share may lie (95 %)
 *         │  ●               the diagonal: told and right are the same
 *         └───────────
 *          told
 */

import { shareInterval } from '#model/stats/proportion.ts';
import { GRID, INK, QUIET } from '#present/svg/colours.ts';
import { at, SMALL_SIZE, TEXT_SIZE, text } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import type { Bin } from './scores.ts';

const WIDTH = 720;
const HEIGHT = 480;
/** The square of the diagram. */
const LEFT = 90;
const TOP = 56;
const SIDE = 340;
const BOTTOM = TOP + SIDE;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const DOT = '#0072b2';
/** Radii of the dots, for one and for the most. */
const SMALLEST = 4;
const LARGEST = 11;
const NOTES_X = LEFT + SIDE + 28;
const NOTES_LEADING = 20;

/** `notes`: lines beside the diagram. */
export function reliabilitySvg(title: string, bins: readonly Bin[], notes: readonly string[]): string {
  const shown = bins.filter(({ count }) => count > 0);
  const most = Math.max(1, ...shown.map(({ count }) => count));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="reliability-title reliability-desc" font-family="Inter, system-ui, sans-serif">`,
    `<title id="reliability-title">${escapeXml(title)}</title>`,
    `<desc id="reliability-desc">${escapeXml(shown.map(sentenceOf).join(' '))}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(title, { x: 20, y: 32, size: TEXT_SIZE, weight: 600 }),
    ...TICKS.flatMap(tick),
    `<line x1="${LEFT}" y1="${BOTTOM}" x2="${LEFT + SIDE}" y2="${TOP}" stroke="${QUIET}" stroke-width="1.5" stroke-dasharray="5 5"/>`,
    ...shown.map((bin) => dot(bin, most)),
    text('confidence', { x: LEFT + SIDE / 2, y: BOTTOM + 52, size: SMALL_SIZE, anchor: 'middle' }),
    `<g transform="rotate(-90 30 ${at(TOP + SIDE / 2)})">${text('share of right ones', { x: 30, y: TOP + SIDE / 2, size: SMALL_SIZE, anchor: 'middle' })}</g>`,
    ...notes.map((note, line) =>
      text(note, { x: NOTES_X, y: TOP + 14 + line * NOTES_LEADING, size: SMALL_SIZE, fill: line === 0 ? INK : QUIET }),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function xOf(share: number): number {
  return LEFT + share * SIDE;
}

function yOf(share: number): number {
  return BOTTOM - share * SIDE;
}

function tick(share: number): string[] {
  return [
    `<line x1="${at(xOf(share))}" y1="${TOP}" x2="${at(xOf(share))}" y2="${BOTTOM}" stroke="${GRID}"/>`,
    `<line x1="${LEFT}" y1="${at(yOf(share))}" x2="${LEFT + SIDE}" y2="${at(yOf(share))}" stroke="${GRID}"/>`,
    text(`${share}`, { x: xOf(share), y: BOTTOM + 24, size: SMALL_SIZE, fill: QUIET, anchor: 'middle' }),
    text(`${share}`, { x: LEFT - 12, y: yOf(share) + 5, size: SMALL_SIZE, fill: QUIET, anchor: 'end' }),
  ];
}

/** Its area grows with the number of verdicts. */
function dot({ count, confidence, right }: Bin, most: number): string {
  const { low, high } = shareInterval({ times: Math.round(right * count), of: count });
  const radius = Math.max(SMALLEST, LARGEST * Math.sqrt(count / most));
  const x = at(xOf(confidence));
  return `<line x1="${x}" y1="${at(yOf(high))}" x2="${x}" y2="${at(yOf(low))}" stroke="${DOT}" stroke-width="1.5"/><circle cx="${x}" cy="${at(yOf(right))}" r="${at(radius)}" fill="${DOT}" stroke="#ffffff"/>`;
}

function sentenceOf({ count, confidence, right }: Bin): string {
  return `Told at ${confidence.toFixed(2)} on average: ${right.toFixed(2)} right, of ${count}.`;
}
