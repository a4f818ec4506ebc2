import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fontFiles } from '#analyse/fonts.ts';
import { renderPng } from '#present/svg/png.ts';

/** Where a PNG says how it holds colours: https://www.w3.org/TR/png-3/#11IHDR */
const COLOUR_TYPE = 25;

const drawn = (words: string) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60" font-family="Inter"><rect width="200" height="60" fill="#fff"/><text y="30">${words}</text></svg>`;
  return renderPng(svg, fontFiles(svg), { crc32, deflateSync });
};

test.each([
  [
    'joiners and variations of what the font does not have',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u{1f3f3}\ufe0f\u200d\u{1f308} b',
    '\u{1f468}\u{1f469}\u{1f467}\u{1f3f3}\u{1f308} b',
  ],
  ['piles of accents', `e${'\u0301'.repeat(20)} b`, 'e\u0301\u0301 b'],
])('%s do not reach over what stands beside them', async (_, words, without) => {
  expect((await drawn(words)).join()).toBe((await drawn(without)).join());
});

test('a tall picture is the same in bands, and each band is given back', async () => {
  const bars = Array.from(
    { length: 90 },
    (_, n) => `<rect x="${n * 3}" y="${n * 20}" width="300" height="${n + 5}" fill="#${100 + n * 9}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="1800" viewBox="0 0 600 1800"><rect width="600" height="1800" fill="#fff"/>${bars.join('')}</svg>`;
  let given = 0;
  const inBands = await renderPng(svg, fontFiles(svg), { crc32, deflateSync }, async () => {
    given += 1;
  });
  expect(given).toBeGreaterThan(2);
  const atOnce = await renderPng(svg, fontFiles(svg), { crc32, deflateSync });
  expect(Buffer.compare(inBands, atOnce)).toBe(0);
});

test('a photograph is whole, though its colours are too many for a palette', async () => {
  const dots = Array.from(
    { length: 1200 },
    (_, n) =>
      `<rect x="${n}" width="1" height="9" fill="rgb(${(n % 16) * 16},${(Math.floor(n / 16) % 16) * 16},${Math.floor(n / 256) * 16})"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1800" viewBox="0 0 1200 1800">${dots.join('')}</svg>`;
  const inBands = await renderPng(svg, fontFiles(svg), { crc32, deflateSync }, async () => undefined);
  const atOnce = await renderPng(svg, fontFiles(svg), { crc32, deflateSync });
  expect(inBands[COLOUR_TYPE]).toBe(6); // red, green, blue, opacity
  expect(Buffer.compare(inBands, atOnce)).toBe(0);
});
