/** The title of a picture: the operation, and when it ran. The message says what is wrong. */
import { type Drawn, MARGIN } from '#present/svg/axis.ts';
import { BOLD, text, wrappedTo } from '#present/svg/text.ts';

const TITLE_SIZE = 20;
const LEADING = 26;
const TOP = 34;
/** A longer title is cut. */
const LINES = 2;

export function drawnTitle(title: string, width: number): Drawn {
  const lines = wrappedTo(title, width - 2 * MARGIN, TITLE_SIZE, BOLD);
  const kept = lines.slice(0, LINES);
  if (lines.length > kept.length) kept[kept.length - 1] = `${kept.at(-1)} …`;
  const svg = kept.map((line, at) => text(line, { x: MARGIN, y: TOP + at * LEADING, size: TITLE_SIZE, weight: 700 }));
  return { svg: svg.join('\n'), bottom: TOP + (kept.length - 1) * LEADING };
}
