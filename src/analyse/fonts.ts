/** Where the fonts of a picture lie on this machine. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { FONT_FILES } from '#present/png.ts';

/** What the light fonts have: see `tools/light-fonts.sh`. */
const LIGHT_ONLY = /^[\n -~\u00a0µ·×–—‘’“”…←→−≤≥]*$/;

/** The renderer reads a font's whole file for each letter: where no letter needs the whole font, it gets the light one. */
export function fontFiles(svg: string): string[] {
  const { resolve } = createRequire(import.meta.url);
  const isLight = LIGHT_ONLY.test(svg);
  return FONT_FILES.map((file) => (isLight ? lightFile(file) : resolve(file)));
}

/** Named as the whole one. */
function lightFile(file: string): string {
  return fileURLToPath(new URL(`../../fonts/${file.slice(file.lastIndexOf('/') + 1)}`, import.meta.url));
}
