/**
 * An incident played in the playground as a visitor plays it, from PagerDuty's alert to the postmortem, in Chromium. It
 * is played on a phone, where more is in the way, and each view is looked at on a desktop as well.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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

const SECTIONS = [
  'Summary',
  'Impact',
  'What happened',
  'Why did it happen',
  "Why wasn't it caught earlier",
  'What went well',
  'What could improve',
  'Action items',
  'Responders',
  'Evidence',
  'Open questions',
  // Those with nothing to show.
  'Where we got lucky, Difficulties, Lessons learned, Similar incidents',
];

sayWhyNot();

/** All buttons of the messages of this test. */
const MOST_TABS = 200;

/** At these widths each view is looked at. The last is that of the play. */
const WIDTHS = [
  ['desktop', DESKTOP.viewport],
  ['phone', PHONE.viewport],
] as const;

describe.skipIf(!chromiumIsThere)('an incident played in the playground', { meta: { needs: 'Chromium' } }, () => {
  let program: ChildProcess;
  let url: string;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let shoot: ReturnType<typeof openShots>;

  beforeAll(async () => {
    [program, url] = await startProgram();
    browser = await openChromium();
    shoot = openShots('incident');
  });

  afterEach(() => expect(complaints).toEqual([]));

  afterAll(async () => {
    await browser?.close();
    if (program?.kill('SIGTERM')) await once(program, 'exit');
  });

  test('goes from the alert to the postmortem', async () => {
    page = await openPage();
    await shot('welcome');

    await page.getByRole('button', { name: 'Send the alert' }).click();
    const alert = inChannel('[#4711] Error rate above 5 %');
    await alert.locator('.thread-link').click();
    const answer = page.locator('#thread article', { has: page.locator('img.large') });
    await answer.waitFor();
    await inThread('All 6 examined requests of user-service show the same problem').waitFor();
    expect(await answer.textContent()).toMatch(
      /connection pool of user-service is exhausted.*21 of 20 in use.*missing index/s,
    );
    expect(await answer.textContent()).toContain('all 6 looked at show this');
    await looksRight('answer');
    await toChannel();
    const line = inChannel('Replied to a thread');
    expect(await line.textContent()).toMatch(/user-service has run out of database connections.*Confirmed/s);
    await looksRight('said-in-channel');
    await line.getByRole('button', { name: 'Open the thread' }).click();

    await answer.getByRole('button', { name: 'Declare incident' }).click();
    await page.getByLabel('What is wrong').fill('Logins fail');
    await page.getByLabel('Severity').selectOption({ label: 'P1 · many users are affected and have no workaround' });
    await page.getByLabel('When the impact began').fill('half past');
    await page.getByRole('button', { name: 'Declare', exact: true }).click();
    await page.locator('dialog .problem').waitFor();
    expect(await page.locator('dialog .input', { has: page.locator('.problem') }).textContent()).toContain(
      'I cannot read the time',
    );
    await page.getByLabel('When the impact began').fill('tomorrow 14:00');
    await page.getByRole('button', { name: 'Declare', exact: true }).click();
    const began = page.locator('dialog .input', { has: page.getByLabel('When the impact began') });
    await began.getByText('is in the future').waitFor();
    expect(await page.locator('dialog .problem').count()).toBe(1);
    await looksRight('declare');
    await page.getByLabel('When the impact began').fill('');
    await page.getByRole('button', { name: 'Declare', exact: true }).click();
    await inThread('INC-1 declared as P1').waitFor();
    await page.locator('#thread').getByLabel('More choices').last().selectOption({ label: 'Checklist' });
    // The longest options that a menu has.
    const ticks = inThread(/INC-1: \d+ of \d+ done/).getByLabel('Tick or untick…');
    await ticks.waitFor();
    await ticks.evaluate((menu) => menu.scrollIntoView());
    await looksRight('checklist');
    await toChannel();
    const overview = page.locator('#messages article', { has: page.locator('h3', { hasText: 'INC-1' }) });
    await overview.getByText('Pinned by spanhound').waitFor();

    await overview.getByLabel('Take a role').selectOption({ label: 'Technical lead' });
    await overview.getByText('Technical lead You').waitFor();
    await typed('/incident role commander @mira', '@mira is incident commander of INC-1');
    await typed('/incident note Restarted the pool of user-service', 'Noted in INC-1');
    await typed('/incident status identified users.email has no index', 'INC-1: identified');

    await say('Error rate is falling: 0.5 %');
    const said = inChannel('Error rate is falling');
    await fromMenu(said, 'React with a pushpin');
    await said.getByRole('button', { name: 'pushpin, 1' }).waitFor();
    await typed('/incident status fixed Index added', 'INC-1: fixed');

    await alert.getByRole('button', { name: 'Resolve' }).click();
    await alert.getByText('resolved').waitFor();
    await page.getByRole('button', { name: 'Pinned messages: 1' }).click();
    await page.getByRole('menuitem', { name: 'INC-1 P1 Logins fail' }).click();
    await overview.getByText('Error rate is falling').waitFor();
    await toThread(alert);
    await inThread('Resolved: Error rate above 5 % on user-service').waitFor();
    await toChannel();
    await looksRight('overview', overview);

    await overview.getByRole('button', { name: 'Resolve the incident' }).click();
    await page.getByLabel('How it ended').fill('Error rate 0 %');
    await page.getByRole('button', { name: 'Resolve', exact: true }).last().click();
    await overview.getByText('— resolved').waitFor();
    await typed('/postmortem', 'drafting the postmortem of INC-1');
    await inChannel('Add action item').locator('.thread-link').click();
    await page.getByRole('button', { name: 'Read INC-1-postmortem.md' }).click();
    const draft = page.getByRole('dialog');
    await draft.getByRole('heading', { name: 'Summary' }).waitFor();
    await shot('postmortem');
    const headings = await draft.locator('h3').allTextContents();
    expect(headings).toEqual(SECTIONS);
    expect(await draft.textContent()).toMatch(/Restarted the pool of user-service.*Error rate is falling/s);
    await page.keyboard.press('Escape');

    await inThread('Add action item')
      .getByRole('button', { name: /Add an action item/ })
      .click();
    await page.getByLabel('What will be done').fill('Alert on p99 of logins over 2 s');
    await page.getByLabel('Owner').selectOption({ label: 'Jonas' });
    await page.getByLabel('Due').fill('2030-01-31');
    await shot('action-item');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await inThread('Alert on p99 of logins over 2 s (Jonas, due 2030-01-31)').waitFor();
    await looksRight('end');
  });

  test('shows a P0, its roles, timeline and changes, and its merge, by keyboard alone', async () => {
    page = await openPage();
    await typed('/incident declare P0 Nobody can pay', 'P0');
    const first = await numberOf('Nobody can pay');
    await typed('/incident declare P2 Carts are empty', 'P2');
    const second = await numberOf('Carts are empty');
    await typed(`/incident INC-${first} role technical @jonas`, '@jonas is technical lead');
    await typed(`/incident INC-${first} note Restarted the gateway`, `Noted in INC-${first}`);
    await typed(`/incident INC-${first} tried a second restart`, `Noted in INC-${first}`);
    await typed(`/incident INC-${first} action Alert on failed payments @jonas due 2030-01-31`, 'A1');

    await pressed(first, 'Show the whole timeline', `INC-${first} timeline`);
    await inChannel(`INC-${first} timeline`).getByText('Tried, no effect').waitFor();
    await looksRight('timeline', inChannel(`INC-${first} timeline`));
    await typed(`/incident INC-${first} changes`, `What changed: INC-${first}`);
    await looksRight('changes');
    await typed(`/incident INC-${first} actions`, `INC-${first}: 1 of 1 action items open`);
    await looksRight('actions');

    await typed(`/incident INC-${first} merge INC-${second}`, `Merge INC-${second}`);
    await looksRight('merge-question');
    await reach(inChannel(`Merge INC-${second}`).getByRole('button', { name: `Merge INC-${second} into` }));
    await page.keyboard.press('Enter');
    await overviewOf(second).getByText('— merged').waitFor();
    await looksRight('merged', overviewOf(second));
    await looksRight('roles', overviewOf(first));
  });

  test('opens the channel of a P0, pages somebody and tells customers, by keyboard alone', async () => {
    page = await openPage();
    await typed('/incident declare P0 Cards are declined', 'P0');
    const number = await numberOf('Cards are declined');
    await typed(`/incident INC-${number} role communications`, `You are communications lead of INC-${number}`);

    await say(`/incident INC-${number} status page`);
    await page.getByLabel('Status', { exact: true }).waitFor();
    await looksRight('status-page');
    await reach(page.getByRole('button', { name: 'Continue' }), page.getByLabel('Status', { exact: true }), 'Tab');
    await page.keyboard.press('Enter');
    await overviewOf(number).getByText('Status page: investigating').waitFor();
    const feed = await (await fetch(`${url}/status.json`)).text();
    expect(feed).toContain('parts of our service do not work');

    await typed(`/incident INC-${number} page @you the pool is full`, 'paged for');
    await typed(`/incident INC-${number} channel`, 'people work on it in');
    await looksRight('channel-opened');
    await toPlace('Direct messages');
    await inChannel('the pool is full').getByText('I have it').waitFor();
    await looksRight('paged');
    await toPlace('# incidents');
    await reach(inChannel('people work on it in').getByRole('link', { name: `#inc-${number}` }));
    await page.keyboard.press('Enter');
    await page.locator('#place-name', { hasText: `# inc-${number}` }).waitFor();
    await overviewOf(number).waitFor();
    expect(await page.locator('#place-topic').textContent()).toContain(`INC-${number} · P0`);
    await looksRight('channel');
  });

  test('a mitigation is asked for, and approved as a colleague, by keyboard alone', async () => {
    page = await openPage();
    // The one of the first play: its diagnosis names the service. Mira has the command, and the visitor leads the repair.
    const number = '1';
    await typed(`/incident INC-${number} reopen it is back`, `INC-${number}: investigating`);

    await typed(`/incident INC-${number} mitigate`, 'offers these mitigations');
    const list = inChannel('offers these mitigations');
    await looksRight('mitigations', list);
    await reach(list.getByRole('button', { name: /^Show what restart/ }));
    await page.keyboard.press('Enter');
    const why = page.getByRole('dialog').getByLabel('Why');
    await why.waitFor();
    await looksRight('mitigation-form');
    await why.focus();
    await page.keyboard.type('the pool is full');
    await reach(page.getByRole('button', { name: 'Request', exact: true }), why, 'Tab');
    await page.keyboard.press('Enter');
    await toThread(overviewOf(number));
    const request = inThread('requested by');
    await request.getByRole('button', { name: 'Approve this request' }).waitFor();
    await looksRight('mitigation-waiting', request);
    await toChannel();

    await actAs('Mira');
    await toThread(overviewOf(number));
    await reach(
      request.getByRole('button', { name: 'Approve this request' }),
      page.getByRole('button', { name: 'Close thread' }),
      'Tab',
    );
    await page.keyboard.press('Enter');
    await inThread('The automation accepted it').waitFor();
    await looksRight('mitigation-accepted', inThread('The automation accepted it'));
  });

  test('the form for a note asks for few readers, by keyboard alone', async () => {
    page = await openPage();
    await typed('/incident declare P1 Somebody reads the payroll', 'P1');
    const number = await numberOf('Somebody reads the payroll');
    await reach(overviewOf(number).getByRole('button', { name: 'Add a note to the timeline' }).first());
    await page.keyboard.press('Enter');
    const text = page.getByRole('dialog').getByLabel('What happened', { exact: true });
    const jonas = page.getByRole('dialog').getByRole('checkbox', { name: 'Jonas' });
    await jonas.waitFor();
    await looksRight('note-form', jonas);
    await text.focus();
    await page.keyboard.type('the payroll key leaked');
    await reach(jonas, text, 'Tab');
    await page.keyboard.press('Space');
    await reach(page.getByRole('button', { name: 'Add', exact: true }), jonas, 'Tab');
    await page.keyboard.press('Enter');
    // Until it is closed, the form takes what is typed.
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await typed(`/incident INC-${number} timeline`, 'Need to know: the payroll key leaked');
    await looksRight('timeline-need-to-know', inChannel('Need to know: the payroll key leaked'));
  });

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
    const opened = await newPage(browser, PHONE);
    complaints = complaintsOf(opened);
    await opened.goto(url);
    await opened.locator('#messages article').first().waitFor();
    return opened;
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

  /** Light and dark, narrow and wide: no text is too pale to read, and nothing reaches beyond the page. */
  /** `message`: what the pictures show. */
  async function looksRight(name: string, message?: Locator): Promise<void> {
    for (const [width, size] of WIDTHS) {
      if (size) await page.setViewportSize(size);
      // A message that is drawn anew meanwhile is another element: Playwright's own scrolling ends with an error then.
      await message?.evaluate((one) => one.scrollIntoView());
      for (const colorScheme of ['dark', 'light'] as const) {
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
});
