import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { postpone, receive } from '#record/inbox.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { checkStore, storeTrouble } from '#workflows/upkeep/check-store.ts';

const DAY_MS = 24 * 3_600_000;

test('a store that can be written has no trouble, and one that cannot says so until it can', async () => {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const trouble = storeTrouble(store);
  expect(await trouble()).toBeUndefined();

  // A disk cannot be filled here; a file that may not be written is refused in the same place.
  await sql`pragma query_only = on`.execute(store.db);
  expect(await trouble()).toBeUndefined(); // one write answers all who ask within a second
  await clock.tick(1_000);
  expect(await trouble()).toMatch(/^the store cannot be written: /);

  await sql`pragma query_only = off`.execute(store.db);
  await clock.tick(1_000);
  expect(await trouble()).toBeUndefined();
});

test('a store that takes too long to write is in trouble, for an orchestrator does not wait', async () => {
  const clock = steppedClock();
  const place = sqlitePlace();
  const store = await opened(place, clock);
  const other = await opened(place, clock);
  const freed = Promise.withResolvers<void>();
  const holding = other.transaction(async () => await freed.promise);
  const asked = storeTrouble(store)();
  await clock.tick(2_000);
  expect(await asked).toBe('the store took longer than 2 s to write');
  freed.resolve();
  await holding;
});

test('a request that failed for a day is listed as given up', async () => {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const { inboxId } = await receive(store, { workspaceId: 'T1', key: 'Ev1', source: 'slack', body: '{}' });
  await clock.tick(DAY_MS + 1);
  expect(await postpone(store, { inboxId, error: new Error('broken') })).toBe('given up');
  expect((await checkStore(store)).givenUp).toEqual([
    { what: 'request of slack, after a day', why: 'broken', atUs: clock.nowUs(), workspaceId: 'T1' },
  ]);
});

test('a full store is reported, although it accepts writes without growth', async () => {
  const store = await opened(sqlitePlace(), steppedClock());
  const trouble = () => storeTrouble(store)();
  expect(await trouble()).toBeUndefined();
  // The pages that are free now are taken first.
  await sql`create table ballast (text text)`.execute(store.db);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
  await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(store.db);
  const fill = (size: number) => sql`insert into ballast values (${'x'.repeat(size)})`.execute(store.db);
  for (const size of [4_096, 256, 16])
    while (
      await fill(size).then(
        () => true,
        () => false,
      )
    );
  expect(await trouble()).toMatch(/^the store cannot be written: .*full/);
  await sql`pragma max_page_count = 1000000`.execute(store.db);
  expect(await trouble()).toBeUndefined();
});
