/** HTML reports as a reader sees them: on a desktop and a phone, in the light and in the dark. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { printPdf } from '#adapters/chromium/print.ts';
import { compareTraces } from '#diagnose/comparison.ts';
import { htmlOf } from '#present/documents/html.ts';
import { onPaper } from '#present/documents/paper-size.ts';
import { postmortemHtml } from '#present/documents/postmortem-html.ts';
import { presentComparison } from '#present/present-comparison.ts';
import { findIncident } from '#record/find-incidents.ts';
import { analysisOf } from '#test/analysis.ts';
import { COMMANDER, guideIncident, ON_CALL, TEAM } from '#test/guide-incident.ts';
import { cascadeFromLogs, REQUEST_ID } from '#test/guide-timelines.ts';
import { shopAnswer } from '#test/shop-answer.ts';
import { errorChainAnalysis } from '#test/shown-traces.ts';
import { query, server, traceOf } from '#test/trace.ts';
import { windowPresented } from '#test/window.ts';
import { readPostmortem } from '#workflows/postmortem/read-postmortem.ts';
import { chromiumIsThere, DESKTOP, newPage, openChromium, openShots, PHONE, PROGRAM, sayWhyNot } from './chromium.ts';
import {
  brokenWords,
  crowdedInPictures,
  groundsOfPictures,
  paleInPictures,
  paleTexts,
  smallInPictures,
  tooWide,
} from './looks.ts';

/** A4 without its margins, in the pixels of CSS: 180 mm by 267 mm. */
const PAPER: BrowserContextOptions = { viewport: { width: 680, height: 1009 } };

/** A desk in a narrow window, where tables are still tables. */
const NARROW: BrowserContextOptions = { viewport: { width: 640, height: 800 } };

/** On a phone the name ends right before the duration, in Inter. */
const JUST_FITS = server('api-gateway', 'POST /checkout', {
  ms: 372,
  failed: true,
  attributes: { 'http.response.status_code': 500 },
});

/** The smallest letters that a phone's own texts have. */
const LEAST_PX = 11;

sayWhyNot();

describe.skipIf(!chromiumIsThere)('HTML reports', { meta: { needs: 'Chromium' } }, () => {
  let browser: Browser;
  let shoot: ReturnType<typeof openShots>;
  let postmortem: string;
  let pictured: ReadonlyMap<string, string>;

  beforeAll(async () => {
    browser = await openChromium();
    shoot = openShots('reports');
  });

  beforeEach(async () => {
    postmortem ??= await guidePostmortem(); // once is enough: nothing here changes it
    pictured ??= await picturedPages();
  });

  afterAll(() => browser?.close());

  async function opened(html: string, options: BrowserContextOptions): Promise<Page> {
    const page = await newPage(browser, options);
    await page.setContent(html);
    return page;
  }

  describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
    const DEVICES = [
      ['desktop', DESKTOP],
      ['phone', PHONE],
    ] as const;
    const tried = colorScheme === 'light' ? 'desktop' : 'phone';
    const inGate = DEVICES.filter(([device]) => device === tried);
    const others = DEVICES.filter(([device]) => device !== tried);

    const COLOURED = 'a postmortem has the colours of the reader on a %s';
    test.each(inGate)(COLOURED, isColoured);
    test.each(others)(COLOURED, { tags: ['deep'] }, isColoured);

    async function isColoured(device: string, options: BrowserContextOptions): Promise<void> {
      const page = await opened(postmortem, { ...options, colorScheme });
      await shoot(page, `postmortem-${device}-${colorScheme}`);
      expect(await groundOf(page)).toBe(colorScheme);
      expect(await paleTexts(page)).toEqual([]);
      expect(await tooWide(page)).toEqual([]);
      await page.context().close();
    }

    async function canBeRead(device: string, options: BrowserContextOptions): Promise<void> {
      for (const [name, html] of pictured) {
        const page = await opened(html, { ...options, colorScheme });
        await page.locator('svg >> visible=true').first().scrollIntoViewIfNeeded();
        await shoot(page, `${name.replaceAll(' ', '-')}-${device}-${colorScheme}`);
        const grounds = await groundsOfPictures(page);
        expect(grounds.length, name).toBeGreaterThan(0);
        for (const light of grounds) expect(light > 0.5 ? 'light' : 'dark', name).toBe(colorScheme);
        expect(await paleInPictures(page), name).toEqual([]);
        expect(await smallInPictures(page, LEAST_PX), name).toEqual([]);
        expect(await crowdedInPictures(page), name).toEqual([]);
        expect(await paleTexts(page), name).toEqual([]);
        expect(await tooWide(page), name).toEqual([]);
        await page.context().close();
      }
    }

    const READ = 'each picture has the colours of the reader, and letters that can be read, on a %s';
    test.each(inGate)(READ, canBeRead);
    test.each(others)(READ, { tags: ['deep'] }, canBeRead);
  });

  describe.each([
    ['desktop', DESKTOP],
    ['narrow window', NARROW],
    ['phone', PHONE],
  ])('on a %s', (device, options) => {
    let page: Page;

    beforeEach(async () => {
      page ??= await opened(postmortem, options);
    });
    afterAll(() => page?.context().close());

    test("the columns of a postmortem's tables do not break short words", async () => {
      await shoot(page, `tables-${device}`);
      expect(await brokenWords(page, 'td, th')).toEqual([]);
      expect(await tooWide(page)).toEqual([]);
    });

    test('no date of a postmortem breaks at its hyphens', async () => {
      const lines = await page
        .locator('.date')
        .evaluateAll((dates) => dates.map((date) => date.getClientRects().length));
      expect(lines.length).toBeGreaterThan(10);
      expect(new Set(lines)).toEqual(new Set([1]));
    });
  });

  test('a source with a very long name breaks and stays in the page', async () => {
    const page = await opened(postmortem.replaceAll('pagerduty', 'p'.repeat(120)), DESKTOP);
    expect(await page.locator('td', { hasText: 'pppp' }).count()).toBeGreaterThan(0);
    expect(await tooWide(page)).toEqual([]);
    await page.context().close();
  });

  test.each([
    ['a4', 595, 842],
    ['letter', 612, 792],
  ] as const)('a PDF has pages of %s, some and not many', async (paper, width, height) => {
    const pdf = await printPdf(onPaper(postmortem, paper), PROGRAM);
    const pages = pagesOf(pdf);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.length).toBeLessThan(12);
    for (const page of pages) {
      expect(Math.abs(page.width - width)).toBeLessThan(1);
      expect(Math.abs(page.height - height)).toBeLessThan(1);
    }
  });

  test('between the margins of A4, tables are tables, no word breaks, and hidden questions are there', async () => {
    const page = await opened(onPaper(postmortem, 'a4'), PAPER);
    await page.emulateMedia({ media: 'print' });
    await shoot(page, 'postmortem-paper');
    expect(await brokenWords(page, 'td, th')).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    expect(await page.locator('thead').first().isVisible()).toBe(true);
    const hidden = page.locator('details li').first();
    expect((await hidden.boundingBox())?.height ?? 0).toBeGreaterThan(0);
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

/** A page with each kind of picture. */
async function picturedPages(): Promise<ReadonlyMap<string, string>> {
  const window = await shopAnswer({ stockUs: 220_000, stockFails: true });
  const lines = await windowPresented(cascadeFromLogs, { requestId: REQUEST_ID, forms: { html: true } });
  const side = (ms: number) => ({
    traces: [traceOf(server('shop', 'GET /', { ms: ms + 20 }, [query('shop', 'SELECT * FROM orders', { at: 5, ms })]))],
    chosen: '',
  });
  const compared = compareTraces(side(20), side(900), undefined);
  const comparison = await presentComparison(compared, { html: true }, async () => new Uint8Array());
  return new Map([
    ['trace', htmlOf(errorChainAnalysis())],
    ['trace whose label just fits', htmlOf(analysisOf(traceOf(JUST_FITS)))],
    ['window', window.html ?? ''],
    ['request from log lines', lines.html ?? ''],
    ['comparison', comparison.html ?? ''],
  ]);
}

/** The sizes of the pages of a PDF as Chromium writes it, in points. */
function pagesOf(pdf: Uint8Array): readonly Readonly<{ width: number; height: number }>[] {
  const text = Buffer.from(pdf).toString('latin1');
  return [...text.matchAll(/\/MediaBox \[0 0 ([\d.]{1,12}) ([\d.]{1,12})\]/g)].map(([, width, height]) => ({
    width: Number(width),
    height: Number(height),
  }));
}

async function groundOf(page: Page): Promise<'light' | 'dark'> {
  const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  const [red = 0] = String(colour).match(/\d+/g)?.map(Number) ?? [];
  return red > 127 ? 'light' : 'dark';
}
