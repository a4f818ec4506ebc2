import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { madeSigner } from '#adapters/files/signing-key.ts';
import { composeStore } from '#compose/store.ts';
import { addActionItem } from '#record/action-items.ts';
import { audit } from '#record/audit.ts';
import { newestSignedHead, signHead } from '#record/audit-signatures.ts';
import { recordFeedback } from '#record/feedback.ts';
import { declareIncident } from '#record/incidents.ts';
import { openInvestigation } from '#record/investigations.ts';
import type { Store } from '#record/store.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { anchorLine } from '#workflows/audit/sign-audit.ts';
import { spanhound } from './run-spanhound.ts';

async function folder() {
  const root = mkdtempSync(join(tmpdir(), 'spanhound-audit-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const data = join(root, 'data');
  const store = await composeStore({ dataFolder: data });
  await store.transaction(async (tx) => {
    const entry = { workspaceId: 'T1', detail: { purpose: 'x' } };
    await audit(tx, { ...entry, actor: 'U1', action: 'incident.held', subject: 'INC-1' });
    await audit(tx, { ...entry, actor: 'U2', action: 'evidence.kept', subject: 'i-1' });
    await audit(tx, { ...entry, actor: 'U1', action: 'evidence.read', subject: 'i-1' });
    await signHead(tx, madeSigner(data));
  });
  const head = await newestSignedHead(store);
  await store.close();
  return { root, data, env: { SPANHOUND_DATA: data }, anchor: head === undefined ? '' : anchorLine(head) };
}

test('verify proves the log with a public key from elsewhere, over a rotation, and sees a cut log by its anchor', async () => {
  const { root, data, env, anchor } = await folder();
  const key = join(root, 'trusted.pub');
  const anchors = join(root, 'anchors.jsonl');
  copyFileSync(join(data, 'signing.pub'), key);
  writeFileSync(anchors, `${anchor}\n`);
  const proof = ['audit', 'verify', '--key', key, '--anchors', anchors];
  expect(await spanhound(proof, { env })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('through entry 3'),
  });

  expect(await spanhound(['audit', 'rotate-key'], { env })).toMatchObject({ code: 0 });
  expect(await spanhound(proof, { env })).toMatchObject({
    code: 0,
    // The check before was an entry, too.
    stdout: expect.stringContaining('through entry 5'),
  });

  const store = await composeStore({ dataFolder: data });
  await store.db.deleteFrom('audit').where('seq', '>', 2).execute();
  await store.db.deleteFrom('audit_signatures').execute();
  const last = await store.db.selectFrom('audit').selectAll().where('seq', '=', 2).executeTakeFirstOrThrow();
  await store.db.updateTable('audit_head').set({ seq: 2, hash: last.hash }).execute();
  await store.close();
  const cut = await spanhound(proof, { env });
  expect(cut).toMatchObject({ code: 5, stdout: expect.stringContaining('anchored elsewhere') });
});

test('show lists the entries that match, and says so where none does', async () => {
  const { env } = await folder();
  const shown = async (...filter: string[]) => {
    const { stdout, code } = await spanhound(['audit', 'show', '--json', ...filter], { env });
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { seq: number }[]).map(({ seq }) => seq);
  };
  expect(await shown()).toEqual([1, 2, 3]);
  expect(await shown('--actor', 'U1')).toEqual([1, 3]);
  expect(await shown('--action', 'evidence.')).toEqual([2, 3]);
  expect(await shown('--action', 'evidence.read')).toEqual([3]);
  expect(await shown('--subject', 'i-1', '--limit', '1')).toEqual([3]);
  // Each look was an entry, too.
  expect(await shown('--since', '-1h')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await shown('--until', '-1h')).toEqual([]);
  expect((await spanhound(['audit', 'show', '--actor', 'U9'], { env })).stdout).toBe(
    'No entry of the audit log matches.\n',
  );
  expect((await spanhound(['audit', 'show', '--limit', 'x'], { env })).code).toBe(2);
});

test('verify names the entry of a timeline that somebody rewrote in the store', async () => {
  const { data, env } = await folder();
  const store = await composeStore({ dataFolder: data });
  await store.transaction((tx) => declareIncident(tx, LOGINS_TIME_OUT));
  expect(await spanhound(['audit', 'verify'], { env })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('The timelines match it: 1 entry of 1 incident.'),
  });
  await store.db.updateTable('timeline_entries').set({ text: 'Nothing happened' }).execute();
  await store.close();
  const { code, stdout } = await spanhound(['audit', 'verify'], { env });
  expect(code).toBe(5);
  expect(stdout).toMatch(
    /The audit log is intact.*\n.*\nThe timelines differ from the audit log:\n {2}INC-1: the entry of .* was changed\n/,
  );
  expect(JSON.parse((await spanhound(['audit', 'verify', '--json'], { env })).stdout).timelines.ok).toBe(false);
});

test('verify names an action item that somebody rewrote, and feedback that somebody deleted', async () => {
  const { data, env } = await folder();
  const store = await composeStore({ dataFolder: data });
  await store.transaction(async (tx) => {
    await declareIncident(tx, LOGINS_TIME_OUT);
    const item = { id: 'x-1', incidentId: 'in-1', text: 'Add an index', owner: 'kim', due: '', createdBy: 'U1' };
    await addActionItem(tx, item);
    await openInvestigation(tx, { id: 'i-1', workspaceId: 'T1', traceId: 'a', askedBy: 'U1', channelId: 'C1' });
    await recordFeedback(tx, { investigationId: 'i-1', workspaceId: 'T1', userId: 'U1', right: false });
  });
  const intact = await spanhound(['audit', 'verify'], { env });
  expect(intact.code).toBe(0);
  expect(intact.stdout).toContain('\nThe action items match it: 1 action item.\nThe feedback matches it: 1 answer.\n');

  await store.db.updateTable('action_items').set({ text: 'Do nothing' }).execute();
  await store.db.deleteFrom('feedback').execute();
  await store.close();
  const { code, stdout } = await spanhound(['audit', 'verify'], { env });
  expect(code).toBe(5);
  expect(stdout).toMatch(/The action items differ from the audit log:\n {2}INC-1: the action item of .* was changed\n/);
  expect(stdout).toContain('The feedback differs from the audit log:\n  an answer about i-1 was deleted\n');
});

describe('what the operator reads', () => {
  const { username } = userInfo();

  /** With one incident, open until the end of the test. */
  async function newStore() {
    const { data, env } = await folder();
    const store = await composeStore({ dataFolder: data });
    onTestFinished(() => store.close());
    await store.transaction((tx) => declareIncident(tx, LOGINS_TIME_OUT));
    return { env, store };
  }

  const shownIn = async (store: Store) => {
    const rows = store.db.selectFrom('audit').select(['actor', 'action', 'subject', 'detail']);
    const shown = await rows.where('action', 'like', '%.shown').orderBy('seq').execute();
    return shown.map(({ actor, action, subject, detail }) => [actor, action, subject, JSON.parse(detail)]);
  };

  test.each([
    [['incidents'], 'record.shown', 'incidents', 'incidents'],
    [['incidents', 'INC-1'], 'incident.shown', 'INC-1', 'incident'],
    [['incidents', '--stats', '30d'], 'record.shown', 'stats', 'stats'],
    [['incidents', '--like', 'INC-1'], 'incident.shown', 'INC-1', 'similar'],
    [['review'], 'record.shown', 'review', 'review'],
    [['services'], 'record.shown', 'services', 'services'],
    [['postmortem', 'INC-1'], 'incident.shown', 'INC-1', 'postmortem'],
    [['postmortem', 'versions', 'INC-1'], 'incident.shown', 'INC-1', 'versions'],
    [['postmortem', 'export', 'INC-1'], 'incident.shown', 'INC-1', 'exports'],
    [['audit', 'show'], 'record.shown', 'audit', 'audit'],
    [['audit', 'verify'], 'record.shown', 'audit check', 'audit check'],
    [['token', 'list'], 'record.shown', 'tokens', 'tokens'],
    [['hold'], 'record.shown', 'holds', 'holds'],
  ])('by %j is one entry with the account of the machine', async (args, action, subject, what) => {
    const { env, store } = await newStore();
    expect((await spanhound(args, { env })).stderr).not.toContain('audit log');
    expect(await shownIn(store)).toEqual([['command line', action, subject, { what, user: username }]]);
  });

  test('by a backup is one entry, in the store and not in the copy', async () => {
    const { env, store } = await newStore();
    const copy = join(env.SPANHOUND_DATA, '..', 'copy.db');
    expect((await spanhound(['backup', copy], { env })).code).toBe(0);
    expect(await shownIn(store)).toEqual([
      ['command line', 'record.shown', 'backup', { what: 'backup', user: username }],
    ]);
  });

  test('is read where the store takes no entry, and stderr says so', async () => {
    const { env, store } = await newStore();
    await sql`create trigger full before insert on audit begin select raise(abort, 'the disk is full'); end`.execute(
      store.db,
    );
    const { code, stdout, stderr } = await spanhound(['incidents', 'INC-1'], { env });
    expect([code, stdout]).toEqual([0, expect.stringContaining('INC-1')]);
    expect(stderr).toContain('the audit log has no entry for this reading: the disk is full');
    expect(await shownIn(store)).toEqual([]);
  });
});
