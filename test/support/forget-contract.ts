/** What every database has to give `spanhound forget`: run by each adapter's test. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { newPrivateKey, publicPem, signerOf } from '#core/signature.ts';
import { verifyActionItems } from '#record/action-item-proof.ts';
import { addActionItem, OVERDUE_FOR } from '#record/action-items.ts';
import { answerAlertWith, noteAlert } from '#record/alerts.ts';
import { verifyAudit } from '#record/audit.ts';
import { newestSignedHead, signHead, verifySignatures } from '#record/audit-signatures.ts';
import { answersOn, recordFeedback } from '#record/feedback.ts';
import { verifyFeedback } from '#record/feedback-proof.ts';
import { findIncident } from '#record/find-incidents.ts';
import { receive } from '#record/inbox.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import { allInstallations, saveInstallation } from '#record/installations.ts';
import { findInvestigation, finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { addItemIssue, stopIssue } from '#record/item-issues.ts';
import { post } from '#record/outbox.ts';
import { queueSend, refusePostmortem } from '#record/postmortem-sends.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, timelineOf } from '#record/timeline.ts';
import { addAlertEntry, addDiagnosisEntry } from '#record/timeline-evidence.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { disk, keptIn, newFolder } from '#test/cases.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';
import { exportCases } from '#workflows/cases/export-case.ts';
import { caseKeeper } from '#workflows/cases/keep-case.ts';
import { verifyCase } from '#workflows/cases/verify-case.ts';
import { forget } from '#workflows/evidence/forget.ts';
import { deleteExpired } from '#workflows/evidence/retention.ts';
import { changeHold } from '#workflows/incidents/hold-incident.ts';

const PERSON = 'U0SECRET7';
const REMINDER = `${OVERDUE_FOR(PERSON)}1`;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OTHER_TRACE = 'ffffffffffffffffffffffffffffffff';
const HEALTHY = 'aaaabbbbccccddddeeeeffff00001111';
const DAY_MS = 24 * 3_600_000;

async function recorded(place: Place) {
  const clock = steppedClock();
  const store = await opened(place, clock);
  const dataFolder = newFolder();
  const cases = keptIn(dataFolder);
  const signer = signerOf(newPrivateKey());
  const keep = caseKeeper({ store, cases, sealedBy: 'test', signer: () => signer, log: silentLog });
  const answer = async (id: string, traceId: string, baseline: string) => {
    const asked = { id, workspaceId: 'T1', traceId, askedBy: PERSON, channelId: 'C1' };
    await store.transaction((tx) => openInvestigation(tx, asked));
    const subject = { kind: 'trace', traceId, service: 'web', from: 'x', to: 'y' } as const;
    const file = (path: string, text: string) => ({
      path,
      source: 's',
      query: 'q',
      bytes: Buffer.from(text),
      redactions: [],
    });
    const evidence = async () => ({
      files: [
        file('traces.json', `{"traceID":"${traceId}","tag":"secret of ${id}"}`),
        file('baseline.json', `{"traceId":"${Buffer.from(baseline, 'hex').toString('base64')}"}`),
        file('logs.jsonl', `{"line":"secret of ${id}"}`),
      ],
      gaps: [],
    });
    const report = { diagnosis: { verdict: `secret verdict of ${id}`, change: CHANGE }, trace: traceId };
    await keep({ investigationId: id, workspaceId: 'T1', subject, evidence }, (tx) =>
      finishInvestigation(tx, { id, traceId, report, markdown: `secret of ${id}`, logs: `secret of ${id}` }),
    );
    await store.transaction(async (tx) => {
      await recordFeedback(tx, { investigationId: id, workspaceId: 'T1', userId: PERSON, right: true });
      await post(tx, {
        messageId: `${id}/thread/0`,
        workspaceId: 'T1',
        channelId: 'C1',
        message: { text: `secret ${id}` },
      });
    });
    await sent(store, `${id}/said`, '17.000100');
  };
  const said = { text: `<@${PERSON}> saw trace ${TRACE}: a full disk`, service: PERSON, field: undefined };
  await answer('a-1', TRACE, HEALTHY);
  await answer('a-2', OTHER_TRACE, HEALTHY);
  await store.transaction(async (tx) => {
    const alert = { ...ALERT, atUs: tx.nowUs, saidUs: tx.nowUs };
    const { alertId } = await noteAlert(tx, { workspaceId: 'T1', alert, channelId: 'C1' });
    await answerAlertWith(tx, { alertId, investigationId: 'a-1' });
    await recordFeedback(tx, { investigationId: 'a-2', workspaceId: 'T1', userId: 'U2', right: false, said });
    for (const [id, investigationId] of [
      ['in-1', 'a-1'],
      ['in-2', 'a-2'],
    ] as const) {
      await declareIncident(tx, { ...DECLARATION, id, investigationId, ...(id === 'in-1' ? { alertId } : {}) });
      await addDiagnosisEntry(tx, { incidentId: id, investigationId });
    }
    await addAlertEntry(tx, { incidentId: 'in-1', alertId });
    const note = { incidentId: 'in-1', kind: 'note', source: PERSON, link: LINK, atUs: tx.nowUs } as const;
    await addEntry(tx, { ...note, key: 'note:1', text: 'secret words of the person' });
    await editEntry(tx, { incidentId: 'in-1', key: 'note:1', text: 'secret words, corrected', by: 'U2' });
    await addEntry(tx, {
      ...note,
      key: 'note:2',
      source: 'U2',
      link: '',
      text: `I asked <@${PERSON}>, see trace ${TRACE}`,
    });
    await editEntry(tx, { incidentId: 'in-1', key: 'note:2', text: 'secret correction', by: PERSON });
    await changeIncident(tx, { incidentId: 'in-1', key: 'k', by: PERSON, status: 'mitigated', text: 'secret reason' });
    await assignRole(tx, { incidentId: 'in-1', key: 'r', role: 'commander', userId: PERSON, by: 'U2' });
    const item = { workspaceId: 'T1', text: 'secret item', owner: PERSON, due: '', createdBy: PERSON };
    await addActionItem(tx, { ...item, id: 'x-1', incidentId: 'in-1' });
    const place = { itemId: 'x-1', tracker: 'github', place: 'acme/ops' };
    const reminder = { text: 'secret item', blocks: [{ value: 'in-1:x-1' }] };
    await post(tx, { messageId: `${REMINDER}/waiting`, workspaceId: 'T1', channelId: PERSON, message: reminder });
    await addItemIssue(tx, { id: 'in-1', workspaceId: 'T1' }, place);
    const reason = `GitHub knows neither ${PERSON} nor ${TRACE}`;
    await stopIssue(tx, 'x-1', { state: 'refused', reason, isUncertain: false });
    await queueSend(tx, { id: 'in-1', workspaceId: 'T1' }, { target: 'github', askedBy: PERSON });
    await refusePostmortem(tx, { incidentId: 'in-1', target: 'github' }, { reason, isUncertain: false });
    await saveInstallation(tx, INSTALLATION);
    await tableJobs.addJob(tx, {
      kind: 'k',
      workspaceId: 'T1',
      key: 'j',
      payload: { userId: PERSON, traceId: TRACE, incidentId: 'in-1' },
    });
  });
  await receive(store, {
    workspaceId: 'T1',
    key: 'k',
    source: 'slack',
    body: `{"user":"${PERSON}","text":"${TRACE} secret","value":"in-1"}`,
  });
  await sent(store, 'in-1/overview', '17.000200');
  await sent(store, REMINDER, '17.000300', PERSON);
  const sign = () => store.transaction((tx) => signHead(tx, signer));
  await sign();
  const anchor = await newestSignedHead(store);
  return {
    store,
    clock,
    dataFolder,
    signer,
    forget: (named: string, isTrial = false) =>
      forget(
        {
          store,
          cases,
          signer: () => signer,
        },
        { named, actor: 'command line', isTrial },
      ),
    filesOf: (id: string) => readdirSync(join(dataFolder, 'cases', id)).sort(),
    dump: async () => `${await dumped(store)}\n${textIn(join(dataFolder, 'cases'))}`,
    /** Everything that an auditor checks, with the public key and a head from before. */
    async isProved() {
      await sign();
      const keys = [publicPem(signer)];
      expect(await verifyAudit(store, anchor?.hash)).toMatchObject({ ok: true });
      expect(await verifySignatures(store, { keys, anchors: anchor === undefined ? [] : [anchor] })).toMatchObject({
        ok: true,
      });
      expect(await verifyTimelines(store)).toMatchObject({ ok: true, withoutDigest: 0, problems: [] });
      expect(await verifyActionItems(store)).toMatchObject({ ok: true, withoutDigest: 0, problems: [] });
      expect(await verifyFeedback(store)).toMatchObject({ ok: true, withoutDigest: 0, problems: [] });
      for (const id of ['a-1', 'a-2']) {
        expect((await verifyCase(disk, join(dataFolder, 'cases', id), keys)).problems).toEqual([]);
      }
    },
  };
}

const INSTALLATION = { workspaceId: 'T1', name: 'Acme', sealed: 'v1.a.b.c', scopes: ['commands'], installedBy: PERSON };
const CHANGE = { id: 'secret-change', kind: 'deploy', service: 'stock', at: '2026-01-06T14:00:00Z' };
const LINK = 'https://acme.slack.com/archives/C1/p1700000000000300';

const DECLARATION = {
  workspaceId: 'T1',
  title: 'secret title',
  severity: 'P1',
  channelId: 'C1',
  declaredBy: PERSON,
  detectedBy: 'employee',
  detection: PERSON,
} as const;

const ALERT = {
  source: 'pagerduty',
  key: 'secret-key',
  title: 'secret alert',
  service: 'login',
  severity: 'high',
  state: 'triggered',
  url: 'https://example.org/secret',
  traceId: TRACE,
  labels: { team: 'secret' },
} as const;

async function sent(store: Store, id: string, ts: string, channel = 'C1'): Promise<void> {
  await store.db
    .insertInto('messages')
    .values({
      id,
      workspace_id: 'T1',
      kind: 'message',
      channel_id: channel,
      ts,
      thread_ts: null,
      state: 'sent',
      reason: null,
      created_us: 1,
      sent_us: 1,
    })
    .execute();
}

async function dumped(store: Store): Promise<string> {
  const tables = (await store.db.introspection.getTables()).map(({ name }) => name);
  const rows = await Promise.all(
    tables.map((table) =>
      store.db
        .selectFrom(table as 'marks')
        .selectAll()
        .execute(),
    ),
  );
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
}

function textIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name} ${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
    .join('\n');
}

export function testForgetting(name: string, newPlace: () => Place): void {
  describe(`forgetting on ${name}`, () => {
    test('a dry run counts, lists the copies in Slack, and changes nothing', async () => {
      const one = await recorded(newPlace());
      const before = await one.dump();
      for (const named of [PERSON, TRACE, 'INC-1']) {
        const { rows, copies } = await one.forget(named, true);
        expect(Object.keys(rows).length).toBeGreaterThan(3);
        expect(copies.length).toBeGreaterThan(0);
      }
      expect(await one.dump()).toBe(before);
    });

    test('a person is gone from every table and from the log, and all proofs hold', async () => {
      const one = await recorded(newPlace());
      const { rows, copies } = await one.forget(PERSON);
      expect(rows).toMatchObject({
        roles: 1,
        feedback: 2,
        'mentions in feedback': 1,
        'waiting requests': 1,
        'waiting jobs': 1,
      });
      expect(rows['entries of the audit log']).toBeGreaterThan(5);
      const left = await one.dump();
      expect(left).not.toContain(PERSON);
      expect(left).not.toMatch(/secret words|secret correction|secret reason|secret item/);
      // The workspace stays installed, by nobody.
      expect(await allInstallations(one.store)).toMatchObject([{ sealed: 'v1.a.b.c', installedBy: 'forgotten' }]);
      // What others recorded stays.
      expect(left).toMatch(/secret verdict of a-1/);
      const [disk] = (await answersOn(one.store, 'a-2'))?.said ?? [];
      expect(disk).toMatchObject({ text: `<@forgotten> saw trace ${TRACE}: a full disk`, service: 'forgotten' });
      const timeline = await timelineOf(one.store, 'in-1');
      expect(timeline.map(({ text, source }) => `${source}: ${text}`)).toEqual(
        expect.arrayContaining([
          'forgotten: Forgotten on request',
          `U2: I asked <@forgotten>, see trace ${TRACE}`,
          'forgotten: investigating → mitigated',
        ]),
      );
      expect(copies).toContainEqual({ channelId: 'C1', ts: '1700000000.000300', link: LINK });
      expect(copies).toContainEqual({
        channelId: 'C1',
        ts: '17.000200',
        link: 'https://acme.slack.com/archives/C1/p17000200',
      });
      await one.isProved();
      expect((await one.forget(PERSON, true)).rows).toEqual({});
    });

    test('a trace takes its answers, their evidence and every mention with it', async () => {
      const one = await recorded(newPlace());
      expect(await one.forget(TRACE.toUpperCase())).toMatchObject({ cases: 1, files: 0 });
      const left = await one.dump();
      expect(left).not.toContain(TRACE);
      expect(left).not.toMatch(/secret (?:verdict )?of a-1/);
      expect(left).toMatch(/secret verdict of a-2/);
      expect(one.filesOf('a-1')).toEqual(['forgotten.json']);
      expect(await findInvestigation(one.store, { id: 'a-1', workspaceId: 'T1' })).toBeUndefined();
      await one.isProved();
      expect((await one.forget(TRACE, true)).rows).toEqual({});
    });

    test('a healthy trace is deleted from the baselines of other answers, whose cases stay', async () => {
      const one = await recorded(newPlace());
      expect(await one.forget(HEALTHY)).toMatchObject({ cases: 0, files: 2 });
      expect(one.filesOf('a-2')).toEqual(['case.json', 'deleted.json', 'logs.jsonl', 'signature.json', 'traces.json']);
      await one.isProved();
    });

    test('an incident leaves its number; what another incident has too stays', async () => {
      const one = await recorded(newPlace());
      await one.store.transaction((tx) => addDiagnosisEntry(tx, { incidentId: 'in-1', investigationId: 'a-2' }));
      const { copies, ...forgotten } = await one.forget('inc-1');
      expect(forgotten).toMatchObject({ cases: 1, shared: 1, rows: { incidents: 1, alerts: 1 } });
      const left = await one.dump();
      expect(left).not.toMatch(
        /secret (?:verdict )?of a-1|secret words|secret item|secret-key|secret alert|secret reason/,
      );
      expect(left).toMatch(/secret verdict of a-2/);
      expect(await timelineOf(one.store, 'in-1')).toEqual([]);
      expect(await findIncident(one.store, { workspaceId: 'T1', number: 1 })).toMatchObject({
        title: 'Forgotten on request',
        status: 'resolved',
        roles: {},
      });
      await one.isProved();
      expect(copies).toContainEqual(expect.objectContaining({ channelId: PERSON, ts: '17.000300' }));
      const again = await one.forget('INC-1', true);
      expect(again.rows).toEqual({});
    });

    test('says in the log that it was done, without what was forgotten', async () => {
      const one = await recorded(newPlace());
      for (const named of [PERSON, TRACE, 'INC-1']) await one.forget(named);
      const entries = await one.store.db
        .selectFrom('audit')
        .select(['actor', 'subject', 'detail'])
        .where('action', '=', 'record.forgotten')
        .orderBy('seq')
        .execute();
      expect(entries.map(({ actor, subject }) => `${actor}: ${subject}`)).toEqual([
        'command line: a person',
        'command line: a trace',
        'command line: INC-1',
      ]);
      await one.isProved();
    });

    test('a legal hold refuses all of it, and nothing is changed', async () => {
      const one = await recorded(newPlace());
      const hold = { incident: 'INC-1', by: 'command line', reason: 'lawsuit', isRelease: false };
      await changeHold(one.store, hold);
      const before = await one.dump();
      for (const named of [PERSON, TRACE, HEALTHY, 'INC-1']) {
        await expect(one.forget(named)).rejects.toMatchObject({
          code: 'SH_LEGAL_HOLD',
          message: expect.stringContaining('INC-1 is on legal hold'),
          advice: expect.stringContaining('--release'),
        });
      }
      expect(await one.dump()).toBe(before);
      await one.forget('INC-2');
      await changeHold(one.store, { ...hold, isRelease: true });
      await one.forget('INC-1');
      expect(await one.dump()).not.toContain('acme/ops');
      await one.isProved();
    });

    test('whoever has no private key cannot hide a change as forgotten', async () => {
      const one = await recorded(newPlace());
      await one.forget(PERSON);
      const stranger = signerOf(newPrivateKey());
      const keys = [publicPem(one.signer)];
      await forget(
        {
          store: one.store,
          cases: keptIn(one.dataFolder),
          signer: () => stranger,
        },
        { named: 'U0OTHER22', actor: 'command line', isTrial: false },
      );
      await one.store.transaction((tx) => signHead(tx, one.signer));
      expect((await verifyAudit(one.store)).ok).toBe(true);
      expect((await verifySignatures(one.store, { keys, anchors: [] })).problem).toContain(
        'no valid signature of its own',
      );

      const other = await recorded(newPlace());
      await other.forget(PERSON);
      await other.store.db.updateTable('audit').set({ actor: 'U9' }).where('actor', '=', 'forgotten').execute();
      expect(await verifyAudit(other.store)).toMatchObject({
        ok: false,
        problem: 'its content does not match its hash',
      });
    });

    test('retention and export go on with a forgotten case', async () => {
      const one = await recorded(newPlace());
      await one.forget(TRACE);
      const target = join(newFolder(), 'exported');
      const parts = { store: one.store, cases: keptIn(one.dataFolder), disk, signer: one.signer };
      await exportCases(parts, { incident: 'INC-1', target, actor: 'command line' });
      expect(await verifyCase(disk, target, [publicPem(one.signer)])).toMatchObject({
        cases: 1,
        forgotten: 1,
        problems: [],
      });
      await one.clock.tick(100 * DAY_MS);
      const days = { traces: 1, logs: 1, metrics: 1, files: 1 };
      await deleteExpired({ ...parts, signer: () => one.signer, days });
      expect(existsSync(join(one.dataFolder, 'cases', 'a-1', 'forgotten.json'))).toBe(true);
      await one.isProved();
    });

    test('refuses what names nothing', async () => {
      const one = await recorded(newPlace());
      await expect(one.forget('somebody')).rejects.toMatchObject({ code: 'SH_USAGE' });
      await expect(one.forget('INC-99')).rejects.toMatchObject({ message: expect.stringContaining('INC-99') });
    });
  });
}
