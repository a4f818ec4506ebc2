/** The colours of pictures, and those that replace them on a page in the dark. Those of services fit both. */

export const PAPER = '#ffffff';
export const INK = '#1a1a1a';
export const QUIET = '#565656';
export const GRID = '#e9e9e9';
export const CAUSE_GROUND = '#fff3c4';
export const CAUSE_EDGE = '#8a5a00';
export const FAILURE_COLOUR = '#b3261e';
/** Between the stripes of a bar. */
export const STRIPE_GROUND = '#ededed';
/** Behind the time since the onset. */
export const SINCE_GROUND = '#ececec';
/** The critical path. It lies on bars, which are as light in the dark. */
export const PATH_COLOUR = '#111111';

const IN_THE_DARK: Readonly<Record<string, string>> = {
  [PAPER]: '#1f1f1f',
  [INK]: '#ececec',
  [QUIET]: '#b0b0b0',
  [GRID]: '#363636',
  [CAUSE_GROUND]: '#463a10',
  [CAUSE_EDGE]: '#f0b840',
  [FAILURE_COLOUR]: '#ff8f85',
  [STRIPE_GROUND]: '#3d3d3d',
  [SINCE_GROUND]: '#2e2e2e',
};

/** For pages that show a picture. The rules are stronger than a picture's attributes. */
export const DARK_PICTURES = `@media screen and (prefers-color-scheme: dark) {
${Object.entries(IN_THE_DARK)
  .map(([light, dark]) => `svg [fill="${light}"] { fill: ${dark}; } svg [stroke="${light}"] { stroke: ${dark}; }`)
  .join('\n')}
}
`;
