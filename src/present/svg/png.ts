/** Renders an SVG as the PNG for Slack and the command line. */
import type { RenderedImage } from '@resvg/resvg-js';
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

/** Pixels that are drawn at a time: 4 MB. Smaller bands save little, and each costs the parsing of the picture, 4 ms. */
const BAND_PX = 1_000_000;

/** The size of a picture in whole units, where it shows all of it. */
const FRAME = /^(<svg (?:xmlns="[^"]*" )?width="(\d+)") height="(\d+)" viewBox="0 0 \2 \3"/;

/**
 * Loads the renderer with the first picture, so that an idle process does not hold it in memory.
 *
 * `giveBack` frees pixels that nobody holds any more. With it, a picture is drawn in bands, because the renderer hands
 * over a copy of its pixels, which may take 64 MB:
 *
 *   band 1 ──► copy of its pixels ──► rows of the PNG, then the copy is freed
 *   band 2 ──► …
 */
export async function renderPng(
  svg: string,
  fontFiles: readonly string[],
  zlib: Zlib,
  giveBack?: () => Promise<void>,
): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const font = { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: 'Inter' };
  const whole = drawable(svg);
  const zoom = zoomOf(whole);
  const render = (part: string) => new Resvg(part, { font, fitTo: { mode: 'zoom', value: zoom } }).render();
  const frame = FRAME.exec(whole);
  if (frame !== null && giveBack !== undefined) {
    const [width = 0, height = 0] = frame.slice(2).map(Number);
    const bands = renderBands({ width, height, zoom }, giveBack, (y, rows) =>
      render(whole.replace(FRAME, `$1 height="${rows}" viewBox="0 ${y} $2 ${rows}"`)),
    );
    const png = await indexedPng({ width: width * zoom, height: height * zoom }, bands, zlib);
    if (png !== undefined) return png;
  }
  const image = render(whole);
  return (await indexedPng(image, [image.pixels], zlib)) ?? image.asPng();
}

type Size = Readonly<{ width: number; height: number; zoom: number }>;

async function* renderBands(
  { width, height, zoom }: Size,
  giveBack: () => Promise<void>,
  render: (y: number, rows: number) => RenderedImage,
): AsyncGenerator<Uint8Array> {
  const most = Math.max(1, Math.floor(BAND_PX / (width * zoom * zoom)));
  for (let y = 0; y < height; y += most) {
    yield render(y, Math.min(most, height - y)).pixels;
    await giveBack();
  }
}

/**
 * Removes characters that the font would draw over their neighbours: joiners, variation selectors, and stacked accents,
 * which reach into the rows above and below.
 */
function drawable(svg: string): string {
  return svg.replace(/\u200c|\u200d|[\ufe00-\ufe0f]/g, '').replace(/(\p{M}{2})\p{M}+/gu, '$1');
}
