/** Notes of the alerting system in the timeline, and the one line for an app that nobody can read. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Alert, AlertMessage, AlertNote } from '#model/incident/alert.ts';
import { takeAlertNotes } from '#record/alert-notes.ts';
import { findAlert, noteAlert } from '#record/alerts.ts';
import { declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { noteReceiver, noteTaker } from '#workflows/alerts/note-alert.ts';
import { alertMessageReceiver } from '#workflows/alerts/receive-alert.ts';
import { evidenceNoter } from '#workflows/timeline/note-evidence.ts';

const AT_US = Date.UTC(2026, 0, 6, 14, 29) * 1_000;
const ALERT: Alert = {
  source: 'opsgenie',
  key: 'o-1',
  title: 'Checkout is slow',
  service: 'checkout',
  severity: 'P1',
  state: 'triggered',
  atUs: AT_US,
  saidUs: AT_US,
  url: '',
  traceId: '',
  labels: {},
};
const NOTE: AlertNote = {
  id: 'n-1',
  source: 'opsgenie',
  key: 'o-1',
  text: 'looking',
  by: 'Ann',
  atUs: AT_US + 60,
  url: '',
};
const PLACE = { channelId: 'C1', ts: '1.1', edited: false } as const;

let store: Store;
let clock: SteppedClock;

beforeEach(async () => {
  clock = steppedClock();
  store = await opened(sqlitePlace(), clock);
});

const kick = () => undefined;

async function alerted(): Promise<string> {
  const { alertId } = await store.transaction((tx) =>
    noteAlert(tx, { workspaceId: 'T1', alert: ALERT, channelId: 'C1', messageTs: '1.1' }),
  );
  return alertId;
}

async function declared(channelId = 'C1'): Promise<void> {
  const alertId = await alerted();
  await store.transaction(async (tx) => {
    const incident = await declareIncident(tx, {
      id: 'incident-1',
      workspaceId: 'T1',
      title: 'Checkout is slow',
      severity: 'P1',
      channelId,
      declaredBy: 'U1',
      detectedBy: 'alert',
      detection: 'opsgenie',
      alertId,
    });
    await takeAlertNotes(tx, incident);
  });
}

const notes = async () =>
  (await timelineOf(store, 'incident-1'))
    .filter(({ kind }) => kind === 'note')
    .map(({ text, source }) => ({ text, source }));

const receive = (note: AlertNote) =>
  noteReceiver({ store, jobs: tableJobs, workspace: async () => 'T1', kick })(
    { payload: note } as unknown as Job,
    new AbortController().signal,
  );

const onMessage = (message: AlertMessage) =>
  alertMessageReceiver({ store, jobs: tableJobs, sources: [], stormPerMinute: 12, kick })({
    workspaceId: 'T1',
    message,
  });

const posts = async () =>
  (await store.db.selectFrom('outbox').selectAll().execute())
    .filter(({ message_id }) => message_id.startsWith('unreadable/'))
    .map((row) => JSON.stringify(row));

describe('a note of the alerting system', () => {
  test('is an entry of the alert’s incident, once', async () => {
    await declared();
    await receive(NOTE);
    await receive(NOTE);
    expect(await notes()).toEqual([{ text: 'Ann: looking', source: 'opsgenie' }]);
  });

  test('from before the incident enters its timeline with its own time', async () => {
    await alerted();
    await receive(NOTE);
    await receive(NOTE);
    await receive({ ...NOTE, id: 'n-2', key: 'other' });
    await clock.tick(60_000);
    await declared();
    const [entry, ...others] = (await timelineOf(store, 'incident-1')).filter(({ kind }) => kind === 'note');
    expect(entry).toMatchObject({ text: 'Ann: looking', source: 'opsgenie', atUs: NOTE.atUs });
    expect(entry?.notedUs).toBeLessThan(clock.nowUs());
    expect(others).toEqual([]);
  });

  test('from before the incident, in Slack, enters only an incident of the same channel', async () => {
    await alerted();
    const reply = { ...NOTE, key: '', text: 'Acknowledged by Ann', by: '' };
    await onMessage({ ...PLACE, ts: '2.2', threadTs: '1.1', note: reply });
    await declared('C0OTHER');
    expect(await notes()).toEqual([]);
  });

  test('is stored before it is acknowledged, and a repetition is the same', async () => {
    const take = noteTaker({ store, jobs: tableJobs, kick });
    await take(NOTE);
    await take(NOTE);
    expect(await store.db.selectFrom('jobs').select('key').execute()).toEqual([{ key: 'opsgenie/n-1' }]);
  });

  test('may be a reply of its app in the thread of the alert’s message', async () => {
    await declared();
    const note = { ...NOTE, key: '', text: 'Acknowledged by Ann', by: '' };
    await onMessage({ ...PLACE, ts: '2.2', threadTs: '1.1', note });
    await onMessage({ ...PLACE, ts: '2.3', threadTs: '9.9', note: { ...note, id: 'n-2' } });
    expect(await notes()).toEqual([{ text: 'Acknowledged by Ann', source: 'opsgenie' }]);
  });
});

test('an acknowledgement is an entry of the alert’s incident', async () => {
  await declared();
  const alertId = await alerted();
  await store.transaction(async (tx) => {
    const alert = await findAlert(tx, { workspaceId: 'T1', id: alertId });
    if (alert === undefined) throw new Error('the alert is missing');
    for (const _ of [1, 2]) await evidenceNoter(tableJobs).alertHeard(tx, { ...alert, state: 'acknowledged' });
  });
  expect(await notes()).toEqual([{ text: 'Acknowledged: Checkout is slow', source: 'opsgenie' }]);
});

describe('what looks like an alert and cannot be read', () => {
  test('gets one line for each app and day, with the command', async () => {
    for (const ts of ['1.1', '1.2', '1.3'])
      await onMessage({ ...PLACE, ts, unreadable: '[CRITICAL] x', sender: 'Acme' });
    expect(await posts()).toEqual([expect.stringContaining('spanhound alert try FILE')]);
    await onMessage({ ...PLACE, ts: '1.4', unreadable: '[CRITICAL] x', sender: 'Other' });
    await clock.tick(24 * 3_600_000);
    await onMessage({ ...PLACE, ts: '1.5', unreadable: '[CRITICAL] x', sender: 'Acme' });
    expect(await posts()).toHaveLength(3);
  });

  test('of an app whose other messages are read gets one line a day as well, with its text and the command', async () => {
    const odd = { unreadable: 'an odd form', sender: 'Pager', hasReader: true } as const;
    for (const ts of ['1.1', '1.2']) await onMessage({ ...PLACE, ts, ...odd });
    const [post = '', ...more] = await posts();
    expect(more).toEqual([]);
    for (const said of ['an odd form', 'spanhound alert try FILE', 'about messages of Pager'])
      expect(post).toContain(said);
    expect(post).not.toContain('cannot read messages of Pager');
    await clock.tick(24 * 3_600_000);
    await onMessage({ ...PLACE, ts: '1.3', ...odd });
    expect(await posts()).toHaveLength(2);
  });
});
