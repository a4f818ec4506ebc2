/** The timeline of an incident in Slack, and the page that a link in it leads to. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { blockProblems } from '#present/slack/block-limits.ts';
import { findIncident } from '#record/find-incidents.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { type BotAtWork, followBot } from '#test/bot-at-work.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { waitSoon } from '#test/wait-soon.ts';

const MINUTE_MS = 60_000;

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let slack: SlackSide;
let bot: TestBot;
let work: BotAtWork;
let clock: SteppedClock;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  work = followBot();
  slack.proxy.timeZone(slack.person, 'Europe/Berlin');
  clock = steppedClock(); // Tuesday, 14:30 UTC
  bot = await openBot({ slack, ...backends, clock, env: { SPANHOUND_PAGES_URL: 'https://spanhound.shop.test/bot/' } });
});
afterEach(async () => {
  await bot.stop();
  work[Symbol.dispose]();
  await bot.forget();
  await slack.close();
});

async function type(text: string): Promise<string> {
  const command = slack.command(text, { command: '/incident' });
  await sendToBot(bot.url, command);
  return await answerTo(command.response_url);
}

async function answerTo(responseUrl = ''): Promise<string> {
  const id = responseUrl.split('/').at(-1);
  const { body } = await waitSoon({ clock, work, turnMs: 100 }, () =>
    slack.proxy.responses.find(({ urlId }) => urlId === id),
  );
  expect(blockProblems((body.blocks as unknown[]) ?? [])).toEqual([]);
  return `${body.text} ${JSON.stringify(body.blocks ?? '')}`;
}

test('the timeline has a link of the reader’s own to its page, in their zone, until they may not see it', async () => {
  await type('declare P1 Checkout is slow');
  await type('status identified the index is missing');
  const link = /"https:\/\/spanhound\.shop\.test\/bot(\/timeline\/[^"]+)"/.exec(await type('timeline'))?.[1] ?? '';
  const address = new URL(link, bot.url);
  const page = await fetch(address);
  const html = await page.text();
  expect([page.status, html]).toEqual([
    200,
    expect.stringContaining('investigating → identified: the index is missing'),
  ]);
  expect(html).toContain('2026-01-06 15:30:00</time>');
  expect(html).toContain('All times are in Europe/Berlin.');
  const markdown = await fetch(`${address}?as=markdown`);
  expect(await markdown.text()).toContain('## Confirmed');

  const png = await fetch(`${address}?as=picture`);
  expect(
    Buffer.from(await png.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');

  slack.proxy.person(slack.person, { deleted: true });
  await clock.tick(MINUTE_MS); // Slack is asked again
  const after = await fetch(address);
  expect([after.status, await after.text()]).toEqual([403, expect.not.stringContaining('index is missing')]);
});

test('the picture of the timeline is shown to the person who asks', async () => {
  await type('declare P1 Checkout is slow');
  const incident = await findIncident(bot.store, { workspaceId: slack.team, number: 1 });
  const overview = await waitSoon({ clock, work, turnMs: 100 }, async () => (await slack.messages())[0]);
  const pressed = slack.action(overview, 'incident_timeline_picture', incident?.id ?? '');
  await sendToBot(bot.url, pressed);
  expect(await answerTo(pressed.response_url)).toContain('"type":"image","slack_file"');
});
