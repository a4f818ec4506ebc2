/** Overdue action items and postmortems that nobody has accepted: who reads of them, when, where, and what ends it. */
import { expect, test } from 'vitest';
import { ACCEPTED, reviewValue } from '#model/incident/postmortem-acceptance.ts';
import { actionItemsOf, addActionItem, changeItemState } from '#record/action-items.ts';
import { changeIncident, declareIncident } from '#record/incidents.ts';
import type { Job, JobHandler } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry } from '#record/timeline.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { REMIND_OWNER, remindOwner } from '#workflows/action-items/remind-owner.ts';
import {
  REPORT_OVERDUE,
  remindToAccept,
  reportOverdue,
  reportWhenOverdue,
} from '#workflows/action-items/report-overdue.ts';
import { OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';

const DAY_MS = 86_400_000;
const signal = new AbortController().signal;

/**
 * It is Tuesday, the 6th of January, and the incident has an overview with a thread. `mayRead`: whether a person may read
 * a channel.
 */
async function open(mayRead: (userId: string, channelId: string) => boolean | undefined = () => true) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const directory = { person: async () => undefined, permalink: async () => '' };
  const options = {
    ...{ store, jobs: tableJobs, directory, kick: () => undefined },
    mayRead: async ({ userId }: Readonly<{ userId: string }>, channelId: string) => mayRead(userId, channelId),
  };
  const handlers: Readonly<Record<string, JobHandler>> = {
    [REPORT_OVERDUE]: reportOverdue(options),
    [REMIND_OWNER]: remindOwner(options),
  };
  const place = { workspaceId: 'T1', channelId: 'C1' };
  const incident = await store.transaction(async (tx) => {
    const about = { title: 'Checkout is slow', severity: 'P1', detectedBy: 'employee', detection: '' } as const;
    await post(tx, { ...place, messageId: OVERVIEW_OF('i'), message: { text: 'INC-1' } });
    return await declareIncident(tx, { id: 'i', ...place, declaredBy: 'U1', ...about });
  });
  /** A second one, in a channel of its own. */
  const other = () =>
    store.transaction((tx) =>
      declareIncident(tx, {
        ...{ id: 'j', workspaceId: 'T1', channelId: 'C2', declaredBy: 'U1', title: 'Breach' },
        ...{ severity: 'P1', detectedBy: 'employee', detection: '' },
      }),
    );
  const ran = new Set<string>();
  const jobs = async () =>
    (await store.db
      .selectFrom('jobs')
      .selectAll()
      .where('kind', 'in', [REPORT_OVERDUE, REMIND_OWNER])
      .orderBy('due_us')
      .execute()) as unknown as readonly (Job & Readonly<{ due_us: number; payload: unknown }>)[];
  return {
    add: (id: string, due: string, owner = 'U0OWNER1') =>
      store.transaction(async (tx) => {
        await addActionItem(tx, { id, incidentId: 'i', text: `task ${id}`, owner, due, createdBy: 'U1' });
        await reportWhenOverdue(tx, tableJobs, incident, { due });
      }),
    end: (id: string, state: 'done' | 'open') =>
      store.transaction(async (tx) => {
        const item = (await actionItemsOf(tx, 'i')).find((one) => one.id === id);
        if (item === undefined) throw new Error(`no item ${id}`);
        await changeItemState(tx, { item, key: `${id}-${state}-${tx.nowUs}`, state, reason: '', by: 'U1' });
        if (state === 'open') await reportWhenOverdue(tx, tableJobs, incident, item);
      }),
    /** Runs what is due each day, each job twice: it may be done again after a crash. */
    async after(days: number, { lastAttempt = false } = {}) {
      for (let day = 0; day < days; day += 1) {
        await clock.tick(DAY_MS);
        const isOpen = ({ id, due_us }: Readonly<{ id: string; due_us: number }>) =>
          !ran.has(id) && due_us <= clock.nowUs();
        // A report asks for another job.
        for (let job = (await jobs()).find(isOpen); job !== undefined; job = (await jobs()).find(isOpen)) {
          ran.add(job.id);
          const given = { ...job, workspaceId: 'T1', payload: JSON.parse(String(job.payload)), lastAttempt };
          await handlers[job.kind]?.(given, signal);
          await handlers[job.kind]?.(given, signal);
        }
      }
    },
    /** As a person asked for it. */
    draft: () =>
      store.transaction(async (tx) => {
        await post(tx, { ...place, messageId: POSTMORTEM_OF('i'), message: { text: 'the draft' } });
        await remindToAccept(tx, tableJobs, incident, tx.nowUs);
      }),
    resolve: () =>
      store.transaction((tx) =>
        changeIncident(tx, { incidentId: 'i', key: 'end', by: 'U1', status: 'resolved', text: '' }),
      ),
    note: (text: string) =>
      store.transaction((tx) =>
        addEntry(tx, {
          ...{ incidentId: 'i', key: `note-${text}`, atUs: tx.nowUs, kind: 'note' },
          ...{ text, source: 'U1', link: '' },
        }),
      ),
    askReview: (userId: string) =>
      store.transaction((tx) =>
        addEntry(tx, {
          ...{ incidentId: 'i', key: 'review', atUs: tx.nowUs, kind: 'message' },
          ...{ text: '', source: 'U1', link: '', value: reviewValue(userId) },
        }),
      ),
    accept: () =>
      store.transaction((tx) =>
        addEntry(tx, {
          incidentId: 'i',
          key: `accepted-${tx.nowUs}`,
          atUs: tx.nowUs,
          kind: 'message',
          text: '',
          source: 'U1',
          link: '',
          value: ACCEPTED,
        }),
      ),
    async reminders() {
      const rows = await store.db.selectFrom('outbox').selectAll().orderBy('seq').execute();
      return rows.flatMap(({ message_id, payload }) => (message_id.startsWith('i/unaccepted/') ? [payload] : []));
    },
    /** An item of a second incident, in the channel C2. */
    addElsewhere: (id: string, due: string, owner = 'U0OWNER1') =>
      other().then((elsewhere) =>
        store.transaction(async (tx) => {
          await addActionItem(tx, { id, incidentId: 'j', text: `task ${id}`, owner, due, createdBy: 'U1' });
          await reportWhenOverdue(tx, tableJobs, elsewhere, { due });
        }),
      ),
    async toOwners() {
      const rows = await store.db.selectFrom('outbox').selectAll().orderBy('seq').execute();
      return rows
        .filter(({ message_id }) => message_id.startsWith('overdue/'))
        .map(({ lane, payload }) => ({ to: lane, said: payload ?? '' }));
    },
    async reports(id = 'i') {
      const rows = await store.db.selectFrom('outbox').selectAll().orderBy('seq').execute();
      return rows
        .filter(({ message_id }) => message_id.startsWith(`${id}/overdue/`))
        .map(({ payload, thread_of }) => ({ said: payload, isInThread: thread_of !== null }));
    },
  };
}

test('on the Monday after its day the thread names the owner, once for all items', async () => {
  const { add, after, reports } = await open();
  await add('one', '2026-01-07');
  await add('two', '2026-01-09', 'the payments team');
  await after(5);
  expect(await reports()).toEqual([]);
  await after(1);
  const [report, ...more] = await reports();
  expect(more).toEqual([]);
  expect(report?.isInThread).toBe(true);
  expect(report?.said).toMatch(
    /2 action items are overdue.*"user_id":"U0OWNER1".*5 days ago.*the payments team.*3 days ago/s,
  );
  expect(report?.said).toMatch(/action_item_done.*action_item_drop/s);
});

test('each week again, and after two weeks in the channel', async () => {
  const { add, after, reports } = await open();
  await add('one', '2026-01-07');
  await after(7 + 14 + 1);
  expect((await reports()).map(({ isInThread }) => isInThread)).toEqual([true, true, false]);
});

test('nothing about what is done or not due; what is opened again counts again', async () => {
  const { add, end, after, reports } = await open();
  await add('one', '2026-01-07');
  await add('late', '2026-06-01');
  await end('one', 'done');
  await after(14);
  expect(await reports()).toEqual([]);
  await end('one', 'open');
  await after(7);
  expect(await reports()).toHaveLength(1);
});

test('each Monday after the day of its review asks for somebody who accepts the postmortem, until somebody does', async () => {
  const { draft, resolve, accept, after, reminders, reports } = await open();
  await resolve();
  await draft();
  // The review of a P1 is due on Tuesday, the 13th: five working days after its end.
  await after(7);
  expect(await reminders()).toEqual([]);
  await after(7);
  const [reminder, ...more] = await reminders();
  expect(more).toEqual([]);
  expect(reminder).toMatch(/nobody has accepted the postmortem of INC-1.*postmortem_accept/s);
  await after(7);
  expect(await reminders()).toHaveLength(2);
  await accept();
  await after(21);
  expect(await reminders()).toHaveLength(2);
  expect(await reports()).toEqual([]);
});

test('a change after the acceptance brings the reminder back, until somebody accepts again', async () => {
  const { draft, resolve, accept, note, after, reminders } = await open();
  await note('before');
  await resolve();
  await draft();
  await accept();
  await after(21);
  expect(await reminders()).toEqual([]);
  await note('after');
  await after(7);
  const [reminder, ...more] = await reminders();
  expect(more).toEqual([]);
  expect(reminder).toMatch(/the postmortem of INC-1 changed after somebody accepted it.*postmortem_accept/s);
  await accept();
  await after(14);
  expect(await reminders()).toHaveLength(1);
});

test('the reminder names the person who was asked to review it, also before the day of the review', async () => {
  const { draft, resolve, askReview, after, reminders } = await open();
  await resolve();
  await draft();
  await askReview('U0KIM0001');
  await after(6);
  expect((await reminders()).map((said) => said?.includes('"user_id":"U0KIM0001"'))).toEqual([true]);
});

test('nobody is reminded of the postmortem of an open incident, nor of one that nobody drafted', async () => {
  const undrafted = await open();
  await undrafted.add('one', '2026-01-07');
  await undrafted.resolve();
  await undrafted.after(21);
  expect(await undrafted.reminders()).toEqual([]);
  const { draft, resolve, after, reminders } = await open();
  await draft();
  await after(21);
  expect(await reminders()).toEqual([]);
  await resolve();
  await after(14);
  expect(await reminders()).not.toEqual([]);
});

test('the day of an item ends when it has ended everywhere', async () => {
  const { add, after, reports } = await open();
  // Sunday: on Monday at nine in London it is still Sunday in Samoa.
  await add('one', '2026-01-11');
  await after(7);
  expect(await reports()).toEqual([]);
  await after(7);
  expect(await reports()).toHaveLength(1);
});

test('the owner gets one direct message a week, with the items of all incidents, until they are done', async () => {
  const { add, addElsewhere, end, after, toOwners } = await open();
  await add('one', '2026-01-07');
  await add('team', '2026-01-07', 'the payments team');
  await addElsewhere('two', '2026-01-08');
  await after(6);
  const [first, ...more] = await toOwners();
  expect(more).toEqual([]);
  expect(first?.to).toBe('U0OWNER1');
  expect(first?.said).toMatch(
    /2 action items of yours.*INC-1.*task one.*5 days ago.*action_item_done.*INC-2.*task two.*4 days ago/s,
  );
  expect(first?.said).not.toContain('task team');
  await end('one', 'done');
  await after(7);
  expect((await toOwners())[1]?.said).toMatch(/An action item of yours.*task two/s);
  expect((await toOwners())[1]?.said).not.toContain('task one');
});

test('an owner reads nothing of a channel that they may not see, and its readers hear of it', async () => {
  const { add, addElsewhere, after, toOwners, reports } = await open((_, channelId) => channelId !== 'C2');
  await add('one', '2026-01-07');
  await addElsewhere('two', '2026-01-08');
  await after(6);
  expect(await toOwners()).toHaveLength(1);
  expect((await toOwners())[0]?.said).not.toMatch(/task two|Breach|INC-2/);
  expect((await reports()).map(({ isInThread }) => isInThread)).toEqual([true]);
  const [there] = await reports('j');
  expect(there?.said).toMatch(/task two.*Who takes it over/s);
});

test('an owner whose account is closed gets nothing, and the channel is asked who takes over', async () => {
  const { add, after, toOwners, reports } = await open(() => false);
  await add('one', '2026-01-07');
  await after(6);
  expect(await toOwners()).toEqual([]);
  const [report] = await reports();
  expect(report?.isInThread).toBe(false);
  expect(report?.said).toContain('I cannot write to the owner about it. Who takes it over?');
});

test('while Slack does not say who may see an incident, nothing is said, and the job tries again', async () => {
  const { add, after, toOwners, reports } = await open(() => undefined);
  await add('one', '2026-01-07');
  await expect(after(6)).rejects.toThrow('Slack did not say');
  expect([...(await toOwners()), ...(await reports())]).toEqual([]);
});

test('an owner hears of the others when Slack stays silent about one channel for a day', async () => {
  const { add, addElsewhere, after, toOwners } = await open((_, channelId) => (channelId === 'C2' ? undefined : true));
  await add('one', '2026-01-07');
  await addElsewhere('two', '2026-01-08');
  await after(6, { lastAttempt: true });
  const [message] = await toOwners();
  expect(message?.said).toContain('task one');
  expect(message?.said).not.toMatch(/task two|INC-2/);
});
