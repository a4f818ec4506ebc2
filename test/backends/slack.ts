/** `/trace` as people use it: the bot as a process of its own, real Bolt over HTTP, real backends behind it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '#test/eventually.ts';
import {
  BOT_TOKEN,
  openSlackSide,
  SIGNING_SECRET,
  type SlackMessage,
  type SlackSide,
  sendToBot,
} from '#test/slack-side.ts';
import type { Context } from './context.ts';
import { drawnHex } from './drawn-ids.ts';
import { freePort, startProcess } from './servers.ts';

const START = fileURLToPath(new URL('../../bin/start.mjs', import.meta.url));

/** The whole answer with its picture; the machine is busy with two servers as well. */
const ANSWERS_WITHIN_MS = 30_000;

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** The product's own budget. */
const PICTURE_MAX_BYTES = 200_000;

/** What the first line must say, besides the service. */
const VERDICTS: Readonly<Record<string, readonly RegExp[]>> = {
  'model-server-oom': [/Model server OOM/],
  'slow-order-query': [/2\.3 s/],
  'n-plus-one-orders': [/one by one/],
  'sequential-dashboard': [/one after another/],
  'stock-lock-wait': [/lock/],
};

/** What Slack sends of a button. */
type Button = Readonly<{ action_id: string; value?: string; text: Readonly<{ text: string }> }>;

export async function checkSlack(context: Context): Promise<void> {
  const { folder, jaeger, loki } = context;
  const slack = await openSlackSide();
  const port = await freePort();
  const botUrl = `http://127.0.0.1:${port}`;
  try {
    const bot = await startProcess(process.execPath, [START], {
      name: 'bot',
      folder,
      ready: `${botUrl}/readyz`,
      environment: {
        PORT: `${port}`,
        SPANHOUND_DATA: join(folder, 'bot-data'),
        SLACK_BOT_TOKEN: BOT_TOKEN,
        SLACK_SIGNING_SECRET: SIGNING_SECRET,
        SLACK_API_URL: slack.proxy.apiUrl,
        JAEGER_URL: jaeger.url,
        LOKI_URL: loki.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpUrl,
      },
    });
    await checkAnswers(context, slack, botUrl);
    await bot.stop();
  } finally {
    await slack.close();
  }
}

async function checkAnswers(
  { jaeger, loki, happened, check }: Context,
  slack: SlackSide,
  botUrl: string,
): Promise<void> {
  const known = new Set<string>();
  const newMessage = (holds: (message: SlackMessage) => boolean) =>
    eventually(async () => {
      const found = (await slack.messages()).find((message) => !known.has(message.ts) && holds(message));
      if (found !== undefined) known.add(found.ts);
      return found;
    }, ANSWERS_WITHIN_MS);

  for (const { scenario, traceId } of happened) {
    await check(`Slack: /trace ${scenario.name}`, async () => {
      const acknowledged = await sendToBot(botUrl, slack.command(traceId));
      assert.equal(acknowledged.status, 200, acknowledged.body);
      const message = await newMessage(isAnswer);
      if (scenario.expected === undefined) assert.match(message.text, /nothing wrong/i);
      else assert.ok(message.text.includes(scenario.expected.service), message.text);
      for (const word of VERDICTS[scenario.name] ?? []) assert.match(message.text, word);
      assertPicture(message, slack.proxy.uploads);

      const shown = JSON.stringify(message.blocks);
      const link = linksOf(shown).find((url) => url.startsWith(jaeger.url) && url.includes(traceId));
      assert.ok(link !== undefined, `no link into Jaeger: ${shown}`);
      assert.equal((await fetch(link)).status, 200);
    });
  }

  const oom = happened.find(({ scenario }) => scenario.expected?.service === 'ml-model');
  assert.ok(oom);
  await check('Slack: the logs button shows what the services logged, in the thread', async () => {
    await sendToBot(botUrl, slack.command(oom.traceId));
    const message = await newMessage(isAnswer);
    const button = buttonsOf(message).find(({ text }) => /logs/i.test(text.text));
    assert.ok(button, `no button for the logs: ${JSON.stringify(message.blocks)}`);
    await eventually(async () => {
      // Whoever presses before the lines are there is told so, and presses again.
      const pressed = await sendToBot(botUrl, slack.action(message, button.action_id, button.value ?? ''));
      assert.equal(pressed.status, 200);
      await sleep(1_000);
      const thread = JSON.stringify(await slack.thread(message.ts));
      return thread.includes('resident memory 7.6 GiB') ? thread : undefined;
    }, ANSWERS_WITHIN_MS);
  });

  await check('Slack: an unknown id is answered where it was typed', async () => {
    const traceId = drawnHex(16);
    await sendToBot(botUrl, slack.command(traceId));
    const message = await newMessage(({ text }) => /not in|no trace|not found/i.test(text));
    assert.match(message.text, /jaeger/i);
  });

  await check('Slack: a redelivered command is answered once', async () => {
    const [first] = happened;
    assert.ok(first);
    const command = slack.command(first.traceId);
    await sendToBot(botUrl, command);
    await newMessage(isAnswer);
    const answered = (await slack.messages()).length;
    await sendToBot(botUrl, command, { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' });
    await sleep(2_000); // longer than any answer here takes
    assert.equal((await slack.messages()).length, answered);
  });

  await check('Slack: traces of the bot’s own work reach a collector', async () => {
    await eventually(async () => {
      const answer = await fetch(`${jaeger.url}/api/traces?service=spanhound&operation=job+answer-trace&limit=20`);
      const { data } = (await answer.json()) as { data: OwnTrace[] | null };
      return data?.find((own) => isComplete(own));
    }, ANSWERS_WITHIN_MS);
  });

  await check('Slack: with Loki gone the verdict stands and the message names the gap', async () => {
    await loki.stop();
    await sendToBot(botUrl, slack.command(oom.traceId));
    const message = await newMessage(
      (candidate) => isAnswer(candidate) && /loki[^"]*did not answer/i.test(JSON.stringify(candidate.blocks)),
    );
    assert.match(message.text, /ml-model/);
  });

  await check('Slack: with Jaeger gone the same message says so', async () => {
    const traceId = drawnHex(16);
    await jaeger.stop();
    await sendToBot(botUrl, slack.command(traceId));
    const message = await newMessage(({ text }) => /did not answer|no source answered/i.test(text));
    assert.match(message.text, /jaeger/i);
  });
}

type OwnTrace = Readonly<{
  spans: readonly Readonly<{
    spanID: string;
    operationName: string;
    references: readonly Readonly<{ spanID: string }>[];
  }>[];
}>;

/** The requests to both backends and the steps of the analysis lie below the job. */
function isComplete({ spans }: OwnTrace): boolean {
  const job = spans.find(({ operationName }) => operationName === 'job answer-trace');
  const below = spans.filter(({ references }) => references.some(({ spanID }) => spanID === job?.spanID));
  return [/^backend jaeger$/, /^backend loki$/, /^analysis /].every((name) =>
    below.some(({ operationName }) => name.test(operationName)),
  );
}

/** A PNG that Slack holds, small enough for a phone, with words for who cannot see it. */
function assertPicture({ blocks = [] }: SlackMessage, uploads: ReadonlyMap<string, Buffer>): void {
  const picture = blocks.find((block) => block.type === 'image');
  assert.ok(picture !== undefined && 'slack_file' in picture && picture.slack_file !== undefined, 'no picture');
  assert.ok(picture.alt_text.length > 20, `the picture is described as: ${picture.alt_text}`);
  const bytes = uploads.get('id' in picture.slack_file ? (picture.slack_file.id ?? '') : '');
  assert.ok(bytes !== undefined, 'the picture was never uploaded');
  // Uploaded as a form or as it is: Slack takes both.
  assert.ok(bytes.includes(PNG_SIGNATURE), 'what was uploaded is no PNG');
  assert.ok(bytes.length < PICTURE_MAX_BYTES, `the picture has ${bytes.length} bytes`);
}

/** The last state of a message: its picture is there and buttons are under it. */
function isAnswer(message: SlackMessage): boolean {
  return buttonsOf(message).length > 0 && (message.blocks ?? []).some((block) => block.type === 'image');
}

function buttonsOf({ blocks = [] }: SlackMessage): Button[] {
  return blocks.flatMap((block) =>
    block.type === 'actions' ? (block.elements.filter((element) => element.type === 'button') as Button[]) : [],
  );
}

/** Both forms in which Slack writes a link: `<url|label>` and a `url` field. */
function linksOf(json: string): string[] {
  const found = [...json.matchAll(/https?:\/\/[^"|>\\\s]+/g)].map(([url]) => url.replaceAll('&amp;', '&'));
  return [...new Set(found)];
}
