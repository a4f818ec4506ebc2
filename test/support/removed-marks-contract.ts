/**
 * A message that somebody marks and unmarks while the jobs run, on each database: the last thing that people did decides,
 * in whatever order the jobs ask Slack and write.
 */
import { describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { declareIncident } from '#record/incidents.ts';
import { type Job, NotYetError } from '#record/jobs.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { timelineOf } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { later } from '#test/later.ts';
import { opened, type Place } from '#test/temp-store.ts';
import {
  FOLLOW_MESSAGE,
  followMessage,
  messageNoticer,
  type Seen,
  type WhatHappened,
} from '#workflows/timeline/follow-message.ts';

const PLACE = { workspaceId: 'T1', channelId: LOGINS_TIME_OUT.channelId };
const USER = 'U2';
const WAYS = [
  { what: 'a mark', set: 'marked', unset: 'unmarked' },
  { what: 'a pin', set: 'pinned', unset: 'unpinned' },
  { what: 'a message', set: 'marked', unset: 'deleted' },
] as const;

/** Every order of two lists that keeps the order within each. */
function interleaved(one: readonly string[], two: readonly string[]): readonly (readonly string[])[] {
  const [first, ...ones] = one;
  const [second, ...twos] = two;
  if (first === undefined || second === undefined) return [[...one, ...two]];
  return [
    ...interleaved(ones, two).map((rest) => [first, ...rest]),
    ...interleaved(one, twos).map((rest) => [second, ...rest]),
  ];
}

type Message = ReturnType<typeof messageIn>;

/** One message of Slack, and its jobs. `saysMarks`: whether Slack says who marked it. */
function messageIn(store: Store, { ts, saysMarks }: Readonly<{ ts: string; saysMarks: boolean }>) {
  let state: WhatHappened | undefined;
  const now = (): Seen => {
    if (state === 'deleted' && saysMarks) return { kind: 'gone' };
    if (!saysMarks) return { kind: 'unreadable' };
    const said = { text: 'deploy of 14:20', files: [], userId: USER, threadTs: undefined, link: '' };
    return { kind: 'seen', ...said, marked: state === 'marked', pinned: state === 'pinned' };
  };
  const running = new Map<string, Readonly<{ write: () => void; end: Promise<unknown> }>>();

  async function jobOf(inboxId: string): Promise<Job | undefined> {
    const jobs = store.db.selectFrom('jobs').selectAll().where('kind', '=', FOLLOW_MESSAGE);
    const rows = await jobs
      .where('key', 'like', `%${ts}%`)
      .orderBy('created_us', 'desc')
      .orderBy('id', 'desc')
      .execute();
    const row = rows.find(({ key }) => key.endsWith(inboxId));
    return row && ({ ...row, workspaceId: 'T1', payload: JSON.parse(row.payload ?? '{}') } as unknown as Job);
  }

  return {
    happens: (what: WhatHappened) => {
      state = what;
    },
    notice: async (inboxId: string, what: WhatHappened, at = store) => {
      const parts = { store: at, jobs: tableJobs, kick: () => undefined };
      await messageNoticer(parts as Parameters<typeof messageNoticer>[0])({
        ...PLACE,
        inboxId,
        ts,
        what,
        userId: USER,
      });
    },
    /** As an older version did: the key was the id of the event. */
    queued: async (inboxId: string, what: WhatHappened) => {
      const key = `${ts}/${inboxId}`;
      const payload = { ...PLACE, inboxId: key, ts, what, userId: USER };
      await store.transaction((tx) => tableJobs.addJob(tx, { kind: FOLLOW_MESSAGE, workspaceId: 'T1', key, payload }));
    },
    /** Asks Slack, and does not write yet. */
    looks: async (inboxId: string) => {
      const job = await jobOf(inboxId);
      if (job === undefined) return;
      const [looked, mayWrite] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const look = async () => {
        const seen = now();
        looked.resolve();
        await mayWrite.promise;
        return seen;
      };
      const parts = { store, jobs: tableJobs, mayRead: async () => true, kick: () => undefined };
      const end = followMessage({ ...parts, look })(job, later()).catch((error) => error);
      await Promise.race([looked.promise, end]);
      running.set(inboxId, { write: mayWrite.resolve, end });
    },
    /** Writes what it saw. As the runner does, a job that has to wait runs again. */
    async writes(inboxId: string): Promise<void> {
      const run = running.get(inboxId);
      if (run === undefined) return;
      run.write();
      const error = await run.end;
      if (error instanceof NotYetError) {
        await this.looks(inboxId);
        await this.writes(inboxId);
      } else if (error === undefined) {
        await store.db
          .updateTable('jobs')
          .set({ state: 'done', payload: null })
          .where('id', '=', (await jobOf(inboxId))?.id ?? '')
          .execute();
      } else throw error;
    },
  };
}

async function play(message: Message, steps: readonly string[], what: Readonly<Record<string, WhatHappened>>) {
  for (const step of steps) {
    const [does = '', inboxId = ''] = step.split(' ');
    const happened = what[inboxId] ?? 'marked';
    if (does === 'happens') message.happens(happened);
    if (does === 'notice') await message.notice(inboxId, happened);
    if (does === 'queued') await message.queued(inboxId, happened);
    if (does === 'looks') await message.looks(inboxId);
    if (does === 'writes') await message.writes(inboxId);
  }
}

const all = (inboxId: string) => ['happens', 'notice', 'looks', 'writes'].map((does) => `${does} ${inboxId}`);

export function testRemovedMarks(name: string, newPlace: () => Place): void {
  const openStore = async (place = newPlace()) => {
    const store = await opened(place, systemClock);
    await store.transaction((tx) => declareIncident(tx, LOGINS_TIME_OUT));
    return store;
  };
  const entries = async (store: Store) =>
    (await timelineOf(store, LOGINS_TIME_OUT.id)).filter(({ kind }) => kind === 'message').length;

  describe(`marks on ${name}`, () => {
    test.each(WAYS.flatMap((way) => [true, false].map((saysMarks) => ({ ...way, saysMarks }))))(
      'while a job adds $what, its removal wins in every order (Slack says it: $saysMarks)',
      async ({ set, unset, saysMarks }) => {
        const store = await openStore();
        const what = { add: set, remove: unset };
        const orders = interleaved(['looks add', 'writes add'], all('remove'));
        expect(orders).toHaveLength(15);
        for (const [at, order] of orders.entries()) {
          const message = messageIn(store, { ts: `1767709800.0001${at + 10}`, saysMarks });
          await play(message, ['happens add', 'notice add', ...order], what);
          expect(await entries(store), order.join(', ')).toBe(0);
        }
      },
    );

    test.each(WAYS.filter(({ unset }) => unset !== 'deleted'))(
      'while a job removes $what, one that people set again stays in every order',
      async ({ set, unset }) => {
        const store = await openStore();
        const what = { add: set, remove: unset, again: set };
        const orders = interleaved(['notice remove', 'looks remove', 'writes remove'], all('again'));
        for (const [at, order] of orders.entries()) {
          const message = messageIn(store, { ts: `1767709800.0001${at + 10}`, saysMarks: true });
          await play(message, [...all('add'), 'happens remove', ...order], what);
          expect(await entries(store), order.join(', ')).toBe(at + 1);
        }
      },
    );

    test.each(WAYS)(
      'a job that an older version queued adds $what, and its removal wins in every order',
      async (way) => {
        const store = await openStore();
        const what = { before: way.set, remove: way.unset };
        const queued = ['happens before', 'queued before'];
        // The job is queued again, and runs then.
        const runs = ['looks before', 'looks before', 'writes before'];
        const message = messageIn(store, { ts: '1767709800.000300', saysMarks: true });
        await play(message, [...queued, ...runs], what);
        expect(await entries(store)).toBe(1);
        await play(message, all('remove'), what);
        expect(await entries(store)).toBe(0);

        const orders = interleaved(runs, all('remove'));
        for (const [at, order] of orders.entries()) {
          const another = messageIn(store, { ts: `1767709800.0004${at + 10}`, saysMarks: true });
          await play(another, [...queued, ...order], what);
          expect(await entries(store), order.join(', ')).toBe(0);
        }
      },
    );

    test('a removal that another process hears at the same moment wins', async () => {
      const place = newPlace();
      const store = await openStore(place);
      const other = await opened(place, systemClock);
      for (let at = 0; at < 20; at++) {
        const message = messageIn(store, { ts: `1767709800.0002${at + 10}`, saysMarks: true });
        await play(message, ['happens add', 'notice add', 'looks add', 'happens remove'], { remove: 'unmarked' });
        await Promise.all([message.notice('remove', 'unmarked', other), message.writes('add')]);
        await play(message, ['looks remove', 'writes remove'], {});
        expect(await entries(store)).toBe(0);
      }
    });
  });
}
