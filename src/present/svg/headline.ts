/** The headline of a picture: verdict, status, subject. */
import { type Drawn, MARGIN, WIDTH } from '#present/svg/axis.ts';
import { BOLD, cutToWidth, QUIET, REGULAR, SMALL_SIZE, TEXT_SIZE, text, wrappedTo } from '#present/svg/text.ts';

const HEADLINE_SIZE = 22;
const HEADLINE_LEADING = 29;
/** A longer verdict is truncated; the message has the full text. */
const HEADLINE_LINES = 4;
/** Lines of the subject: duration and size come after a name that may be long. */
const SUBJECT_LINES = 2;

export type Headline = Readonly<{ verdict: string; standingBrief: string; subject: string; began: string }>;

export function headlineOf({ verdict, standingBrief, subject, began }: Headline): Drawn {
  const lines = wrappedTo(verdict, WIDTH - 2 * MARGIN, HEADLINE_SIZE, BOLD);
  const kept = lines.slice(0, HEADLINE_LINES);
  if (lines.length > kept.length) kept[kept.length - 1] = `${kept.at(-1)} …`;
  const svg = kept.map((line, at) =>
    text(line, { x: MARGIN, y: 36 + at * HEADLINE_LEADING, size: HEADLINE_SIZE, weight: 700 }),
  );
  let y = 36 + (kept.length - 1) * HEADLINE_LEADING;
  const width = WIDTH - 2 * MARGIN;
  if (standingBrief !== '') {
    y += 25;
    const line = cutToWidth(standingBrief, width, TEXT_SIZE, BOLD);
    svg.push(text(line, { x: MARGIN, y, size: TEXT_SIZE, weight: 600 }));
  }
  y += 5;
  for (const line of wrappedTo(`${subject} · ${began}`, width, SMALL_SIZE, REGULAR).slice(0, SUBJECT_LINES)) {
    y += 20;
    svg.push(text(line, { x: MARGIN, y, size: SMALL_SIZE, fill: QUIET }));
  }
  return { svg: svg.join('\n'), bottom: y };
}
