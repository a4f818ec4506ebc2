/**
 * The playground as pictures, played in Chromium like a visitor. A picture's content is its words; times, ids
 * and how many replies have come differ from one play to the next, and are left out of them. `npm run generate` takes them.
 */
import { once } from 'node:events';
import type { Locator, Page } from 'playwright-core';
import { chromiumIsThere, DESKTOP, openChromium } from '../test/browser/chromium.ts';
import { startProgram } from '../test/browser/program.ts';
import type { Generated } from './generated.ts';
import type { Picture } from './picture.ts';

/** Ends only what hangs: a slow machine answers later. */
const ANSWER_MS = 150_000;

/** The alert and the beginning of its answer. */
const HIGH = { viewport: { width: 1280, height: 1000 } };
/** A whole message, and not wider than its picture: people read it on a phone, too. */
const WHOLE = { viewport: { width: 980, height: 1500 } };

/** Empty without Chromium. */
export async function picturesOfPages(): Promise<Generated> {
  if (chromiumIsThere) return new Map(await Array.fromAsync(pagePictures()));
  console.log('page-pictures: there is no Chromium, the pictures of the playground stay as they are');
  return new Map();
}

type PagePicture = readonly [path: string, picture: Picture];

export async function* pagePictures(): AsyncGenerator<PagePicture> {
  const [program, url] = await startProgram();
  const browser = await openChromium();
  try {
    const open = async (how: typeof DESKTOP) => {
      const page = await (await browser.newContext({ ...how, colorScheme: 'light' })).newPage();
      await page.goto(url);
      await page.locator('#messages article').first().waitFor();
      return page;
    };
    yield await welcome(await open(DESKTOP));
    const high = await open(HIGH);
    yield await alertAnswered(high);
    await high.setViewportSize({ ...HIGH.viewport, height: WHOLE.viewport.height });
    yield await incident(high);
    yield await answer(await open(WHOLE));
  } finally {
    await browser.close();
    if (program.kill('SIGTERM')) await once(program, 'exit');
  }
}

async function welcome(page: Page): Promise<PagePicture> {
  return await shot('docs/images/playground.png', page, [page.locator('#messages article').last()]);
}

async function answer(page: Page): Promise<PagePicture> {
  await page.getByRole('button', { name: 'Diagnose: The order list takes 2.3 seconds' }).click();
  const answered = page.locator('#messages article', { has: page.locator('img.large') }).last();
  await answered.getByRole('button', { name: 'Declare incident' }).waitFor({ timeout: ANSWER_MS });
  await answered.locator('.thread-link').waitFor({ timeout: ANSWER_MS });
  return await shot('docs/images/answer.png', answered, [answered]);
}

async function alertAnswered(page: Page): Promise<PagePicture> {
  await page.getByRole('button', { name: 'Send the alert' }).click();
  const alert = page.locator('#messages article', { hasText: 'Error rate above 5 %' }).last();
  await alert.locator('.thread-link').click({ timeout: ANSWER_MS });
  const answered = page.locator('#thread article', { has: page.locator('img.large') });
  await page
    .locator('#thread article', { hasText: /examined requests of/ })
    .last()
    .waitFor({ timeout: ANSWER_MS });
  const line = page.locator('#messages article', { hasText: 'Replied to a thread' }).last();
  await line.waitFor({ timeout: ANSWER_MS });
  await readTo(answered, '#thread');
  return await shot('docs/images/incident.png', page, [alert, line, answered]);
}

async function incident(page: Page): Promise<PagePicture> {
  await page.locator('#thread').getByRole('button', { name: 'Declare incident' }).first().click();
  await page.getByLabel('What is wrong').fill('Logins fail');
  await page.getByLabel('Severity').selectOption({ label: 'P1 · many users are affected and have no workaround' });
  await page.getByRole('button', { name: 'Declare', exact: true }).click();
  const overview = page.locator('#messages article', { has: page.locator('h3', { hasText: 'INC-1' }) });
  await overview.getByText('Pinned by spanhound').waitFor({ timeout: ANSWER_MS });
  for (const [typed, said] of TYPED) {
    // A space at the end closes the list of people that a mention opens.
    await page.locator('#composer-input').fill(`${typed} `);
    await page.locator('#composer-input').press('Enter');
    await overview.getByText(said).last().waitFor({ timeout: ANSWER_MS });
  }
  await readTo(overview, '#messages');
  return await shot('docs/images/overview.png', overview, [overview]);
}

/** Scrolls to the end of the list and back, so that nothing in it is new. */
async function readTo(message: Locator, list: '#messages' | '#thread'): Promise<void> {
  await message.page().locator(`${list} article`).last().evaluate(intoView, 'end');
  await message.evaluate(intoView, 'start');
}

/** The typed command, and the overview's text after it. */
const TYPED = [
  ['/incident role commander @mira', 'Incident commander: nobody → Mira'],
  ['/incident note Restarted the pool of user-service', 'Restarted the pool of user-service'],
  ['/incident status identified users.email has no index', 'users.email has no index'],
] as const;

async function shot(path: string, what: Page | Locator, shown: readonly Locator[]): Promise<PagePicture> {
  const page = 'mouse' in what ? what : what.page();
  await page.mouse.move(0, 0); // a message under the pointer shows its tools
  const png = await screenshotOf(what);
  const words = await Promise.all(shown.map(wordsIn));
  return [path, { shows: words.map(withoutTimes).join('\n'), png: async () => png }];
}

/** A message is drawn anew when a reply or an update comes: then its element is another one. */
async function screenshotOf(what: Page | Locator): Promise<Buffer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await what.screenshot();
    } catch (error) {
      if (tries === DRAWN_ANEW || !String(error).includes('not attached')) throw error;
    }
  }
}

const DRAWN_ANEW = 5;

/** The text of an element, and the alternative texts of its pictures. */
async function wordsIn(place: Locator): Promise<string> {
  const alts = await place.locator('img[alt]').evaluateAll(altsOf);
  return [await place.innerText(), ...alts].join('\n');
}

function withoutTimes(words: string): string {
  return words
    .replace(/\b[0-9a-f]{32}\b/g, '‹id›')
    .replace(/\b[A-Z][a-z]{2} \d{1,2}, \d{4}|\b\d{4}-\d{2}-\d{2}/g, '‹day›')
    .replace(/\b(?:in )?\d+ (?:second|minute|hour|day)s?(?: ago)?\b/g, '‹while›')
    .replace(/\b\d+ repl(?:y|ies)\b/g, '‹replies›')
    .replace(/\b\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:\s[AP]M)?/g, '‹time›')
    .replace(/\s+/g, ' ');
}

/** Runs in the page, where Node's types do not apply. */
function intoView(element: { scrollIntoView(how: object): void }, block: string): void {
  element.scrollIntoView({ block, behavior: 'instant' });
}

function altsOf(images: readonly object[]): string[] {
  return images.map((image) => ('alt' in image ? String(image.alt) : ''));
}
