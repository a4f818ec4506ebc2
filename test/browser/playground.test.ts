/**
 * The playground as a person meets it: `npm start` with nothing configured, in Chromium.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MIRA } from '#web/playground/people.ts';
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
import { startProgram } from './program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const cases = JSON.parse(readFileSync(join(ROOT, 'samples/index.json'), 'utf8')) as { id: string; folder: string }[];

sayWhyNot();

describe.skipIf(!chromiumIsThere)('the playground in a browser', { meta: { needs: 'Chromium' } }, () => {
  let program: ChildProcess;
  let url: string;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let shoot: ReturnType<typeof openShots>;

  beforeAll(async () => {
    [program, url] = await startProgram();
    browser = await openChromium();
    shoot = openShots('playground');
  });

  afterAll(async () => {
    await browser?.close();
    if (program?.kill('SIGTERM')) await once(program, 'exit');
  });

  beforeEach(async () => {
    page = await openPage(DESKTOP);
  });

  afterEach(async () => {
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  test('a trace id typed as a command becomes a diagnosis with a picture, and its buttons work', async () => {
    const answer = await diagnose('model-server-oom');
    expect(await answer.textContent()).toContain('ml-model');
    await expect.poll(() => page.locator('#announcer').textContent()).toMatch(/^spanhound: .*ml-model/);

    const picture = answer.locator('img.large');
    expect(await picture.getAttribute('alt')).toMatch(/\w+ \w+ \w+/);
    await expect
      .poll(() => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth))
      .toBeGreaterThan(600);
    await shot('answer');

    await picture.click();
    await page.locator('dialog img').waitFor();
    await shot('picture');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);

    await answer.locator('button', { hasText: 'Logs' }).click();
    await answer.locator('.thread-link').click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.locator('button', { hasText: 'As Markdown' }).click();
    await thread.locator('button', { hasText: 'Yes, that was it' }).click();
    await page.getByText('Noted: this diagnosis was right').first().waitFor();
    await thread.locator('.message.ephemeral', { hasText: 'Noted: this diagnosis was right' }).first().waitFor();
    // What only one person sees is counted neither in the thread nor under the message.
    const counted = async () => {
      const replies = (await thread.locator('.message:not(.ephemeral)').count()) - 1;
      const said = [
        await thread.locator('.reply-count').textContent(),
        await answer.locator('.thread-link').textContent(),
      ];
      return said.filter((text) => !text?.includes(`${replies} repl`));
    };
    await expect.poll(counted).toEqual([]);
    await thread.getByText('Model server OOM: cannot allocate').first().waitFor();
    await thread.locator('summary').waitFor();
    await thread.locator('summary').click();
    await thread.locator('.preview h2').first().waitFor();
    await shot('thread');
    await page.keyboard.press('Escape');
    await thread.waitFor({ state: 'hidden' });
  });

  test('a click is heard, also if its message changes between press and release', async () => {
    const line = await answerTo(() => sayAsMira({ text: 'the line that is pressed' }), false);
    const threadTs = await line.getAttribute('data-ts');
    await sayAsMira({ text: 'a first line in the thread', threadTs });
    const link = line.locator('.thread-link');
    await link.hover();
    await page.mouse.down();
    expect(await link.evaluate((one: { matches(selector: string): boolean }) => one.matches(':active'))).toBe(true);
    // The browser reads what changes in order: the line in the channel comes after the one in the thread.
    await sayAsMira({ text: 'a second line in the thread', threadTs });
    await sayAsMira({ text: 'a line in the channel' });
    await expect.poll(() => page.locator('#announcer').textContent()).toContain('a line in the channel');
    await page.mouse.up();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('a second line in the thread').waitFor();
    await page.locator('#messages').getByText('a line in the channel').waitFor();
  });

  test('a case of the welcome is diagnosed by one click', { tags: ['deep'] }, async () => {
    const before = await page.locator('#messages article').count();
    await page.getByRole('button', { name: 'Diagnose: The order list takes 2.3 seconds' }).click();
    await page.locator('#messages article').nth(before).locator('img.large').waitFor();
  });

  /** Menus of messages have options of their own. */
  const suggestions = () => page.getByRole('listbox').getByRole('option');

  test('the mouse and the keys move one choice: one row is lit', async () => {
    const lit = () =>
      page.evaluate(
        `[...document.querySelectorAll('.suggestions li')].flatMap((row, at) =>
          getComputedStyle(row).backgroundColor === 'rgba(0, 0, 0, 0)' ? [] : [at])`,
      );
    await page.keyboard.type('/');
    await expect.poll(lit).toEqual([0]);
    await suggestions().nth(1).hover();
    await expect.poll(lit).toEqual([1]);
    await page.keyboard.press('ArrowDown');
    await expect.poll(lit).toEqual([2]);
  });

  test('a screen reader hears words, without markup and addresses', async () => {
    await page.getByRole('button', { name: 'Send the alert' }).click();
    const announced = () => page.locator('#announcer').textContent();
    await expect.poll(announced).toMatch(/^pagerduty: \W*\[#4711\] Error rate above 5 % on user-service triggered$/);
    // The next tests look for the next message of the channel, and the answer to the alert is one.
    await page.locator('#messages article', { hasText: 'Replied to a thread' }).last().waitFor();
  });

  test('the keyboard alone finds the command, the case and the answer', async () => {
    await page.keyboard.type('/tr');
    await expect.poll(() => suggestions().first().textContent()).toContain('/trace');
    await page.keyboard.press('Enter');
    await page.keyboard.type('dashb');
    await expect.poll(() => suggestions().count()).toBe(1);
    await shot('suggestions');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => box().inputValue()).toBe(`/trace ${idOf('sequential-dashboard')}`);
    const answer = await answerTo(() => page.keyboard.press('Enter'));
    expect(await answer.textContent()).toContain('one after another');
  });

  test('the menu of a message diagnoses the trace that it mentions, in its thread', { tags: ['deep'] }, async () => {
    const said = await answerTo(() => say(`Orders are slow: ${idOf('slow-order-query')}`), false);
    await said.hover();
    await said.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Diagnose this trace' }).click();
    await said.locator('.thread-link').click();
    await page.locator('#thread img.large').waitFor();
  });

  test('help, an unknown command and a channel without the bot get a clear answer', async () => {
    expect(await (await answerTo(() => say('/trace help'), false)).textContent()).toContain('Only visible to you');
    expect(await (await answerTo(() => say('/restart'), false)).textContent()).toContain('not a valid command');
    await page.getByRole('button', { name: '# general' }).click();
    const answer = await answerTo(() => say(`/trace ${idOf('slow-order-query')}`), false);
    expect(await answer.textContent()).toContain('/invite @spanhound');
  });

  test('what people write is text, whatever it looks like', async () => {
    const said = await answerTo(() => say('<img src=x onerror=alert(1)> <!channel> <https://x.example|y>'), false);
    expect(await said.locator('.words').textContent()).toBe(
      '<img src=x onerror=alert(1)> <!channel> <https://x.example|y>',
    );
    expect(await said.locator('.words *').count()).toBe(0);
  });

  test('the home of the app says what it reads', async () => {
    await page.getByRole('button', { name: 'spanhound', exact: true }).click();
    await page.locator('.home .block').first().waitFor();
    expect(await page.locator('.home').textContent()).toMatch(
      / or another sender posts\..*Traces fromthe recorded cases/s,
    );
    await shot('home');
  });

  test('everything that can be pressed or seen has a name', async () => {
    await diagnose('n-plus-one-orders');
    const shown = page.locator('button, a, select, textarea, input, img');
    const nameless = await shown.evaluateAll((all: PageElement[]) =>
      all
        .filter((one) => {
          // An empty alt is a decision: the picture says nothing that is not said beside it.
          if (one.getAttribute('alt') === '') return false;
          const own = one.getAttribute('aria-label') ?? one.getAttribute('alt') ?? one.textContent;
          return !own?.trim() && !one.querySelector('img')?.getAttribute('alt');
        })
        .map((one) => one.outerHTML),
    );
    expect(nameless).toEqual([]);
  });

  test('a phone shows one thing at a time and never scrolls sideways', async () => {
    await page.context().close();
    page = await openPage(PHONE);
    await shot('phone-welcome');
    const answer = await diagnose('hotrod-slow-query');
    await shot('phone-answer');
    expect(await sideways()).toBe(0);

    await answer.locator('.thread-link').click();
    await page.locator('#thread article').nth(1).waitFor();
    await shot('phone-thread');
    expect(await sideways()).toBe(0);
    await page.getByRole('button', { name: 'Close thread' }).click();

    await page.getByRole('button', { name: 'Show channels' }).click();
    await shot('phone-channels');
    await page.touchscreen.tap(370, 500);
    await page.locator('#sidebar').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Show channels' }).click();
    await page.getByRole('button', { name: '# general' }).click();
    await page.getByRole('heading', { name: '# general' }).waitFor();
  });

  test('in the dark', { tags: ['deep'] }, async () => {
    await page.context().close();
    page = await openPage({ ...DESKTOP, colorScheme: 'dark' });
    await diagnose('slow-order-query');
    await shot('dark');
  });

  async function openPage(options: BrowserContextOptions): Promise<Page> {
    const opened = await newPage(browser, options);
    complaints = complaintsOf(opened);
    await opened.goto(url);
    await opened.locator('#messages article').first().waitFor();
    await waitForPictures(opened);
    return opened;
  }

  async function diagnose(folder: string): Promise<Locator> {
    return answerTo(() => say(`/trace ${idOf(folder)}`));
  }

  /** The message that comes because of it; of a diagnosis, once its picture and its thread are there. */
  async function answerTo(work: () => Promise<void>, diagnosis = true): Promise<Locator> {
    const answer = page.locator('#messages article').nth(await page.locator('#messages article').count());
    await work();
    await answer.waitFor();
    if (diagnosis) {
      await answer.locator('img.large').waitFor();
      await answer.locator('.thread-link').waitFor();
      await waitForPictures(page);
    }
    return answer;
  }

  /** A picture moves what stands below it until it is loaded. */
  async function waitForPictures(shown: Page): Promise<void> {
    await expect.poll(() => shown.evaluate('[...document.images].every((image) => image.complete)')).toBe(true);
  }

  async function say(text: string): Promise<void> {
    await box().fill(text);
    await box().press('Enter');
  }

  async function sayAsMira(what: Readonly<Record<string, string | null>>): Promise<void> {
    const body = JSON.stringify({ as: MIRA.id, channelId: 'C0INCIDENTS', ...what });
    const headers = { 'content-type': 'application/json' };
    const { ok } = await fetch(`${url}/playground/say`, { method: 'POST', headers, body });
    expect(ok).toBe(true);
  }

  function box(): Locator {
    return page.locator('#composer-input');
  }

  function sideways(): Promise<number> {
    return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  function shot(name: string): Promise<void> {
    return shoot(page, name);
  }
});

/** What of an element of the page these tests read; the program itself knows no DOM. */
type PageElement = {
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  textContent: string | null;
  outerHTML: string;
};

function idOf(folder: string): string {
  const found = cases.find((one) => one.folder === folder);
  if (found === undefined) throw new Error(`samples/index.json has no ${folder}`);
  return found.id;
}
