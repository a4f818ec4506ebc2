/**
 * The playground on a phone, where more is in the way, with what a person does there. Each view is looked at on a desktop
 * as well.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
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
import { startProgram } from './program.ts';

/** All buttons of the messages of these tests. */
const MOST_TABS = 200;

/** At these widths each view is looked at. The last is that of the play. */
const WIDTHS = [
  ['desktop', DESKTOP.viewport],
  ['phone', PHONE.viewport],
] as const;
const COLOURS = ['dark', 'light'] as const;

/** `all`: both colours at each width. */
type Looks = 'in turn' | 'all';
type Play = ReturnType<typeof openPlay>;

/** Tests of one program and one browser, in their order. The deep run plays them once more, and looks at all views. */
export function playedIncident(title: string, tests: (play: Play) => void): void {
  sayWhyNot();
  const played = describe.skipIf(!chromiumIsThere);
  played(title, { meta: { needs: 'Chromium' } }, () => tests(openPlay('in turn')));
  played(`${title}, in both colours`, { meta: { needs: 'Chromium' }, tags: ['deep'] }, () => tests(openPlay('all')));
}

function openPlay(looks: Looks) {
  let program: ChildProcess;
  let address: string;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let views = 0;
  let shoot: ReturnType<typeof openShots>;

  beforeAll(async () => {
    [program, address] = await startProgram();
    browser = await openChromium();
    shoot = openShots('incident');
  });

  // A page that stays open draws what the next tests do, too.
  afterEach(async () => {
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    if (program?.kill('SIGTERM')) await once(program, 'exit');
  });

  return {
    actAs,
    fromMenu,
    inChannel,
    inThread,
    looksRight,
    numberOf,
    openPage,
    overviewOf,
    pressed,
    reach,
    say,
    shot,
    toChannel,
    toPlace,
    toThread,
    typed,
    url: () => address,
  };

  /** By keyboard, in the list of channels. */
  async function actAs(name: string): Promise<void> {
    const places = page.getByRole('button', { name: 'Show channels' });
    await places.focus();
    await page.keyboard.press('Enter');
    const actor = page.getByLabel('Act as');
    await reach(actor, places, 'Tab');
    await looksRight('act-as');
    await page.keyboard.type(name);
    await page.locator('#announcer', { hasText: `You act as ${name}` }).waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
  }

  /** On a phone the list of channels lies over the page. */
  async function toPlace(name: string): Promise<void> {
    const places = page.getByRole('button', { name: 'Show channels' });
    await places.focus();
    await page.keyboard.press('Enter');
    await reach(page.locator('#places').getByRole('button', { name }), places, 'Tab');
    await page.keyboard.press('Enter');
    await page.locator('#place-name', { hasText: name }).waitFor();
  }

  function overviewOf(number: string): Locator {
    return page.locator('#messages article', { has: page.locator('h3', { hasText: `INC-${number}` }) }).last();
  }

  async function numberOf(title: string): Promise<string> {
    const overview = page.locator('#messages article', { has: page.locator('h3', { hasText: title }) }).last();
    await overview.waitFor();
    return /INC-(\d+)/.exec((await overview.textContent()) ?? '')?.[1] ?? '';
  }

  async function pressed(number: string, name: string, answer: string): Promise<void> {
    await reach(overviewOf(number).getByRole('button', { name }).first());
    await page.keyboard.press('Enter');
    await inChannel(answer).waitFor();
  }

  /** As somebody without a mouse: from the composer back through the messages, or from another element. */
  async function reach(
    button: Locator,
    from = page.locator('#composer-input'),
    key: 'Tab' | 'Shift+Tab' = 'Shift+Tab',
  ): Promise<void> {
    await button.waitFor();
    await from.focus();
    const isFocused = () => button.evaluate((one) => one === one.ownerDocument.activeElement);
    for (let at = 0; at < MOST_TABS && !(await isFocused()); at += 1) await page.keyboard.press(key);
    expect(await isFocused()).toBe(true);
  }

  async function openPage(): Promise<Page> {
    page = await newPage(browser, PHONE);
    complaints = complaintsOf(page);
    await page.goto(address);
    await page.locator('#messages article').first().waitFor();
    return page;
  }

  function inChannel(text: string): Locator {
    return page.locator('#messages article', { hasText: text }).last();
  }

  function inThread(text: string | RegExp): Locator {
    return page.locator('#thread article', { hasText: text }).last();
  }

  /** On a phone the thread lies over the channel. */
  async function toChannel(): Promise<void> {
    await page.getByRole('button', { name: 'Close thread' }).click();
  }

  async function toThread(alert: Locator): Promise<void> {
    await alert.locator('.thread-link').click();
  }

  async function typed(command: string, answer: string): Promise<void> {
    await say(command);
    await inChannel(answer).waitFor();
  }

  async function say(text: string): Promise<void> {
    // A trailing space ends the list of people that a mention opens.
    await page.locator('#composer-input').fill(`${text} `);
    await page.locator('#composer-input').press('Enter');
  }

  async function fromMenu(message: Locator, item: string): Promise<void> {
    await message.hover();
    await message.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  }

  /**
   * Light and dark, narrow and wide: no text is too pale to read, and nothing reaches beyond the page. In the gate, each
   * width has one of the colours, in turn: what is light at one view on a phone is dark at the next.
   * `message`: what the pictures show.
   */
  async function looksRight(name: string, message?: Locator): Promise<void> {
    views += 1;
    for (const [at, [width, size]] of WIDTHS.entries()) {
      if (size) await page.setViewportSize(size);
      // A message that is drawn anew meanwhile is another element: Playwright's own scrolling ends with an error then.
      await message?.evaluate((one) => one.scrollIntoView());
      for (const colorScheme of COLOURS.filter((_, nth) => looks === 'all' || (views + at + nth) % 2 === 0)) {
        await page.emulateMedia({ colorScheme });
        expect(await paleTexts(page), `${colorScheme}, ${width}`).toEqual([]);
        await shot(`${name}-${width}-${colorScheme}`);
      }
      expect(await tooWide(page), width).toEqual([]);
    }
  }

  function shot(name: string): Promise<void> {
    return shoot(page, name);
  }
}
