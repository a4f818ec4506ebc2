/** "Compare with healthy" and "Verify fix" from end to end: real Bolt over HTTP, a stateful Slack, the drawn outage in Jaeger and Loki. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openOutageBackends } from '#test/outage-backends.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

/** A login that failed for want of a connection. */
const FAILED_LOGIN = 'a1ff758393cbb337568468885e243c89';

let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openOutageBackends>>;

beforeAll(async () => {
  backends = await openOutageBackends((Date.now() - 60_000) * 1_000);
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

test('compares the trace with healthy ones of the same request, in the thread, with a picture, once', async () => {
  const { message, investigation } = await diagnosed();
  await sendToBot(bot.url, slack.action(message, 'trace_compare', investigation));
  const said = await inThread(message, /pg-pool\.connect fails/);
  const blocks = JSON.stringify(said.blocks);
  expect(blocks).toContain('3 of');
  expect(blocks).toContain('the nearest before the failing one');
  expect(said.blocks?.some(({ type }) => type === 'image')).toBe(true);
  expect(slack.proxy.responses.at(-1)?.body).toMatchObject({
    text: expect.stringContaining('I am looking for healthy traces'),
  });

  await sendToBot(bot.url, slack.action(message, 'trace_compare', investigation));
  await eventually(() => (slack.proxy.responses.length > 1 ? true : undefined));
  expect(slack.proxy.responses.at(-1)?.body).toMatchObject({ text: expect.stringContaining('is in the thread') });
  const thread = await slack.thread(message.ts);
  expect(thread.filter(({ text }) => /pg-pool\.connect fails/.test(text ?? ''))).toHaveLength(1);
});

test('verifies a fix in what came since: here the outage goes on', async () => {
  const { message, investigation } = await diagnosed();
  await sendToBot(bot.url, slack.action(message, 'trace_verify', investigation));
  const said = await inThread(message, /^Fix not confirmed/);
  expect(said.text).toMatch(/still shows in \d+ of \d+ requests/);
  expect(said.blocks?.some(({ type }) => type === 'image')).toBe(true);
});

test('says that a diagnosis is gone', async () => {
  const { message } = await diagnosed();
  await sendToBot(bot.url, slack.action(message, 'trace_compare', 'gone'));
  const told = await eventually(() => slack.proxy.responses.at(-1));
  expect(told.body).toMatchObject({ text: expect.stringContaining('I no longer have this diagnosis') });
});

async function diagnosed() {
  await sendToBot(bot.url, slack.command(FAILED_LOGIN));
  const message = await eventually(async () => {
    const [first] = await slack.messages();
    return JSON.stringify(first?.blocks ?? []).includes('trace_compare') ? first : undefined;
  });
  // The last answer comes with the detail in the thread.
  await eventually(async () => ((await slack.thread(message.ts)).length > 0 ? true : undefined));
  const [, investigation = ''] =
    /"action_id":"trace_compare".*?"value":"([^"]+)"/.exec(JSON.stringify(message.blocks)) ?? [];
  return { message, investigation };
}

async function inThread(message: SlackMessage, says: RegExp): Promise<SlackMessage> {
  return await eventually(async () => (await slack.thread(message.ts)).find(({ text }) => says.test(text ?? '')));
}
