/**
 * What two processes on one store race for. Each race runs on two openings of one store and throws where both got what
 * only one may have. Run on SQLite by `npm test`, on Postgres by `npm run test:backends`.
 */
import assert from 'node:assert/strict';
import { silentLog } from '#core/log.ts';
import type { Alert } from '#model/incident/alert.ts';
import { noteAlert } from '#record/alerts.ts';
import { verifyAudit } from '#record/audit.ts';
import { noteCase } from '#record/evidence.ts';
import { postpone, receive, takeRequests } from '#record/inbox.ts';
import { assignRole, declareIncident, type NewIncident } from '#record/incidents.ts';
import { openInvestigation } from '#record/investigations.ts';
import type { Job } from '#record/jobs.ts';
import { post, type Sender } from '#record/outbox.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import type { Store, Tx } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, editEntry, timelineOf } from '#record/timeline.ts';
import { deliveryReceiver } from '#workflows/alerts/receive-alert.ts';
import { incidentDeclarer } from '#workflows/incidents/declare-incident.ts';

type Pair = readonly [Store, Store];

/** By what must hold; each wants a workspace of its own. */
export const races: Readonly<Record<string, (stores: Pair, workspaceId: string) => Promise<void>>> = {
  'incidents that are declared at the same moment get different numbers': async (stores, workspaceId) => {
    const declared = await atOnce(stores, (tx, index) => declareIncident(tx, declaration(workspaceId, `i${index}`)));
    assert.deepEqual(ascending(declared.map(({ number }) => number)), upTo(TIMES));
  },

  'two people who declare the same at the same moment declare one incident': async (stores, workspaceId) => {
    const declarers = stores.map((store) => incidentDeclarer({ store, ...DECLARING }));
    const origin = { channelId: 'C1' };
    for (let round = 0; round < TIMES; round++) {
      const told = await Promise.all(
        declarers.map(async (declare, index) => {
          const by = { userId: `U${index}`, userName: '', channelId: 'C1', responseUrl: '' };
          const asked = { inboxId: `${workspaceId}/${round}/${index}`, workspaceId, ...by };
          return await declare({ asked, origin, title: `Logins fail (${round})` });
        }),
      );
      assert.deepEqual(told.map(({ kind }) => kind).sort(), ['done', 'refused']);
    }
  },

  'an alert that is delivered twice at the same moment is one alert, and one round': async (stores, workspaceId) => {
    const { alert } = ALERT;
    for (const atUs of [alert.atUs, alert.atUs + HOUR_US]) {
      const fires = { ...alert, atUs, saidUs: atUs };
      const noted = await atOnce(stores, (tx) => noteAlert(tx, { workspaceId, alert: fires }));
      assert.equal(noted.filter(({ isNew }) => isNew).length, 1);
      assert.equal(new Set(noted.map(({ alertId }) => alertId)).size, 1);
      const ends = { ...fires, state: 'resolved', saidUs: atUs + 1 } as const;
      await stores[0].transaction((tx) => noteAlert(tx, { workspaceId, alert: ends }));
    }
    const rounds = stores[0].db.selectFrom('alerts').select('round').where('workspace_id', '=', workspaceId);
    assert.deepEqual(ascending((await rounds.execute()).map(({ round }) => round)), [0, 1]);
  },

  'an alert that two groups bring at the same moment has one answer, and one end': async (stores, workspaceId) => {
    const receivers = stores.map((store) =>
      deliveryReceiver({ store, workspace: async () => workspaceId, ...RECEIVING }),
    );
    const x = { ...ALERT.alert, source: 'alertmanager', service: '', key: `${workspaceId}/x` };
    const y = { ...x, key: `${workspaceId}/y` };
    for (const state of ['triggered', 'resolved'] as const) {
      await Promise.all(
        upTo(TIMES).map(async (index) => {
          const [first, second] = [x, y].map((one) => ({
            ...one,
            state,
            saidUs: x.saidUs + (state === 'resolved' ? 1 : 0),
          }));
          assert.ok(first && second);
          // The two in another order each time, in groups of their own.
          const members = index % 3 === 0 ? [first, second] : [second, first];
          const subject = { ...first, key: `${workspaceId}/group ${index % 4}` };
          const payload = { id: `${index}`, subject, members, truncated: 0 };
          const job = { id: `${workspaceId}/${state}/${index}`, payload, attempt: 1 } as unknown as Job;
          await receivers[index % 2]?.(job, new AbortController().signal);
        }),
      );
    }
    const { db } = stores[0];
    const answers = db.selectFrom('investigations').select('id').where('workspace_id', '=', workspaceId);
    assert.equal((await answers.execute()).length, 1);
    const posts = db.selectFrom('outbox').select('payload').where('workspace_id', '=', workspaceId);
    const texts = (await posts.execute()).map(({ payload }) => `${JSON.parse(payload).text}`.slice(0, 8));
    assert.deepEqual(texts.sort(), ['Looking ', 'Resolved']);
  },

  'a role that two take at the same moment is handed from one to the other': async (stores, workspaceId) => {
    const incident = await stores[0].transaction((tx) => declareIncident(tx, declaration(workspaceId, 'role')));
    const taken = await atOnce(stores, (tx, index) =>
      assignRole(tx, {
        incidentId: incident.id,
        key: `k${index}`,
        role: 'commander',
        userId: `U${index}`,
        by: `U${index}`,
      }),
    );
    const relieved = taken.map(({ previous }) => previous ?? 'nobody');
    assert.equal(new Set(relieved).size, TIMES, 'nobody is relieved twice');
  },

  'corrections of one entry that come at the same moment are all kept': async (stores, workspaceId) => {
    const { id: incidentId } = await stores[0].transaction((tx) =>
      declareIncident(tx, declaration(workspaceId, 'edited')),
    );
    const entry = { incidentId, key: 'note:1', atUs: 1, kind: 'note', text: 'x', source: 'U1', link: '' } as const;
    await stores[0].transaction((tx) => addEntry(tx, entry));
    const edited = await atOnce(stores, (tx, index) =>
      editEntry(tx, { incidentId, key: 'note:1', text: `text ${index}`, by: 'U1' }),
    );
    assert.ok(edited.every(Boolean));
    const [shown] = (await timelineOf(stores[0], incidentId)).filter(({ kind }) => kind === 'note');
    assert.match(shown?.text ?? '', /^text \d+$/);
    const rows = stores[0].db.selectFrom('timeline_entries').select('id').where('incident_id', '=', incidentId);
    assert.equal((await rows.where('amends', 'is not', null).execute()).length, TIMES);
  },

  'cases that are kept at the same moment get different numbers': async (stores, workspaceId) => {
    await atOnce(stores, async (tx, index) => {
      const investigationId = `${workspaceId}/case-${index}`;
      const by = { askedBy: 'U1', channelId: 'C1' };
      await openInvestigation(tx, { id: investigationId, workspaceId, traceId: 'feed', ...by });
      await noteCase(tx, { investigationId, folder: 'f', seal: `seal ${index}`, files: 1, bytes: 1 });
    });
    const rows = stores[0].db.selectFrom('evidence').select('number').where('workspace_id', '=', workspaceId);
    assert.deepEqual(ascending((await rows.execute()).map(({ number }) => number)), upTo(TIMES));
  },

  'the audit log is one chain, whoever writes it': async (stores, workspaceId) => {
    await atOnce(stores, (tx, index) => declareIncident(tx, declaration(workspaceId, `audited-${index}`)));
    assert.equal((await verifyAudit(stores[0])).ok, true);
  },

  'each job is taken once': async (stores, workspaceId) => {
    const kind = `race/${workspaceId}`;
    const ran: string[] = [];
    const handlers = { [kind]: async ({ key }: { key: string }) => void ran.push(key) };
    const keys = upTo(TIMES).map((index) => `job ${index}`);
    await stores[0].transaction(async (tx) => {
      for (const key of keys) await tableJobs.addJob(tx, { kind, workspaceId, key, payload: {} });
    });
    const runners = stores.map((store) => tableJobs.runJobs({ store, handlers, log: silentLog }));
    await Promise.all(runners.map((runner) => runner.idle()));
    await Promise.all(runners.map((runner) => runner.stop(0)));
    assert.deepEqual(ran.sort(), keys.sort());
  },

  'each message is sent once, in the order in which it was stored': async (stores, workspaceId) => {
    const said: string[] = [];
    const messages = upTo(TIMES).map((index) => `${workspaceId}/${index}`);
    for (const [index, messageId] of messages.entries()) {
      const channelId = `C${index % CHANNELS}`;
      await stores[0].transaction((tx) => post(tx, { messageId, workspaceId, channelId, message: { text: 'x' } }));
    }
    const runners = stores.map((store) => runOutbox({ store, sender: recording(said), log: silentLog }));
    while (said.length < messages.length) await stores[0].clock.sleep(10);
    await Promise.all(runners.map((runner) => runner.idle()));
    await Promise.all(runners.map((runner) => runner.stop(0)));
    for (let channel = 0; channel < CHANNELS; channel++) {
      const inChannel = (id: string) => messages.indexOf(id) % CHANNELS === channel;
      assert.deepEqual(said.filter(inChannel), messages.filter(inChannel));
    }
  },

  'a request whose next attempt is due is taken up by one of them': async (stores, workspaceId) => {
    const source = `race/${workspaceId}`;
    for (const index of upTo(TIMES)) {
      const { inboxId } = await receive(stores[0], { workspaceId, key: `${index}`, source, body: '{}' });
      await postpone(stores[0], { inboxId, error: new Error('once'), random: () => 0 });
    }
    await stores[0].db.updateTable('inbox').set({ due_us: 0 }).where('source', '=', source).execute();
    const asked = { source, except: [], limit: TIMES };
    const taken = (await Promise.all(stores.map((store) => takeRequests(store, asked)))).flat();
    assert.equal(taken.length, TIMES);
    assert.equal(new Set(taken.map(({ inboxId }) => inboxId)).size, TIMES);
  },
};

const TIMES = 12;
/** Slack's pace lets three messages into a channel at once. */
const CHANNELS = 4;
const HOUR_US = 3_600_000_000;

const RECEIVING = {
  jobs: tableJobs,
  sources: [],
  stormPerMinute: 0,
  kick: () => undefined,
  log: silentLog,
  channelId: 'C1',
};

const DECLARING = {
  jobs: tableJobs,
  mayRead: async () => true,
  askRight: async () => ({ kind: 'may' }) as const,
  kick: () => undefined,
  minutes: { P0: 0, P1: 0, P2: 0, P3: 0 },
  calls: { minutes: 0, onCall: [], onCallByChannel: [] },
  channel: { severities: [], name: 'inc-{number}', archiveDays: 0, invite: [] },
  directory: { person: async () => undefined, permalink: async () => '' },
};

const ALERT: Readonly<{ alert: Alert }> = {
  alert: {
    source: 'pagerduty',
    key: 'Q7R2',
    title: 'Login latency above 2 s',
    service: 'login',
    severity: 'high',
    state: 'triggered',
    atUs: 1_767_709_740_000_000,
    saidUs: 1_767_709_740_000_000,
    url: '',
    traceId: '',
    labels: {},
  },
};

function declaration(workspaceId: string, id: string): NewIncident {
  const by = { declaredBy: 'U1', detectedBy: 'employee', detection: 'U1', severity: 'P2' } as const;
  return { id: `${workspaceId}/${id}`, workspaceId, title: id, channelId: 'C1', ...by };
}

/** The same many times, by both in turn, without waiting for one another. */
async function atOnce<T>(stores: Pair, work: (tx: Tx, index: number) => Promise<T>): Promise<readonly T[]> {
  const [one, two] = stores;
  return await Promise.all(upTo(TIMES).map((index) => (index % 2 ? one : two).transaction((tx) => work(tx, index))));
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function ascending(numbers: readonly number[]): readonly number[] {
  return numbers.toSorted((a, b) => a - b);
}

function recording(said: string[]): Sender {
  const refuse = async () => ({ kind: 'refused', reason: 'not used here' }) as const;
  return {
    post: async ({ messageId }) => ({ kind: 'sent', ts: `${said.push(messageId)}` }),
    find: async () => ({ kind: 'absent' }),
    update: refuse,
    respond: refuse,
    attach: refuse,
    pin: refuse,
  };
}
