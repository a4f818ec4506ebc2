/**
 * The fishbone as an upright picture: the symptom as the head on top, the spine below it, and a bone for each category to
 * the left and the right. In a thread the spine is at the left edge, and all bones are on its right.
 *
 *              [ POST /orders failed ]
 *   People ───────────┬────────── Process
 *    ? question       │   ○ ruled out
 *   Technology ───────┼────────── Environment
 *    ● found          │   ◌ not checked
 *
 * Colour is never the only sign: each mark has a shape, and the legend names it.
 */

import type { Fishbone, FishboneCategory, FishboneEntry } from '#model/finding/methods.ts';
import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { CAUSE_EDGE, CAUSE_GROUND, FAILURE_COLOUR, INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { drawnLegend, type LegendEntry } from '#present/svg/legend.ts';
import { type Paper, WIDTHS } from '#present/svg/paper.ts';
import { at, BOLD, REGULAR, SMALL_SIZE, TEXT_SIZE, text, wrappedTo } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';

/** The space between the spine and the text. */
const GUTTER = 18;
const MARK_WIDTH = 20;
/** Where the spine is, how wide the text beside it is, and on how many sides of it. */
type Shape = Readonly<{ width: number; spine: number; column: number; sides: 1 | 2 }>;
const SHAPES: Readonly<Record<Paper, Shape>> = {
  page: { width: WIDTHS.page, spine: WIDTHS.page / 2, column: WIDTHS.page / 2 - GUTTER - MARGIN, sides: 2 },
  thread: { width: WIDTHS.thread, spine: MARGIN, column: WIDTHS.thread - 2 * MARGIN - GUTTER, sides: 1 },
};
/** A browser without our font uses one that may be this much wider. */
const NARROWER = 0.88;
const LEADING = 20;
const HEAD_LEADING = 24;
const HEAD_SIZE = 18;
const HEAD_LINES = 3;
const NAME_HEIGHT = 34;
const AFTER_ENTRY = 7;
const AFTER_ROW = 26;
const BONE_SLANT = 10;

/** The text has the others. */
const MOST_FOUND = 3;
const MOST_QUESTIONS = 2;
const FOUND_LINES = 4;
const LIST_LINES = 4;
const QUESTION_LINES = 3;

/** From `reportedMethods`: redacted, each text on one line. */
export function fishboneSvg({ effect, categories }: Fishbone, paper: Paper = 'page'): string {
  const shape = SHAPES[paper];
  const { width, spine, sides } = shape;
  const head = headOf(effect, width);
  const rows: string[] = [];
  let y = head.bottom + 24;
  for (let index = 0; index < categories.length; index += sides) {
    const beside = categories.slice(index, index + sides).map((category) => cellOf(category, shape));
    rows.push(...beside.map((cell, at) => drawnCell(cell, shape, { isLeft: at < sides - 1, top: y })));
    y += Math.max(...beside.map(({ height }) => height)) + AFTER_ROW;
  }
  const legend = drawnLegend(LEGEND.map(signOf), { y: y + 5, width });
  const height = legend.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${at(height)}" viewBox="0 0 ${width} ${at(height)}" role="img" aria-labelledby="fishbone-title-${paper} fishbone-desc-${paper}" font-family="Inter, system-ui, sans-serif">`,
    `<title id="fishbone-title-${paper}">Fishbone: ${escapeXml(effect)}</title>`,
    `<desc id="fishbone-desc-${paper}">${escapeXml(fishboneAlt({ effect, categories }))}</desc>`,
    `<rect width="${width}" height="${at(height)}" fill="${PAPER}"/>`,
    line(spine, head.bottom, spine, y - AFTER_ROW / 2, 3),
    ...rows,
    head.svg,
    legend.svg,
    '</svg>',
  ].join('\n');
}

/** The picture's alternative text. */
export function fishboneAlt({ effect, categories }: Fishbone): string {
  const texts = categories.map(({ name, state, entries }) => {
    const found = entries.filter(({ standing }) => standing === 'found').map(({ text: said }) => said);
    return `${name}: ${state === 'found' ? found.join('; ') : STATES[state]}`;
  });
  return `Fishbone of ${effect}. ${texts.join('. ')}.`;
}

const STATES: Readonly<Record<FishboneCategory['state'], string>> = {
  found: '',
  'nothing-found': 'nothing found',
  'not-looked-at': 'not checked',
};

function headOf(effect: string, whole: number): Drawn {
  const width = whole - 2 * MARGIN;
  const lines = cut(wrappedTo(effect || 'No symptom', width - 32, HEAD_SIZE, BOLD), HEAD_LINES);
  const height = lines.length * HEAD_LEADING + 20;
  const words = lines.map((words, index) =>
    text(words, {
      x: whole / 2,
      y: MARGIN + 28 + index * HEAD_LEADING,
      size: HEAD_SIZE,
      weight: 700,
      anchor: 'middle',
    }),
  );
  const box = `<rect x="${MARGIN}" y="${MARGIN}" width="${width}" height="${height}" rx="8" fill="${CAUSE_GROUND}" stroke="${CAUSE_EDGE}" stroke-width="1.5"/>`;
  return { svg: [box, ...words].join('\n'), bottom: MARGIN + height };
}

type Mark = FishboneEntry['standing'];
type Item = Readonly<{ mark: Mark; lines: readonly string[] }>;
type Cell = Readonly<{ name: string; state: string; items: readonly Item[]; height: number }>;

function cellOf({ name, state, entries }: FishboneCategory, { column }: Shape): Cell {
  const of = (standing: Mark) => entries.filter((entry) => entry.standing === standing);
  const problems = (standing: Mark) => of(standing).flatMap(({ evidence }) => evidence.map(({ text: name }) => name));
  const item = (mark: Mark, said: string, most: number, weight: number): Item => ({
    mark,
    lines: cut(wrappedTo(said, (column - MARK_WIDTH) * NARROWER, SMALL_SIZE, weight), most),
  });
  const named = (mark: Mark) =>
    problems(mark).length === 0 ? [] : [item(mark, problems(mark).join(', '), LIST_LINES, REGULAR)];
  const more = of('found').length - MOST_FOUND;
  const items = [
    ...of('found')
      .slice(0, MOST_FOUND)
      .map(({ text: said }) => item('found', said, FOUND_LINES, BOLD)),
    ...(more > 0 ? [item('found', `and ${more} more`, 1, BOLD)] : []),
    ...named('ruled-out'),
    ...named('not-looked-at'),
    ...of('question')
      .slice(0, MOST_QUESTIONS)
      .map(({ text: said }) => item('question', said, QUESTION_LINES, REGULAR)),
  ];
  const height = items.reduce((sum, { lines }) => sum + lines.length * LEADING + AFTER_ENTRY, NAME_HEIGHT);
  return { name, state: STATES[state], items, height };
}

function drawnCell(
  { name, state, items }: Cell,
  { width, spine, column }: Shape,
  { isLeft, top }: Readonly<{ isLeft: boolean; top: number }>,
): string {
  const x = isLeft ? MARGIN : spine + GUTTER;
  const outer = isLeft ? MARGIN : width - MARGIN;
  const title = state === '' ? name : `${name} · ${state}`;
  const [shown = ''] = cut(wrappedTo(title, column, TEXT_SIZE, BOLD), 1);
  const parts = [
    // A bone leans towards the head.
    line(spine, top + 2, outer, top + 2 + BONE_SLANT, 2),
    text(shown, { x, y: top + NAME_HEIGHT, size: TEXT_SIZE, weight: 700 }),
  ];
  let y = top + NAME_HEIGHT + AFTER_ENTRY;
  for (const { mark, lines } of items) {
    parts.push(drawnMark(mark, x + 6, y + LEADING / 2 + 2));
    for (const words of lines) {
      y += LEADING;
      parts.push(
        text(words, {
          x: x + MARK_WIDTH,
          y: y - 3,
          size: SMALL_SIZE,
          weight: mark === 'found' ? 600 : 400,
          fill: mark === 'found' ? INK : QUIET,
        }),
      );
    }
    y += AFTER_ENTRY;
  }
  return parts.join('\n');
}

/** A full circle, an empty one, a dashed one, a question mark. */
function drawnMark(mark: Mark, x: number, y: number): string {
  const circle = (style: string) => `<circle cx="${at(x)}" cy="${at(y)}" r="5" ${style}/>`;
  switch (mark) {
    case 'found':
      return circle(`fill="${FAILURE_COLOUR}"`);
    case 'ruled-out':
      return `${circle(`fill="none" stroke="${QUIET}" stroke-width="1.5"`)}${line(x - 5, y + 5, x + 5, y - 5, 1.5)}`;
    case 'not-looked-at':
      return circle(`fill="none" stroke="${QUIET}" stroke-width="1.5" stroke-dasharray="2.5 2.5"`);
    case 'question':
      return text('?', { x, y: y + 5, size: SMALL_SIZE, weight: 700, fill: QUIET, anchor: 'middle' });
  }
}

const LEGEND: readonly (readonly [Mark, string])[] = [
  ['found', 'found'],
  ['ruled-out', 'ruled out'],
  ['not-looked-at', 'not checked'],
  ['question', 'ask people'],
];

function signOf([mark, words]: (typeof LEGEND)[number]): LegendEntry {
  return { sign: (x, y) => drawnMark(mark, x + 11, y - 5), words };
}

function cut(lines: readonly string[], most: number): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), `${lines[most - 1]} …`];
}

function line(x1: number, y1: number, x2: number, y2: number, width: number): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${QUIET}" stroke-width="${width}" stroke-linecap="round"/>`;
}
