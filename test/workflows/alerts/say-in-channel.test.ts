/** Which answers to alerts the channel hears of, and that it never keeps a wrong one. */
import { beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import type { Alert } from '#model/incident/alert.ts';
import type { Head } from '#present/slack/answer.ts';
import type { Job } from '#record/jobs.ts';
import { setMark } from '#record/marks.ts';
import { addMute } from '#record/mutes.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { answerAlert } from '#workflows/alerts/answer-alert.ts';
import { againLooker } from '#workflows/alerts/look-again.ts';
import { alertMessageReceiver, deliveryReceiver } from '#workflows/alerts/receive-alert.ts';
import type { SayInChannel } from '#workflows/alerts/say-in-channel.ts';
import type { DiagnosisStage } from '#workflows/traces/diagnose-trace.ts';

const PLACE = { workspaceId: 'T1', channelId: 'C1' };
const ALERT_TS = '1.1';
const signal = new AbortController().signal;

type Status = Head['status'];

let store: Store;
let receiving: Parameters<typeof alertMessageReceiver>[0];

beforeEach(async () => {
  store = await opened(sqlitePlace(), steppedClock());
  receiving = { store, jobs: tableJobs, sources: [], stormPerMinute: 12, kick: () => undefined };
});

const arrives = async (more: Partial<Alert> = {}, ts = ALERT_TS) =>
  await alertMessageReceiver(receiving)({
    workspaceId: 'T1',
    message: { channelId: 'C1', ts, edited: false, alert: firedAlert(more) },
  });

const delivered = async () =>
  await deliveryReceiver({ ...receiving, log: silentLog, channelId: 'C1', workspace: async () => 'T1' })(
    { id: 'j-0', payload: { id: 'd', subject: firedAlert(), members: [], truncated: 0 } } as unknown as Job,
    signal,
  );

/** Runs the look that is due, which ends like this. `tried`: the process dies, and it runs that often. */
async function answered(status: Status, which: SayInChannel = 'likely', tried = 1): Promise<void> {
  const handler = answerAlert({
    store,
    log: silentLog,
    keepCase: undefined,
    mayShowIn: async () => true,
    mayAct: async () => true,
    permalink: async () => '',
    sayInChannel: which,
    kick: () => undefined,
    async *diagnose() {
      yield stageOf('trace', 'Confirmed');
      yield stageOf('final', status);
    },
  });
  const row = await store.db
    .selectFrom('jobs')
    .selectAll('jobs')
    .innerJoin('investigations', 'investigations.id', 'jobs.key')
    .where('jobs.kind', '=', 'answer-alert')
    .where('investigations.state', '=', 'open')
    .executeTakeFirstOrThrow();
  const job = { ...row, workspaceId: 'T1', payload: JSON.parse(row.payload ?? ''), attempt: 1, lastAttempt: true };
  for (let n = 0; n < tried; n++) await handler(job as unknown as Job, signal);
}

function stageOf(stage: DiagnosisStage['stage'], status: Status): DiagnosisStage {
  const head: Head = {
    headline: status === undefined ? 'Nothing wrong found in checkout' : `Checkout is slow, as of ${stage}`,
    headlineTime: undefined,
    status,
    scope: '3 of 12 requests failed',
    scopeUrl: '',
    since: undefined,
    lookedAt: 'Looked for 31 kinds of problems.',
    otherId: '',
  };
  const slack = { head, text: head.headline, blocks: [{ type: 'divider' }], thread: [] };
  const report = { subject: { service: '' }, diagnosis: { verdict: head.headline } };
  return { stage, analysed: { traceId: '', slack, report } } as unknown as DiagnosisStage;
}

/** What the channel hears of: replies that stand in it, too. */
async function lines(): Promise<readonly Readonly<{ text: string; under: string | null }>[]> {
  const rows = await store.db.selectFrom('outbox').select(['payload', 'thread_of']).orderBy('seq').execute();
  return rows
    .map(({ payload, thread_of }) => ({ ...JSON.parse(payload), under: thread_of }))
    .filter(({ isBroadcast }) => isBroadcast === true)
    .map(({ text, under }) => ({ text, under }));
}
const texts = async () => (await lines()).map(({ text }) => text);

const alertId = async () => (await store.db.selectFrom('alerts').select('id').executeTakeFirstOrThrow()).id;

async function lookedAgain(inboxId = 'again'): Promise<void> {
  const look = againLooker({ store, jobs: tableJobs, sources: [], mayRead: async () => true, kick: () => undefined });
  const asked = { ...PLACE, inboxId, userId: 'U1', userName: 'ada', responseUrl: '' };
  await look({ asked, investigationId: await alertId() });
}

const LIKELY = 'Checkout is slow, as of final. Likely · 3 of 12 requests failed';

describe('the answer in the thread of an alert', () => {
  test('is said in the channel once it is complete: its first two lines, in the thread of the answer', async () => {
    await arrives();
    await answered('Likely');
    expect(await lines()).toEqual([{ text: LIKELY, under: await alertId() }]);
  });

  test.each<[SayInChannel, Status, boolean]>([
    ['always', 'Unsure', true],
    ['always', undefined, true],
    ['likely', 'Confirmed', true],
    ['likely', 'Unsure', false],
    ['likely', undefined, false],
    ['never', 'Confirmed', false],
  ])('is said as the setting wants it: %s, %s', async (which, status, isSaid) => {
    await arrives();
    await answered(status, which);
    expect(await lines()).toHaveLength(isSaid ? 1 : 0);
  });

  test('is said once, however often the job runs', async () => {
    await arrives();
    await answered('Likely', 'likely', 3);
    expect(await lines()).toHaveLength(1);
  });

  test('is said once more if it fires again, and once for all alerts that share it', async () => {
    await arrives();
    await answered('Likely');
    await arrives({ title: 'Checkout is slow again', state: 'resolved', saidUs: 2 });
    await arrives({ saidUs: 3 }, '2.2');
    await answered('Likely');
    expect(await lines()).toHaveLength(2);
  });
});

describe('another look', () => {
  test.each<[Status, string]>([
    ['Unsure', 'Checkout is slow, as of final. Unsure · 3 of 12 requests failed'],
    [undefined, 'Nothing wrong found in checkout'],
  ])('that ends %s changes the line: it does not stay wrong', async (status, text) => {
    await arrives();
    await answered('Likely');
    await lookedAgain();
    await answered(status);
    expect(await texts()).toEqual([text]);
  });

  test('changes the line also where the setting no longer wants one, in a storm, and after a mute', async () => {
    await arrives();
    await answered('Likely');
    await beginStorm();
    await mute();
    await lookedAgain();
    await answered('Unsure', 'never');
    expect(await texts()).toEqual([expect.stringContaining('Unsure')]);
  });

  test('says what the first did not know', async () => {
    await arrives();
    await answered('Unsure');
    expect(await lines()).toEqual([]);
    await lookedAgain();
    await answered('Likely');
    expect(await texts()).toEqual([LIKELY]);
  });
});

describe('nothing is said', () => {
  test('where the answer stands in the channel itself: an alert by webhook', async () => {
    await delivered();
    await answered('Confirmed', 'always');
    expect(await lines()).toEqual([]);
  });

  test('where the message of the alert comes after that answer', async () => {
    await delivered();
    await arrives();
    expect(await store.db.selectFrom('alerts').select('message_ts').execute()).toEqual([{ message_ts: ALERT_TS }]);
    await answered('Confirmed', 'always');
    expect(await lines()).toEqual([]);
  });

  test('where an edit of the same message opened the alert again: that answer stands in the channel', async () => {
    await arrives();
    await answered('Unsure');
    await arrives({ state: 'resolved', saidUs: 2 });
    await arrives({ saidUs: 3 });
    await answered('Confirmed', 'always');
    expect(await lines()).toEqual([]);
  });

  test('in a storm', async () => {
    await arrives();
    await beginStorm();
    await answered('Confirmed', 'always');
    expect(await lines()).toEqual([]);
  });

  test('once people have muted the alert', async () => {
    await arrives();
    await mute();
    await answered('Confirmed', 'always');
    expect(await lines()).toEqual([]);
  });

  test('when the alert ends', async () => {
    await arrives();
    await answered('Likely');
    await arrives({ state: 'resolved', saidUs: 2 });
    expect(await texts()).toEqual([LIKELY]);
  });
});

async function beginStorm(): Promise<void> {
  const value = JSON.stringify({ messageId: 'storm/1', sinceUs: 0 });
  await store.transaction((tx) => setMark(tx, 'storm/T1/C1', value));
}

async function mute(): Promise<void> {
  const muted = { id: 'm-1', ...PLACE, alertId: await alertId(), service: '', by: 'U1', untilUs: 1e18 };
  await store.transaction((tx) => addMute(tx, muted));
}
