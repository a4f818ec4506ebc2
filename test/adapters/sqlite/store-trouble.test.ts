import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkFile } from '#adapters/sqlite/check-file.ts';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { asStoreTrouble } from '#adapters/sqlite/store-trouble.ts';
import { SpanhoundError } from '#core/errors.ts';
import { receive } from '#record/inbox.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened } from '#test/temp-store.ts';
import { storeTrouble } from '#workflows/upkeep/check-store.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-trouble-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'spanhound.db');
}

const BODY = { workspaceId: 'T1', source: 'slack', body: 'x'.repeat(20_000) };

describe('a store on a full disk', () => {
  /** SQLite's own limit of pages behaves as a full disk does. */
  async function fullStore() {
    const file = newFile();
    const store = await opened(() => sqlite(file), steppedClock());
    await sql`pragma max_page_count = 60`.execute(store.db);
    return { file, store };
  }

  test('says so with advice, for a statement and for a transaction', async () => {
    const { file, store } = await fullStore();
    const full = {
      code: 'SH_STORE_FULL',
      message: expect.stringContaining(file),
      advice: expect.stringContaining('df -h'),
    };
    const fill = async () => {
      for (let count = 0; count < 100; count++) await receive(store, { ...BODY, key: `k${count}` });
    };
    await expect(fill()).rejects.toMatchObject(full);
    // SQLite ends the transaction itself: the failed rollback must not hide the reason.
    const inTransaction = store.transaction(async (tx) => {
      const values = { name: 'wide', value: 'x'.repeat(2_000_000), at_us: 0 };
      await tx.db.insertInto('marks').values(values).execute();
    });
    await expect(inTransaction).rejects.toMatchObject(full);
  });

  test('is not ready, and is ready again once there is space', async () => {
    const { store } = await fullStore();
    await expect(
      (async () => {
        for (let count = 0; count < 100; count++) await receive(store, { ...BODY, key: `k${count}` });
      })(),
    ).rejects.toThrow('full');
    expect(await storeTrouble(store)()).toContain('the disk is full');
    await sql`pragma max_page_count = 100000`.execute(store.db);
    expect(await storeTrouble(store)()).toBeUndefined();
  });
});

describe('a damaged file', () => {
  test('is found by the check, page by page, and a whole one passes', async () => {
    const file = newFile();
    const store = await opened(() => sqlite(file), steppedClock());
    for (let count = 0; count < 60; count++) await receive(store, { ...BODY, key: `k${count}` });
    await store.close();
    expect(() => checkFile(file)).not.toThrow();

    const pages = statSync(file).size / 4_096;
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(4_096, 7), 0, 4_096, Math.floor(pages / 2) * 4_096);
    closeSync(handle);
    expect(() => checkFile(file)).toThrow(
      expect.objectContaining({ code: 'SH_STORE_DAMAGED', advice: expect.stringContaining('spanhound restore') }),
    );
  });

  test('that is no database is named when it is opened', async () => {
    const file = newFile();
    const handle = openSync(file, 'w');
    writeSync(handle, 'not a database, but a page of something else\n'.repeat(200));
    closeSync(handle);
    await expect(opened(() => sqlite(file), steppedClock())).rejects.toMatchObject({ code: 'SH_STORE_DAMAGED' });
  });

  test('that does not exist is no damage', () => {
    expect(() => checkFile(newFile())).not.toThrow();
  });
});

test.each([
  ['SQLITE_FULL', 'SH_STORE_FULL'],
  ['ENOSPC', 'SH_STORE_FULL'],
  ['SQLITE_READONLY_DBMOVED', 'SH_STORE_READ_ONLY'],
  ['EROFS', 'SH_STORE_READ_ONLY'],
  ['SQLITE_IOERR_FSYNC', 'SH_STORE_DISK'],
  ['SQLITE_CORRUPT_VTAB', 'SH_STORE_DAMAGED'],
  ['SQLITE_CANTOPEN', 'SH_STORE_CLOSED'],
  ['EACCES', 'SH_STORE_CLOSED'],
])('%s is reported as %s', (code, expected) => {
  const trouble = asStoreTrouble(Object.assign(new Error('why'), { code }), '/data/spanhound.db');
  expect(trouble).toBeInstanceOf(SpanhoundError);
  expect(trouble).toMatchObject({ code: expected, message: expect.stringContaining('/data/spanhound.db): why') });
});

test('an error of another kind stays what it is', () => {
  const bug = Object.assign(new Error('no such column'), { code: 'SQLITE_ERROR' });
  expect(asStoreTrouble(bug, 'file')).toBe(bug);
});
