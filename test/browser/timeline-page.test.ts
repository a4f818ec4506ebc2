/** The page of a timeline as a reader sees it: on a desktop and a phone, in the light and in the dark, by keyboard. */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { timelineHtml } from '#present/documents/timeline-documents.ts';
import { timelineOf } from '#record/timeline.ts';
import { COMMANDER, guideIncident, ON_CALL } from '#test/guide-incident.ts';
import { chromiumIsThere, DESKTOP, newPage, openChromium, openShots, PHONE, sayWhyNot } from './chromium.ts';
import { brokenWords, paleTexts, tooWide } from './looks.ts';

sayWhyNot();

describe.skipIf(!chromiumIsThere)('the page of a timeline', { meta: { needs: 'Chromium' } }, () => {
  let browser: Browser;
  let html: string;
  let shoot: ReturnType<typeof openShots>;

  beforeAll(async () => {
    browser = await openChromium();
    shoot = openShots('timeline');
  });

  beforeEach(async () => {
    const { store, incident, clock } = await guideIncident();
    const names = new Map([
      [ON_CALL, 'Sarah'],
      [COMMANDER, 'Mike'],
    ]);
    const zone = { kind: 'region', name: 'Europe/Berlin', otherwise: '' } as const;
    const entries = await timelineOf(store, incident.id);
    const downloads = ['Markdown', 'JSON', 'Picture'].map((name) => ({ name, url: `?as=${name}` }));
    html = timelineHtml({ incident, entries, names, zone, asOfUs: clock.nowUs() }, downloads);
  });
  afterAll(() => browser?.close());

  test.each<[string, 'light' | 'dark', BrowserContextOptions]>([
    ['desktop', 'light', DESKTOP],
    ['phone', 'dark', PHONE],
  ])('can be read on a %s in the %s, and by keyboard', async (device, colorScheme, options) => {
    const page = await newPage(browser, { ...options, colorScheme });
    await page.setContent(html);
    await shoot(page, `${device}-${colorScheme}`);
    expect(await paleTexts(page)).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    expect(await brokenWords(page, 'td, th')).toEqual([]);
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    expect(await focused.textContent()).toBe('Markdown');
    expect(await page.evaluate("getComputedStyle(document.querySelector(':focus')).outlineStyle")).toBe('solid');
    await page.context().close();
  });
});
