/** The pattern of bars of healthy requests: it shows without its colour, too. */
import { PAPER } from '#present/svg/colours.ts';

const HEALTHY = '#4a7fb0';

/** Fill with `url(#id)`. The id is unique in its page. */
export function hatchPattern(id: string): string {
  return `<defs><pattern id="${id}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="${PAPER}"/><rect width="2.6" height="5" fill="${HEALTHY}"/></pattern></defs>`;
}
