import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { receive } from '#record/inbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { testIncidents } from '#test/incident-contract.ts';
import { testJobs } from '#test/jobs-contract.ts';
import { testOutbox } from '#test/outbox-contract.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { testStore } from '#test/store-contract.ts';
import { races } from '#test/store-races.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';

testStore('SQLite', sqlitePlace);
testIncidents('SQLite', sqlitePlace);
testJobs('SQLite', tableJobs, sqlitePlace);
testOutbox('SQLite', sqlitePlace);

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

  test('is checked for types by SQLite, and syncs every commit to the disk', async () => {
    const store = await openedAt(':memory:');
    const notAnInstant = { received_us: 'yesterday' as unknown as number };
    await receive(store, { workspaceId: 'T1', key: 'k', source: 'slack', body: '{}' });

    await expect(store.db.updateTable('inbox').set(notAnInstant).execute()).rejects.toThrow('cannot store TEXT');
    expect((await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db)).rows).toEqual([
      { synchronous: 2 },
    ]);
  });

  async function openedAt(file: string): Promise<Store> {
    const clock = steppedClock();
    return await opened(() => sqlite(file), clock);
  }
});
