/** Retries are spread by the chance that the store was opened with, so that a test draws the same pauses each time. */
import { expect, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { composeStore } from '#compose/store.ts';
import { uuidV7 } from '#core/ids.ts';
import { postpone, receive } from '#record/inbox.ts';
import { openStore } from '#record/store.ts';
import { steppedClock } from '#test/stepped-clock.ts';

test.each([
  [0, 2.5],
  [0.5, 3.75],
])('a request that failed waits a part of 5 s: by %d it is %d s', async (drawn, seconds) => {
  const clock = steppedClock();
  await using opened = await openedWith(clock, () => drawn);
  const { store } = opened;
  const { inboxId } = await receive(store, { workspaceId: 'T1', key: 'one', source: 'slack', body: '{}' });
  await postpone(store, { inboxId, error: new Error('once') });
  const { due_us } = await store.db.selectFrom('inbox').select('due_us').executeTakeFirstOrThrow();
  expect((due_us - clock.nowUs()) / 1e6).toBe(seconds);
});

test('the program itself draws them at random', async () => {
  const store = await composeStore({});
  expect(store.random).toBe(Math.random);
  await store.close();
});

async function openedWith(clock: ReturnType<typeof steppedClock>, random: () => number) {
  const store = await openStore({ ...sqlite(':memory:'), clock, newId: uuidV7(clock), random });
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
