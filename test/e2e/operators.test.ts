/** What the operators of the bot hear and get: the anchor of the audit log, the heartbeat, work that was given up. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { madeSigner } from '#adapters/files/signing-key.ts';
import { composeStore } from '#compose/store.ts';
import { publicPem } from '#core/signature.ts';
import { newestSignedHead } from '#record/audit-signatures.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { type BotAtWork, followBot } from '#test/bot-at-work.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { openSlackSide, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { waitSoon } from '#test/wait-soon.ts';
import { checkAudit } from '#workflows/audit/check-audit.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Of the bot's time, while a test waits. */
const TURN_MS = 100;

let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let slack: SlackSide;
let clock: SteppedClock;
let bot: TestBot;
let work: BotAtWork;
let elsewhere: string;
let deadMan: Server;
let beats: number;
let env: Record<string, string>;

beforeAll(async () => {
  backends = await openHotrodBackends();
});
afterAll(() => backends.close());

beforeEach(async () => {
  slack = await openSlackSide();
  work = followBot();
  clock = steppedClock();
  elsewhere = mkdtempSync(join(tmpdir(), 'spanhound-elsewhere-'));
  beats = 0;
  deadMan = createServer((_, response) => {
    beats += 1;
    response.end();
  });
  await new Promise<void>((resolve) => deadMan.listen(0, '127.0.0.1', resolve));
  env = {
    // Nobody leads these incidents, and a call would be written into the audit log.
    SPANHOUND_COMMANDER_MINUTES: '0',
    OPERATORS_CHANNEL: slack.channel,
    ALERTMANAGER_TOKEN: 't0ken',
    AUDIT_ANCHOR_FILE: join(elsewhere, 'anchors.jsonl'),
    HEARTBEAT_URL: `http://127.0.0.1:${(deadMan.address() as AddressInfo).port}/beat`,
  };
  bot = await openBot({ slack, ...backends, clock, env });
});
afterEach(async () => {
  await bot.stop();
  work[Symbol.dispose]();
  await bot.forget();
  await slack.close();
  await new Promise((resolve) => deadMan.close(resolve));
  rmSync(elsewhere, { recursive: true, force: true });
});

/** Looks until it is so, while the bot's time goes on. */
function soon<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  return waitSoon({ clock, work, turnMs: TURN_MS }, look);
}

async function declare(title: string): Promise<void> {
  const command = slack.command(`declare P1 ${title}`, { command: '/incident' });
  expect((await sendToBot(bot.url, command)).status).toBe(200);
}

const heard = (text: RegExp) =>
  soon(async () => {
    const said = (await slack.messages()).map((message) => `${message.text} ${JSON.stringify(message.blocks ?? '')}`);
    return said.find((one) => text.test(one));
  });

const headOf = async () => (await bot.store.db.selectFrom('audit_head').selectAll().executeTakeFirst())?.seq;

test('the anchor in Slack and in the file shows a cut log; the bot signs the rest when it stops', async () => {
  await declare('Logins time out');
  await soon(async () => ((await headOf()) === undefined ? undefined : true));
  await clock.tick(2 * MINUTE_MS);
  const message = await heard(/"signature/);
  const anchorText = readFileSync(env.AUDIT_ANCHOR_FILE ?? '', 'utf8');
  const inSlack = anchorText.split('"hash":"')[1]?.slice(0, 64) ?? 'none';
  expect(message).toContain(inSlack);
  const keyText = publicPem(madeSigner(bot.dataFolder));
  expect(await checkAudit(bot.store, { keyText, anchorText })).toMatchObject({ ok: true, signatures: { ok: true } });

  // Another entry, and at once the stop: it is signed, too.
  await declare('Orders fail');
  const before = (await newestSignedHead(bot.store))?.seq ?? 0;
  await soon(async () => (((await headOf()) ?? 0) > before ? true : undefined));
  await bot.stop();
  const store = await composeStore({ dataFolder: bot.dataFolder });
  const signed = await newestSignedHead(store);
  await store.close();
  bot = await openBot({ slack, ...backends, clock, env: {}, dataFolder: bot.dataFolder });
  expect(signed?.seq).toBeGreaterThan(before);
  expect(signed?.seq).toBe(await headOf());

  const { db } = bot.store;
  await db.deleteFrom('audit').where('seq', '>', 0).execute();
  await db.deleteFrom('audit_head').execute();
  await db.deleteFrom('audit_signatures').execute();
  expect((await checkAudit(bot.store, { keyText, anchorText })).signatures).toMatchObject({
    ok: false,
    problem: expect.stringContaining('anchored elsewhere'),
  });
});

test('the anchor comes once a day, and only of a log that has grown', async () => {
  const anchors = () =>
    readFileSync(env.AUDIT_ANCHOR_FILE ?? '', { encoding: 'utf8', flag: 'a+' }).split('\n').length - 1;
  const grownTo = (seq: number) => soon(async () => (((await headOf()) ?? 0) > seq ? true : undefined));
  await declare('Logins time out');
  await grownTo(0);
  await clock.tick(2 * MINUTE_MS);
  await soon(() => (anchors() === 1 ? true : undefined));
  await clock.tick(10 * MINUTE_MS);
  expect(anchors()).toBe(1);
  clock.correct(2 * DAY_MS);
  await clock.tick(2 * MINUTE_MS);
  expect(anchors()).toBe(1);
  const before = (await headOf()) ?? 0;
  await declare('Orders fail');
  await grownTo(before);
  await clock.tick(2 * MINUTE_MS);
  await soon(() => (anchors() === 2 ? true : undefined));
});

test('the heartbeat comes every minute, and stops while nobody takes the work', async () => {
  await eventually(() => (beats >= 1 ? true : undefined));
  for (let minute = 2; minute <= 4; minute++) {
    await clock.tick(MINUTE_MS);
    await eventually(() => (beats >= minute ? true : undefined));
  }
  // A job of a kind that no handler here takes, as after a wrong rollback.
  await bot.store.transaction((tx) =>
    tableJobs.addJob(tx, { kind: 'of another version', workspaceId: 'T1', key: 'k', payload: {} }),
  );
  clock.correct(15 * MINUTE_MS);
  await clock.tick(MINUTE_MS);
  const lost = beats;
  for (let minute = 0; minute < 3; minute++) await clock.tick(MINUTE_MS);
  expect(beats).toBe(lost);
  await bot.store.db.updateTable('jobs').set({ state: 'done' }).where('key', '=', 'k').execute();
  await clock.tick(MINUTE_MS);
  await eventually(() => (beats > lost ? true : undefined));
});

test('the channel learns once that the bot gave up a job, without its secrets', { tags: ['deep'] }, async () => {
  await bot.store.transaction((tx) =>
    tableJobs.addJob(tx, { kind: 'answer-trace', workspaceId: 'T1', key: 'k', payload: {} }),
  );
  await bot.store.db
    .updateTable('jobs')
    .set({ state: 'dead', attempts: 6, error: 'jaeger refused password=hunter22', finished_us: clock.nowUs() })
    .where('key', '=', 'k')
    .execute();
  await clock.tick(MINUTE_MS);
  const said = await heard(/gave up one piece of work/);
  expect(said).not.toContain('hunter22');
  for (let minute = 0; minute < 3; minute++) await clock.tick(MINUTE_MS);
  const told = (await slack.messages()).filter(({ text }) => /gave up one piece/.test(text ?? ''));
  expect(told).toHaveLength(1);
});

test('a sender’s messages are too large: the channel hears so once, with the setting that helps', async () => {
  const body = `{"alerts":["${'x'.repeat(1_500_000)}"]}`;
  const send = async (authorization: string) =>
    (await fetch(`${bot.url}/webhooks/alertmanager`, { method: 'POST', headers: { authorization }, body })).status;
  expect(await send('Bearer guess')).toBe(401);
  expect(await send('Bearer t0ken')).toBe(413);
  const said = await heard(/too large/);
  expect(said).toContain('messages of Alertmanager');
  expect(said).toContain('One has 1.5 MB, the limit is 1 MB');
  expect(said).toContain('group_by');
  await bot.stop();
  bot = await openBot({ slack, ...backends, clock, env, dataFolder: bot.dataFolder });
  expect(await send('Bearer t0ken')).toBe(413);
  await clock.tick(2 * MINUTE_MS);
  expect((await slack.messages()).filter(({ text }) => /too large/.test(text ?? ''))).toHaveLength(1);
});
