/**
 * The size of the store after many incidents: their rows in SQLite and their evidence. It plays the recorded outage of
 * `spanhound demo` once, and takes the report from it. Then it writes incidents with that report through the record's own
 * functions: three answers with evidence, a timeline of 40 entries, roles, action items, feedback, 70 messages, a drafted
 * postmortem. The evidence is that of the samples, with other ids in each incident.
 *   node bench/store-size.ts [--incidents 1000]
 *
 * Each write syncs the evidence to the disk, so 1,000 incidents take minutes. The goal is 1 GB for them. docs/scaling.md has the
 * figures.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { casesIn } from '#adapters/files/case-folder.ts';
import { composeDemo } from '#compose/demo.ts';
import { composeStore } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { newPrivateKey, signerOf } from '#core/signature.ts';
import type { KeptEvidence } from '#model/incident/case.ts';
import { addActionItem } from '#record/action-items.ts';
import { answerAlertWith, noteAlert } from '#record/alerts.ts';
import { recordFeedback } from '#record/feedback.ts';
import { done, receive } from '#record/inbox.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { attach, post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry } from '#record/timeline.ts';
import { caseKeeper } from '#workflows/cases/keep-case.ts';

const { values } = parseArgs({ options: { incidents: { type: 'string', default: '1000' } } });
const INCIDENTS = Number(values.incidents);

/** About a year of incidents. */
const APART_US = 8 * 3_600_000_000;
const ANSWERS = 3;
const NOTES = 34;
const MESSAGES = 70;
const JOBS = 50;
const GOAL_BYTES = 1_000_000_000;
const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));
/** A draft with its timeline and its evidence. It is gone from the store once Slack has it. */
const POSTMORTEM = Buffer.from('A postmortem has about thirty kilobytes. '.repeat(750));

const folder = await mkdtemp(join(tmpdir(), 'spanhound-size-'));
try {
  const report = await demoReport(join(folder, 'demo'));
  const evidence = await sampleFiles();
  const before = performance.now();
  const size = await written(join(folder, 'data'), report, evidence);
  console.log(`${INCIDENTS} incidents in ${((performance.now() - before) / 1_000).toFixed(0)} s`);
  console.log('| what | bytes | of one incident |\n|---|---|---|');
  for (const [what, bytes] of Object.entries(size))
    console.log(`| ${what} | ${(bytes / 1e6).toFixed(1)} MB | ${(bytes / INCIDENTS / 1e3).toFixed(1)} KB |`);
  if ((size.together ?? 0) / INCIDENTS > GOAL_BYTES / 1_000) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

type DemoReport = Readonly<{ report: object; markdown: string; logs: string }>;

async function demoReport(dataFolder: string): Promise<DemoReport> {
  await composeDemo(loadConfig({ SPANHOUND_DATA: dataFolder }), () => undefined);
  const store = await composeStore({ dataFolder });
  const row = await store.db
    .selectFrom('investigations')
    .select(['report', 'markdown', 'logs'])
    .where('state', '=', 'done')
    .executeTakeFirstOrThrow();
  await store.close();
  return { report: JSON.parse(row.report ?? '{}'), markdown: row.markdown ?? '', logs: row.logs ?? '' };
}

type Sample = Readonly<{ name: string; text: string }>;

/** The files of each sample but its manifest. */
async function sampleFiles(): Promise<readonly (readonly Sample[])[]> {
  const names = (await readdir(SAMPLES, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return await Promise.all(
    names.map(async ({ name: sample }) => {
      const files = (await readdir(join(SAMPLES, sample))).filter((name) => name !== 'case.json');
      return await Promise.all(
        files.map(async (name) => ({ name, text: await readFile(join(SAMPLES, sample, name), 'utf8') })),
      );
    }),
  );
}

async function written(
  dataFolder: string,
  report: DemoReport,
  samples: readonly (readonly Sample[])[],
): Promise<Record<string, number>> {
  let atUs = Date.UTC(2026, 0, 1) * 1_000;
  const clock = { ...systemClock, nowUs: () => atUs };
  const store = await composeStore({ dataFolder }, { clock });
  // Only the size counts: nothing has to survive a power cut.
  await sql`pragma synchronous = off`.execute(store.db);
  const signer = signerOf(newPrivateKey());
  const cases = casesIn(dataFolder, { maxBytes: GOAL_BYTES });
  const keep = caseKeeper({ store, cases, sealedBy: 'bench', signer: () => signer, log: silentLog });
  for (let n = 0; n < INCIDENTS; n++) {
    atUs += APART_US;
    const answers = [];
    for (let k = 0; k < ANSWERS; k++) {
      const id = store.newId();
      const traceId = randomBytes(16).toString('hex');
      const asked = { id, workspaceId: 'T1', traceId, askedBy: 'U1', channelId: 'C1' };
      await store.transaction((tx) => openInvestigation(tx, asked));
      const subject = { kind: 'trace', traceId, service: 'checkout', from: 'x', to: 'y' } as const;
      // The first answers the alert: it reads requests of a window, the others a single one.
      const read = k === 0 ? samples : samples.slice((n + k) % samples.length).slice(0, 1);
      await keep({ investigationId: id, workspaceId: 'T1', subject, evidence: async () => evidenceOf(read) }, (tx) =>
        finishInvestigation(tx, { id, traceId, ...report }),
      );
      answers.push(id);
    }
    await recordOf(store, n, answers);
  }
  await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
  await store.close();
  const database = (await stat(join(dataFolder, 'spanhound.db'))).size;
  const kept = await diskBytes(join(dataFolder, 'cases'));
  return { 'the file of SQLite': database, 'cases, as blocks of the disk': kept, together: database + kept };
}

/** Other ids in each case, because nothing of one request is in another one. */
function evidenceOf(samples: readonly (readonly Sample[])[]): KeptEvidence {
  const files = samples.flatMap((sample, at) =>
    sample.map(({ name, text }) => ({
      path: at === 0 ? name : name.replace('.', `-${at + 1}.`),
      source: 'jaeger at http://jaeger:16686',
      query: 'GET /api/traces/…',
      bytes: Buffer.from(text.replaceAll(/\b[0-9a-f]{16}\b/g, () => randomBytes(8).toString('hex'))),
      redactions: [],
    })),
  );
  return { files, gaps: [] };
}

async function recordOf(store: Store, n: number, answers: readonly string[]): Promise<void> {
  const id = store.newId();
  const [investigationId = ''] = answers;
  await store.transaction(async (tx) => {
    const alert = {
      source: 'alertmanager',
      key: `group-${n}`,
      title: `Checkout is slow ${n}`,
      service: 'checkout',
      severity: 'critical',
      state: 'triggered',
      atUs: tx.nowUs,
      saidUs: tx.nowUs,
      url: 'https://prometheus.example.com/graph?g0.expr=histogram_quantile(0.95, …)',
      traceId: '',
      labels: { alertname: 'CheckoutSlow', service: 'checkout', cluster: 'eu-1', namespace: 'shop' },
    } as const;
    const { alertId } = await noteAlert(tx, { workspaceId: 'T1', alert, channelId: 'C1' });
    await answerAlertWith(tx, { alertId, investigationId });
    await declareIncident(tx, {
      id,
      workspaceId: 'T1',
      title: `Checkout is slow ${n}`,
      severity: 'P1',
      channelId: 'C1',
      declaredBy: 'U1',
      detectedBy: 'alert',
      detection: 'CheckoutSlow',
      alertId,
      investigationId,
    });
    for (const role of ['commander', 'technical-lead', 'communications-lead'] as const)
      await assignRole(tx, { incidentId: id, key: role, role, userId: 'U2', by: 'U1' });
  });
  for (let note = 0; note < NOTES; note++) {
    const text = `We see ${note} of 12 pods restart, and the queue of payment grows. Next look in five minutes.`;
    const entry = { incidentId: id, key: `note:${note}`, kind: 'note', text, source: 'U3' } as const;
    const link = `https://acme.slack.com/archives/C1/p${n}${note}`;
    await store.transaction((tx) => addEntry(tx, { ...entry, link, atUs: tx.nowUs }));
  }
  for (let job = 0; job < JOBS; job++) {
    const { inboxId } = await receive(store, { workspaceId: 'T1', key: `${n}/${job}`, source: 'slack', body: '{}' });
    await store.transaction(async (tx) => {
      await tableJobs.addJob(tx, { kind: 'incident-overview', workspaceId: 'T1', key: inboxId, payload: {} });
      await done(tx, inboxId);
    });
  }
  await store.transaction(async (tx) => {
    await changeIncident(tx, { incidentId: id, key: 'm', by: 'U2', status: 'mitigated' });
    await changeIncident(tx, { incidentId: id, key: 'r', by: 'U2', status: 'resolved' });
    for (let item = 0; item < 3; item++) {
      const text = 'Add an index on orders.customer_id, and a check for queries without an index';
      const wanted = { incidentId: id, text, owner: 'U3', due: '2026-12-01', createdBy: 'U1' };
      await addActionItem(tx, { ...wanted, id: tx.newId() });
    }
    for (const userId of ['U1', 'U2'])
      await recordFeedback(tx, { investigationId, workspaceId: 'T1', userId, right: true });
    const message = { text: 'Logins fail because user-service ran out of database connections. '.repeat(20) };
    for (let at = 0; at < MESSAGES; at++)
      await post(tx, { messageId: `${id}/${at}`, workspaceId: 'T1', channelId: 'C1', message });
    const file = { name: 'postmortem.md', title: 'Postmortem', content: POSTMORTEM };
    const ids = { attachmentId: `${id}/file`, threadOf: `${id}/0`, workspaceId: 'T1', channelId: 'C1' };
    await attach(tx, { ...ids, ...file });
  });
  await allSent(store);
}

/** As the runners leave it. */
async function allSent(store: Store): Promise<void> {
  await store.transaction(async ({ db, nowUs }) => {
    await db.deleteFrom('outbox').execute();
    await db
      .updateTable('messages')
      .set({ state: 'sent', ts: `${nowUs}`, sent_us: nowUs })
      .where('state', '=', 'queued')
      .execute();
    await db
      .updateTable('jobs')
      .set({ state: 'done', payload: null, finished_us: nowUs })
      .where('state', '=', 'queued')
      .execute();
  });
}

/** What the disk gives away for the files below a folder. */
async function diskBytes(below: string): Promise<number> {
  const BLOCK_BYTES = 512;
  let bytes = 0;
  for (const entry of await readdir(below, { withFileTypes: true })) {
    const path = join(below, entry.name);
    bytes += (await stat(path)).blocks * BLOCK_BYTES;
    if (entry.isDirectory()) bytes += await diskBytes(path);
  }
  return bytes;
}
