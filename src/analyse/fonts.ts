/** The paths of the picture's fonts on this machine. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { FONT_FILES } from '#present/svg/png.ts';

/** The characters of the light fonts: see `tools/light-fonts.sh`. */
const LIGHT_ONLY = /^[\n -~\u00a0µ·×–—‘’“”…←→−≤≥]*$/;

/**
 * The renderer reads a font's whole file for each letter: if the text needs no other letters, it gets the light font.
 */
export function fontFiles(svg: string): string[] {
  const { resolve } = createRequire(import.meta.url);
  const isLight = LIGHT_ONLY.test(svg);
  return FONT_FILES.map((file) => (isLight ? lightFile(file) : resolve(file)));
}

/** Has the name of the full font. */
function lightFile(file: string): string {
  return fileURLToPath(new URL(`../../fonts/${file.slice(file.lastIndexOf('/') + 1)}`, import.meta.url));
}
