/**
 * How often verdicts were right, one row for each word: the share as a bar, its 95 % interval as a line under it. A word
 * with fewer than five answers has counts and no bar. Where no word has a bar, a sentence says why, in place of the scale.
 *
 *   0 %            50 %           100 %
 *   Confirmed     82 %, 9 of 11 right
 *   ████████████████████████░░░░░░
 *              ├─────────────┤
 */

import { FEWEST_FOR_SHARE, type IncidentReview, type Reliability } from '#model/incident/incident-review.ts';
import { periodText } from '#model/incident/stats-period.ts';
import { percent } from '#model/text/percent.ts';
import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { DARK_PICTURES, GRID, INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { drawnLegend } from '#present/svg/legend.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { at, REGULAR, SMALL_SIZE, TEXT_SIZE, text, wrappedTo } from '#present/svg/text.ts';
import { drawnTitle } from '#present/svg/title.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { type ShownReview, shareText, wordName } from '#present/words/incident-review.ts';

const BAR_COLOUR = '#3b8fc4';
const TITLE = 'How often verdicts were right';

const AXIS_ROOM = 38;
const SENTENCE_ROOM = 30;
const LEADING = 20;
const ROW = 68;
/** Without a bar. */
const LOW_ROW = 34;
const NAME = 20;
const BAR_TOP = 28;
const BAR = 14;
const INTERVAL_Y = 52;
const CAP = 5;

/** Whether there is anything to answer: that nobody did must be as plain as a share. */
export function hasReliability({ reliability }: IncidentReview): boolean {
  return reliability.some(({ verdicts }) => verdicts > 0);
}

/** For readers who do not see the picture. */
export function reliabilityAlt({ review }: ShownReview): string {
  return `${TITLE}. ${review.reliability.map((one) => `${wordName(one.word)}: ${shareText(one)}`).join('; ')}.`;
}

export function reliabilityTitle({ period }: Pick<ShownReview, 'period'>): string {
  return `${TITLE} ${periodText(period)}`;
}

/** `isAlone`: the picture is a file of its own, which follows the reader's dark mode. */
export function reliabilitySvg(shown: ShownReview, paper: Paper, { isAlone = false } = {}): string {
  const width = WIDTHS[paper];
  const title = drawnTitle(reliabilityTitle(shown), width);
  const { reliability } = shown.review;
  const isScaled = reliability.some(({ share }) => share !== undefined);
  const said = isScaled ? { svg: '', bottom: title.bottom + AXIS_ROOM } : sentence(reliability, title.bottom, width);
  const rows: string[] = [];
  let bottom = said.bottom + 8;
  for (const one of reliability) {
    rows.push(row(one, bottom, width));
    bottom += one.share === undefined ? LOW_ROW : ROW;
  }
  const legend = isScaled ? drawnShares(bottom, width) : { svg: '', bottom: bottom + LEADING };
  const own = `reliability-${paper}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${legend.bottom}" viewBox="0 0 ${width} ${legend.bottom}" role="img" aria-labelledby="${own}-title ${own}-desc" font-family="Inter, system-ui, sans-serif">`,
    `<title id="${own}-title">${escapeXml(reliabilityTitle(shown))}</title>`,
    `<desc id="${own}-desc">${escapeXml(reliabilityAlt(shown))}</desc>`,
    isAlone ? `<style>${DARK_PICTURES}</style>` : '',
    `<rect width="${width}" height="${legend.bottom}" fill="${PAPER}"/>`,
    title.svg,
    said.svg,
    ...(isScaled ? [0, 0.5, 1] : []).map((share) => tick(share, { axisY: said.bottom, bottom, width })),
    ...rows,
    legend.svg,
    '</svg>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Why there is no share. */
function sentence(reliability: readonly Reliability[], top: number, width: number): Drawn {
  const has = (count: 'verdicts' | 'settled') => reliability.some((one) => one[count] > 0);
  const unsettled = has('verdicts')
    ? 'Nobody answered yet: press Yes or No under a diagnosis.'
    : 'There was no verdict.';
  const why = has('settled') ? `A share needs ${FEWEST_FOR_SHARE} answers.` : unsettled;
  const lines = wrappedTo(why, width - 2 * MARGIN, TEXT_SIZE, REGULAR);
  const y = (line: number) => top + SENTENCE_ROOM + line * LEADING;
  return {
    svg: lines.map((line, index) => text(line, { x: MARGIN, y: y(index), size: TEXT_SIZE, fill: QUIET })).join(''),
    bottom: y(lines.length - 1),
  };
}

function drawnShares(bottom: number, width: number): Drawn {
  return drawnLegend(
    [
      {
        sign: (x, y) => `<rect x="${at(x)}" y="${y - 10}" width="22" height="10" rx="2" fill="${BAR_COLOUR}"/>`,
        words: 'share that was right',
      },
      { sign: (x, y) => interval(x, x + 22, y - 5), words: '95 % interval' },
    ],
    { y: bottom + 22, width },
  );
}

function xOf(share: number, width: number): number {
  return MARGIN + share * (width - 2 * MARGIN);
}

function tick(share: number, { axisY, bottom, width }: Readonly<{ axisY: number; bottom: number; width: number }>) {
  const x = xOf(share, width);
  const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
  const line = `<line x1="${at(x)}" y1="${axisY + 6}" x2="${at(x)}" y2="${bottom}" stroke="${GRID}" stroke-width="1"/>`;
  return line + text(percent(share), { x, y: axisY, size: SMALL_SIZE, fill: QUIET, anchor });
}

function row(reliability: Reliability, y: number, width: number): string {
  const { word, share } = reliability;
  const label = text(wordName(word), { x: MARGIN, y: y + NAME, size: TEXT_SIZE, weight: 600 });
  const value = text(valueText(reliability), {
    x: width - MARGIN,
    y: y + NAME,
    size: TEXT_SIZE,
    fill: INK,
    anchor: 'end',
  });
  const bar = (to: number, fill: string) =>
    `<rect x="${MARGIN}" y="${y + BAR_TOP}" width="${at(xOf(to, width) - MARGIN)}" height="${BAR}" rx="2" fill="${fill}"/>`;
  if (share === undefined) return label + value;
  const { low, high } = share;
  return [
    label,
    value,
    bar(1, GRID),
    bar(share.share, BAR_COLOUR),
    interval(xOf(low, width), xOf(high, width), y + INTERVAL_Y),
  ].join('');
}

/** Short, because a phone shows it in one line beside the word. */
function valueText({ share, right, settled, verdicts }: Reliability): string {
  if (verdicts === 0) return 'no verdict';
  if (settled === 0) return `nobody answered (${verdicts})`;
  if (share === undefined) return `${right} of ${settled} right, too few`;
  return `${percent(share.share)}, ${right} of ${settled} right`;
}

function interval(from: number, to: number, y: number): string {
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${INK}" stroke-width="2"/>`;
  return line(from, y, to, y) + line(from, y - CAP, from, y + CAP) + line(to, y - CAP, to, y + CAP);
}
