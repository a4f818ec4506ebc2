/** Renders an SVG as the PNG for Slack and the command line. */
import { indexedPng, type Zlib } from '#present/svg/indexed-png.ts';

/** The font files of the pictures, as paths inside packages, because a slim container has no fonts. */
export const FONT_FILES = [
  '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
  '@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf',
] as const;

/** Of a phone's screen, where the picture must be crisp. */
const SCREEN_PX = 1_100;

/** Whole pixels for each unit: at fractions every edge is blurred, and has more colours than a palette holds. */
function zoomOf(svg: string): number {
  const [, width = SCREEN_PX] = /^<svg [^>]*?\bwidth="(\d+)"/.exec(svg)?.map(Number) ?? [];
  return Math.ceil(SCREEN_PX / width);
}

/** Loads the renderer with the first picture, so that an idle process does not hold it in memory. */
export async function renderPng(svg: string, fontFiles: readonly string[], zlib: Zlib): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const font = { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: 'Inter' };
  const image = new Resvg(drawable(svg), { font, fitTo: { mode: 'zoom', value: zoomOf(svg) } }).render();
  const { width, height } = image;
  return indexedPng({ width, height, rgba: image.pixels }, zlib) ?? image.asPng();
}

/**
 * Removes characters that the font would draw over their neighbours: joiners, variation selectors, and stacked accents,
 * which reach into the rows above and below.
 */
function drawable(svg: string): string {
  return svg.replace(/\u200c|\u200d|[\ufe00-\ufe0f]/g, '').replace(/(\p{M}{2})\p{M}+/gu, '$1');
}
