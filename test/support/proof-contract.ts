/** What every database has to give the proofs of the record: run by each adapter's test. */
import { describe, expect, test } from 'vitest';
import { madeSigner } from '#adapters/files/signing-key.ts';
import { publicPem } from '#core/signature.ts';
import { sealEarlierItems, verifyActionItems } from '#record/action-item-proof.ts';
import { addActionItem } from '#record/action-items.ts';
import { type AuditEntry, audit, verifyAudit } from '#record/audit.ts';
import { answersOn, FEEDBACK_OPEN, type Feedback, recordFeedback } from '#record/feedback.ts';
import { sealEarlierFeedback, verifyFeedback } from '#record/feedback-proof.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import { openInvestigation } from '#record/investigations.ts';
import { setMark } from '#record/marks.ts';
import { feedbackDigest } from '#record/row-digests.ts';
import type { Schema } from '#record/schema.ts';
import type { Store } from '#record/store.ts';
import { addEntry, editEntry, removeEntry, timelineOf } from '#record/timeline.ts';
import { sealEarlierEntries, verifyTimelines } from '#record/timeline-proof.ts';
import { newFolder } from '#test/cases.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';
import { checkAudit } from '#workflows/audit/check-audit.ts';
import { auditSigner } from '#workflows/audit/sign-audit.ts';

const DAY_MS = 24 * 3_600_000;

const NOTE = { incidentId: 'in-1', key: 'note:1', kind: 'note', text: 'db-1 is full', source: 'U1', link: '' } as const;

async function recorded(place: Place) {
  const clock = steppedClock();
  const store = await opened(place, clock);
  const atUs = clock.nowUs();
  await store.transaction((tx) => declareIncident(tx, LOGINS_TIME_OUT));
  await store.transaction(async (tx) => {
    await addEntry(tx, { ...NOTE, atUs });
    await addEntry(tx, { ...NOTE, key: `change:${atUs} deploy of stock`, kind: 'change', atUs });
    await addEntry(tx, { ...NOTE, key: 'pin:1', text: 'half \ud83d and \0', atUs });
    await editEntry(tx, { incidentId: 'in-1', key: 'note:1', text: 'db-2 is full', by: 'U2' });
    await removeEntry(tx, { incidentId: 'in-1', key: 'pin:1', by: 'U1' });
    await addEntry(tx, { ...NOTE, key: 'pin:1', atUs });
    await changeIncident(tx, { incidentId: 'in-1', key: 'k', by: 'U2', severity: 'P0', status: 'resolved' });
  });
  return { store, clock };
}

type Row = Schema['timeline_entries'];

/** What somebody with write access to the database can do. */
async function rewritten(store: Store, key: string, change: Partial<Row>): Promise<void> {
  await store.db.updateTable('timeline_entries').set(change).where('key', '=', key).execute();
}

/** As a version before 8 wrote it: without digests, and without the ids of the rows. */
async function asBefore(store: Store): Promise<void> {
  await store.db.updateTable('timeline_entries').set({ salt: null }).execute();
  const rows = await store.db.selectFrom('audit').selectAll().execute();
  for (const { seq, action, detail } of rows) {
    if (!action.startsWith('timeline.')) continue;
    const { entry: _, digest: __, ...rest } = JSON.parse(detail) as AuditEntry['detail'];
    const key = `${rest.key}`.replace(/#\d+$/, '').replace(/^change:\d+$/, (text) => `${text} deploy of stock`);
    await store.db
      .updateTable('audit')
      .set({ detail: JSON.stringify({ ...rest, key }) })
      .where('seq', '=', seq)
      .execute();
  }
}

export function testProofs(name: string, newPlace: () => Place): void {
  describe(`timelines on ${name}`, () => {
    test('match the audit log after corrections, removals and changes, and the log has no text of them', async () => {
      const { store } = await recorded(newPlace());
      expect(await verifyTimelines(store)).toEqual({
        ok: true,
        entries: 7,
        incidents: 1,
        withoutDigest: 0,
        problems: [],
      });
      expect((await verifyAudit(store)).ok).toBe(true);
      const log = JSON.stringify(await store.db.selectFrom('audit').select('detail').execute());
      expect(log).not.toMatch(/is full|deploy|stock/);
    });

    test.each<[string, string, Partial<Row>]>([
      ['was changed', 'note:1', { text: 'db-3 is full' }],
      ['was changed', 'note:1#1', { text: 'db-3 is full' }],
      ['was changed', 'note:1', { at_us: 1_000_000 }],
      ['was changed', 'note:1', { noted_us: 1_000_000 }],
      ['was changed', 'note:1', { source: 'U9' }],
      ['was changed', 'note:1', { link: 'https://example.org' }],
      ['was changed', 'severity:k', { value: 'P4' }],
      ['was changed', 'severity:k', { kind: 'note' }],
      ['was changed', 'note:1', { salt: null }],
      ['was changed', 'note:1#1', { amends: null }],
      ['was hidden', 'note:1', { removed_us: 1 }],
    ])('show that a row %s (%s, %o)', async (problem, key, change) => {
      const { store } = await recorded(newPlace());
      await rewritten(store, key, change);
      await sealEarlierEntries(store);
      const { ok, problems } = await verifyTimelines(store);
      expect(ok).toBe(false);
      expect(problems).toEqual([expect.stringMatching(`^INC-1: the entry of .* ${problem}$`)]);
    });

    test('show rows that were deleted, added, or shown again after a person removed them', async () => {
      const { store } = await recorded(newPlace());
      await store.db.deleteFrom('timeline_entries').where('key', '=', 'note:1#1').execute();
      expect((await verifyTimelines(store)).problems).toEqual(['INC-1: an entry was deleted']);

      const other = await recorded(newPlace());
      const row = await other.store.db
        .selectFrom('timeline_entries')
        .selectAll()
        .where('key', '=', 'note:1')
        .executeTakeFirstOrThrow();
      await other.store.db
        .insertInto('timeline_entries')
        .values({ ...row, id: 'x', key: 'x', salt: null })
        .execute();
      expect(await sealEarlierEntries(other.store)).toBe(0);
      expect((await verifyTimelines(other.store)).problems).toEqual([
        expect.stringMatching('^INC-1: the entry of .* was added outside Spanhound$'),
      ]);

      const third = await recorded(newPlace());
      await third.store.transaction((tx) => removeEntry(tx, { incidentId: 'in-1', key: 'pin:1', by: 'U1' }));
      expect((await verifyTimelines(third.store)).ok).toBe(true);
      await rewritten(third.store, 'pin:1', { removed_us: null });
      expect((await verifyTimelines(third.store)).problems).toEqual([expect.stringContaining('is shown again')]);
    });

    test('show a deleted incident', async () => {
      const { store } = await recorded(newPlace());
      await store.db.deleteFrom('timeline_entries').where('amends', 'is not', null).execute();
      await store.db.deleteFrom('timeline_entries').execute();
      await store.db.deleteFrom('incidents').execute();
      expect((await verifyTimelines(store)).problems).toEqual(['INC-1 was deleted outside Spanhound']);
    });

    test('of an earlier version get their digests once, and are proved from then on', async () => {
      const { store } = await recorded(newPlace());
      await asBefore(store);
      expect(await verifyTimelines(store)).toMatchObject({ ok: true, withoutDigest: 7 });
      expect(await sealEarlierEntries(store)).toBe(7);
      expect(await sealEarlierEntries(store)).toBe(0);
      expect(await verifyTimelines(store)).toMatchObject({ ok: true, withoutDigest: 0 });
      await store.transaction((tx) => removeEntry(tx, { incidentId: 'in-1', key: 'pin:1', by: 'U1' }));
      expect(await verifyTimelines(store)).toMatchObject({ ok: true });
      expect(await timelineOf(store, 'in-1')).toHaveLength(5);
      await rewritten(store, 'note:1', { text: 'db-3 is full' });
      expect((await verifyTimelines(store)).problems).toEqual([expect.stringContaining('was changed')]);
    });
  });

  describe(`action items on ${name}`, () => {
    const ITEM = {
      id: 'x-1',
      incidentId: 'in-1',
      text: 'Add an index',
      owner: 'kim',
      due: '2026-02-01',
      createdBy: 'U1',
    };
    async function withItem() {
      const { store } = await recorded(newPlace());
      await store.transaction((tx) => addActionItem(tx, ITEM));
      return store;
    }

    test('match the audit log, which has no text of them', async () => {
      const store = await withItem();
      expect(await verifyActionItems(store)).toEqual({ ok: true, rows: 1, withoutDigest: 0, problems: [] });
      const log = JSON.stringify(await store.db.selectFrom('audit').select('detail').execute());
      expect(log).not.toMatch(/index|kim/);
    });

    test.each<Partial<Schema['action_items']>>([
      { text: 'Do nothing' },
      { owner: 'lee' },
      { due: '2027-02-01' },
      { created_by: 'U2' },
      { created_us: 1_000_000 },
      { salt: null },
    ])('show that an item was changed: %o', async (change) => {
      const store = await withItem();
      await store.db.updateTable('action_items').set(change).execute();
      expect(await sealEarlierItems(store)).toBe(0);
      expect((await verifyActionItems(store)).problems).toEqual([
        expect.stringMatching('^INC-1: the action item of .* was changed$'),
      ]);
    });

    test('show an item that was deleted or added', async () => {
      const store = await withItem();
      const row = await store.db.selectFrom('action_items').selectAll().executeTakeFirstOrThrow();
      await store.db.updateTable('action_items').set({ id: 'x-2' }).execute();
      expect((await verifyActionItems(store)).problems).toEqual([
        expect.stringMatching('^INC-1: the action item of .* was added outside Spanhound$'),
        'INC-1: an action item was deleted',
      ]);
      await store.db.deleteFrom('action_items').execute();
      await store.db.insertInto('action_items').values(row).execute();
      expect((await verifyActionItems(store)).ok).toBe(true);
    });

    test('of an earlier version get their digests once', async () => {
      const store = await withItem();
      await store.db.updateTable('action_items').set({ salt: null }).execute();
      await store.db
        .updateTable('audit')
        .set({ detail: JSON.stringify({ id: 'x-1', due: ITEM.due }) })
        .where('action', '=', 'action-item.added')
        .execute();
      expect(await verifyActionItems(store)).toMatchObject({ ok: true, withoutDigest: 1 });
      expect(await sealEarlierItems(store)).toBe(1);
      expect(await sealEarlierItems(store)).toBe(0);
      expect(await verifyActionItems(store)).toMatchObject({ ok: true, withoutDigest: 0 });
    });
  });

  describe(`feedback on ${name}`, () => {
    const YES = { investigationId: 'i-1', workspaceId: 'T1', userId: 'U1', right: true } as const;
    async function withFeedback() {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const asked = { id: 'i-1', workspaceId: 'T1', traceId: 'a', askedBy: 'U1', channelId: 'C1' };
      const give = (feedback: Feedback) => store.transaction((tx) => recordFeedback(tx, feedback));
      await store.transaction((tx) => openInvestigation(tx, asked));
      await give(YES);
      await clock.tick(1_000);
      await give({ ...YES, right: false });
      await give({ ...YES, userId: 'U2' });
      return { store, clock, give };
    }
    const noon = { user_id: 'U3', answer: 'right', at_us: 1, salt: null } as const;

    test('matches the audit log, also after somebody changed the answer', async () => {
      const { store } = await withFeedback();
      expect(await verifyFeedback(store)).toEqual({ ok: true, rows: 2, withoutDigest: 0, problems: [] });
      const log = JSON.stringify(await store.db.selectFrom('audit').select('detail').execute());
      expect(log).not.toMatch(/right|wrong|U1/);
    });

    test.each<Partial<Schema['feedback']>>([{ answer: 'right' }, { user_id: 'U9' }, { at_us: 1 }, { salt: null }])(
      'shows that an answer was changed: %o',
      async (change) => {
        const { store } = await withFeedback();
        await store.db.updateTable('feedback').set(change).where('user_id', '=', 'U1').execute();
        expect((await verifyFeedback(store)).problems).toEqual(['an answer about i-1 was changed']);
      },
    );

    const SAID = { text: 'the provider lost packets', service: 'edge', field: 'network' } as const;
    test.each<Partial<Schema['feedback']>>([
      { said: 'it was us' },
      { said: null },
      { said_service: '' },
      { said_field: 'people' },
    ])('shows that what a person said was changed: %o', async (change) => {
      const { store, give } = await withFeedback();
      await give({ ...YES, right: false, said: SAID });
      expect(await verifyFeedback(store)).toMatchObject({ ok: true, rows: 2 });
      expect(JSON.stringify(await store.db.selectFrom('audit').select('detail').execute())).not.toMatch(/packets|edge/);
      await store.db.updateTable('feedback').set(change).where('user_id', '=', 'U1').execute();
      expect((await verifyFeedback(store)).problems).toEqual(['an answer about i-1 was changed']);
    });

    test('holds where a replica of version 23 changed an answer that had words', async () => {
      const { store, clock, give } = await withFeedback();
      await give({ ...YES, right: false, said: SAID });
      const before = await store.db
        .selectFrom('feedback')
        .selectAll()
        .where('user_id', '=', 'U1')
        .executeTakeFirstOrThrow();
      await clock.tick(1_000);
      // As version 23 does it: it does not know the words, and leaves them.
      const after = { ...before, answer: 'wrong', at_us: clock.nowUs(), salt: 'new' } as const;
      await store.db.updateTable('feedback').set(after).where('user_id', '=', 'U1').execute();
      const detail = { digest: feedbackDigest({ ...after, said: null }), replaces: feedbackDigest(before) };
      const entry = { workspaceId: 'T1', actor: 'U1', action: 'feedback.given', subject: 'i-1' } as const;
      await store.transaction((tx) => audit(tx, { ...entry, detail }));
      expect(await verifyFeedback(store)).toMatchObject({ ok: true, rows: 2 });
      expect(await answersOn(store, 'i-1')).toEqual({ right: 1, wrong: 1, lastUs: clock.nowUs() });
    });

    test('shows an answer that was deleted or added', async () => {
      const { store } = await withFeedback();
      await store.db.deleteFrom('feedback').where('user_id', '=', 'U2').execute();
      expect((await verifyFeedback(store)).problems).toEqual(['an answer about i-1 was deleted']);
      const other = await withFeedback();
      const row = { ...noon, investigation_id: 'i-1', workspace_id: 'T1' };
      await other.store.db.insertInto('feedback').values(row).execute();
      expect((await verifyFeedback(other.store)).problems).toEqual(['an answer about i-1 was added outside Spanhound']);
    });

    test('does not approve an answer that somebody added with the mark of an upgrade', async () => {
      const { store, clock } = await withFeedback();
      await store.transaction((tx) => setMark(tx, FEEDBACK_OPEN, ''));
      await store.db
        .insertInto('feedback')
        .values({ ...noon, investigation_id: 'i-1', workspace_id: 'T1' })
        .execute();
      await clock.tick(DAY_MS + 1);
      expect(await sealEarlierFeedback(store)).toBe(0);
      expect((await verifyFeedback(store)).ok).toBe(false);
    });

    test('of an earlier version gets its digests a day after the upgrade, while replicas of it may change answers', async () => {
      const { store, clock, give } = await withFeedback();
      await store.db.deleteFrom('audit').where('action', '=', 'feedback.given').execute();
      await store.db.updateTable('feedback').set({ salt: null }).execute();
      await store.db.insertInto('marks').values({ name: FEEDBACK_OPEN, value: '', at_us: 0 }).execute();

      expect(await sealEarlierFeedback(store)).toBe(0);
      await give({ ...YES, userId: 'U3' });
      // As version 9 does it.
      await store.db.updateTable('feedback').set({ answer: 'wrong', at_us: 5 }).where('user_id', '=', 'U3').execute();
      expect(await verifyFeedback(store)).toMatchObject({ ok: true, rows: 3, withoutDigest: 3 });
      await clock.tick(DAY_MS + 1);
      expect(await sealEarlierFeedback(store)).toBe(3);
      expect(await sealEarlierFeedback(store)).toBe(0);
      await give({ ...YES, userId: 'U3' });
      expect(await verifyFeedback(store)).toEqual({ ok: true, rows: 3, withoutDigest: 0, problems: [] });
      await store.db.updateTable('feedback').set({ answer: 'wrong' }).where('user_id', '=', 'U3').execute();
      expect((await verifyFeedback(store)).problems).toEqual(['an answer about i-1 was changed']);
    });
  });

  describe(`two replicas on ${name}`, () => {
    async function replicas(folders: readonly [string, string]) {
      const place = newPlace();
      const { store } = await recorded(place);
      const other = await opened(place, steppedClock());
      const signing = [store, other].map((one, at) => auditSigner(one, () => madeSigner(folders[at] ?? '')));
      // As both do every minute, and each at its stop.
      for (let minute = 0; minute < 4; minute++) {
        await Promise.all(signing.map((sign) => sign()));
        const note = { ...NOTE, key: `note:of minute ${minute}`, atUs: 1 };
        await other.transaction((tx) => addEntry(tx, note));
        await signing[minute % 2]?.();
      }
      const states = folders.map(async (folder) => {
        const keyText = publicPem(madeSigner(folder));
        return await checkAudit(store, { keyText });
      });
      return await Promise.all(states);
    }

    test('with one folder sign with one key, and the log is proved', async () => {
      const folder = newFolder();
      const [state] = await replicas([folder, folder]);
      expect(state).toMatchObject({ ok: true, signatures: { ok: true }, timelines: { ok: true } });
      expect(state?.signatures?.keys).toHaveLength(1);
    });

    test('with a folder each sign with two keys, and the public key of either proves the log', async () => {
      for (const state of await replicas([newFolder(), newFolder()])) {
        expect(state).toMatchObject({ ok: true, signatures: { ok: true, problem: '' }, timelines: { ok: true } });
        expect(state.signatures?.keys).toHaveLength(2);
      }
    });
  });
}
