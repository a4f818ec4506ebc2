/** An SVG as the PNG that Slack and the command line show. */
import { indexedPng, type Zlib } from '#present/indexed-png.ts';

/** The font that the pictures are drawn in, as paths inside packages: a slim container has none of its own. */
export const FONT_FILES = [
  '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
  '@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf',
] as const;

/** Two pixels for each unit are crisp on a phone, whose screen is some 1,100 pixels wide. */
const SCALE = 2;

/** The renderer is loaded when the first picture is asked for: an idle process need not hold it. */
export async function renderPng(svg: string, fontFiles: readonly string[], zlib: Zlib): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const font = { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: 'Inter' };
  const image = new Resvg(drawable(svg), { font, fitTo: { mode: 'zoom', value: SCALE } }).render();
  const { width, height } = image;
  return indexedPng({ width, height, rgba: image.pixels }, zlib) ?? image.asPng();
}

/**
 * Without what the font could only draw over its neighbours: joiners and variations of letters that it does not have, and
 * piles of accents, which reach into the rows above and below.
 */
function drawable(svg: string): string {
  return svg.replace(/\u200c|\u200d|[\ufe00-\ufe0f]/g, '').replace(/(\p{M}{2})\p{M}+/gu, '$1');
}
