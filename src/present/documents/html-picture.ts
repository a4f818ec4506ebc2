/** A picture in an HTML page, drawn for a desk and for a phone. The page shows the one that fits. */
import { DARK_PICTURES } from '#present/svg/colours.ts';
import type { Paper } from '#present/svg/paper.ts';

export const PICTURE_STYLE = `
svg { display: block; width: 100%; height: auto; margin: 0.4em 0 1em; border: 1px solid var(--line); border-radius: 6px; }
.at-a-phone { display: none; }
@media screen and (max-width: 600px) { .at-a-phone { display: block; } .at-a-desk { display: none; } }
${DARK_PICTURES}`;

/** Empty where nothing is drawn. */
export function drawnTwice(draw: (paper: Paper) => string): string {
  const wide = draw('page');
  return wide === '' ? '' : `<div class="at-a-desk">${wide}</div><div class="at-a-phone">${draw('thread')}</div>`;
}
