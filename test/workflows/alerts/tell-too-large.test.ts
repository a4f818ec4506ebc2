import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '#core/log.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { type Oversized, TELL_TOO_LARGE, tooLargeHearer, tooLargeTeller } from '#workflows/alerts/tell-too-large.ts';
import { LASTING_KINDS } from '#workflows/upkeep/tell-given-up.ts';

const HOUR_MS = 3_600_000;
const GROUP: Oversized & { isProved: boolean } = {
  path: '/webhooks/alertmanager',
  title: 'Alertmanager',
  bytes: 1_740_000,
  maxBytes: 1_000_000,
  smaller: 'Add a label to `group_by`.',
  isProved: true,
};
const SAID =
  'C0OPS: Spanhound refuses messages of Alertmanager: they are too large. One has 1.7 MB, the limit is 1 MB. What it reports is lost. Add a label to `group_by`.';

/** A process on the store: its webhooks and its jobs. */
function process(store: Store, clock: SteppedClock, { hasChannel = true } = {}) {
  const channelId = hasChannel ? 'C0OPS' : undefined;
  const warn = vi.fn();
  const log = Object.assign(Object.create(silentLog), { warn, error: warn });
  let isSlackThere = true;
  const workspace = async () => {
    if (!isSlackThere) throw new Error('Slack is away');
    return 'T1';
  };
  const kick = () => undefined;
  const hear = tooLargeHearer({ store, jobs: tableJobs, log, channelId, kick });
  const handlers = { [TELL_TOO_LARGE]: tooLargeTeller({ store, channelId, workspace, kick }) };
  const jobs = tableJobs.runJobs({ store, handlers, log: silentLog, lasting: LASTING_KINDS });
  onTestFinished(() => stopNow(jobs, clock));
  return {
    hear,
    warn,
    slack: (isThere: boolean) => {
      isSlackThere = isThere;
    },
    /** Lets what was heard reach the store, and does the work. */
    async work() {
      await clock.tick(0);
      jobs.kick();
      await jobs.idle();
    },
  };
}

async function said(store: Store): Promise<readonly string[]> {
  const rows = await store.db.selectFrom('outbox').select(['lane', 'payload']).orderBy('seq').execute();
  return rows.map(({ lane, payload }) => `${lane}: ${JSON.parse(payload).text}`);
}

async function open() {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  return { clock, store };
}

test('says once an hour that the messages of a sender are too large, whichever process refuses them', async () => {
  const { clock, store } = await open();
  const processes = [process(store, clock), process(store, clock)];
  for (let round = 0; round < 3; round++) {
    for (const { hear } of processes) hear(GROUP);
    await Promise.all(processes.map(({ work }) => work()));
  }
  expect(await said(store)).toEqual([SAID]);
  const restarted = process(store, clock);
  restarted.hear({ ...GROUP, bytes: 9_000_000 });
  await restarted.work();
  expect(await said(store)).toEqual([SAID]);
  await clock.tick(HOUR_MS);
  for (const { hear, work } of [restarted, ...processes]) {
    hear({ ...GROUP, bytes: undefined });
    await work();
  }
  expect((await said(store)).slice(1)).toEqual([SAID.replace('One has 1.7 MB', 'One has more than 1 MB')]);
});

test('says it of each sender, with a general advice where none is known', async () => {
  const { clock, store } = await open();
  const { hear, work } = process(store, clock);
  hear(GROUP);
  hear({ ...GROUP, path: '/webhooks/zabbix', title: 'Zabbix', bytes: 1_000_001, smaller: undefined });
  await work();
  expect((await said(store)).toSorted()).toEqual([
    SAID,
    'C0OPS: Spanhound refuses messages of Zabbix: they are too large. One has more than 1 MB, the limit is 1 MB. What it reports is lost. Let the sender put fewer alerts into a message, or less text into each of them.',
  ]);
});

test('an unproved sender causes no message and no row, and a line of the log in a minute', async () => {
  const { clock, store } = await open();
  const { hear, work, warn } = process(store, clock);
  for (let times = 0; times < 100; times++) hear({ ...GROUP, isProved: false });
  await work();
  expect(await said(store)).toEqual([]);
  expect(await store.db.selectFrom('jobs').select('id').execute()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(1);
  // It hides no proved one.
  hear(GROUP);
  await work();
  expect([warn.mock.calls.length, await said(store)]).toEqual([2, [SAID]]);
});

test('without a channel of the operators only the log says it', async () => {
  const { clock, store } = await open();
  const { hear, work, warn } = process(store, clock, { hasChannel: false });
  hear(GROUP);
  await work();
  expect([warn.mock.calls.length, await said(store)]).toEqual([1, []]);
});

test('is said later, and once, where Slack is away for hours', async () => {
  const { clock, store } = await open();
  const one = process(store, clock);
  one.slack(false);
  one.hear(GROUP);
  await one.work();
  expect(await said(store)).toEqual([]);
  one.slack(true);
  await clock.tick(3 * HOUR_MS);
  await one.work();
  expect(await said(store)).toEqual([SAID]);
});

test('a store that refuses is an error of the log, and the next one is said', async () => {
  const { clock, store } = await open();
  const failing = { ...store, nowUs: vi.fn(store.nowUs).mockRejectedValueOnce(new Error('the disk is full')) };
  const { hear, work, warn } = process(failing, clock);
  hear(GROUP);
  await work();
  expect(warn).toHaveBeenCalledTimes(2);
  hear(GROUP);
  await work();
  expect(await said(store)).toEqual([SAID]);
});
