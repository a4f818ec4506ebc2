import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backUpFile } from '#adapters/sqlite/backup.ts';
import { composeStore, STORE_FILE } from '#compose/store.ts';
import { audit, verifyAudit } from '#record/audit.ts';
import type { Store } from '#record/store.ts';
import { spanhound } from './run-spanhound.ts';

function folders() {
  const root = mkdtempSync(join(tmpdir(), 'spanhound-backup-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { data: join(root, 'data'), copy: join(root, 'copy.db'), env: { SPANHOUND_DATA: join(root, 'data') } };
}

async function write(store: Store, from: number, count: number): Promise<void> {
  for (let entry = from; entry < from + count; entry++) {
    const detail = { padding: 'x'.repeat(400) };
    await store.transaction((tx) =>
      audit(tx, { workspaceId: 'T1', actor: 'U1', action: 'note.added', subject: `INC-${entry}`, detail }),
    );
  }
}

async function entriesIn(data: string): Promise<number> {
  const store = await composeStore({ dataFolder: data });
  const state = await verifyAudit(store).finally(() => store.close());
  expect(state.ok).toBe(true);
  return state.entries;
}

function damage(file: string): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4_096, 7), 0, 4_096, Math.floor(statSync(file).size / 8_192) * 4_096);
  closeSync(handle);
}

describe('backup and restore', () => {
  test('copy the store of a running bot, and bring that instant back', async () => {
    const { data, copy, env } = folders();
    const store = await composeStore({ dataFolder: data });
    await write(store, 0, 30);
    const backup = await spanhound(['backup', copy], { env });
    expect(backup).toMatchObject({ code: 0, stdout: expect.stringContaining('intact: 30 entries') });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(existsSync(`${copy}-wal`)).toBe(false);
    await write(store, 30, 5);

    const early = await spanhound(['restore', copy], { env });
    expect(early).toMatchObject({ code: 2, stderr: expect.stringContaining('holds a lock on the store') });
    await store.close();
    // The backup itself is one.
    expect(await entriesIn(data)).toBe(36);

    const restored = await spanhound(['restore', copy, '--json'], { env });
    expect(restored.code).toBe(0);
    const { kept } = JSON.parse(restored.stdout) as { kept: string };
    // The restore itself is one: the log ends earlier than it did.
    expect(await entriesIn(data)).toBe(31);
    expect(existsSync(kept)).toBe(true);
  });

  test('are consistent while somebody writes: a step copies a part, and all parts are of one instant', async () => {
    const { data, copy } = folders();
    const store = await composeStore({ dataFolder: data });
    onTestFinished(() => store.close());
    await write(store, 0, 400);
    let isCopied = false;
    const writing = (async () => {
      for (let entry = 400; !isCopied; entry++) {
        await write(store, entry, 1);
        await setImmediate();
      }
    })();
    await backUpFile(join(data, STORE_FILE), copy, async () => undefined);
    isCopied = true;
    await writing;
    const restored = folders();
    const copied = await spanhound(['restore', copy, '--json'], { env: restored.env });
    expect(JSON.parse(copied.stdout)).toMatchObject({ audit: { ok: true } });
    expect(await entriesIn(restored.data)).toBeGreaterThanOrEqual(400);
  });

  test('refuse what would lose something: an existing target, a damaged copy, a damaged store, no store', async () => {
    const { data, copy, env } = folders();
    expect(await spanhound(['backup', copy], { env })).toMatchObject({ code: 2 });
    const store = await composeStore({ dataFolder: data });
    await write(store, 0, 200);
    await store.close();
    expect((await spanhound(['backup', copy], { env })).code).toBe(0);
    expect(await spanhound(['backup', copy], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exists'),
    });

    damage(copy);
    const refused = await spanhound(['restore', copy], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`damaged (${copy})`) });
    expect(await entriesIn(data)).toBe(201);
    expect(readdirSync(data)).toEqual([STORE_FILE]);

    damage(join(data, STORE_FILE));
    const second = await spanhound(['backup', `${copy}.2`], { env });
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('damaged') });
    expect(existsSync(`${copy}.2`)).toBe(false);
    expect(existsSync(`${copy}.2.partial`)).toBe(false);
  });

  test('put a backup in the place of a damaged store, with the damaged one kept', { tags: ['deep'] }, async () => {
    const { data, copy, env } = folders();
    const store = await composeStore({ dataFolder: data });
    await write(store, 0, 200);
    await store.close();
    await spanhound(['backup', copy], { env });
    damage(join(data, STORE_FILE));
    const doctor = await spanhound(['doctor'], { env });
    expect(doctor.stdout).toContain('spanhound restore FILE');
    expect((await spanhound(['restore', copy], { env })).code).toBe(0);
    expect(await entriesIn(data)).toBe(200);
  });
});
