/**
 * The fishbone as an upright picture for a phone: the symptom as the head on top, the spine below it, and a bone for each
 * category to the left and the right.
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
import { CAUSE_EDGE, CAUSE_GROUND, FAILURE_COLOUR, INK, PAPER, QUIET } from '#present/svg/colours.ts';
import { at, BOLD, REGULAR, SMALL_SIZE, TEXT_SIZE, text, wrappedTo } from '#present/svg/text.ts';
import { escapeXml } from '#present/svg/xml-text.ts';

const WIDTH = 720;
const MARGIN = 20;
const SPINE = WIDTH / 2;
/** The space between the spine and the text. */
const GUTTER = 18;
const MARK_WIDTH = 20;
const COLUMN = SPINE - GUTTER - MARGIN;
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
export function fishboneSvg({ effect, categories }: Fishbone): string {
  const head = headOf(effect);
  const rows: string[] = [];
  let y = head.bottom + 24;
  for (let index = 0; index < categories.length; index += 2) {
    const pair = categories.slice(index, index + 2).map(cellOf);
    rows.push(...pair.map((cell, side) => drawnCell(cell, side === 0 ? 'left' : 'right', y)));
    y += Math.max(...pair.map(({ height }) => height)) + AFTER_ROW;
  }
  const legend = legendOf(y);
  const height = legend.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${at(height)}" viewBox="0 0 ${WIDTH} ${at(height)}" role="img" aria-labelledby="fishbone-title fishbone-desc" font-family="Inter, system-ui, sans-serif">`,
    `<title id="fishbone-title">Fishbone: ${escapeXml(effect)}</title>`,
    `<desc id="fishbone-desc">${escapeXml(fishboneAlt({ effect, categories }))}</desc>`,
    `<rect width="${WIDTH}" height="${at(height)}" fill="${PAPER}"/>`,
    line(SPINE, head.bottom, SPINE, y - AFTER_ROW / 2, 3),
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

type Drawn = Readonly<{ svg: string; bottom: number }>;

function headOf(effect: string): Drawn {
  const width = WIDTH - 2 * MARGIN;
  const lines = cut(wrappedTo(effect || 'No symptom', width - 32, HEAD_SIZE, BOLD), HEAD_LINES);
  const height = lines.length * HEAD_LEADING + 20;
  const words = lines.map((words, index) =>
    text(words, { x: SPINE, y: MARGIN + 28 + index * HEAD_LEADING, size: HEAD_SIZE, weight: 700, anchor: 'middle' }),
  );
  const box = `<rect x="${MARGIN}" y="${MARGIN}" width="${width}" height="${height}" rx="8" fill="${CAUSE_GROUND}" stroke="${CAUSE_EDGE}" stroke-width="1.5"/>`;
  return { svg: [box, ...words].join('\n'), bottom: MARGIN + height };
}

type Mark = FishboneEntry['standing'];
type Item = Readonly<{ mark: Mark; lines: readonly string[] }>;
type Cell = Readonly<{ name: string; state: string; items: readonly Item[]; height: number }>;

function cellOf({ name, state, entries }: FishboneCategory): Cell {
  const of = (standing: Mark) => entries.filter((entry) => entry.standing === standing);
  const problems = (standing: Mark) => of(standing).flatMap(({ evidence }) => evidence.map(({ text: name }) => name));
  const item = (mark: Mark, said: string, most: number, weight: number): Item => ({
    mark,
    lines: cut(wrappedTo(said, (COLUMN - MARK_WIDTH) * NARROWER, SMALL_SIZE, weight), most),
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

function drawnCell({ name, state, items }: Cell, side: 'left' | 'right', top: number): string {
  const x = side === 'left' ? MARGIN : SPINE + GUTTER;
  const outer = side === 'left' ? MARGIN : WIDTH - MARGIN;
  const title = state === '' ? name : `${name} · ${state}`;
  const [shown = ''] = cut(wrappedTo(title, COLUMN, TEXT_SIZE, BOLD), 1);
  const parts = [
    // A bone leans towards the head.
    line(SPINE, top + 2, outer, top + 2 + BONE_SLANT, 2),
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

function legendOf(top: number): Drawn {
  const step = (WIDTH - 2 * MARGIN) / LEGEND.length;
  const svg = LEGEND.map(([mark, words], index) => {
    const x = MARGIN + index * step;
    const label = text(words, { x: x + MARK_WIDTH, y: top + 5, size: SMALL_SIZE, fill: QUIET });
    return `${drawnMark(mark, x + 6, top)}${label}`;
  });
  return { svg: svg.join('\n'), bottom: top + 24 };
}

function cut(lines: readonly string[], most: number): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most - 1), `${lines[most - 1]} …`];
}

function line(x1: number, y1: number, x2: number, y2: number, width: number): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${QUIET}" stroke-width="${width}" stroke-linecap="round"/>`;
}
