/** Chromium as Debian ships it, for the tests of pages. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const PROGRAM = '/usr/bin/chromium';

export const chromiumIsThere = existsSync(PROGRAM);

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const HANGS_MS = 150_000;

/**
 * No GPU, no sandbox (tests may run as root), and no traffic of the browser's own. Isolated sites would have one more
 * process a page, which waits for another site.
 */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-site-isolation-trials',
];

export async function openChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: FLAGS });
}

/** In a context of its own. It waits until shortly before the end of the test, so that the error says for what. */
export async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(HANGS_MS);
  return page;
}

export function sayWhyNot(): void {
  if (!chromiumIsThere)
    process.stderr.write(`browser tests are skipped: there is no ${PROGRAM} (apt-get install chromium)\n`);
}

/** A new folder for the pictures that people look at afterwards, if `SHOTS` is set: a picture takes up to a second. */
export function openShots(name: string): (page: Page, shot: string) => Promise<void> {
  if (!process.env.SHOTS) return async () => {};
  const folder = mkdtempSync(join(tmpdir(), `spanhound-${name}-`));
  process.stderr.write(`screenshots are in ${folder}\n`);
  return async (page, shot) => {
    await page.screenshot({ path: join(folder, `${shot}.png`) });
  };
}

/** What the page said went wrong; what its strict policy refused is said here too. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}
