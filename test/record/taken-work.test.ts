/** Work that a process has taken starts, whatever fails while it takes more. */
import { expect, onTestFinished, test } from 'vitest';
import { uuidV7 } from '#core/ids.ts';
import { silentLog } from '#core/log.ts';
import { post } from '#record/outbox.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import { openStore } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { conversation } from '#test/conversation.ts';
import { failingWrites } from '#test/failing-writes.ts';
import { steppedClock, stopNow } from '#test/stepped-clock.ts';
import { unusedPlace } from '#test/temp-store.ts';

/** Longer than a lease and the pauses of two attempts. */
const A_WHILE_MS = 60_000;

async function setUp(what: 'reads' | 'writes') {
  const clock = steppedClock();
  const failing = failingWrites(unusedPlace()(), what);
  const store = await openStore({ ...failing.dialect, clock, newId: uuidV7(clock) });
  onTestFinished(() => store.close());
  return { clock, failing, store };
}

/** Returns how many statements it took. */
async function sentTo(what: 'reads' | 'writes', n: number): Promise<number> {
  const { clock, failing, store } = await setUp(what);
  const slack = conversation(clock);
  await store.transaction(async (tx) => {
    for (const channelId of ['C1', 'C2', 'C3'])
      await post(tx, { messageId: `to ${channelId}`, workspaceId: 'T1', channelId, message: { text: 'x' } });
  });
  failing.failAt(n);
  const runner = runOutbox({ store, sender: slack.sender, log: silentLog, random: () => 0.999 });
  await clock.tick(A_WHILE_MS);
  const count = failing.writes();
  await stopNow(runner, clock);
  const said = slack.said.map(({ messageId }) => messageId).sort();
  expect(said, `${what} ${n}`).toEqual(['to C1', 'to C2', 'to C3']);
  expect(await store.db.selectFrom('outbox').select('seq').execute(), `${what} ${n}`).toEqual([]);
  return count;
}

async function ranWith(what: 'reads' | 'writes', n: number): Promise<number> {
  const { clock, failing, store } = await setUp(what);
  await store.transaction(async (tx) => {
    for (const key of ['a', 'b', 'c']) await tableJobs.addJob(tx, { kind: 'k', workspaceId: 'T1', key, payload: {} });
  });
  failing.failAt(n);
  const ran = new Set<string>();
  const handlers = { k: async ({ key }: { key: string }) => void ran.add(key) };
  const runner = tableJobs.runJobs({ store, handlers, log: silentLog, random: () => 0.999 });
  await clock.tick(A_WHILE_MS);
  const count = failing.writes();
  await stopNow(runner, clock);
  expect([...ran].sort(), `${what} ${n}`).toEqual(['a', 'b', 'c']);
  const open = await store.db.selectFrom('jobs').select('key').where('state', '!=', 'done').execute();
  expect(open, `${what} ${n}`).toEqual([]);
  return count;
}

/** The poll of an idle store reads every five seconds: the first statements are those of the work. */
const MOST_READS = 40;

test.each(['writes', 'reads'] as const)('of the outbox, whichever of its %s fails', async (what) => {
  const all = Math.min(await sentTo(what, 0), MOST_READS);
  for (let n = 1; n <= all; n++) await sentTo(what, n);
});

test.each(['writes', 'reads'] as const)('of the jobs, whichever of their %s fails', async (what) => {
  const all = Math.min(await ranWith(what, 0), MOST_READS);
  for (let n = 1; n <= all; n++) await ranWith(what, n);
});
