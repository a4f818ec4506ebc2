import { expect, test } from 'vitest';
import { sha256 } from '#core/sha256.ts';
import { noteAlert } from '#record/alerts.ts';
import { setMark } from '#record/marks.ts';
import { post } from '#record/outbox.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { checkStore } from '#workflows/upkeep/check-store.ts';
import { heartbeat } from '#workflows/upkeep/heartbeat.ts';
import { ownHealth } from '#workflows/upkeep/own-health.ts';
import { watcher } from '#workflows/upkeep/watch-over.ts';

const DAY_MS = 24 * 3_600_000;

async function open({ silenceUs = 0 } = {}) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const watch = watcher({ store, channelId: 'C0OPS', workspace: async () => 'T1', silenceUs, kick: () => undefined });
  return {
    clock,
    store,
    watch: () => watch(new AbortController().signal),
    async dies(id: string, error = 'jaeger is down, password=hunter22') {
      await store.transaction(async (tx) => {
        await tx.db
          .insertInto('jobs')
          .values({
            id,
            workspace_id: 'T1',
            kind: 'answer-alert',
            key: id,
            payload: null,
            state: 'dead',
            attempts: 6,
            due_us: tx.nowUs,
            lease: null,
            lease_until_us: null,
            error,
            created_us: tx.nowUs,
            finished_us: tx.nowUs,
            lost: 0,
            alone: 0,
          })
          .execute();
      });
    },
    async said() {
      const rows = await store.db.selectFrom('outbox').select(['lane', 'payload']).orderBy('seq').execute();
      return rows.map(({ lane, payload }) => `${lane}: ${JSON.parse(payload).text}`);
    },
    hears: (source: string) =>
      store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert: firedAlert({ source, atUs: tx.nowUs }) })),
  };
}

test('tells the operators once of each piece of work that was given up, together', async () => {
  const { watch, dies, said, clock } = await open();
  await watch();
  expect(await said()).toEqual([]);
  await dies('a');
  await dies('b');
  await watch();
  await watch();
  expect(await said()).toEqual([
    expect.stringMatching(/^C0OPS: Spanhound gave up 2 pieces of work\..*after 6 attempts/),
  ]);
  await clock.tick(60_000);
  await dies('c');
  await watch();
  expect((await said()).at(-1)).toMatch(/gave up one piece/);
  expect(await said()).toHaveLength(2);
});

test('tells nothing again that a version told which knew no workspaces', async () => {
  const { watch, dies, said, store } = await open();
  await dies('a');
  const { givenUp } = await checkStore(store);
  const earlier = givenUp.map(({ what, why, atUs }) => `told/${sha256(JSON.stringify({ what, why, atUs }))}`);
  await store.transaction(async (tx) => {
    for (const mark of earlier) await setMark(tx, mark, '');
  });
  await watch();
  expect(earlier).toHaveLength(1);
  expect(await said()).toEqual([]);
});

test('says nothing of a message to the operators’ channel itself, and tells a message that fails a day after it was stored', async () => {
  const { watch, said, store, clock } = await open();
  const message = (id: string, channel_id: string) =>
    store.db
      .insertInto('messages')
      .values({
        id,
        workspace_id: 'T1',
        kind: 'message',
        channel_id,
        ts: null,
        thread_ts: null,
        state: 'queued',
        reason: 'no answer',
        created_us: clock.nowUs(),
        sent_us: null,
      })
      .execute();
  await message('own', 'C0OPS');
  await message('other', 'C0SHOP');
  await clock.tick(DAY_MS + 1);
  await store.db.updateTable('messages').set({ state: 'expired' }).execute();
  await watch();
  expect(await said()).toEqual([expect.stringContaining('message to C0SHOP, expired')]);
});

test('tells once that a source fell silent, and once that it is back', async () => {
  const { watch, hears, said, clock } = await open({ silenceUs: 7 * DAY_MS * 1_000 });
  await hears('alertmanager');
  await hears('pagerduty');
  await clock.tick(5 * DAY_MS);
  await hears('pagerduty');
  await clock.tick(3 * DAY_MS);
  for (let turn = 0; turn < 3; turn++) await watch();
  expect(await said()).toEqual([expect.stringMatching(/^C0OPS: Nothing was heard of alertmanager since /)]);
  await hears('alertmanager');
  for (let turn = 0; turn < 3; turn++) await watch();
  expect((await said()).slice(1)).toEqual([expect.stringMatching(/^C0OPS: alertmanager is heard again/)]);
  await clock.tick(8 * DAY_MS);
  await watch();
  expect((await said()).slice(2)).toHaveLength(2);
});

test('the heartbeat stops with a store that cannot be written, with jobs that nobody takes, and with an unhappy address', async () => {
  const { store, clock } = await open();
  const beats: number[] = [];
  let status = 200;
  const beat = heartbeat({
    health: ownHealth(store),
    beat: async () => {
      beats.push(status);
      return status;
    },
  });
  const signal = new AbortController().signal;
  await beat(signal);
  expect(beats).toEqual([200]);
  status = 404;
  await expect(beat(signal)).rejects.toThrow('404');

  const job = { workspaceId: 'T1', kind: 'x', key: 'k', payload: {} };
  const { tableJobs } = await import('#record/table-jobs.ts');
  await store.transaction((tx) => tableJobs.addJob(tx, job));
  await clock.tick(11 * 60_000);
  await expect(beat(signal)).rejects.toThrow('due jobs are not taken');
  expect(beats).toHaveLength(2);
  await store.db.deleteFrom('jobs').execute();

  status = 200;
  const message = { workspaceId: 'T1', channelId: 'C1', message: { text: 'x' } };
  await store.transaction((tx) => post(tx, { ...message, messageId: 'i-1' }));
  await clock.tick(29 * 60_000);
  await beat(signal);
  await clock.tick(2 * 60_000);
  await expect(beat(signal)).rejects.toThrow('messages are not sent');
  // Slack refuses this one alone.
  await store.db.updateTable('outbox').set({ lane: 'aside/i-1' }).execute();
  await beat(signal);
  expect(beats).toHaveLength(4);
});
