// @module-tag deep
/** Each picture of the playground in `docs/images` can be taken. `npm run generate` writes them; that a word has changed is no failure. */
import { describe, expect, test } from 'vitest';
import { pagePictures } from '../../tools/page-pictures.ts';
import { chromiumIsThere, sayWhyNot } from './chromium.ts';

sayWhyNot();

/** An empty page of this size is smaller. */
const LEAST_BYTES = 20_000;

describe.skipIf(!chromiumIsThere)('the pictures of the playground', { meta: { needs: 'Chromium' } }, () => {
  test('can be taken, each with words in it', async () => {
    const taken: string[] = [];
    for await (const [path, { shows, png }] of pagePictures()) {
      const picture = Buffer.from(await png());
      expect(picture.toString('latin1', 1, 4), path).toBe('PNG');
      expect(picture.length, path).toBeGreaterThan(LEAST_BYTES);
      expect(shows, path).toMatch(/\w+ \w+ \w+/);
      taken.push(path.replace(/^.*\//, ''));
    }
    expect(taken).toEqual(['playground.png', 'incident.png', 'overview.png', 'answer.png']);
  });
});
