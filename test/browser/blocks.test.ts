/** Every kind of block that the page draws, and a modal, posted by a small Bolt app. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { type Playground, type PlaygroundSlack, startPlayground } from '#web/playground/start.ts';
import { chromiumIsThere, complaintsOf, DESKTOP, newPage, openChromium, openShots } from './chromium.ts';

const CHANNEL = 'C0INCIDENTS';
const TOKEN = 'xoxb-playground';

describe.skipIf(!chromiumIsThere)('Block Kit in a browser', { meta: { needs: 'Chromium' } }, () => {
  let browser: Browser;
  let playground: Playground;
  let evidenceFolder: string;
  let bolt: App;
  let page: Page;
  let complaints: string[];
  let shoot: ReturnType<typeof openShots>;

  beforeAll(async () => {
    browser = await openChromium();
    shoot = openShots('blocks');
  });

  afterAll(async () => {
    await browser?.close();
  });

  beforeEach(async () => {
    evidenceFolder = mkdtempSync(join(tmpdir(), 'spanhound-blocks-evidence-'));
    playground = await startPlayground({
      port: 0,
      root: new URL('../../', import.meta.url),
      evidenceFolder,
      clock: systemClock,
      newId: uuidV7(systemClock),
      log: silentLog,
      waitMs: 100_000,
      connect: async (slack) => {
        bolt = boltOn(slack);
        return { stop: async () => undefined };
      },
    });
    page = await newPage(browser, DESKTOP);
    complaints = complaintsOf(page);
    await page.goto(playground.url);
    await page.locator('#messages article').first().waitFor();
  });

  afterEach(async () => {
    await page.context().close();
    await playground.stop();
    rmSync(evidenceFolder, { recursive: true });
    expect(complaints).toEqual([]);
  });

  test('draws each block as what it is, and untrusted text as text', async () => {
    await post(everyBlock());
    const message = page.locator('#messages article').last();
    await message.locator('h3', { hasText: 'A header' }).waitFor();
    expect(await message.locator('.section a').getAttribute('href')).toBe('https://jaeger.example/trace/1');
    expect(await message.locator('.fields > div').allTextContents()).toEqual(['Service web', 'Took 1.85 s']);
    expect(await message.locator('.rich-text li').allTextContents()).toEqual(['GET /orders <!channel>', 'a link']);
    expect(await message.locator('a', { hasText: 'a link' }).count()).toBe(0); // javascript: leads nowhere
    expect(await message.locator('.markdown td').allTextContents()).toEqual(['web', '12']);
    expect(await message.locator('.unknown').textContent()).toContain('not loaded here');
    await shoot(page, 'blocks');
  });

  test('a menu and an overflow send what was chosen', async () => {
    const chosen: string[] = [];
    bolt.action(/^(pick|more)$/, async ({ ack, action }) => {
      await ack();
      if ('selected_option' in action) chosen.push(`${action.action_id}: ${action.selected_option?.value}`);
    });
    await post(everyBlock());
    await page.getByLabel('Pick one').selectOption('b');
    await page.getByLabel('More choices').selectOption('mute');
    await expect.poll(() => chosen).toEqual(['pick: b', 'more: mute']);
  });

  test('a button that asks first does nothing when the answer is no', async () => {
    let pressed = 0;
    bolt.action('close', async ({ ack }) => {
      await ack();
      pressed += 1;
    });
    await post(everyBlock());
    const close = page.getByRole('button', { name: 'Close it' });
    await close.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    await close.click();
    await shoot(page, 'confirm');
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, close' }).click();
    await expect.poll(() => pressed).toBe(1);
  });

  test('a modal opens, says what is wrong with what was filled in, and hands it over', async () => {
    const handed: unknown[] = [];
    bolt.command('/trace', async ({ ack, body, client }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: modal() });
    });
    bolt.view('declare', async ({ ack, view }) => {
      const title = view.state.values.title?.text?.value ?? '';
      if (title.length < 5) return ack({ response_action: 'errors', errors: { title: 'Say it in a few more words.' } });
      handed.push(title, view.state.values.severity?.choice?.selected_option?.value);
      return ack();
    });
    await page.locator('#composer-input').fill('/trace abcdef');
    await page.locator('#composer-input').press('Enter');

    const dialog = page.getByRole('dialog', { name: 'Declare an incident' });
    await dialog.getByLabel('Title').fill('Slow');
    await dialog.getByLabel('Severe').check();
    await shoot(page, 'modal');
    await dialog.getByRole('button', { name: 'Declare', exact: true }).click();
    await dialog.getByText('Say it in a few more words.').waitFor();
    await dialog.getByLabel('Title').fill('Orders are slow');
    await dialog.getByRole('button', { name: 'Declare', exact: true }).click();
    await expect.poll(() => handed).toEqual(['Orders are slow', 'sev1']);
    await expect.poll(() => dialog.count()).toBe(0);
  });

  test('says that the program stopped', async () => {
    await playground.stop();
    await page.getByText('The playground has stopped').waitFor();
    complaints.length = 0; // the browser reports the connection that was lost
  });

  async function post(blocks: KnownBlock[]): Promise<void> {
    const before = await page.locator('#messages article').count();
    await bolt.client.chat.postMessage({ token: TOKEN, channel: CHANNEL, text: 'blocks', blocks });
    await page.locator('#messages article').nth(before).waitFor();
  }
});

function boltOn({ botToken, apiUrl, fetch, receiver }: PlaygroundSlack): App {
  const clientOptions = { slackApiUrl: apiUrl, fetch };
  return new App({ token: botToken, receiver, clientOptions, tokenVerificationEnabled: false });
}

function everyBlock(): KnownBlock[] {
  return [
    { type: 'header', text: plain('A header') },
    {
      type: 'section',
      text: { type: 'mrkdwn', text: '*Bold*, _italic_, `code` and <https://jaeger.example/trace/1|the trace>' },
      fields: [
        { type: 'mrkdwn', text: '*Service* web' },
        { type: 'mrkdwn', text: '*Took* 1.85 s' },
      ],
      accessory: { type: 'overflow', action_id: 'more', options: [{ text: plain('Mute'), value: 'mute' }] },
    },
    { type: 'divider' },
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: [
            {
              type: 'rich_text_section',
              elements: [{ type: 'text', text: 'GET /orders <!channel>', style: { bold: true } }],
            },
            { type: 'rich_text_section', elements: [{ type: 'link', url: 'javascript:alert(1)', text: 'a link' }] },
          ],
        },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'SELECT *\n  FROM orders' }] },
      ],
    },
    { type: 'image', image_url: 'https://elsewhere.example/x.png', alt_text: 'A picture' },
    { type: 'markdown', text: '## From Markdown\n\n| Service | Errors |\n|---|---|\n| web | 12 |\n\n- **one**\n- two' },
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'close',
          style: 'danger',
          text: plain('Close it'),
          confirm: {
            title: plain('Close the incident?'),
            text: plain('It can be opened again.'),
            confirm: plain('Yes, close'),
            deny: plain('Keep it'),
          },
        },
        {
          type: 'static_select',
          action_id: 'pick',
          placeholder: plain('Pick one'),
          options: [
            { text: plain('A'), value: 'a' },
            { text: plain('B'), value: 'b' },
          ],
        },
      ],
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'From <!date^1767709800^{date_short}|6 Jan> :mag:' }] },
  ];
}

function modal(): ModalView {
  return {
    type: 'modal',
    callback_id: 'declare',
    title: plain('Declare an incident'),
    submit: plain('Declare'),
    blocks: [
      {
        type: 'input',
        block_id: 'title',
        label: plain('Title'),
        element: { type: 'plain_text_input', action_id: 'text' },
      },
      {
        type: 'input',
        block_id: 'severity',
        label: plain('Severity'),
        element: {
          type: 'radio_buttons',
          action_id: 'choice',
          options: [
            { text: plain('Severe'), value: 'sev1' },
            { text: plain('Minor'), value: 'sev3' },
          ],
        },
      },
    ],
  };
}

function plain(text: string) {
  return { type: 'plain_text' as const, text };
}
