/** Messages that people mark in the thread of an alert before it has an incident, and after an incident is over. */
import { expect, test } from 'vitest';
import { takeAlertNotes } from '#record/alert-notes.ts';
import { noteAlert } from '#record/alerts.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import type { Job } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import {
  addChosenEntry,
  FOLLOW_MESSAGE,
  followMessage,
  messageNoticer,
  type Seen,
} from '#workflows/timeline/follow-message.ts';

const HOUR_MS = 3_600_000;
const PLACE = { workspaceId: 'T1', channelId: 'C1' };
const SAID: Seen = {
  kind: 'seen',
  text: 'The deploy of 14:20 looks bad',
  files: [],
  userId: 'U2',
  threadTs: '1.1',
  link: 'https://acme.slack.com/p1',
  marked: true,
  pinned: false,
};

async function open() {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const kick = () => undefined;
  let seen: Seen = SAID;
  const notice = messageNoticer({ store, jobs: tableJobs, kick } as Parameters<typeof messageNoticer>[0]);
  const follow = followMessage({ store, jobs: tableJobs, look: async () => seen, mayRead: async () => true, kick });
  const { alertId } = await store.transaction((tx) =>
    noteAlert(tx, { ...PLACE, alert: firedAlert(), messageTs: '1.1' }),
  );
  let events = 0;
  return {
    async happens(what: 'marked' | 'unmarked' | 'changed' | 'deleted', now: Seen = SAID, channelId = 'C1') {
      seen = now;
      events += 1;
      await notice({ inboxId: `e${events}`, workspaceId: 'T1', channelId, ts: '5.000005', what, userId: 'U3' });
      const jobs = store.db.selectFrom('jobs').selectAll().where('kind', '=', FOLLOW_MESSAGE);
      const job = await jobs.where('key', 'like', `%/e${events}`).executeTakeFirst();
      if (job === undefined) return false;
      await follow(
        { ...job, payload: JSON.parse(job.payload ?? '{}') } as unknown as Job,
        new AbortController().signal,
      );
      return true;
    },
    /** Another incident has the message for few. */
    async narrowed() {
      await store.transaction(async (tx) => {
        const first = {
          id: 'i-0',
          workspaceId: 'T1',
          title: 'The key leaked',
          severity: 'P1',
          channelId: 'C1',
        } as const;
        const by = { declaredBy: 'U1', detectedBy: 'alert', detection: '' } as const;
        const incident = await declareIncident(tx, { ...first, ...by });
        const message = {
          channelId: 'C1',
          ts: '5.000005',
          text: 'The deploy of 14:20 looks bad',
          files: [],
          userId: 'U2',
        };
        await addChosenEntry(tx, tableJobs, incident, {
          message,
          link: '',
          readers: [],
          by: { inboxId: 'n', userId: 'U2' },
        });
      });
    },
    async declared(channelId = 'C1') {
      await store.transaction(async (tx) => {
        const incident = await declareIncident(tx, {
          id: 'i-1',
          workspaceId: 'T1',
          title: 'Checkout is slow',
          severity: 'P1',
          channelId,
          threadTs: '1.1',
          declaredBy: 'U1',
          detectedBy: 'alert',
          detection: '',
          alertId,
        });
        await takeAlertNotes(tx, incident);
      });
      const entries = await timelineOf(store, 'i-1');
      return entries.filter(({ kind }) => kind === 'message').map(({ text, source, atUs }) => ({ text, source, atUs }));
    },
    /** An incident without an alert ends, and so many hours pass. */
    async ended(hours: number) {
      const incident = {
        id: 'i-2',
        workspaceId: 'T1',
        title: 'Search is down',
        severity: 'P1',
        channelId: 'C1',
      } as const;
      await store.transaction(async (tx) => {
        await declareIncident(tx, { ...incident, declaredBy: 'U1', detectedBy: 'employee', detection: '' });
        await changeIncident(tx, { incidentId: 'i-2', key: 'end', by: 'U1', status: 'resolved' });
      });
      await clock.tick(hours * HOUR_MS);
    },
    async messagesOf(incidentId: string) {
      const entries = await timelineOf(store, incidentId);
      return entries.filter(({ kind }) => kind === 'message').map(({ text }) => text);
    },
  };
}

test('enter the timeline of the incident with their own time', async () => {
  const it = await open();
  await it.happens('marked');
  expect(await it.declared()).toEqual([{ text: 'The deploy of 14:20 looks bad', source: 'U2', atUs: 5_000_005 }]);
});

test('enter it as they were last edited', async () => {
  const it = await open();
  await it.happens('marked');
  await it.happens('changed', { ...SAID, text: 'The deploy of 14:25 looks bad' });
  expect(await it.declared()).toMatchObject([{ text: 'The deploy of 14:25 looks bad' }]);
});

test.each(['unmarked', 'deleted'] as const)('do not enter it where they were %s', async (what) => {
  const it = await open();
  await it.happens('marked');
  await it.happens(what, what === 'deleted' ? { kind: 'gone' } : { ...SAID, marked: false });
  expect(await it.declared()).toEqual([]);
});

test('do not enter it for everybody where another incident has them for few', async () => {
  const it = await open();
  await it.happens('marked');
  await it.narrowed();
  expect(await it.declared()).toEqual([]);
});

test('do not enter an incident of another channel', async () => {
  const it = await open();
  await it.happens('marked');
  expect(await it.declared('C2')).toEqual([]);
});

test('are not looked at in a channel without an alert, and not kept outside of its thread', async () => {
  const it = await open();
  expect(await it.happens('marked', SAID, 'C9')).toBe(false);
  await it.happens('marked', { ...SAID, threadTs: undefined });
  expect(await it.declared()).toEqual([]);
});

test('enter an incident that ended within the last day, and no older one', async () => {
  const it = await open();
  await it.ended(23);
  await it.happens('marked', { ...SAID, threadTs: undefined });
  expect(await it.messagesOf('i-2')).toEqual(['The deploy of 14:20 looks bad']);

  const later = await open();
  await later.ended(25);
  expect(await later.happens('marked', { ...SAID, threadTs: undefined }, 'C1')).toBe(true);
  expect(await later.messagesOf('i-2')).toEqual([]);
});

test('under an alert without an incident stay with the alert, although another incident just ended', async () => {
  const it = await open();
  await it.ended(1);
  await it.happens('marked');
  expect(await it.messagesOf('i-2')).toEqual([]);
  expect(await it.declared()).toMatchObject([{ text: 'The deploy of 14:20 looks bad' }]);
});
