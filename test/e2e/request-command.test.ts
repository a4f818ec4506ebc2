/** `/trace` with the id of a request of which Jaeger has no trace: from end to end, put together from its lines in Loki. */
import type { ImageBlock, KnownBlock } from '@slack/types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { cascadeWithItsCause, REQUEST_ID } from '#test/guide-timelines.ts';
import { logLine } from '#test/log-line.ts';
import { startLokiWithLines } from '#test/loki-with-lines.ts';
import { writtenAt } from '#test/recent-lines.ts';
import { type RecordedServer, recorded, replay, startRecordedServer } from '#test/recorded-server.ts';
import { openSlackSide, type SlackMessage, type SlackSide, sendToBot } from '#test/slack-side.ts';

const EVIL = 'req-4f19aa';
const evilLine = logLine(
  'cart-service',
  10,
  `request_id=${EVIL} <!channel> <https://evil.example|open the trace> failed: password=hunter2345 \u202egnp`,
  { level: 'error' },
);

let slack: SlackSide;
let jaeger: RecordedServer;
let loki: RecordedServer;
let bot: TestBot;
beforeEach(async () => {
  slack = await openSlackSide();
  jaeger = await startRecordedServer(() => replay(recorded('jaeger/trace-404')));
  loki = await startLokiWithLines(writtenAt((Date.now() - 60_000) * 1_000, [...cascadeWithItsCause, evilLine]));
  bot = await openBot({ slack, jaegerUrl: jaeger.url.href, lokiUrl: loki.url.href });
});
afterEach(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await jaeger[Symbol.asyncDispose]();
  await loki[Symbol.asyncDispose]();
});

async function answerTo(id: string): Promise<SlackMessage> {
  await sendToBot(bot.url, slack.command(id));
  return await eventually(async () => {
    const [message] = await slack.messages();
    return message?.blocks?.some(({ type }) => type === 'actions') ? message : undefined;
  });
}

test('answers with who failed first, the lanes as a picture, and how the request went in the thread', async () => {
  const message = await answerTo(REQUEST_ID);
  expect(message.text).toMatch(/^`user-service`/);
  const picture = message.blocks?.find((block: KnownBlock): block is ImageBlock => block.type === 'image');
  expect(picture?.alt_text).toMatch(/Timeline of 11 log lines over 500 ms: .*user-service failed first/);
  const said = await eventually(async () => {
    const texts = (await slack.thread(message.ts)).map(({ blocks }) => JSON.stringify(blocks));
    return texts.find((text) => text.includes('How the failure spread'));
  });
  expect(said).toContain('order-worker, which says that it called user-service');
  expect(JSON.stringify(message.blocks)).toContain('the request was reconstructed from its log lines');
});

test('keeps the request’s id as the name of its report', async () => {
  const message = await answerTo(REQUEST_ID);
  const last = await eventually(async () =>
    (await slack.thread(message.ts)).find(({ blocks = [] }) => JSON.stringify(blocks).includes('trace_markdown')),
  );
  const elements = last.blocks?.flatMap((block) => (block.type === 'actions' ? block.elements : [])) ?? [];
  const button = elements.find((element) => element.action_id === 'trace_markdown');
  const investigation = button?.type === 'button' ? (button.value ?? '') : '';
  await sendToBot(bot.url, slack.action(last, 'trace_markdown', investigation));
  const file = await eventually(async () => {
    const shared = (await slack.thread(message.ts)).flatMap(({ files = [] }) => files);
    return shared.find(({ name }) => name?.endsWith('.md'));
  });
  expect(file.name).toBe(`trace-${REQUEST_ID}.md`);
});

test('no line can ping a channel, forge a link or show a credential', async () => {
  const message = await answerTo(EVIL);
  await eventually(async () => ((await slack.thread(message.ts)).length > 0 ? true : undefined));
  const all = JSON.stringify([message, ...(await slack.thread(message.ts))]);
  expect(all).not.toContain('hunter2345');
  expect(all).not.toContain('\u202e');
  expect(message.text).not.toContain('<!channel>');
  expect(all).not.toContain('"type":"broadcast"');
  // The query that was asked is linked, and quotes the line in its address.
  expect(all).not.toMatch(/"type":"link","url":"https?:\/\/(?:[^"/]*\.)?evil\.example/);
});
