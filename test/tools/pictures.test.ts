/** The pictures of the pages have the hash of what they show. `npm run check` compares it with what the product draws now. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isCurrent, notedPng, noteIn, withNote } from '../../tools/picture.ts';
import { drawnPictures } from '../../tools/pictures.ts';

const PICTURES = globSync('docs/images/*.png').sort();
const PAGES = globSync(['README.md', 'docs/*.md']).map((page) => readFileSync(page, 'utf8'));

test.each(PICTURES)('%s has the hash of its source, and a page shows it', (path) => {
  expect(noteIn(readFileSync(path))).toMatch(/^[0-9a-f]{64}$/);
  expect(PAGES.filter((page) => page.includes(`images/${path.split('/').at(-1)}`))).not.toEqual([]);
});

test("a picture's metadata leaves its pixels unchanged, and only its own content makes it current", async () => {
  const [picture] = (await drawnPictures()).values();
  if (picture === undefined) throw new Error('nothing is drawn');
  const plain = Buffer.from(await picture.png());
  expect(noteIn(plain)).toBe('');
  const noted = Buffer.from(withNote(plain, 'a'.repeat(64)));
  expect(noteIn(noted)).toBe('a'.repeat(64));
  const header = 8 + 25;
  expect(noted.subarray(0, header)).toEqual(plain.subarray(0, header));
  expect(noted.subarray(noted.length - (plain.length - header))).toEqual(plain.subarray(header));

  const written = Buffer.from(await notedPng({ ...picture, png: async () => plain }));
  expect(isCurrent(picture, written)).toBe(true);
  expect(isCurrent({ ...picture, shows: picture.shows.replace('</svg>', ' </svg>') }, written)).toBe(false);
});
