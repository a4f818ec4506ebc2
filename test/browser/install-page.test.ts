/** The pages of the installation by a link, as the web server sends them: on a desktop and a phone, light and dark. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Listening, listen, webApp } from '#web/server.ts';
import { type InstallPages, serveInstall } from '#web/slack-install.ts';
import {
  chromiumIsThere,
  complaintsOf,
  DESKTOP,
  newPage,
  openChromium,
  openShots,
  PHONE,
  sayWhyNot,
} from './chromium.ts';
import { paleTexts, tooWide } from './looks.ts';

/** No place to break. */
const LONG = 'W'.repeat(80);

const OUTCOMES: Readonly<Record<string, Awaited<ReturnType<InstallPages['finish']>>>> = {
  installed: { kind: 'installed', workspace: `Acme <b>${LONG}</b>` },
  refused: {
    kind: 'refused',
    status: 403,
    problem: `The workspace ${LONG} may not use this Spanhound. Ask who runs it.`,
  },
};

sayWhyNot();

describe.skipIf(!chromiumIsThere)('the pages of an installation', { meta: { needs: 'Chromium' } }, () => {
  let browser: Browser;
  let server: Listening;
  let shoot: ReturnType<typeof openShots>;

  beforeAll(async () => {
    browser = await openChromium();
    shoot = openShots('install');
    const web = webApp(async () => []);
    serveInstall(web, {
      begin: async (_, response) => void response.end(),
      finish: async ({ url = '' }) => {
        const outcome = OUTCOMES[new URL(url, 'http://localhost').searchParams.get('code') ?? ''];
        if (outcome === undefined) throw new Error('no such outcome');
        return outcome;
      },
    });
    server = await listen(web, 0, '127.0.0.1');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  test.each(
    Object.keys(OUTCOMES).flatMap((outcome) =>
      [['desktop', DESKTOP] as const, ['phone', PHONE] as const].map(([name, size]) => [outcome, name, size] as const),
    ),
  )('%s, on a %s: nothing is refused, too wide or too pale', async (outcome, name, size) => {
    const page: Page = await newPage(browser, size);
    const complaints = complaintsOf(page);
    await page.goto(`http://127.0.0.1:${server.port}/slack/oauth_redirect?code=${outcome}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await paleTexts(page), colorScheme).toEqual([]);
      expect(await tooWide(page), colorScheme).toEqual([]);
      await shoot(page, `${outcome}-${name}-${colorScheme}`);
    }
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Spanhound');
    expect(await page.locator('body').textContent()).toContain(LONG);
    expect(await page.locator('b').count()).toBe(0);
    // A browser says that a page came with 403.
    expect(complaints.filter((text) => !/status of 403/.test(text))).toEqual([]);
    await page.context().close();
  });
});
