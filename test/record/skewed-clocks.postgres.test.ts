/** Two replicas on one Postgres, of which one has a clock that is an hour ahead: leases and order hold. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { mendFutureTimes } from '#record/future-times.ts';
import { forget, receive } from '#record/inbox.ts';
import { post, type Sender } from '#record/outbox.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import type { Runner } from '#record/runner.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { emptyDatabase, isThereAPostgres, openedOn } from '#test/postgres-place.ts';
import { opened } from '#test/temp-store.ts';

const HOUR_US = 3_600_000_000;
/** Work takes longer than a lease, which is renewed meanwhile. */
const LEASE_US = 1_500_000;
const WORK_MS = 3_000;

function shifted(byUs: number): Clock {
  return { ...systemClock, nowUs: () => systemClock.nowUs() + byUs };
}

async function replicas(): Promise<readonly [ahead: Store, right: Store]> {
  const url = await emptyDatabase();
  const open = (byUs: number) => opened(() => openedOn(url), shifted(byUs));
  return [await open(HOUR_US), await open(0)];
}

function stopped(runner: Runner): void {
  onTestFinished(() => runner.stop(5_000));
}

describe.skipIf(!isThereAPostgres)('a replica whose clock is an hour ahead', () => {
  test('takes no job that another one works on, and runs none before its time', async () => {
    const stores = await replicas();
    const ran: string[] = [];
    await stores[1].transaction(async (tx) => {
      for (let n = 0; n < 6; n++)
        await tableJobs.addJob(tx, { kind: 'k', workspaceId: 'T1', key: `now-${n}`, payload: {} });
      await tableJobs.addJob(tx, {
        kind: 'k',
        workspaceId: 'T1',
        key: 'later',
        payload: {},
        dueUs: tx.nowUs + HOUR_US / 2,
      });
    });
    const handlers = {
      k: async ({ key }: { key: string }) => {
        ran.push(key);
        await systemClock.sleep(WORK_MS);
      },
    };
    const runners = stores.map((store) => tableJobs.runJobs({ store, handlers, log: silentLog, leaseUs: LEASE_US }));
    runners.forEach(stopped);
    await systemClock.sleep(2 * WORK_MS + 3_000);
    expect(ran.sort()).toEqual(Array.from({ length: 6 }, (_, n) => `now-${n}`));
    const rows = await stores[0].db.selectFrom('jobs').select(['state', 'attempts', 'finished_us']).execute();
    expect(rows.filter(({ state }) => state === 'done')).toHaveLength(6);
    expect(rows.every(({ attempts }) => attempts <= 1)).toBe(true);
    const nowUs = await stores[1].nowUs();
    expect(rows.every(({ finished_us }) => (finished_us ?? 0) <= nowUs)).toBe(true);
  });

  test('sends in order, once, and keeps the pace of a channel with the other one', async () => {
    const stores = await replicas();
    const said: { text: string; atMs: number }[] = [];
    const sender: Sender = {
      post: async ({ message }) => {
        await systemClock.sleep(message.text === 'slow' ? WORK_MS : 20);
        said.push({ text: message.text, atMs: performance.now() });
        return { kind: 'sent', ts: `17.${said.length}` };
      },
      update: async () => ({ kind: 'sent', ts: '' }),
      respond: async () => ({ kind: 'sent', ts: '' }),
      pin: async () => ({ kind: 'sent', ts: '' }),
      attach: async () => ({ kind: 'sent', ts: '' }),
      find: async () => ({ kind: 'absent' }),
    };
    const runners = stores.map((store) => runOutbox({ store, sender, log: silentLog, leaseUs: LEASE_US }));
    runners.forEach(stopped);
    const texts = ['a', 'b', 'slow', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const [n, text] of texts.entries()) {
      // By turns: rows of the replica ahead must not look younger or older than they are.
      await stores[n % 2]?.transaction(async (tx) => {
        await post(tx, { messageId: `m-${n}`, workspaceId: 'T1', channelId: 'C1', message: { text } });
      });
      runners[n % 2]?.kick();
    }
    await expect.poll(() => said.length, { timeout: 30_000 }).toBe(texts.length);
    await systemClock.sleep(1_000);
    expect(said.map(({ text }) => text)).toEqual(texts);
    const slow = said[2]?.atMs ?? 0;
    // Three at once, then one a second.
    expect((said.at(-1)?.atMs ?? 0) - slow).toBeGreaterThan(2_000);
  });

  test('forgets no request before its time, and mends no time that is right', async () => {
    const [ahead, right] = await replicas();
    const { inboxId } = await receive(right, { workspaceId: 'T1', key: 'k', source: 'slack', body: '{}' });
    await right.db
      .updateTable('inbox')
      .set({ done_us: await right.nowUs() })
      .where('id', '=', inboxId)
      .execute();
    expect(await forget(ahead, ahead.clock.nowUs())).toBe(0);
    const before = await right.db.selectFrom('inbox').selectAll().execute();
    await mendFutureTimes(right);
    await mendFutureTimes(ahead);
    expect(await right.db.selectFrom('inbox').selectAll().execute()).toEqual(before);
    expect((await receive(ahead, { workspaceId: 'T1', key: 'k', source: 'slack', body: '{}' })).state).not.toBe('new');
  });
});
