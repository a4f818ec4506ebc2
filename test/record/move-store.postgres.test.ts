/** A store moves whole from SQLite to Postgres, or not at all. */
import { describe, expect, test } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { addActionItem } from '#record/action-items.ts';
import { answerAlertWith, noteAlert } from '#record/alerts.ts';
import { verifyAudit } from '#record/audit.ts';
import { noteCase } from '#record/evidence.ts';
import { recordFeedback } from '#record/feedback.ts';
import { done, receive } from '#record/inbox.ts';
import { declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { moveStore } from '#record/move-store.ts';
import { attach, post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, timelineOf } from '#record/timeline.ts';
import { emptyDatabase, isThereAPostgres, openedOn } from '#test/postgres-place.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';

const INCIDENTS = 250;
const ALERT = {
  source: 'pagerduty',
  title: 'Login latency above 2 s, with a NUL: \u0000',
  service: 'login',
  severity: 'high',
  state: 'triggered',
  atUs: 1_767_709_740_000_000,
  saidUs: 1_767_709_740_000_000,
  url: '',
  traceId: '',
  labels: { team: 'identität' },
} as const;

/** More rows than a page, of every table, with references in both directions. */
async function fill(store: Store): Promise<void> {
  for (let n = 0; n < INCIDENTS; n++) {
    const ids = { workspaceId: 'T1', channelId: `C${n % 3}` };
    const { inboxId } = await receive(store, { ...ids, key: `k${n}`, source: 'slack', body: '{}' });
    await store.transaction(async (tx) => {
      if (n % 2 === 0) await done(tx, inboxId);
      const { alertId } = await noteAlert(tx, { ...ids, alert: { ...ALERT, key: `Q${n}` } });
      await openInvestigation(tx, { id: `i-${n}`, ...ids, traceId: 'feed', askedBy: 'U1', alertId });
      await answerAlertWith(tx, { alertId, investigationId: `i-${n}` });
      const found = { id: `i-${n}`, traceId: 'feed', report: { findings: [] }, markdown: '# N', logs: '' };
      await finishInvestigation(tx, found);
      await recordFeedback(tx, { investigationId: `i-${n}`, workspaceId: 'T1', userId: 'U1', right: true });
      await declareIncident(tx, {
        ...{ id: `inc-${n}`, ...ids, title: `Title ${n}`, severity: 'P1', declaredBy: 'U1', investigationId: `i-${n}` },
        ...{ alertId, detectedBy: 'employee', detection: 'U1' },
      });
      const entry = { incidentId: `inc-${n}`, key: 'note:1', atUs: n, kind: 'note', source: 'U1', link: '' } as const;
      await addEntry(tx, { ...entry, text: 'first' });
      await editEntry(tx, { incidentId: `inc-${n}`, key: 'note:1', text: `corrected ${n}`, by: 'U2' });
      const item = { id: `a-${n}`, incidentId: `inc-${n}`, text: 'Do', owner: 'U1', due: '', createdBy: 'U1' };
      await addActionItem(tx, item);
      await noteCase(tx, { investigationId: `i-${n}`, folder: `f${n}`, seal: `s${n}`, files: 1, bytes: 1 });
      await tableJobs.addJob(tx, { kind: 'answer', workspaceId: 'T1', key: `j${n}`, payload: { n } });
      await post(tx, { messageId: `m-${n}`, ...ids, message: { text: `say ${n}` } });
      const file = { attachmentId: `f-${n}`, ...ids, threadOf: `m-${n}`, name: 'a', title: 'a' };
      await attach(tx, { ...file, content: new Uint8Array([0, 1, n]) });
    });
  }
}

describe.skipIf(!isThereAPostgres)('a store that moves to Postgres', () => {
  test('arrives whole, continues its numbers, and moves only into an empty one, while nobody works on it', async () => {
    const folder = sqlitePlace();
    const from = await opened(folder, systemClock);
    await fill(from);
    const url = await emptyDatabase();
    const to = await opened(() => openedOn(url), systemClock);
    const lease = { lease: 'x', lease_until_us: (await from.nowUs()) + 9_000_000 };
    await from.db.updateTable('jobs').set(lease).where('key', '=', 'j1').execute();
    await expect(moveStore(from, to)).rejects.toMatchObject({ message: expect.stringContaining('a bot is at work') });
    await from.db.updateTable('jobs').set({ lease: null, lease_until_us: null }).execute();

    const head = await verifyAudit(from);
    const moved = await moveStore(from, to);
    expect(moved.tables).toMatchObject({ incidents: INCIDENTS, alerts: INCIDENTS, evidence: INCIDENTS, audit: 2_000 });
    expect(moved.auditHead).toBe(head.ok ? head.head : '');
    expect(await verifyAudit(to)).toEqual(head);
    const lane = (store: Store) =>
      store.db.selectFrom('outbox').select(['message_id', 'lane']).orderBy('seq').execute();
    expect(await lane(to)).toEqual(await lane(from));
    const shown = await timelineOf(to, 'inc-7');
    expect(JSON.stringify(shown)).toBe(JSON.stringify(await timelineOf(from, 'inc-7')).replaceAll('\\u0000', '\ufffd'));

    const next = { id: 'new', workspaceId: 'T1', title: 'New', severity: 'P1', channelId: 'C1' } as const;
    const by = { declaredBy: 'U1', detectedBy: 'employee', detection: 'U1' } as const;
    const incident = await to.transaction((tx) => declareIncident(tx, { ...next, ...by }));
    expect(incident.number).toBe(INCIDENTS + 1);
    expect((await verifyAudit(to)).ok).toBe(true);

    await expect(moveStore(from, to)).rejects.toMatchObject({ message: expect.stringContaining('already has rows') });
  });

  test('leaves an empty target behind if the source breaks off, and moves no altered audit log', async () => {
    const from = await opened(() => sqlite(':memory:'), systemClock);
    const by = { declaredBy: 'U1', detectedBy: 'employee', detection: 'U1', severity: 'P1', channelId: 'C1' } as const;
    await from.transaction((tx) => declareIncident(tx, { id: 'i', workspaceId: 'T1', title: 'x', ...by }));
    const url = await emptyDatabase();
    const to = await opened(() => openedOn(url), systemClock);
    const broken: Store = { ...to, transaction: (work) => to.transaction((tx) => work({ ...tx, db: failing(tx.db) })) };
    await expect(moveStore(from, broken)).rejects.toThrow('the disk is full');
    expect(await to.db.selectFrom('incidents').selectAll().execute()).toEqual([]);
    expect(await to.db.selectFrom('audit').selectAll().execute()).toEqual([]);

    await from.db.updateTable('audit').set({ actor: 'U9' }).execute();
    await expect(moveStore(from, to)).rejects.toMatchObject({
      code: 'SH_NOT_MOVED',
      message: expect.stringContaining('was altered, first at entry 1'),
    });
  });
});

/** Fails at the audit log, after the other tables. */
function failing<Db extends object>(db: Db): Db {
  return new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name === 'insertInto' && args[0] === 'audit_head') throw new Error('the disk is full');
        return value.apply(target, args);
      };
    },
  });
}
