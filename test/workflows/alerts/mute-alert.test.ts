import { expect, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { noteAlert } from '#record/alerts.ts';
import { openInvestigation } from '#record/investigations.ts';
import { post } from '#record/outbox.ts';
import { failingWrites } from '#test/failing-writes.ts';
import { testMutes } from '#test/mutes-contract.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { alertMuter, muteEnder } from '#workflows/alerts/mute-alert.ts';

/** More than either has. */
const MOST_WRITES = 50;

testMutes('SQLite', sqlitePlace);

test('a mute and its end happen whole or not at all, whichever write fails', async () => {
  const failing = failingWrites(sqlite(':memory:'));
  const store = await opened(() => failing.dialect, steppedClock());
  const parts = { store, mayRead: async () => true, kick: () => undefined };
  const [mute, unmute] = [alertMuter(parts), muteEnder(parts)];
  const who = { workspaceId: 'T1', channelId: 'C1', userId: 'U1', userName: 'ada', responseUrl: '' };
  const counts = async () => {
    const rows = async (table: 'mutes' | 'audit' | 'messages') =>
      (await store.db.selectFrom(table).selectAll().execute()).length;
    const over = await store.db.selectFrom('mutes').select('id').where('ended_us', 'is not', null).execute();
    return [await rows('mutes'), await rows('audit'), await rows('messages'), over.length];
  };
  await store.transaction(async (tx) => {
    const named = { source: 's', key: 'k', title: 't', service: 'web', severity: '', url: '', traceId: '', labels: {} };
    const alert = { ...named, state: 'triggered', atUs: 1, saidUs: 1 } as const;
    const { alertId } = await noteAlert(tx, { workspaceId: 'T1', alert, channelId: 'C1' });
    const asked = { id: 'i-1', workspaceId: 'T1', channelId: 'C1', traceId: '', askedBy: 's', alertId };
    await openInvestigation(tx, asked);
    await post(tx, { messageId: 'i-1', workspaceId: 'T1', channelId: 'C1', message: { text: 'the answer' } });
  });
  const tried = async (n: number, work: () => Promise<unknown>): Promise<boolean> => {
    failing.failAt(n);
    const isDone = await work().then(
      () => true,
      () => false,
    );
    failing.failAt(0);
    return isDone;
  };
  const begins = () => mute({ asked: { ...who, inboxId: 'm-1' }, investigationId: 'i-1', what: 'service' });
  const ends = () => unmute({ asked: { ...who, inboxId: 'e-1' }, muteId: 'm-1' });
  /** How many writes it has. Each fails once. */
  const everyWrite = async (work: () => Promise<unknown>, before: readonly number[]): Promise<number> => {
    for (let n = 1; n <= MOST_WRITES; n++) {
      if (await tried(n, work)) return n - 1;
      expect(await counts(), `write ${n}`).toEqual(before);
    }
    throw new Error('it never succeeds');
  };
  expect(await everyWrite(begins, [0, 0, 1, 0])).toBeGreaterThan(3);
  expect(await counts()).toEqual([1, 1, 2, 0]);
  expect(await everyWrite(ends, [1, 1, 2, 0])).toBeGreaterThan(3);
  expect(await counts()).toEqual([1, 2, 2, 1]);
});
