/** The marks of log lines in pictures: a ring for a line, a diamond for a line that reports a failure. */
import { FAILURE_COLOUR, INK, PAPER } from '#present/svg/colours.ts';
import { at } from '#present/svg/text.ts';

const RING = 3.5;
export const DIAMOND = 6.5;
/** Nearer marks would overlap. */
const LEAST_DISTANCE = 9;

export type Mark = Readonly<{ x: number; isFailure: boolean }>;

/** In order of position. Overlapping marks become one, which is a failure where one of them is. */
export function drawnMarks(marks: readonly Mark[], y: number): string {
  const apart: Mark[] = [];
  for (const mark of marks) {
    const last = apart.at(-1);
    if (last === undefined || mark.x - last.x >= LEAST_DISTANCE) apart.push(mark);
    else if (mark.isFailure && !last.isFailure) apart.splice(-1, 1, mark);
  }
  return apart.map(({ x, isFailure }) => (isFailure ? diamond(x, y) : ring(x, y))).join('');
}

export function ring(x: number, y: number): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${RING}" fill="${PAPER}" stroke="${INK}" stroke-width="1.5"/>`;
}

export function diamond(x: number, y: number): string {
  return `<path d="M${at(x)} ${at(y - DIAMOND)}l${DIAMOND} ${DIAMOND}l-${DIAMOND} ${DIAMOND}l-${DIAMOND} -${DIAMOND}z" fill="${FAILURE_COLOUR}" stroke="${PAPER}" stroke-width="1.5"/>`;
}
