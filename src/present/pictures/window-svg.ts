/**
 * A time window as a picture: a dot for each request at its start, with its duration as height, a cross where it failed,
 * and a line at the onset. Below it, the path from the affected service to the one at fault.
 *
 * Colour is never the only sign: failures are crosses, the cause has a frame and a
 * word, the onset has a line and its time.
 */

import { memoize } from '#core/memoize.ts';
import type { SeenWindow, WindowAnalysis } from '#model/finding/analysis.ts';
import { counted } from '#model/text/count-text.ts';
import { exactDuration } from '#model/text/duration.ts';
import { changeText, roleMark } from '#present/documents/window-sections.ts';
import {
  began,
  changeLines,
  clock,
  LEADING,
  medianLine,
  numbered,
  type Place,
  quietLines,
  scale,
  scaleLabels,
  since,
  xAt,
} from '#present/pictures/strip-parts.ts';
import { type Dot, type Part, type Strip, stripOf } from '#present/pictures/window-strip.ts';
import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { CAUSE_EDGE, CAUSE_GROUND, FAILURE_COLOUR, GRID, INK, PAPER } from '#present/svg/colours.ts';
import { drawnLegend, type LegendEntry } from '#present/svg/legend.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { FOLDED, serviceColours } from '#present/svg/service-colours.ts';
import { at, BOLD, cutToWidth, REGULAR, SMALL_SIZE, TEXT_SIZE, text, textWidth, wrappedTo } from '#present/svg/text.ts';
import { drawnTitle } from '#present/svg/title.ts';
import { escapeXml } from '#present/svg/xml-text.ts';
import { shortClock } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';
import { summaryOf } from '#present/words/summary.ts';

const STRIP_HEIGHT = 150;
const SHARE_HEIGHT = 34;
const DOT = 2.4;
const CROSS = 3.2;
const DOT_COLOUR = '#3f8fc7';
const STEP_HEIGHT = 62;
/** In a thread the times of a service stand below its name. */
const GROWTH_BELOW: Readonly<Record<Paper, number>> = { page: 0, thread: 20 };
const BAR_HEIGHT = 10;
/** More services on the path would make the picture taller than a phone's screen. */
const MOST_STEPS = 6;

/** Empty where no requests were compared. No title where the surrounding page has it. */
export function windowSvg(
  analysis: WindowAnalysis,
  { title = true, paper = 'page' }: { title?: boolean; paper?: Paper } = {},
): string {
  const { seen } = analysis;
  if (seen === undefined) return '';
  const { pictureTitle } = summaryOf(analysis).first;
  const width = WIDTHS[paper];
  const strip = drawnStrip(analysis);
  const head = title ? drawnTitle(pictureTitle, width) : { svg: '', bottom: 0 };
  const drawn = stripSvg(strip, analysis, { baseline: head.bottom + 30, width });
  const legend = drawnLegend(signs(strip), { y: drawn.bottom + 26, width });
  const way = waySvg(seen.way, legend.bottom + 8, paper);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${way.bottom}" viewBox="0 0 ${width} ${way.bottom}" role="img" aria-labelledby="window-title-${paper} window-desc-${paper}" font-family="Inter, system-ui, sans-serif">`,
    `<title id="window-title-${paper}">${escapeXml(pictureTitle)}</title>`,
    `<desc id="window-desc-${paper}">${escapeXml(descriptionOf(analysis))}</desc>`,
    `<rect width="${width}" height="${way.bottom}" fill="${PAPER}"/>`,
    head.svg,
    drawn.svg,
    legend.svg,
    way.svg,
    '</svg>',
  ].join('\n');
}

/** The picture's alternative text. */
export function windowAlt(analysis: WindowAnalysis): string {
  return descriptionOf(analysis);
}

const drawnStrip = memoize((analysis: WindowAnalysis): Strip => {
  return stripOf(analysis.window, analysis.seen ?? { exemplars: [], requests: [], healthy: [], way: [], changes: [] });
});

function descriptionOf({ window: { onset }, seen }: WindowAnalysis): string {
  if (seen === undefined) return '';
  const failed = seen.requests.filter((request) => request.failed).length;
  const way = seen.way.map(({ service, isCause }) => `${shown(service)}${isCause ? ', the cause' : ''}`).join(' → ');
  return [
    `${counted(seen.requests.length, 'request')} over time, compared with ${counted(seen.healthy.length, 'healthy one')}.`,
    onset === undefined ? '' : `It began at ${shortClock(onset.atUs)} UTC: ${onset.why}.`,
    failed === 0 ? '' : `${failed} of them failed.`,
    way === '' ? '' : `Path to the cause: ${way}.`,
    seen.changes.length === 0 ? '' : `Changes before it (UTC): ${seen.changes.map(changeText).join('; ')}.`,
  ]
    .filter((part) => part !== '')
    .join(' ')
    .replaceAll('..', '.');
}

function stripSvg(
  strip: Strip,
  { window: { service, onset }, seen }: WindowAnalysis,
  { baseline, width }: Readonly<{ baseline: number; width: number }>,
): Drawn {
  const parts: string[] = [];
  const hasFailed = strip.dots.some(({ failed }) => failed);
  const what = service === '' ? 'Requests' : `Requests through ${shown(service)}`;
  const title = quietLines(`${what}: one dot each, its height is the duration`, baseline, width);
  parts.push(title.svg);
  // Room for the onset's label.
  const top = title.bottom + 34;
  const bottom = top + STRIP_HEIGHT;
  const shareBottom = hasFailed ? bottom + 12 + SHARE_HEIGHT : bottom;
  const place = { top, bottom, width };
  const whole = { ...place, bottom: shareBottom };
  if (strip.onset !== undefined) parts.push(since(strip.onset, whole));
  parts.push(scale(strip, place));
  parts.push(...strip.dots.map((dot) => drawnDot(dot, strip.topUs, place)));
  parts.push(medianLine(strip.parts, strip.topUs, place));
  if (hasFailed) parts.push(failedShares(strip.parts, { ...whole, top: bottom + 12 }));
  if (strip.onset !== undefined && onset) parts.push(began(strip.onset, `began ${shortClock(onset.atUs)}`, whole));
  parts.push(scaleLabels((share) => exactDuration(share * strip.topUs), top, bottom));
  parts.push(changeLines(strip.changes, whole));
  const times = clock(strip, shareBottom + 20, width);
  parts.push(times.svg);
  let below = times.bottom;
  for (const [index, change] of (seen?.changes ?? []).entries()) {
    const row = changeRow(change, index, below + (index === 0 ? CHANGE_LEADING + 2 : CHANGE_LEADING), width);
    parts.push(row.svg);
    below = row.bottom;
  }
  return { svg: parts.join('\n'), bottom: seen?.changes.length ? below + 2 : below };
}

const CHANGE_LEADING = 22;

/** `② 14:25:10 deploy payment: v2.3.1 ◀ did it` */
function changeRow(change: SeenWindow['changes'][number], index: number, y: number, width: number): Drawn {
  const weight = change.role === 'cause' ? 700 : 400;
  const room = width - 2 * MARGIN - 26;
  const all = wrappedTo(changeText(change), room, SMALL_SIZE, weight === 700 ? BOLD : REGULAR);
  const lines = all.length <= CHANGE_LINES ? all : cutLines(change, room);
  const svg = lines.map((line, at) => text(line, { x: MARGIN + 26, y: y + at * LEADING, size: SMALL_SIZE, weight }));
  return { svg: `${numbered(index, MARGIN + 9, y - 5)}${svg.join('')}`, bottom: y + (lines.length - 1) * LEADING };
}

/** Of a long text: its beginning, and on a line of its own whether the change is the cause. */
function cutLines(change: SeenWindow['changes'][number], room: number): readonly string[] {
  const weight = change.role === 'cause' ? BOLD : REGULAR;
  const said = wrappedTo(changeText({ ...change, role: undefined }), room, SMALL_SIZE, weight);
  const mark = roleMark(change.role).trim();
  const kept = said.slice(0, mark === '' ? CHANGE_LINES : CHANGE_LINES - 1);
  const cut = cutToWidth(`${kept.at(-1)} ${said[kept.length] ?? ''}`, room, SMALL_SIZE, weight);
  return [...kept.slice(0, -1), cut, ...(mark === '' ? [] : [mark])];
}

const CHANGE_LINES = 2;

/** A duration above the scale is an arrow up at its edge. */
function drawnDot({ at: share, us, failed }: Dot, topUs: number, { top, bottom, width }: Place): string {
  const x = xAt(share, width);
  const isOver = us > topUs;
  const y = isOver ? top + 3 : bottom - (topUs === 0 ? 0 : us / topUs) * (bottom - top);
  if (failed)
    return `<path d="M${at(x - CROSS)} ${at(y - CROSS)}l${2 * CROSS} ${2 * CROSS}m0 -${2 * CROSS}l-${2 * CROSS} ${2 * CROSS}" stroke="${FAILURE_COLOUR}" stroke-width="1.8" fill="none"/>`;
  if (isOver) return `<path d="M${at(x - 3.5)} ${at(y + 5)} h7 l-3.5 -6 z" fill="${DOT_COLOUR}"/>`;
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${DOT}" fill="${DOT_COLOUR}"/>`;
}

function failedShares(parts: readonly Part[], { top, bottom, width: whole }: Place): string {
  const most = parts.reduce((share, { failedShare }) => Math.max(share, failedShare), 0);
  const bars = parts.map(({ from, to, failedShare }) => {
    const height = failedShare * (bottom - top);
    const width = Math.max(2, xAt(to, whole) - xAt(from, whole) - 2);
    return `<rect x="${at(xAt(from, whole) + 1)}" y="${at(bottom - height)}" width="${at(width)}" height="${at(height)}" fill="${FAILURE_COLOUR}"/>`;
  });
  const words = `failed, up to ${Math.round(most * 100)} %`;
  return [
    `<line x1="${MARGIN}" y1="${at(bottom)}" x2="${whole - MARGIN}" y2="${at(bottom)}" stroke="${GRID}" stroke-width="1"/>`,
    ...bars,
    text(words, { x: MARGIN, y: top + 12, size: SMALL_SIZE, fill: FAILURE_COLOUR, weight: 600 }),
  ].join('');
}

function signs(strip: Strip): readonly LegendEntry[] {
  const failed = strip.dots.some((dot) => dot.failed);
  return [
    { sign: (x, y) => `<circle cx="${at(x + 11)}" cy="${at(y - 5)}" r="3.5" fill="${DOT_COLOUR}"/>`, words: 'request' },
    ...(failed
      ? [
          {
            sign: (x: number, y: number) =>
              `<path d="M${at(x + 6)} ${at(y - 10)}l10 10m0 -10l-10 10" stroke="${FAILURE_COLOUR}" stroke-width="2.5" fill="none"/>`,
            words: 'failed',
          },
        ]
      : []),
    {
      sign: (x, y) => `<path d="M${at(x)} ${at(y - 5)}h22" stroke="${INK}" stroke-width="3"/>`,
      words: 'median',
    },
  ];
}

function waySvg(way: SeenWindow['way'], top: number, paper: Paper): Drawn {
  if (way.length === 0) return { svg: '', bottom: top };
  // The services in between matter least.
  const steps = way.length <= MOST_STEPS ? way : [...way.slice(0, MOST_STEPS - 1), ...way.slice(-1)];
  const colours = serviceColours(steps.map(({ service }) => service));
  const mostUs = steps.reduce((us, { now, healthy }) => Math.max(us, now.medianUs, healthy.medianUs), 0);
  const parts = [text('Path to the cause', { x: MARGIN, y: top + 16, size: TEXT_SIZE, weight: 700 })];
  let y = top + 28;
  for (const [index, step] of steps.entries()) {
    const fill = colours.get(step.service) ?? FOLDED;
    parts.push(drawnStep(step, { top: y, fill, mostUs, isLast: index === steps.length - 1, paper }));
    y += STEP_HEIGHT + GROWTH_BELOW[paper];
  }
  return { svg: parts.join('\n'), bottom: y + 12 };
}

type StepPlace = Readonly<{ top: number; fill: string; mostUs: number; isLast: boolean; paper: Paper }>;

function drawnStep(
  { service, isCause, now, healthy }: SeenWindow['way'][number],
  { top, fill, mostUs, isLast, paper }: StepPlace,
): string {
  const below = GROWTH_BELOW[paper];
  const whole = WIDTHS[paper];
  const height = STEP_HEIGHT + below;
  const x = MARGIN + 26;
  const parts: string[] = [];
  if (isCause)
    parts.push(
      `<rect x="6" y="${top + 1}" width="${whole - 12}" height="${height - 6}" rx="4" fill="${CAUSE_GROUND}"/>`,
      `<rect x="6" y="${top + 1}" width="5" height="${height - 6}" fill="${CAUSE_EDGE}"/>`,
    );
  if (!isLast)
    parts.push(
      `<path d="M${MARGIN + 9} ${top + 24}v${height - 34}" stroke="${INK}" stroke-width="2"/>`,
      `<path d="M${MARGIN + 3} ${top + height - 12}h12l-6 8z" fill="${INK}"/>`,
    );
  parts.push(
    `<circle cx="${MARGIN + 9}" cy="${top + 17}" r="7" fill="${fill}" stroke="${INK}" stroke-width="${isCause ? 2.5 : 1}"/>`,
  );
  const words = growthText(now, healthy);
  const taken = below > 0 ? 0 : textWidth(words, TEXT_SIZE, REGULAR) + 24;
  const room = whole - MARGIN - x - taken - (isCause ? 70 : 0);
  const name = cutToWidth(shown(service), room, TEXT_SIZE, BOLD);
  parts.push(text(name, { x, y: top + 22, size: TEXT_SIZE, weight: 600 }));
  if (isCause) {
    const behind = x + textWidth(name, TEXT_SIZE, BOLD) + 12;
    parts.push(
      `<path d="M${at(behind)} ${top + 16.5} l9 -6 v12 z" fill="${CAUSE_EDGE}"/>`,
      text('cause', { x: behind + 15, y: top + 22, size: TEXT_SIZE, weight: 700, fill: CAUSE_EDGE }),
    );
  }
  parts.push(text(words, { x: whole - MARGIN, y: top + 22 + below, size: TEXT_SIZE, anchor: 'end' }));
  const bar = (us: number, y: number, colour: string) => {
    const width = mostUs === 0 ? 0 : Math.max(2, (us / mostUs) * (whole - MARGIN - x));
    return `<rect x="${x}" y="${y}" width="${at(width)}" height="${BAR_HEIGHT}" rx="2" fill="${colour}"/>`;
  };
  if (healthy.requests > 0) parts.push(bar(healthy.medianUs, top + 30 + below, FOLDED));
  if (now.requests > 0) parts.push(bar(now.medianUs, top + 41 + below, fill));
  return `<g>${parts.join('')}</g>`;
}

/** `28 ms → 228 ms · 12 % fail` */
function growthText(now: SeenWindow['way'][number]['now'], healthy: SeenWindow['way'][number]['healthy']): string {
  if (now.requests === 0) return 'no spans';
  const was = healthy.requests === 0 ? '' : `${exactDuration(healthy.medianUs)} → `;
  const points = Math.round((now.failed / now.requests) * 100);
  return `${was}${exactDuration(now.medianUs)}${points === 0 ? '' : ` · ${points} % fail`}`;
}
