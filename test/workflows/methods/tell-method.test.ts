/** What people say in the places of a method: kept in the timeline, shown to everybody, and never rewritten. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Runbook } from '#model/incident/runbook.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import { verifyAudit } from '#record/audit.ts';
import { findIncident } from '#record/find-incidents.ts';
import { declareIncident } from '#record/incidents.ts';
import { finishInvestigation, openInvestigation } from '#record/investigations.ts';
import { deliveryOf, post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { guideMethods } from '#test/guide-methods.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { UTC } from '#utilities/time-zone.ts';
import { methodSharer, methodShower } from '#workflows/methods/show-method.ts';
import { methodTelling } from '#workflows/methods/tell-method.ts';

const ANN = 'U012ANN';
const BOB = 'U034BOB';

let store: Store;
let clock: SteppedClock;
let requests = 0;
let runbook: Runbook | undefined;

const directory = { person: async () => ({ name: 'Ann', zone: UTC }), permalink: async () => '' };

beforeEach(async () => {
  clock = steppedClock();
  runbook = undefined;
  store = await opened(sqlitePlace(), clock);
  const { report } = await guideMethods('timeout-cascade');
  await store.transaction(async (tx) => {
    const asked = { id: 'inv-1', workspaceId: 'T1', traceId: 'abc', askedBy: ANN, channelId: 'C1' };
    await openInvestigation(tx, asked);
    await post(tx, { messageId: 'inv-1', workspaceId: 'T1', channelId: 'C1', message: { text: 'the diagnosis' } });
    await finishInvestigation(tx, { id: 'inv-1', traceId: 'abc', report, markdown: '', logs: '' });
  });
});

const declare = () =>
  store.transaction((tx) =>
    declareIncident(tx, {
      id: 'incident-1',
      workspaceId: 'T1',
      title: 'Orders time out',
      severity: 'P1',
      channelId: 'C1',
      declaredBy: ANN,
      detectedBy: 'employee',
      detection: ANN,
      investigationId: 'inv-1',
    }),
  );

const draw = async (svg: string) => new TextEncoder().encode(svg);
const parts = () => ({
  store,
  jobs: tableJobs,
  directory,
  draw,
  pictureSeconds: 60,
  mayRead: async () => true,
  readRunbook: async () => runbook,
  kick: () => undefined,
});
const asked = (userId = ANN, responseUrl = '') => {
  requests += 1;
  return {
    inboxId: `inbox-${requests}`,
    workspaceId: 'T1',
    userId,
    userName: userId === ANN ? 'ann' : 'bob',
    channelId: 'C1',
    responseUrl,
  };
};
const place = (userId?: string) => ({ asked: asked(userId), incidentId: 'incident-1', investigationId: 'inv-1' });
const told = () => methodTelling(parts());
const timeline = async () =>
  (await timelineOf(store, 'incident-1')).map(({ text, source, value }) => `${text} · ${source} · ${value}`);

/** What waits to be sent under this id. */
async function waiting(messageId: string) {
  const rows = await store.db.selectFrom('outbox').selectAll().where('message_id', '=', messageId).execute();
  const { text, blocks = [] } = JSON.parse(rows.at(-1)?.payload ?? '{}');
  expect(blockProblems(blocks)).toEqual([]);
  return `${text} ${JSON.stringify(blocks)}`;
}

const share = (method: 'whys' | 'hypotheses' | 'checklist' | 'fishbone' | 'failures') =>
  methodSharer(parts())({
    inboxId: `share-${++requests}`,
    workspaceId: 'T1',
    investigationId: 'inv-1',
    userId: ANN,
    responseUrl: 'https://slack.example/r',
    isInThread: true,
    method,
  });

async function shown(method: 'whys' | 'hypotheses' | 'checklist' | 'fishbone' | 'failures') {
  const request = asked(ANN, 'https://slack.example/r');
  await methodShower(parts())({ asked: request, meant: { incidentId: 'incident-1' }, method });
  return await waiting(`response/${request.inboxId}`);
}

describe('an answered why', () => {
  test('appears in the timeline with its author, and replaces the question in the view', async () => {
    await declare();
    const answer = { number: 6, ask: 'Who held it?', text: 'the nightly export held the rows' };
    expect(await told().answerWhy({ ...place(), ...answer })).toMatchObject({ kind: 'done' });
    expect(await timeline()).toContain(`Why 6: the nightly export held the rows · ${ANN} · why:inv-1:6`);
    const view = await shown('whys');
    expect(view).toContain('the nightly export held the rows');
    expect(view).toContain('Change why 6');
  });

  test('is corrected by a second one; the first stays in the record', async () => {
    await declare();
    await told().answerWhy({ ...place(), number: 6, ask: '', text: 'the export' });
    await told().answerWhy({ ...place(BOB), number: 6, ask: '', text: 'the export, since Monday' });
    expect((await timeline()).filter((line) => line.includes('why:'))).toEqual([
      `Why 6: the export, since Monday · ${ANN} · why:inv-1:6`,
    ]);
    expect(await verifyAudit(store)).toMatchObject({ ok: true });
  });

  test('that says nothing changes nothing', async () => {
    await declare();
    expect(await told().answerWhy({ ...place(), number: 6, ask: '', text: '  ' })).toMatchObject({ kind: 'refused' });
  });

  test('contains no mention, link or credential', async () => {
    await declare();
    const text = '<!channel> <https://evil.example|click> password=hunter2secret';
    await told().answerWhy({ ...place(), number: 6, ask: '', text });
    const view = await shown('whys');
    expect(view).not.toContain('hunter2secret');
    expect(view.slice(0, view.indexOf('['))).not.toContain('<!channel>');
    expect(view).not.toContain('"type":"mrkdwn"');
  });
});

describe('a hypothesis', () => {
  test('that a person confirms is confirmed by that person, and identifies the incident', async () => {
    await declare();
    const outcome = await told().judgeHypothesis({ ...place(), id: 'H1', state: 'confirmed' });
    expect(outcome.text).toContain('The incident is identified');
    expect(await shown('hypotheses')).toContain('H1 · confirmed');
    expect(await findIncident(store, { workspaceId: 'T1', id: 'incident-1' })).toMatchObject({ status: 'identified' });
    expect((await timeline()).some((line) => line.includes('hypothesis:inv-1:H1=confirmed'))).toBe(true);
  });

  test("has the last person's state", async () => {
    await declare();
    await told().judgeHypothesis({ ...place(), id: 'H1', state: 'confirmed' });
    await clock.tick(1_000);
    await told().judgeHypothesis({ ...place(BOB), id: 'H1', state: 'refuted' });
    expect(await shown('hypotheses')).toContain('H1 · refuted');
    expect(await told().judgeHypothesis({ ...place(), id: 'H1', state: 'refuted' })).toMatchObject({ kind: 'refused' });
  });

  test('that is not in the report cannot be judged', async () => {
    await declare();
    expect(await told().judgeHypothesis({ ...place(), id: 'H99', state: 'refuted' })).toMatchObject({
      kind: 'refused',
    });
  });
});

describe('the checklist', () => {
  test('has ticks from the evidence, the record and people, and the elapsed share of each box', async () => {
    await declare();
    await clock.tick(7 * 60_000);
    await told().tick({ ...place(), step: 'deployments', isDone: true });
    const view = await shown('checklist');
    expect(view).toContain('5 of 5 min');
    expect(view).toContain('2 of 10 min');
    expect(view).toMatch(/☑ Look at recent deploys and config changes/);
    expect(view).toMatch(/☑ Say how bad it is/);
    expect(view).toMatch(/☑ Draw the waterfall/);
    expect(view).toContain('Untick: Look at recent deploys');
    expect(view).not.toContain('Untick: Draw the waterfall');
  });

  test('is unticked again', async () => {
    await declare();
    await told().tick({ ...place(), step: 'runbooks', isDone: true });
    await clock.tick(1_000);
    await told().tick({ ...place(), step: 'runbooks', isDone: false });
    expect(await shown('checklist')).toContain('☐ Update the runbooks');
  });

  test('refuses an unknown step', async () => {
    await declare();
    expect(await told().tick({ ...place(), step: 'everything', isDone: true })).toMatchObject({ kind: 'refused' });
  });
});

describe('a step of the runbook', () => {
  const ORDERS: Runbook = {
    service: 'orders',
    links: ['https://wiki.example.com/orders'],
    names: { service: 'orders', namespace: '', since: '2026-01-06T14:30:00Z', incident: 'INC-1' },
    steps: [
      { id: 'run-1', text: 'Look: `kubectl -n {{namespace}} get pods -l app={{service}}`', commands: [] },
      { id: 'run-2', text: 'Restart', commands: [{ text: 'restart {{service}} # {{incident}}', language: 'sh' }] },
    ],
    more: 1,
  };

  test('has its command with the names of the incident, and its tick says who and when', async () => {
    await declare();
    runbook = ORDERS;
    const view = await shown('checklist');
    expect(view).toContain('Runbook of orders');
    expect(view).toContain('https://wiki.example.com/orders');
    expect(view).toContain('0 of 3 done');
    expect(view).toContain('"Look: "');
    expect(view).toContain('kubectl -n {{namespace}} get pods -l app=orders');
    expect(view).toContain('fill in: namespace');
    expect(view).toContain('restart orders # INC-1');
    await share('checklist');
    expect(await told().tick({ ...place(BOB), step: 'run-2', isDone: true })).toMatchObject({ kind: 'done' });
    expect(await timeline()).toContain(`Done: Restart (runbook of orders) · ${BOB} · check:run-2=done`);
    for (const message of [await shown('checklist'), await waiting('inv-1/method/checklist')]) {
      expect(message).toContain('1 of 3 done');
      expect(message).toContain('Untick: Restart');
      expect(message).toMatch(/☑ .*Restart.*\((?:Ann|bob), /s);
    }
    expect(await told().tick({ ...place(BOB), step: 'run-2', isDone: true })).toMatchObject({ kind: 'refused' });
    await told().tick({ ...place(), step: 'run-2', isDone: false });
    expect(await shown('checklist')).toContain('0 of 3 done');
    expect(await told().tick({ ...place(), step: 'run-9', isDone: true })).toMatchObject({ kind: 'refused' });
  });

  test('stays within what Slack allows, and what does not fit stays in the runbook', async () => {
    await declare();
    const long = (at: number) => ({ id: `run-${at}`, text: 'x'.repeat(300), commands: [] });
    runbook = { ...ORDERS, steps: Array.from({ length: 40 }, (_, at) => long(at)) };
    expect(await shown('checklist')).toContain(' · 30 more in the runbook');
  });
});

describe('in the thread of the diagnosis', () => {
  test('each method is posted once, and updated after an answer', async () => {
    await declare();
    for (const method of ['whys', 'hypotheses', 'checklist', 'fishbone', 'failures'] as const) await share(method);
    await share('whys');
    expect(await waiting('inv-1/method/whys')).not.toContain('nightly export');
    await told().answerWhy({ ...place(), number: 6, ask: '', text: 'the nightly export' });
    expect(await waiting('inv-1/method/whys')).toContain('nightly export');
  });

  test('the fishbone has its picture, or none if it cannot be drawn', async () => {
    const pictureOf = async () =>
      (await store.db.selectFrom('outbox').selectAll().where('message_id', '=', 'inv-1/method/fishbone').execute()).at(
        -1,
      )?.bytes;
    const broken = { ...parts(), draw: () => Promise.reject(new Error('the thread ended')) };
    const request = {
      workspaceId: 'T1',
      investigationId: 'inv-1',
      userId: ANN,
      responseUrl: 'https://slack.example/r',
      isInThread: true,
    };
    await methodSharer(broken)({ ...request, inboxId: 'b', method: 'fishbone' });
    expect(await pictureOf()).toBeNull();
    await share('fishbone');
    expect(new TextDecoder().decode((await pictureOf()) ?? undefined)).toMatch(/^<svg.*Technology/s);
  });

  test('without an incident nothing can be filled, and the message says how to declare one', async () => {
    await share('whys');
    const message = await waiting('inv-1/method/whys');
    expect(message).toContain('Declare an incident');
    expect(message).not.toContain('"type":"actions"');
    expect(await deliveryOf(store, 'inv-1/method/hypotheses')).toBeUndefined();
  });

  test('another workspace sees nothing of it', async () => {
    await methodSharer(parts())({
      inboxId: 'foreign',
      workspaceId: 'T2',
      investigationId: 'inv-1',
      userId: BOB,
      responseUrl: 'https://slack.example/r',
      isInThread: true,
      method: 'whys',
    });
    expect(await deliveryOf(store, 'inv-1/method/whys')).toBeUndefined();
  });
});

test('an incident without a diagnosis has open whys from its title, and a checklist', async () => {
  await store.transaction((tx) =>
    declareIncident(tx, {
      id: 'incident-1',
      workspaceId: 'T1',
      title: 'The shop is slow',
      severity: 'P2',
      channelId: 'C1',
      declaredBy: ANN,
      detectedBy: 'customer',
      detection: '',
    }),
  );
  expect(await shown('whys')).toContain('The shop is slow');
  expect(await shown('fishbone')).toContain('There is no diagnosis yet');
  await told().answerWhy({ ...place(), investigationId: '', number: 1, ask: '', text: 'a disk is full' });
  expect(await shown('whys')).toContain('a disk is full');
  await told().tick({ ...place(), investigationId: '', step: 'workaround', isDone: true });
  expect(await shown('checklist')).toContain('☑ Mitigate first');
});
