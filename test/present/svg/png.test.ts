import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fontFiles } from '#analyse/fonts.ts';
import { renderPng } from '#present/svg/png.ts';

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
