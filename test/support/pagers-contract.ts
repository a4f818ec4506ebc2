/** Steps in a paging system on each database: queued from the timeline, done once, also from two processes on one store. */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type { Pager, PagerDone, PagerOrder } from '#model/incident/pager.ts';
import { noteAlert } from '#record/alerts.ts';
import { findIncident } from '#record/find-incidents.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import { pagerStepsOf } from '#record/pager-steps.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { addEntry, timelineOf } from '#record/timeline.ts';
import { verifyTimelines } from '#record/timeline-proof.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { firedAlert } from '#test/fired-alert.ts';
import { onCallDesk } from '#test/on-call-desk.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';
import { noteReceiver } from '#workflows/alerts/note-alert.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import { askToResolveThere, pagerWorkflows } from '#workflows/pagers/ask-to-resolve.ts';
import { pagerQueuer, queuePages, queuePerson, SEND_PAGER_STEP } from '#workflows/pagers/queue-steps.ts';
import { sendPagerStep } from '#workflows/pagers/send-step.ts';
import type { OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';
import { evidenceNoter } from '#workflows/timeline/note-evidence.ts';

const { id: incidentId } = LOGINS_TIME_OUT;
const MINUTE_MS = 60_000;
const REMOTE = 'PT4KHLK';
const URL_THERE = `https://acme.pagerduty.com/incidents/${REMOTE}`;

/** Holds the state of its incidents, as PagerDuty does, and answers what a test says before it does anything. */
function fakePager(does: Pager['does']) {
  const notes = new Map<string, string>();
  const pages: string[] = [];
  const orders: PagerOrder[] = [];
  let state = 'triggered';
  const trouble: (Tried<never> | 'lost' | 'killed')[] = [];
  const doneTo = (isChange: boolean, remoteId = REMOTE): Tried<PagerDone> => ({
    kind: 'done',
    value: { isChange, remoteId, url: URL_THERE },
  });
  const act = (order: PagerOrder): Tried<PagerDone> => {
    if (order.kind === 'notes') {
      const isThere = notes.has(order.mark);
      notes.set(order.mark, order.text);
      return doneTo(!isThere);
    }
    if (order.kind === 'page') {
      if (!pages.includes(order.mark)) pages.push(order.mark);
      return doneTo(true, 'PPAGED1');
    }
    const isReached = order.kind === 'resolve' ? state === 'resolved' : state !== 'triggered';
    if (!isReached) state = order.kind === 'resolve' ? 'resolved' : 'acknowledged';
    return doneTo(!isReached);
  };
  const pager: Pager = {
    ...{ id: 'pagerduty', title: 'PagerDuty', does },
    takes: (_, { id }) => /^[A-Z0-9]{5,40}$/.test(id),
    async apply(order) {
      orders.push(order);
      const before = trouble.shift();
      if (typeof before === 'object') return before;
      const result = act(order);
      if (before === 'lost') return { kind: 'ambiguous', reason: 'PagerDuty did not answer.' };
      // The process dies between the call and the commit.
      if (before === 'killed') throw new Error('killed');
      return result;
    },
  };
  return {
    ...{ pager, orders, pages, trouble },
    notes: () => [...notes.values()],
    state: () => state,
    set: (now: string) => {
      state = now;
    },
  };
}

export function testPagers(name: string, newPlace: () => Place): void {
  let clock: SteppedClock;
  let stores: readonly [Store, Store];
  let fake: ReturnType<typeof fakePager>;
  let isForAll: boolean | undefined;
  let emailOf: OnCallDesk['emailOf'];
  let jobs: readonly ReturnType<typeof tableJobs.runJobs>[];

  const partsOf = (store: Store) => ({
    ...{ store, clock, jobs: tableJobs, pagers: [fake.pager], kick: () => undefined },
    calls: { minutes: 5, onCall: [], onCallByChannel: [] },
    desk: {
      ...onCallDesk({ clock, people: ['ana@example.com=U00002'] }),
      emailOf: (userId: string) => emailOf(userId),
    },
    askRight: async () => ({ kind: 'may' }) as const,
    ...{ mayRead: async () => true, isForAll: async () => isForAll },
    directory: {
      person: async () => ({ name: 'Kim', zone: undefined }),
      permalink: async () => 'https://slack.test/o',
    },
  });
  const asked = (inboxId: string): AskedBy => ({
    ...{ inboxId, workspaceId: 'T1', userId: 'U00001', userName: 'Kim', channelId: 'C1', responseUrl: '' },
  });
  /** What happened is queued, and what is due is done. */
  const work = async (minutes = 0) => {
    for (const store of stores) await pagerQueuer(partsOf(store))();
    for (let minute = 0; minute < Math.max(1, minutes); minute += 1) {
      await clock.tick(minutes === 0 ? 0 : MINUTE_MS);
      for (const runner of jobs) runner.kick();
      await Promise.all(jobs.map((runner) => runner.idle()));
    }
  };
  const take = (key = 'r', userId = 'U00001') =>
    stores[0].transaction((tx) => assignRole(tx, { incidentId, key, by: userId, role: 'commander', userId }));
  const status = (value: 'identified' | 'resolved' | 'investigating', text = '', key = value) =>
    stores[0].transaction((tx) => changeIncident(tx, { incidentId, key, by: 'U00001', status: value, text }));
  const steps = async () =>
    (await timelineOf(stores[0], incidentId))
      .filter(({ value }) => value.startsWith('remote='))
      .map(({ text }) => text);
  const states = async () => (await pagerStepsOf(stores[0], incidentId)).map(({ kind, state }) => `${kind} ${state}`);
  const said = async (like: string) => {
    const rows = await stores[0].db.selectFrom('outbox').selectAll().execute();
    return rows.filter((row) => JSON.stringify(row).includes(like)).length;
  };
  const alert = (more: Parameters<typeof firedAlert>[0] = {}) =>
    firedAlert({ key: REMOTE, url: URL_THERE, atUs: clock.nowUs(), saidUs: clock.nowUs(), ...more });
  const hear = async (more: Parameters<typeof firedAlert>[0]) => {
    const heard = alert(more);
    await stores[1].transaction(async (tx) => {
      const { alertId } = await noteAlert(tx, { workspaceId: 'T1', alert: heard });
      const noted = { ...heard, id: alertId, workspaceId: 'T1', channelId: 'C1', messageTs: undefined };
      const rest = { investigationId: undefined, receivedUs: tx.nowUs, heardUs: tx.nowUs, round: 0 };
      await evidenceNoter(tableJobs).alertHeard(tx, { ...noted, ...rest });
    });
  };

  async function begin(does: Pager['does'] = ['acknowledge', 'notes', 'resolve', 'page']): Promise<void> {
    fake = fakePager(does);
    isForAll = true;
    ({ emailOf } = onCallDesk({ clock: steppedClock() }));
    clock = steppedClock();
    const place = newPlace();
    stores = [await opened(place, clock), await opened(place, clock)];
    jobs = stores.map((store) => {
      const handlers = { [SEND_PAGER_STEP]: sendPagerStep(partsOf(store)) };
      return tableJobs.runJobs({ store, handlers, log: silentLog, lasting: new Set([SEND_PAGER_STEP]) });
    });
    for (const runner of jobs) onTestFinished(() => stopNow(runner, clock));
    for (const store of stores) await pagerQueuer(partsOf(store))();
    await stores[0].transaction(async (tx) => {
      const { alertId } = await noteAlert(tx, { workspaceId: 'T1', alert: alert() });
      await declareIncident(tx, { ...LOGINS_TIME_OUT, title: 'Logins time out, password=hunter22', alertId });
    });
    await work();
  }

  describe(`${name} with a paging system`, () => {
    beforeEach(() => begin());

    test('who takes command acknowledges there, once, also in two processes', async () => {
      await take();
      await work();
      await take('r2', 'U00002');
      await work();
      expect(fake.state()).toBe('acknowledged');
      expect(fake.orders.map(({ kind }) => kind)).toEqual(['acknowledge', 'acknowledge']);
      expect(await steps()).toEqual(['Acknowledged in PagerDuty']);
      await hear({ state: 'acknowledged' });
      expect((await timelineOf(stores[0], incidentId)).map(({ text }) => text)).not.toContain(
        'Acknowledged: Checkout is slow',
      );
      expect(await verifyTimelines(stores[0])).toMatchObject({ ok: true });
    });

    test('an attempt that ended without an answer hides nothing that somebody does there later', async () => {
      fake.trouble.push('lost', { kind: 'refused', reason: 'PagerDuty does not accept the key (HTTP 401).' });
      await take();
      await work(10);
      expect(await states()).toEqual(['acknowledge refused']);
      await hear({ state: 'acknowledged' });
      const texts = (await timelineOf(stores[0], incidentId)).map(({ text }) => text);
      expect(texts).toContain('Acknowledged: Checkout is slow');
    });

    test('what somebody acknowledged there themselves stays news', async () => {
      fake.set('acknowledged');
      await take();
      await work();
      expect(await steps()).toEqual([]);
      await hear({ state: 'acknowledged' });
      expect((await timelineOf(stores[0], incidentId)).map(({ text }) => text)).toContain(
        'Acknowledged: Checkout is slow',
      );
    });

    test('status changes and updates are noted there, without secrets; notes are not', async () => {
      await status('identified', 'token=abcdef0123456789abcdef of U00001');
      await stores[0].transaction(async (tx) => {
        const entry = { incidentId, atUs: tx.nowUs, source: 'U00001', link: '' };
        await addEntry(tx, { ...entry, key: 'n', kind: 'note', text: 'I look at the logs' });
        await addEntry(tx, { ...entry, key: 'u', kind: 'update', text: 'Half of the pods are back' });
        await addEntry(tx, { ...entry, key: 'u0', kind: 'update', text: 'Nothing new' });
      });
      await work();
      expect(fake.notes().toSorted()).toEqual([
        expect.stringMatching(/^INC-1 status: investigating → identified: token=\S+ of Kim \(Kim\)$/),
        'INC-1 update: Half of the pods are back (Kim)',
      ]);
      expect(fake.notes().join()).not.toMatch(/abcdef0123|hunter22/);
      expect(await steps()).toEqual(['Note added in PagerDuty', 'Note added in PagerDuty']);
    });

    test.each([false, undefined])('private (%s): the title, the status and the link alone', async (says) => {
      isForAll = says;
      await status('identified', 'the salaries leaked');
      await stores[0].transaction(async (tx) => {
        const incident = await findIncident(tx, { workspaceId: 'T1', id: incidentId });
        if (incident === undefined) throw new Error('no incident');
        const page = { pageId: 'p', targets: ['pagerduty:service/PSERV1'], text: 'the salaries leaked' };
        await queuePages(tx, partsOf(stores[0]), incident, page);
      });
      await work();
      expect(JSON.stringify(fake.orders)).not.toContain('salaries');
      expect(fake.notes()).toEqual([expect.stringMatching(/^INC-1 Logins time out, .*, status: identified$/)]);
      expect(fake.pages).toHaveLength(1);
    });

    test('a process that dies between the call and the commit: no second note, and one line in the timeline', async () => {
      fake.trouble.push('killed');
      await status('identified');
      await work(10);
      expect(fake.notes()).toHaveLength(1);
      expect(fake.orders.at(-1)).toMatchObject({ kind: 'notes', isUncertain: true });
      expect(await steps()).toEqual(['Note added in PagerDuty']);
      fake.trouble.push('killed');
      await take();
      await work(10);
      expect(await steps()).toEqual(['Note added in PagerDuty', 'Acknowledged in PagerDuty']);
    });

    test('an answer that is lost is looked for, and not written twice', async () => {
      fake.trouble.push('lost');
      await status('identified');
      await work(10);
      expect(fake.notes()).toHaveLength(1);
      expect(await states()).toEqual(['notes done']);
    });

    test('it is away for an hour: the acknowledgement arrives afterwards, and nobody reads about it', async () => {
      const away = { kind: 'failed', reason: 'PagerDuty did not answer.' } as const;
      for (let at = 0; at < 15; at += 1) fake.trouble.push(away);
      await take();
      await work(115);
      expect(fake.trouble).toEqual([]);
      expect(fake.state()).toBe('acknowledged');
      expect(await steps()).toEqual(['Acknowledged in PagerDuty']);
      expect(await said('did not take')).toBe(0);
    });

    test('a page that comes too late is given up, and people read so twice: at first, and at last', async () => {
      const away = { kind: 'failed', reason: 'PagerDuty did not answer.' } as const;
      for (let at = 0; at < 100; at += 1) fake.trouble.push(away);
      await stores[0].transaction(async (tx) => {
        const incident = await findIncident(tx, { workspaceId: 'T1', id: incidentId });
        if (incident === undefined) throw new Error('no incident');
        const page = { pageId: 'p', targets: ['pagerduty:service/PSERV1', 'U1', 'rota:x'], text: '' };
        await queuePages(tx, partsOf(stores[0]), incident, page);
      });
      await work(20);
      expect(await states()).toEqual(['page refused']);
      expect(await said('Nobody is paged in PagerDuty yet')).toBe(1);
      expect(await said('Call the people yourself')).toBe(1);
      expect(await steps()).toEqual([expect.stringContaining('I tried for 15 minutes.')]);
    });

    test('a call for a commander pages there, once, and not after somebody took command', async () => {
      const call = async (target: string) => {
        await stores[0].transaction(async (tx) => {
          const incident = await findIncident(tx, { workspaceId: 'T1', id: incidentId });
          if (incident === undefined) throw new Error('no incident');
          const page = { pageId: 'commander', targets: [target], text: '' };
          await queuePages(tx, partsOf(stores[0]), incident, page);
        });
      };
      await stores[0].transaction((tx) => changeIncident(tx, { incidentId, key: 's', by: 'U00001', severity: 'P1' }));
      await call('pagerduty:service/PSERV1');
      await call('pagerduty:service/PSERV1');
      await work();
      expect(fake.orders).toMatchObject([
        { kind: 'page', text: expect.stringContaining('Nobody leads this incident yet. Take command in Slack.') },
      ]);
      expect(await steps()).toEqual(['PagerDuty pages service PSERV1']);
      await call('pagerduty:service/PSERV2');
      await take();
      await work();
      expect(fake.pages).toHaveLength(1);
      expect(await states()).toContain('page dropped');
    });

    describe('a person who is paged in Slack', () => {
      const call = (userId: string, pageId = 'p') =>
        stores[0].transaction(async (tx) => {
          const incident = await findIncident(tx, { workspaceId: 'T1', id: incidentId });
          if (incident === undefined) throw new Error('no incident');
          await queuePerson(tx, partsOf(stores[0]), incident, { pageId, userId, text: 'the queue is full' });
        });
      const ALL = ['acknowledge', 'notes', 'resolve', 'page', 'responders'] as const;

      test('is paged there, once, by the address in Slack or in the settings', async () => {
        await begin(ALL);
        for (const userId of ['U00001', 'U00001', 'U00002']) await call(userId);
        await work();
        expect(fake.orders).toMatchObject([
          { kind: 'page', place: 'person/U00001', person: { name: 'U00001', email: 'kim@example.com' } },
          { kind: 'page', place: 'person/U00002', person: { email: 'ana@example.com' } },
        ]);
        expect(fake.pages).toHaveLength(2);
        expect(await steps()).toEqual(['PagerDuty pages U00001', 'PagerDuty pages U00002']);
      });

      test('a process that dies between the call and the commit pages nobody twice', async () => {
        await begin(ALL);
        fake.trouble.push('killed');
        await call('U00001');
        await work(10);
        expect(fake.pages).toHaveLength(1);
        expect(fake.orders.at(-1)).toMatchObject({ kind: 'page', isUncertain: true });
      });

      test('without an address is said once; while Slack is silent it is tried again', async () => {
        await begin(ALL);
        await call('U00003');
        await call('U00003', 'p2');
        await work();
        expect(await steps()).toEqual([expect.stringContaining('Slack shows no address of U00003')]);
        expect(await said('did not take the page')).toBe(1);
        expect(fake.orders).toEqual([]);
        emailOf = async () => ({ kind: 'unknown', reason: 'Slack did not say whose the address is' });
        await call('U00004');
        await work(1);
        emailOf = async () => ({ kind: 'found', email: 'lee@example.com' });
        await work(10);
        expect(fake.orders).toMatchObject([{ person: { email: 'lee@example.com' } }]);
      });

      test('is not paged there without the action, and without an incident there', async () => {
        await call('U00001');
        await begin(ALL);
        await stores[0].db.deleteFrom('timeline_entries').where('kind', '=', 'alert').execute();
        await stores[0].db.updateTable('incidents').set({ alert_id: null }).execute();
        await call('U00001');
        await work();
        expect(fake.orders).toEqual([]);
      });
    });

    test('one wrong key that stops ten notes is said once, and a button sends them all again', async () => {
      const refusal = { kind: 'refused', reason: 'PagerDuty does not accept the key (HTTP 401).' } as const;
      for (let at = 0; at < 10; at += 1) {
        fake.trouble.push(refusal);
        await status(at % 2 === 0 ? 'identified' : 'investigating', '', `s${at}` as 'identified');
        await work();
      }
      expect(await steps()).toEqual([`PagerDuty did not take the note. ${refusal.reason}`]);
      expect(await said('did not take the note')).toBe(1);
      await pagerWorkflows(partsOf(stores[0])).pagerAgain({ asked: asked('a1'), incidentId });
      await work();
      expect(fake.notes()).toHaveLength(10);
      expect(await pagerWorkflows(partsOf(stores[1])).pagerAgain({ asked: asked('a2'), incidentId })).toMatchObject({
        kind: 'refused',
      });
    });

    describe('the end', () => {
      const end = (key = 'resolved') =>
        stores[0].transaction(async (tx) => {
          const { incident } = await changeIncident(tx, { incidentId, key, by: 'U00001', status: 'resolved' });
          await askToResolveThere(tx, { pagers: [fake.pager] }, incident, key);
        });
      const press = (inboxId: string, store = stores[0]) =>
        pagerWorkflows(partsOf(store)).resolveThere({ asked: asked(inboxId), incidentId, pager: 'pagerduty' });

      test('nothing is closed there by itself; two who answer at once are one answer', async () => {
        await end();
        await work();
        expect(fake.state()).toBe('triggered');
        expect(await said('Resolve there, too?')).toBe(1);
        const told = await Promise.all(stores.map((store, at) => press(`p${at}`, store)));
        expect(told.map(({ kind }) => kind).toSorted()).toEqual(['done', 'refused']);
        await work();
        expect(fake.state()).toBe('resolved');
        expect(fake.orders.filter(({ kind }) => kind === 'resolve')).toHaveLength(1);
        await hear({ state: 'resolved' });
        const texts = (await timelineOf(stores[0], incidentId)).map(({ text }) => text);
        expect(texts.filter((text) => /resolve/i.test(text))).toEqual([
          ...['investigating → resolved', 'Resolve in PagerDuty'],
          ...['Note added in PagerDuty', 'Resolved in PagerDuty'].filter((text) => /resolve/i.test(text)),
        ]);
      });

      test('it was resolved there while somebody pressed the button', async () => {
        await end();
        fake.set('resolved');
        await press('p');
        await work();
        expect(await steps()).toContain('It was resolved in PagerDuty already');
      });

      test('reopened before the call: nothing is closed there', async () => {
        await end();
        await press('p');
        await status('investigating');
        await work();
        expect(fake.orders.some(({ kind }) => kind === 'resolve')).toBe(false);
        expect(await press('p2')).toMatchObject({ kind: 'refused' });
      });

      test('nobody is asked about what is resolved there, and “leave it open” is an answer', async () => {
        await end();
        expect(await said('Resolve there, too?')).toBe(1);
        const leave = { asked: asked('l'), incidentId, pager: 'pagerduty' };
        expect(await pagerWorkflows(partsOf(stores[0])).leaveOpen(leave)).toMatchObject({ kind: 'done' });
        expect(await press('p')).toMatchObject({ kind: 'refused' });
        await work();
        expect(fake.state()).toBe('triggered');
        await status('investigating');
        await hear({ state: 'resolved' });
        await clock.tick(MINUTE_MS);
        await end('again');
        // The first question says how it was answered.
        expect(await said('Kim leaves it open in PagerDuty')).toBe(1);
        expect(await said('Resolve there, too?')).toBe(0);
      });
    });

    test('our own note that comes back by webhook is no news, and one of somebody else is', async () => {
      await status('identified');
      await work();
      const [{ mark = '' } = {}] = await pagerStepsOf(stores[0], incidentId);
      const receive = noteReceiver({ ...partsOf(stores[0]), workspace: async () => 'T1' });
      const note = { source: 'pagerduty', key: REMOTE, by: 'Ana', atUs: clock.nowUs(), url: '' };
      const job = (payload: object) => ({
        ...{ id: 'j', kind: 'k', workspaceId: '', key: 'k', attempt: 1, lastAttempt: false, payload },
      });
      const signal = new AbortController().signal;
      await receive(job({ ...note, id: 'e1', text: `INC-1 status\nspanhound:${mark}` }), signal);
      await receive(job({ ...note, id: 'e2', text: 'I restart it. spanhound:0000000000000000' }), signal);
      await receive(job({ ...note, id: 'e3', text: `> INC-1 status\n> spanhound:${mark}\nI read it` }), signal);
      const texts = (await timelineOf(stores[0], incidentId)).map(({ text }) => text);
      expect(texts.filter((text) => text.startsWith('Ana: '))).toEqual([
        'Ana: I restart it. spanhound:0000000000000000',
        `Ana: > INC-1 status\n> spanhound:${mark}\nI read it`,
      ]);
    });
  });

  test(`${name}: what is not switched on is not done`, async () => {
    await begin(['notes']);
    await take();
    await stores[0].transaction(async (tx) => {
      const { incident } = await changeIncident(tx, { incidentId, key: 'x', by: 'U00001', status: 'resolved' });
      await askToResolveThere(tx, { pagers: [fake.pager] }, incident, 'x');
      await queuePages(tx, partsOf(stores[0]), incident, { pageId: 'p', targets: ['pagerduty:service/P1'], text: '' });
    });
    await work();
    expect(fake.orders.map(({ kind }) => kind)).toEqual(['notes']);
    expect(await said('Resolve there, too?')).toBe(0);
  });
}
