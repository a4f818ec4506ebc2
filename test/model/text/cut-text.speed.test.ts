/** A text is read as far as its cut needs. */
import { expect, test } from 'vitest';
import { cutFirstLine, cutLine, cutText } from '#model/text/cut-text.ts';
import { growthOf, MOST_GROWTH } from '#test/growth.ts';

/** In UTF-16 units: more than a cut to `MOST` reads. */
const BEGINNING = 8_192;
const MOST = 160;

test.each([
  ['anywhere', cutText],
  ['on one line', cutLine],
  ['to its first line', cutFirstLine],
])('a text of two megabytes is cut %s as quickly as its beginning', async (_, cut) => {
  const growth = await growthOf((times) => {
    const length = times === 1 ? BEGINNING : 256 * BEGINNING;
    const text = 'order 17 was placed and paid for, '.repeat(length / 32).slice(0, length);
    return async () => void cut(text, MOST);
  });
  expect(growth).toBeLessThan(MOST_GROWTH);
});
