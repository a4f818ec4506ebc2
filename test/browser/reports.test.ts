/** HTML reports as a reader sees them: on a desktop and a phone, in the light and in the dark. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { findIncident } from '#record/find-incidents.ts';
import { COMMANDER, guideIncident, ON_CALL, TEAM } from '#test/guide-incident.ts';
import { readPostmortem } from '#workflows/read-postmortem.ts';
import { chromiumIsThere, DESKTOP, newPage, openChromium, openShots, PHONE, sayWhyNot } from './chromium.ts';
import { brokenWords, paleTexts, tooWide } from './looks.ts';

/** A desk in a narrow window, where tables are still tables. */
const NARROW: BrowserContextOptions = { viewport: { width: 640, height: 800 } };

sayWhyNot();

describe.skipIf(!chromiumIsThere)('HTML reports', { meta: { needs: 'Chromium' } }, () => {
  let browser: Browser;
  let shoot: ReturnType<typeof openShots>;
  let postmortem: string;

  beforeAll(async () => {
    browser = await openChromium();
    shoot = openShots('reports');
  });

  beforeEach(async () => {
    postmortem ??= await guidePostmortem(); // once is enough: nothing here changes it
  });

  afterAll(() => browser?.close());

  async function opened(html: string, options: BrowserContextOptions): Promise<Page> {
    const page = await newPage(browser, options);
    await page.setContent(html);
    return page;
  }

  describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
    test.each([
      ['desktop', DESKTOP],
      ['phone', PHONE],
    ])('a postmortem has the colours of the reader on a %s', async (device, options) => {
      const page = await opened(postmortem, { ...options, colorScheme });
      await shoot(page, `postmortem-${device}-${colorScheme}`);
      expect(await groundOf(page)).toBe(colorScheme);
      expect(await paleTexts(page)).toEqual([]);
      expect(await tooWide(page)).toEqual([]);
      await page.context().close();
    });
  });

  test.each([
    ['desktop', DESKTOP],
    ['narrow window', NARROW],
    ['phone', PHONE],
  ])("the columns of a postmortem's tables do not break short words on a %s", async (device, options) => {
    const page = await opened(postmortem, options);
    await shoot(page, `tables-${device}`);
    expect(await brokenWords(page, 'td, th')).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    await page.context().close();
  });

  test('a source with a very long name breaks and stays in the page', async () => {
    const page = await opened(postmortem.replaceAll('pagerduty', 'p'.repeat(120)), DESKTOP);
    expect(await page.locator('td', { hasText: 'pppp' }).count()).toBeGreaterThan(0);
    expect(await tooWide(page)).toEqual([]);
    await page.context().close();
  });

  test('a page is light on paper, also for a reader in the dark', async () => {
    const page = await opened(postmortem, { ...DESKTOP, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await groundOf(page)).toBe('light');
    expect(await paleTexts(page)).toEqual([]);
    await page.context().close();
  });
});

async function guidePostmortem(): Promise<string> {
  const { store, incident: declared } = await guideIncident();
  const incident = await findIncident(store, { workspaceId: TEAM, id: declared.id });
  if (incident === undefined) throw new Error('the incident is not there');
  const names = new Map([
    [ON_CALL, 'Sarah'],
    [COMMANDER, 'Mike'],
  ]);
  const postmortem = await readPostmortem(store, incident, { names, compared: { similar: [], others: 0 } });
  return postmortemHtml({ postmortem, names });
}

async function groundOf(page: Page): Promise<'light' | 'dark'> {
  const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  const [red = 0] = String(colour).match(/\d+/g)?.map(Number) ?? [];
  return red > 127 ? 'light' : 'dark';
}
