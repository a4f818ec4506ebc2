/**
 * A store that fails its nth write, for every n of a whole incident: an alert that is answered, a declaration, a note, a
 * severity, a resolution. The sender repeats what was not accepted. At the end everything accepted has one answer, and
 * the record is whole.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { uuidV7 } from '#core/ids.ts';
import { verifyAudit } from '#record/audit.ts';
import { findIncident } from '#record/find-incidents.ts';
import { serviceAnswers } from '#record/services.ts';
import { openStore } from '#record/store.ts';
import { timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { type FailingWrites, failingWrites } from '#test/failing-writes.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { chanceOf } from '#test/random.ts';
import { openSlackSide, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';

/** Longer than the grace of a request and every pause of a job. */
const TURN_MS = 20_000;
const SHORT_MS = 20;
/** A sender gives up after as many refusals. */
const DELIVERIES = 5;
/** Each incident takes a second. `EVERY_WRITE=1` tries all of about 300 writes; else a part. */
const STEP = process.env.EVERY_WRITE === undefined ? 28 : 1;
const TOOK_LONG_MS = process.env.EVERY_WRITE === undefined ? 600_000 : 3_600_000;

let slack: SlackSide;
let clock: SteppedClock;
let store: FailingWrites;
let bot: TestBot;
/** Around the recorded traces. */
let alertAt: string;
/** The ids of the addresses for answers to refused commands. */
const refused: string[] = [];
/** The number of the newest incident. */
let number = 0;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;

beforeAll(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackSide();
  clock = steppedClock(Date.now() * 1_000);
  alertAt = new Date(Date.now() - 5_000).toISOString();
  bot = await openBot({
    slack,
    ...backends,
    clock,
    env: {
      ALERTMANAGER_TOKEN: 't0ken',
      ALERTS_CHANNEL: slack.channel,
      // What comes a day after the end is no answer to an event.
      SPANHOUND_LOOK_AFTER_END: 'false',
      // The budget counts in real time, and here the alerts of days come within minutes.
      SPANHOUND_GATHER_REQUESTS_PER_HOUR: '1000000',
      // Nobody leads these incidents.
      SPANHOUND_COMMANDER_MINUTES: '0',
      // On a quick machine so little of the played time passes between two incidents that their alerts are a storm.
      ALERTS_STORM_PER_MINUTE: '0',
    },
    openStore: async (folder) => {
      store = failingWrites(sqlite(join(folder, 'spanhound.db')));
      return await openStore({ ...store.dialect, clock, newId: uuidV7(clock, chanceOf(1)) });
    },
  });
});
afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await backends.close();
});

/** As Slack and Alertmanager do: what was not accepted is sent again, the same bytes. */
async function accepted(send: () => Promise<number>): Promise<void> {
  for (let delivery = 0; delivery < DELIVERIES; delivery++) {
    if ((await send()) < 300) return;
    await clock.tick(1_000);
  }
  throw new Error('refused too often');
}

/** A command that the bot refused was not accepted, and has no other answer: the person types it again. */
async function type(text: string): Promise<string> {
  const command = slack.command(text, { command: '/incident' });
  let refusal = '';
  await accepted(async () => {
    const { status, body } = await sendToBot(bot.url, command);
    refusal = status < 300 ? body : '';
    return status;
  });
  const id = `${command.response_url}`.slice(`${command.response_url}`.lastIndexOf('/') + 1);
  if (refusal === '') return id;
  expect(refusal).toContain('I could not store this request');
  refused.push(id);
  return await type(text);
}

async function alert(n: number, service = 'frontend'): Promise<void> {
  const one = {
    ...firing(`${service}-${n}`),
    labels: { alertname: `Slow ${n}`, service, pod: `pod-${n}` },
    startsAt: alertAt,
  };
  const body = JSON.stringify(
    alertmanagerGroup([one], { groupKey: `${service}-${n}`, commonLabels: { alertname: `Slow ${n}`, service } }),
  );
  await accepted(async () => {
    const { status } = await fetch(`${bot.url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: 'Bearer t0ken', 'content-type': 'application/json' },
      body,
    });
    return status;
  });
}

/** Until nothing is waiting but what is due much later. */
async function settled(): Promise<void> {
  // As many turns as the limit of the test allows: a slow machine needs more of them.
  do {
    // An analysis takes real time: the bot's clock must not run past its deadline.
    await clock.tick((await isRunning()) ? SHORT_MS : TURN_MS);
    await new Promise((resolve) => setTimeout(resolve, 5));
  } while (!(await isIdle()));
}

async function isRunning(): Promise<boolean> {
  await clock.tick(SHORT_MS);
  const { db } = bot.store;
  return (await db.selectFrom('jobs').select('id').where('state', '=', 'running').executeTakeFirst()) !== undefined;
}

async function isIdle(): Promise<boolean> {
  const { db } = bot.store;
  const [request] = await db.selectFrom('inbox').select('id').where('done_us', 'is', null).limit(1).execute();
  const [message] = await db.selectFrom('outbox').select('seq').limit(1).execute();
  const [job] = await db
    .selectFrom('jobs')
    .select('id')
    .where('state', 'in', ['queued', 'running'])
    .where('kind', '!=', 'incident-reminder')
    .limit(1)
    .execute();
  return request === undefined && message === undefined && job === undefined;
}

/** Returns how many writes it took. */
async function wholeIncident(n: number): Promise<number> {
  number += 1;
  const name = `INC-${number}`;
  const title = `Checkout is slow ${n}`;
  /** Whoever reads that it did not work types it again: that was the one answer. */
  const fresh = async (text: string, done: () => Promise<boolean>): Promise<string> => {
    const id = await type(text);
    await settled();
    const answer = slack.proxy.responses.find(({ urlId }) => urlId === id);
    if (`${answer?.body.text}`.startsWith(':warning: That did not work. Free space')) {
      failures.push(id);
      return await fresh(text, done);
    }
    expect(await done(), `${text} at write ${n}`).toBe(true);
    return id;
  };
  const incident = async () => (await findIncident(bot.store, { workspaceId: slack.team, number })) ?? failed();
  const failures: string[] = [];
  const postsBefore = slack.proxy.callsOf('chat.postMessage').length;

  store.failAt(n);
  await alert(n);
  await settled();
  const responses = [
    await fresh(`declare P1 ${title}`, async () => (await incident()).title === title),
    await fresh(`${name} note db-${n} is full`, async () => (await texts()).includes(`db-${n} is full`)),
    await fresh(`${name} severity P0`, async () => (await incident()).severity === 'P0'),
    await fresh(`${name} resolve`, async () => (await incident()).status === 'resolved'),
  ];
  const writes = store.writes();
  store.failAt(0);

  async function texts() {
    return (await timelineOf(bot.store, (await incident()).id)).map(({ text }) => text);
  }
  expect(await texts(), `write ${n}`).toEqual([
    'Declared P1, investigating',
    `db-${n} is full`,
    'P1 → P0',
    'investigating → resolved',
  ]);
  for (const id of [...responses, ...failures]) {
    const answers = slack.proxy.responses.filter(({ urlId }) => urlId === id);
    // Nobody can look for a private answer in Slack: if its delivery could not be recorded, the same text comes again.
    expect(new Set(answers.map(({ body }) => body.text)).size, `answers at write ${n}`).toBe(1);
    expect(answers.length, `answers at write ${n}`).toBeLessThanOrEqual(2);
  }
  expect(slack.proxy.responses.filter(({ urlId }) => refused.includes(urlId))).toEqual([]);
  const posts = slack.proxy.callsOf('chat.postMessage').slice(postsBefore);
  const roots = posts.filter(({ args }) => !args.thread_ts).map(({ args }) => args.text ?? '');
  // One message for the alert, whose answer may replace its first line before it is sent, and one for the incident.
  const isOverview = (text: string) => text.startsWith(`${name} `);
  expect(roots.filter(isOverview), `write ${n}`).toHaveLength(1);
  expect(
    roots.filter((text) => !isOverview(text)),
    `write ${n}`,
  ).toHaveLength(1);
  const failedWork = await bot.store.db
    .selectFrom('investigations')
    .select('error')
    .where('state', '!=', 'done')
    .execute();
  expect(failedWork, `write ${n}`).toEqual([]);
  return writes;
}

function failed(): never {
  throw new Error(`there is no INC-${number}`);
}

test('each event has its one answer, and the record is whole, whichever write failed', {
  tags: ['deep'],
  timeout: TOOK_LONG_MS,
}, async () => {
  const all = await wholeIncident(0);
  expect(all).toBeGreaterThan(50);
  let incidents = 1;
  for (let n = 1; n <= all; n += STEP, incidents++) await wholeIncident(n);
  expect(await verifyAudit(bot.store)).toMatchObject({ ok: true });
  expect(await verifyTimelines(bot.store)).toMatchObject({ ok: true, incidents, problems: [] });
});

/** Returns how many writes the answer in the menu and the second look took. */
async function namedService(n: number): Promise<number> {
  const name = `SRE-OTR-${n}`;
  await alert(n, name);
  await settled();
  const { db } = bot.store;
  const groups = db.selectFrom('alerts').select('id').where('is_member', '=', 0);
  const { id } = await groups.where('service', '=', name).executeTakeFirstOrThrow();
  const message = { ts: '1.1', text: 'the question', user: 'U0SPANHOUND' };
  /** Whoever reads that it did not work chooses again. */
  const choose = async (): Promise<void> => {
    const chosen = slack.chosen(message, 'alert_service', `alert_service:${id}`, 'frontend');
    await accepted(async () => (await sendToBot(bot.url, chosen)).status);
    await settled();
    const urlId = chosen.response_url.slice(chosen.response_url.lastIndexOf('/') + 1);
    const answer = slack.proxy.responses.find((one) => one.urlId === urlId);
    if (`${answer?.body.text}`.startsWith(':warning: That did not work. Free space')) await choose();
  };
  store.failAt(n);
  await choose();
  const writes = store.writes();
  store.failAt(0);
  const answers = (await serviceAnswers(bot.store)).filter(({ said }) => said === name);
  expect(answers, `write ${n}`).toMatchObject([{ service: 'frontend' }]);
  const looks = await db.selectFrom('investigations').select('state').where('alert_id', '=', id).execute();
  expect(looks.map(({ state }) => state).sort(), `write ${n}`).toEqual(['done', 'failed']);
  return writes;
}

test('the answer to “Which service is this?” is one, and starts one look, whichever write failed', {
  tags: ['deep'],
  timeout: TOOK_LONG_MS,
}, async () => {
  const all = await namedService(0);
  expect(all).toBeGreaterThan(10);
  for (let n = 1; n <= all; n += STEP) await namedService(n);
  expect(await verifyAudit(bot.store)).toMatchObject({ ok: true });
});
