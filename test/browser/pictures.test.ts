/** The pictures of the playground in `docs/images` show the words that the page shows now. */
import { describe, expect, test } from 'vitest';
import { pagePictures } from '../../tools/page-pictures.ts';
import { isCurrent } from '../../tools/pictures.ts';
import { chromiumIsThere, sayWhyNot } from './chromium.ts';

sayWhyNot();

describe.skipIf(!chromiumIsThere)('the pictures of the playground', { meta: { needs: 'Chromium' } }, () => {
  test('are current: else run node tools/pictures.ts', async () => {
    const outdated: string[] = [];
    let count = 0;
    for await (const picture of pagePictures()) {
      count += 1;
      if (!isCurrent(picture)) outdated.push(picture.path);
    }
    expect({ count, outdated }).toEqual({ count: 4, outdated: [] });
  });
});
