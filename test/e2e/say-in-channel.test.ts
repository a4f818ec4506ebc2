/** What the channel hears of an answer in the thread of an alert, and of incidents: real Bolt over HTTP, a stateful Slack. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends, SLOW_QUERY_TRACE } from '#test/hotrod-backends.ts';
import { pagerdutyEdit, pagerdutyMessage } from '#test/pagerduty.ts';
import { openSlackSide, privateChannel, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

const INCIDENT = { id: 'Q7X2FRONTEND', title: 'frontend is slow' };

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  bot = await openBot({ slack, ...backends });
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
});

test('the verdict of an alert stands in the channel, too: two lines under the alert, without buttons, once', async () => {
  const alert = await arrives();
  const line = await said();
  expect(line.thread_ts).toBe(alert.ts);
  expect(line.text).toMatch(/mysql.*\. Likely · /i);
  expect(line.blocks?.map(({ type }) => type)).toEqual(['rich_text']);
  expect((await slack.messages()).map(({ ts }) => ts)).toEqual([alert.ts, line.ts]);
  const answer = (await slack.thread(alert.ts)).find(isAnswer);
  expect(answer?.text).toBe(line.text);

  // Slack tells the bot of its own line, and of a line that the alert's app says there: neither is an alert.
  const event = { type: 'message', subtype: 'thread_broadcast', channel: slack.channel, root: alert };
  const own = { ...event, ...line, bot_id: 'B0SPANHOUND', app_id: 'A0SPANHOUND', user: 'U0SPANHOUND' };
  const { text } = pagerdutyMessage(INCIDENT, alert);
  const theirs = { ...pagerdutyMessage(INCIDENT, { ...alert, ts: '1800000000.000100' }), ...event, text };
  for (const one of [own, own, { ...theirs, thread_ts: alert.ts }]) await sendToBot(bot.url, slack.event(one));
  await sendToBot(bot.url, slack.event(pagerdutyEdit(INCIDENT, { ...alert, state: 'resolved' })));
  await eventually(async () => (await slack.thread(alert.ts)).find(({ text: said }) => said.startsWith('Resolved')));
  await restart();
  expect(await slack.messages()).toHaveLength(2);
  expect(await bot.store.db.selectFrom('alerts').select('id').execute()).toHaveLength(1);
});

test('it is not said twice where the answer of Slack was lost, nor after a restart', { tags: ['deep'] }, async () => {
  let lost = 0;
  slack.proxy.chaos((method, { reply_broadcast }) =>
    method === 'chat.postMessage' && reply_broadcast === 'true' && lost++ === 0 ? { kind: 'lost' } : undefined,
  );
  const alert = await arrives();
  const line = await said();
  await eventually(async () => {
    const row = await bot.store.db.selectFrom('messages').select('id').where('ts', '=', line.ts).executeTakeFirst();
    return row?.id.endsWith('/in-channel');
  });
  await restart();
  expect(lost).toBe(1);
  expect(await slack.messages()).toHaveLength(2);
  expect((await slack.thread(alert.ts)).filter(({ subtype }) => subtype === 'thread_broadcast')).toHaveLength(1);
});

test('in a private channel it is said to its members', async () => {
  const channel = await privateChannel(slack);
  const { ts } = await slack.post('frontend is slow', { channel });
  await sendToBot(bot.url, slack.event(pagerdutyMessage(INCIDENT, { channel, ts })));
  const line = await said(channel);
  expect(line.thread_ts).toBe(ts);
  expect(await slack.messages()).toEqual([]);
});

test('with ALERTS_SAY_IN_CHANNEL=never the channel hears nothing', async () => {
  await restart({ ALERTS_SAY_IN_CHANNEL: 'never' });
  const alert = await arrives();
  await eventually(async () => (await slack.thread(alert.ts)).find(isAnswer));
  await restart();
  expect(await slack.messages()).toHaveLength(1);
});

test('an answer to /trace stands in the channel already', async () => {
  await restart({ ALERTS_SAY_IN_CHANNEL: 'always' });
  await sendToBot(bot.url, slack.command(SLOW_QUERY_TRACE.id));
  await eventually(async () => (await slack.messages()).find(isAnswer));
  await restart();
  expect(await slack.messages()).toHaveLength(1);
});

/** PagerDuty's message, so that the emulator has its thread. */
async function arrives() {
  const { ts } = await slack.post('frontend is slow');
  const alert = { channel: slack.channel, ts };
  await sendToBot(bot.url, slack.event(pagerdutyMessage(INCIDENT, alert)));
  return alert;
}

function said(channel = slack.channel): Promise<SlackMessage> {
  return eventually(async () => (await slack.messages(channel)).find(({ subtype }) => subtype === 'thread_broadcast'));
}

/** Once the last evidence is in, its buttons are there. */
function isAnswer({ blocks = [] }: SlackMessage): boolean {
  return JSON.stringify(blocks).includes('trace_logs');
}

/** As a new process on the same data. */
async function restart(env: Readonly<Record<string, string>> = {}) {
  await bot.stop();
  bot = await openBot({ slack, ...backends, env, dataFolder: bot.dataFolder });
}
