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
  const image = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: SCALE } }).render();
  const { width, height } = image;
  return indexedPng({ width, height, rgba: image.pixels }, zlib) ?? image.asPng();
}
