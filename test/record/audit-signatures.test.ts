import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keptSigner, madeSigner, nextSigner } from '#adapters/files/signing-key.ts';
import { sha256 } from '#core/sha256.ts';
import { newPrivateKey, publicKeysIn, publicPem, signerOf } from '#core/signature.ts';
import { audit, verifyAudit } from '#record/audit.ts';
import { newestSignedHead, rotateKey, signHead, verifySignatures } from '#record/audit-signatures.ts';
import type { Store } from '#record/store.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { anchorLine, anchorsIn, auditAnchor, auditSigner } from '#workflows/audit/sign-audit.ts';

const HOUR_MS = 3_600_000;

async function write(store: Store, count: number): Promise<void> {
  for (let entry = 0; entry < count; entry++) {
    await store.transaction((tx) =>
      audit(tx, { workspaceId: 'T1', actor: 'U1', action: 'incident.declared', subject: 'INC-1', detail: { entry } }),
    );
  }
}

async function opening() {
  const clock: SteppedClock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const signer = signerOf(newPrivateKey());
  const sign = () => store.transaction((tx) => signHead(tx, signer));
  await write(store, 5);
  await sign();
  await write(store, 5);
  await sign();
  return { store, clock, signer, sign, keys: [publicPem(signer)] };
}

/** What somebody with the file, but without the private key, can do: every sum is made anew. */
async function rewrittenFrom(
  store: Store,
  seq: number,
  change: (row: Record<string, unknown>) => object,
): Promise<void> {
  const rows = await store.db.selectFrom('audit').selectAll().where('seq', '>=', seq).orderBy('seq').execute();
  let previous = (
    await store.db
      .selectFrom('audit')
      .select('hash')
      .where('seq', '=', seq - 1)
      .executeTakeFirst()
  )?.hash;
  for (const row of rows) {
    const next = { ...row, ...(row.seq === seq ? change(row) : {}), previous_hash: previous ?? '' };
    const { seq: at, workspace_id, at_us, actor, action, subject, detail, previous_hash } = next;
    const hash = sha256(JSON.stringify([at, workspace_id, at_us, actor, action, subject, detail, previous_hash]));
    await store.db
      .updateTable('audit')
      .set({ ...next, hash })
      .where('seq', '=', row.seq)
      .execute();
    previous = hash;
  }
  await store.db
    .updateTable('audit_head')
    .set({ hash: previous ?? '' })
    .execute();
}

describe('the signed audit log', () => {
  test('is proved by the public key alone, through its last signed entry', async () => {
    const { store, keys } = await opening();
    expect(await verifySignatures(store, { keys, anchors: [] })).toMatchObject({ ok: true, signedThrough: 10 });
  });

  test('shows a rewriting whose sums are all right', async () => {
    const { store, keys } = await opening();
    for (const change of [{ subject: 'INC-2' }, { actor: 'U9' }, { at_us: 1 }, { detail: '{}' }]) {
      await rewrittenFrom(store, 4, () => change);
      expect((await verifyAudit(store)).ok).toBe(true);
      expect(await verifySignatures(store, { keys, anchors: [] })).toMatchObject({
        ok: false,
        problem: 'entry 5 is not the one that was signed',
      });
    }
  });

  test('shows a rewriting that somebody signed with a key of their own, and one without its signatures', async () => {
    const { store, keys, clock } = await opening();
    await rewrittenFrom(store, 2, () => ({ actor: 'U9' }));
    await store.db.deleteFrom('audit_signatures').execute();
    const forger = signerOf(newPrivateKey());
    await store.transaction((tx) => signHead(tx, forger));
    await clock.tick(HOUR_MS);
    expect(await verifySignatures(store, { keys, anchors: [] })).toMatchObject({ ok: false, signedThrough: 0 });
    await store.db.deleteFrom('audit_signatures').execute();
    expect(await verifySignatures(store, { keys, anchors: [] })).toMatchObject({
      ok: false,
      problem: 'entry 1 and those after it are not signed',
    });
  });

  test('shows a cut end, even one that the holder of the private key made, by a head that was anchored elsewhere', async () => {
    const { store, keys } = await opening();
    const head = await newestSignedHead(store);
    if (head === undefined) throw new Error('no head');
    const anchors = anchorsIn(`copied from Slack:\n${anchorLine(head)}\n`);
    expect(anchors).toEqual([head]);
    expect((await verifySignatures(store, { keys, anchors })).ok).toBe(true);

    await store.db.deleteFrom('audit').where('seq', '>', 5).execute();
    await store.db.deleteFrom('audit_signatures').where('seq', '>', 5).execute();
    const last = await store.db.selectFrom('audit').selectAll().where('seq', '=', 5).executeTakeFirstOrThrow();
    await store.db.updateTable('audit_head').set({ seq: 5, hash: last.hash }).execute();
    expect((await verifyAudit(store)).ok).toBe(true);
    expect((await verifySignatures(store, { keys, anchors: [] })).ok).toBe(true);
    expect(await verifySignatures(store, { keys, anchors })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('entry 10 was anchored elsewhere'),
    });
    const forged = anchors.map((anchor) => ({ ...anchor, seq: 5, hash: last.hash }));
    expect((await verifySignatures(store, { keys, anchors: forged })).problem).toContain('no valid signature');
  });

  test('says so where entries stay unsigned, but gives the bot its minute', async () => {
    const { store, keys, clock } = await opening();
    await write(store, 1);
    expect((await verifySignatures(store, { keys, anchors: [] })).ok).toBe(true);
    await clock.tick(HOUR_MS);
    expect((await verifySignatures(store, { keys, anchors: [] })).problem).toContain('entry 11 and those after it');
  });

  test('goes on with a new key, which the old one signs: the first public key proves all of it', async () => {
    const { store, keys, signer, clock } = await opening();
    const next = signerOf(newPrivateKey());
    await store.transaction((tx) => rotateKey(tx, signer, next, 'command line'));
    await write(store, 3);
    await store.transaction((tx) => signHead(tx, next));
    const state = await verifySignatures(store, { keys, anchors: [] });
    expect(state).toMatchObject({ ok: true, signedThrough: 14, keys: [signer.keyId, next.keyId] });
    const later = await verifySignatures(store, { keys: [publicPem(next)], anchors: [] });
    expect(later).toMatchObject({ ok: true, signedThrough: 14 });

    // A key that no trusted key vouched for is a stranger's.
    await write(store, 1);
    const stranger = signerOf(newPrivateKey());
    await store.transaction((tx) => signHead(tx, stranger));
    await clock.tick(6 * 60_000);
    await store.transaction((tx) => signHead(tx, stranger));
    expect((await verifySignatures(store, { keys, anchors: [] })).problem).toContain('the key is not trusted');
  });

  test('is signed with two keys where two replicas have folders of their own: each public key proves all of it', async () => {
    const { store, signer } = await opening();
    const second = signerOf(newPrivateKey());
    const [one, two] = [signer, second].map((key) => auditSigner(store, () => key));
    // The new key announces itself, and waits until another one has signed that.
    await two?.();
    await two?.();
    await write(store, 1);
    await two?.();
    await one?.();
    await write(store, 2);
    await two?.();
    await write(store, 2);
    await one?.();
    const signed = await store.db.selectFrom('audit_signatures').select(['seq', 'key_id']).orderBy('seq').execute();
    expect(signed.slice(2)).toEqual([
      { seq: 13, key_id: signer.keyId },
      { seq: 15, key_id: second.keyId },
      { seq: 17, key_id: signer.keyId },
    ]);
    for (const key of [signer, second]) {
      const state = await verifySignatures(store, { keys: [publicPem(key)], anchors: [] });
      expect(state).toMatchObject({ ok: true, signedThrough: 17 });
    }
    const joined = await store.db.selectFrom('audit').select('subject').where('action', '=', 'key.joined').execute();
    expect(joined.map(({ subject }) => subject).sort()).toEqual([signer.keyId, second.keyId].sort());

    await rewrittenFrom(store, 13, () => ({ actor: 'U9' }));
    expect((await verifySignatures(store, { keys: [publicPem(signer)], anchors: [] })).ok).toBe(false);
  });

  test('is signed with a new key alone after five minutes, if the old one is lost: then a check needs both', async () => {
    const { store, keys, clock } = await opening();
    const second = signerOf(newPrivateKey());
    const work = auditSigner(store, () => second);
    await work();
    await clock.tick(4 * 60_000);
    await work();
    expect((await newestSignedHead(store))?.signature.keyId).not.toBe(second.keyId);
    await clock.tick(2 * 60_000);
    await work();
    expect(await verifySignatures(store, { keys, anchors: [] })).toMatchObject({
      ok: false,
      problem: 'signature of entry 11: the key is not trusted',
    });
    const both = publicKeysIn(`${keys[0]}\n${publicPem(second)}`);
    expect(await verifySignatures(store, { keys: both, anchors: [] })).toMatchObject({ ok: true, signedThrough: 11 });
  });

  test('is signed by the bot once per head', async () => {
    const { store, signer, clock } = await opening();
    const work = auditSigner(store, () => signer);
    await work();
    await write(store, 1);
    await work();
    await clock.tick(60_000);
    await work();
    const rows = await store.db.selectFrom('audit_signatures').select('seq').orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual([5, 10, 11]);
  });
});

describe('the anchor', () => {
  test('goes to the channel and the file once a day, if the log has grown, and each place by itself', async () => {
    const { store, sign, clock } = await opening();
    const lines: string[] = [];
    let isFull = true;
    const anchor = auditAnchor({
      store,
      channelId: 'C0OPS',
      workspace: async () => 'T1',
      append: async (line) => {
        if (isFull) throw new Error('ENOSPC');
        lines.push(line);
      },
      kick: () => undefined,
    });
    const pass = () => anchor(new AbortController().signal);
    await expect(pass()).rejects.toThrow('ENOSPC');
    isFull = false;
    for (let turn = 0; turn < 3; turn++) await pass();
    const posted = async () => (await store.db.selectFrom('outbox').select('lane').execute()).length;
    expect([lines.length, await posted()]).toEqual([1, 1]);
    await clock.tick(25 * HOUR_MS);
    await pass();
    expect([lines.length, await posted()]).toEqual([1, 1]);
    await write(store, 1);
    await sign();
    await pass();
    await pass();
    expect([lines.length, await posted()]).toEqual([2, 2]);
    expect(anchorsIn(lines.join(''))).toMatchObject([{ seq: 10 }, { seq: 11 }]);
  });
});

describe('the signing key', () => {
  test('is one for all processes that start together in one folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-key-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const first = madeSigner(folder);
    expect(new Set([madeSigner(folder), madeSigner(folder)].map(({ keyId }) => keyId))).toEqual(new Set([first.keyId]));
    expect(readdirSync(folder).sort()).toEqual(['signing.key', 'signing.pub']);
  });

  test('is readable by its owner alone, stays over restarts, and is replaced whole', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spanhound-key-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    expect(keptSigner(folder)).toBeUndefined();
    const signer = madeSigner(folder);
    expect(madeSigner(folder).keyId).toBe(signer.keyId);
    expect(statSync(join(folder, 'signing.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'signing.pub'), 'utf8')).toBe(publicPem(signer));
    const next = nextSigner(folder);
    expect(keptSigner(folder)?.keyId).toBe(signer.keyId);
    next.use();
    expect(keptSigner(folder)?.keyId).toBe(next.signer.keyId);
    expect(readFileSync(join(folder, 'signing.pub'), 'utf8')).toBe(publicPem(next.signer));
  });
});
