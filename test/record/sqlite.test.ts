import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import type { WalSync } from '#adapters/sqlite/wal-sync.ts';
import { systemClock } from '#core/clock.ts';
import { done, pending, receive } from '#record/inbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { testIncidents } from '#test/incident-contract.ts';
import { testInstallations } from '#test/installations-contract.ts';
import { testJobs } from '#test/jobs-contract.ts';
import { testNeedToKnow } from '#test/need-to-know-contract.ts';
import { testOutbox } from '#test/outbox-contract.ts';
import { testServices } from '#test/services-contract.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { testStore } from '#test/store-contract.ts';
import { races } from '#test/store-races.ts';
import { opened, sqlitePlace, unusedPlace } from '#test/temp-store.ts';

testStore('SQLite', unusedPlace);
testIncidents('SQLite', sqlitePlace);
testJobs('SQLite', tableJobs, sqlitePlace);
testInstallations('SQLite', sqlitePlace);
testOutbox('SQLite', sqlitePlace);
testNeedToKnow('SQLite', sqlitePlace);
testServices('SQLite', sqlitePlace);

describe('two openings of one SQLite file', () => {
  test.each(Object.entries(races))('%s', async (_, race) => {
    const place = sqlitePlace();
    await race([await opened(place, systemClock), await opened(place, systemClock)], 'T1');
  });
});

describe('a SQLite file that another process locks', () => {
  /** Gives up at once, and not after seconds. */
  const impatient = { openTimeoutMs: 1, longestWaitMs: 1 };

  // The first mode stops the opening itself, the second one the migration.
  test.each(['delete', 'wal'])('is named, with what to do (journal mode %s)', async (mode) => {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-locked-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'spanhound.db');
    const holder = new Database(file);
    onTestFinished(() => void holder.close());
    holder.pragma(`journal_mode = ${mode}`);
    holder.exec('create table held (id integer); begin exclusive');

    await expect(opened(() => sqlite(file, impatient), systemClock)).rejects.toMatchObject({
      code: 'SH_STORE_LOCKED',
      message: `another process holds a lock on the store ${file}`,
      advice: expect.stringContaining(`lsof ${file}`),
    });
    holder.exec('commit');
    expect((await opened(() => sqlite(file, impatient), systemClock)).version).toBeGreaterThan(0);
  });

  test('is opened once it is free, and this thread works meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-locked-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'spanhound.db');
    const holder = new Database(file);
    onTestFinished(() => void holder.close());
    holder.exec('create table held (id integer); begin exclusive');

    const opening = opened(() => sqlite(file, { openTimeoutMs: 60_000 }), systemClock);
    await setTimeout(20);
    holder.exec('commit');
    expect((await opening).version).toBeGreaterThan(0);
  });
});

test('a statement that was prepared before the other process changed its table shows the change', async () => {
  const place = sqlitePlace();
  const [one, other] = [await opened(place, systemClock), await opened(place, systemClock)];
  const read = async () => (await sql<object>`select * from schema_version`.execute(one.db)).rows;
  const [before] = await read();
  await sql`alter table schema_version add column note text default 'new'`.execute(other.db);
  expect(await read()).toEqual([{ ...before, note: 'new' }]);
});

test('any number of different statements is answered, and each again', async () => {
  const { db } = await opened(sqlitePlace(), systemClock);
  const ask = async (n: number) => (await sql<{ n: number }>`select ${sql.lit(n)} as n`.execute(db)).rows[0]?.n;
  const numbers = Array.from({ length: 400 }, (_, n) => n);
  for (const n of [...numbers, ...numbers]) expect(await ask(n)).toBe(n);
});

describe('the file of the SQLite store', () => {
  const modeOf = (file: string) => statSync(file).mode & 0o777;

  test('is readable only by its owner, like its folder and the other files in it', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'spanhound-file-')), 'data');
    onTestFinished(() => rmSync(dirname(folder), { recursive: true, force: true }));
    const file = join(folder, 'spanhound.db');
    const store = await openedAt(file);
    await receive(store, { workspaceId: 'T1', key: 'k', source: 'slack', body: '{}' });

    expect(modeOf(folder)).toBe(0o700);
    expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
  });

  test('is checked for types by SQLite', async () => {
    const store = await openedAt(':memory:');
    const notAnInstant = { received_us: 'yesterday' as unknown as number };
    await receive(store, { workspaceId: 'T1', key: 'k', source: 'slack', body: '{}' });

    await expect(store.db.updateTable('inbox').set(notAnInstant).execute()).rejects.toThrow('cannot store TEXT');
  });

  test('is on the disk before a statement or a transaction that writes resolves; others run meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-file-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const commits = { all: 0, synced: 0 };
    let held = Promise.withResolvers<void>();
    held.resolve();
    const log: WalSync = {
      committed: () => {
        commits.all += 1;
      },
      async settled() {
        const upTo = commits.all;
        await held.promise;
        commits.synced = Math.max(commits.synced, upTo);
      },
      close: async () => undefined,
    };
    const store = await opened(() => sqlite(join(folder, 'spanhound.db'), { log }), steppedClock());
    const request = { workspaceId: 'T1', source: 'slack', body: '{}' };
    const { inboxId } = await receive(store, { ...request, key: 'k' });
    expect(commits.synced).toBe(commits.all);

    const before = commits.all;
    held = Promise.withResolvers();
    let isDone = false;
    const finishing = store
      .transaction((tx) => done(tx, inboxId))
      .then(() => {
        isDone = true;
      });
    await expect.poll(() => pending(store)).toEqual([]);
    // What is not waited for would be done by now.
    await setTimeout(20);
    expect([commits.all, isDone]).toEqual([before + 1, false]);
    held.resolve();
    await finishing;

    await store.transaction(async ({ db }) => void (await db.selectFrom('inbox').selectAll().execute()));
    expect(commits.all).toBe(before + 1);
  });

  async function openedAt(file: string): Promise<Store> {
    const clock = steppedClock();
    return await opened(() => sqlite(file), clock);
  }
});
