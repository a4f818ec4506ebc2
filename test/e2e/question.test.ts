/** A sentence to the bot from end to end: the event of Slack, Jaeger over HTTP, the answer in the sentence's thread. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBot, type TestBot } from '#test/bot.ts';
import { busyShop, serveShop } from '#test/busy-shop.ts';
import { eventually } from '#test/eventually.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

const MINUTE_US = 60_000_000;
const NOW_US = Date.now() * 1_000;

let shop: Awaited<ReturnType<typeof serveShop>>;
let slack: SlackSide;
let bot: TestBot;

beforeAll(async () => {
  const slowSinceUs = NOW_US - 6 * MINUTE_US;
  shop = await serveShop(
    busyShop(({ atUs }) => ({ stockUs: atUs < slowSinceUs ? 20_000 : 220_000 }), {
      fromUs: NOW_US - 120 * MINUTE_US,
      toUs: NOW_US,
    }),
  );
  slack = await openSlackSide();
  bot = await openBot({ slack, jaegerUrl: shop.url, lokiUrl: '', env: {} });
});

afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await shop.close();
});

/** What the bot says in the thread of a mention, once it says this. */
async function asked(text: string, says: RegExp): Promise<SlackMessage> {
  const said = await slack.post(`<@U0SPANHOUND> ${text}`);
  const event = { type: 'app_mention', channel: slack.channel, ts: said.ts, text: said.text };
  expect((await sendToBot(bot.url, slack.event(event))).status).toBe(200);
  return await eventually(async () =>
    (await slack.thread(said.ts)).find(({ text, blocks }) => says.test(`${text}${JSON.stringify(blocks)}`)),
  );
}

test('a service is looked into, and the answer comes in the thread of the question', async () => {
  const answer = await asked('what is wrong with checkout since 6 min ago?', /trace_detail/);
  expect(answer.text).toMatch(/`stock`/);
});

test('an unknown service is answered with the known ones', async () => {
  const answer = await asked('what is wrong with chekout?', /no service that sends traces/);
  const said = JSON.stringify(answer.blocks);
  expect(said).toContain('Services with traces: ');
  expect(said).toContain('Ask for one of these.');
  expect(said).not.toContain('alert');
});

test('a time that cannot be read is told, and nothing is looked into', async () => {
  const answer = await asked('what is wrong with checkout since lunch?', /cannot read the time/);
  expect(answer.text).toContain('10:40');
});

test.each(['thank you', 'good morning'])('%s is answered with examples', async (text) => {
  expect((await asked(text, /Ask me like this/)).text).toContain('what is wrong with checkout since 10:40?');
});

test('a direct message is a question without a mention; a bot’s own message and an edit are none', async () => {
  const said = await slack.post('look at checkout for the last 5 min');
  const direct = { type: 'message', channel_type: 'im', channel: slack.channel, ts: said.ts, text: said.text };
  await sendToBot(bot.url, slack.event({ ...direct, subtype: 'message_changed' }));
  await sendToBot(bot.url, slack.event({ ...direct, bot_id: 'B1' }));
  expect(await slack.thread(said.ts)).toEqual([]);
  await sendToBot(bot.url, slack.event(direct));
  await eventually(async () => (await slack.thread(said.ts)).find(({ text }) => /`stock`/.test(text ?? '')));
  const inChannel = { ...direct, channel_type: 'channel', ts: (await slack.post('look at checkout')).ts };
  await sendToBot(bot.url, slack.event(inChannel));
  expect(await slack.thread(inChannel.ts)).toEqual([]);
});

/** A person marks a message: Slack knows the reaction, and tells the bot. */
async function marked(ts: string, reaction: string, user = slack.person): Promise<void> {
  const item = { type: 'message', channel: slack.channel, ts };
  const { event, ...more } = slack.event({ type: 'reaction_added', reaction, item });
  expect((await sendToBot(bot.url, { ...more, event: { ...event, user } })).status).toBe(200);
}

test('🔍 on a message of a thread diagnoses its traces there, once', async () => {
  const root = await slack.post('checkout fails');
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  const line = await slack.post(`level=error msg="no stock" trace_id=${id}`, { thread_ts: root.ts });
  await slack.call('reactions.add', { channel: slack.channel, timestamp: line.ts, name: 'mag' });
  await marked(line.ts, 'mag');
  await marked(line.ts, 'mag_right', 'U0SECOND');
  await marked(line.ts, 'eyes');
  const ofBot = async () =>
    (await slack.thread(root.ts)).filter(({ text }) => text?.includes(id) && text !== line.text);
  await eventually(async () => ((await ofBot()).length > 0 ? true : undefined));
  const plain = await slack.post('this one names nothing');
  await slack.call('reactions.add', { channel: slack.channel, timestamp: plain.ts, name: 'mag' });
  await marked(plain.ts, 'mag');
  const answer = await eventually(async () => (await slack.thread(plain.ts))[0]);
  expect(answer.text).toContain('I found no trace id in this message');
  expect(new Set((await ofBot()).map(({ ts }) => ts)).size).toBe(1);
});
