// @module-tag deep
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { fontFiles } from '#analyse/fonts.ts';
import { escapeXml } from '#present/svg/xml-text.ts';

const LIGHT = `${String.fromCharCode(...Array.from({ length: 95 }, (_, at) => 32 + at))}\u00a0µ·×–—‘’“”…←→−≤≥`;
const WHOLE_ONLY = 'é';

/** A letter's form and place depend on what stands beside it. */
const PAIRS = [...LIGHT].map((first) => [...LIGHT].map((second) => first + second).join(''));
const LOOKING_FARTHER = '9x9 1/2 10:30 (A) (a) [A] A-B a-b -> => <- --> <=> 1-2 +1 -1 A@B !! ... 1,000 × 3';

function svgOf(lines: readonly string[], weight: number): string {
  const texts = lines.map((line, at) => `<text y="${20 * at}" xml:space="preserve">${escapeXml(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100" font-family="Inter" font-weight="${weight}">${texts.join('')}</svg>`;
}

/** Its letters as outlines. */
function outlined(svg: string, files: readonly string[]): string {
  const font = { fontFiles: [...files], loadSystemFonts: false, defaultFontFamily: 'Inter' };
  return new Resvg(svg, { font }).toString();
}

describe('the light fonts', () => {
  const light = fontFiles(svgOf([LIGHT], 400));
  const whole = fontFiles(svgOf([WHOLE_ONLY], 400));

  it('serve pictures whose characters they all contain', () => {
    expect(light.every((file) => file.includes('/fonts/Inter_'))).toBe(true);
    expect(whole.some((file) => light.includes(file))).toBe(false);
  });

  it.each([400, 600, 700])('draw as the whole ones do, in the weight %i', (weight) => {
    const svg = svgOf([...PAIRS, LOOKING_FARTHER], weight);
    const drawn = outlined(svg, light);
    expect(drawn.match(/<path/g)?.length).toBeGreaterThan(PAIRS.length);
    expect(drawn === outlined(svg, whole)).toBe(true); // a difference of megabytes is no message
  });
});
