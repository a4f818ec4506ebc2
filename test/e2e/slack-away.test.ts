/** Slack is away when the bot starts: alerts by webhook are diagnosed all the same, and each is answered once Slack is back. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { type BotAtWork, followBot } from '#test/bot-at-work.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackMessage, type SlackSide } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { waitSoon } from '#test/wait-soon.ts';

/** Of the bot's time, while a test waits. */
const TURN_MS = 100;
const AWAY_MS = 30 * 60_000;

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let slack: SlackSide;
let clock: SteppedClock;
let bot: TestBot;
let work: BotAtWork;
let env: Record<string, string>;
let startsAt: string;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  work = followBot();
  // The traces of the backends are searched around the present.
  clock = steppedClock(Date.now() * 1_000);
  startsAt = new Date(clock.nowUs() / 1_000).toISOString();
  env = { ALERTMANAGER_TOKEN: 't0ken', ALERTS_CHANNEL: slack.channel };
  bot = await openBot({ slack, ...backends, clock, env });
});
afterEach(async () => {
  await bot.stop();
  work[Symbol.dispose]();
  await bot.forget();
  await slack.close();
});

test('after a restart while Slack is away, alerts are diagnosed at once, and each is posted once when Slack is back', async () => {
  // Kept, and not only answered: without its workspace the next process would wait for Slack.
  await soon(() =>
    bot.store.db.selectFrom('marks').select('name').where('name', 'like', 'workspace of %').executeTakeFirst(),
  );
  slack.proxy.down(true);
  await restart();

  const services = ['frontend', 'unknown-1', 'unknown-2'];
  for (const service of [...services, ...services]) expect((await fires(service)).status).toBe(202);
  await soon(async () => (await states()).filter((state) => state !== 'open').length === services.length || undefined);
  expect(slack.proxy.callsOf('chat.postMessage')).toEqual([]);

  await restart();
  await clock.tick(AWAY_MS);
  slack.proxy.down(false);
  await soon(async () => (await slack.messages()).filter(isAnswer).length === services.length || undefined);
  expect((await fires('frontend')).status).toBe(202);
  await clock.tick(AWAY_MS);
  expect(await states()).toHaveLength(services.length);
  expect((await slack.messages()).filter(isAnswer)).toHaveLength(services.length);
  expect(await slack.messages()).toHaveLength(services.length);
});

async function states(): Promise<readonly string[]> {
  const rows = await bot.store.db.selectFrom('investigations').select('state').execute();
  return rows.map(({ state }) => state);
}

/** Says the same each time. */
async function fires(service: string): Promise<Response> {
  const alert = { ...firing(`of-${service}`), startsAt };
  const groupKey = `{}:{service="${service}"}`;
  return await fetch(`${bot.url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: 'Bearer t0ken' },
    body: JSON.stringify(alertmanagerGroup([alert], { groupKey, commonLabels: { alertname: service, service } })),
  });
}

/** As a new process on the same data. */
async function restart(): Promise<void> {
  await bot.stop();
  bot = await openBot({ slack, ...backends, clock, env, dataFolder: bot.dataFolder });
}

function isAnswer({ text }: SlackMessage): boolean {
  return !text.startsWith('Looking into');
}

/** Looks until it is so, while the bot's time goes on. */
function soon<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  return waitSoon({ clock, work, turnMs: TURN_MS }, look);
}
