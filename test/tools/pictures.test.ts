/** The pictures of the pages show what the product shows. Those of the playground are checked where there is a browser. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Picture } from '../../tools/picture.ts';
import { drawnPictures, isCurrent, noteIn, withNote } from '../../tools/pictures.ts';

const PICTURES = globSync('docs/images/*.png').sort();
const PAGES = globSync(['README.md', 'docs/*.md']).map((page) => readFileSync(page, 'utf8'));

test('every drawn picture is current, and one that shows something else is not', async () => {
  const drawn = await drawnPictures();
  expect(drawn.filter((picture) => !isCurrent(picture)).map(({ path }) => path)).toEqual([]);
  const [first] = drawn as readonly [Picture];
  expect(isCurrent({ ...first, shows: first.shows.replace('</svg>', ' </svg>') })).toBe(false);
});

test.each(PICTURES)('%s has the hash of its source, and a page shows it', (path) => {
  expect(noteIn(readFileSync(path))).toMatch(/^[0-9a-f]{64}$/);
  expect(PAGES.filter((page) => page.includes(`images/${path.split('/').at(-1)}`))).not.toEqual([]);
});

test("a picture's metadata leaves its pixels unchanged", async () => {
  const [{ png }] = (await drawnPictures()) as readonly [Picture];
  const plain = Buffer.from(await png());
  expect(noteIn(plain)).toBe('');
  const noted = Buffer.from(withNote(plain, 'a'.repeat(64)));
  expect(noteIn(noted)).toBe('a'.repeat(64));
  const header = 8 + 25;
  expect(noted.subarray(0, header)).toEqual(plain.subarray(0, header));
  expect(noted.subarray(noted.length - (plain.length - header))).toEqual(plain.subarray(header));
});
