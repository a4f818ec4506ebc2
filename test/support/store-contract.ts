/** What every database has to give the store: run by each adapter's test. */
import { describe, expect, test } from 'vitest';
import { answersOn, type Feedback, feedbackOn, recordFeedback } from '#record/feedback.ts';
import { done, forget, pending, receive } from '#record/inbox.ts';
import {
  failInvestigation,
  findInvestigation,
  finishInvestigation,
  openInvestigation,
} from '#record/investigations.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';

const COMMAND = { workspaceId: 'T1', key: 'trigger-1', source: 'slack', body: '{"command":"/trace"}' };
const ASKED = { id: 'i-1', workspaceId: 'T1', traceId: 'feed', askedBy: 'U1', channelId: 'C1' };
const HOUR_MS = 3_600_000;

export function testStore(name: string, newPlace: () => Place): void {
  describe(`${name} as a store`, () => {
    test('is brought up to date when it is opened, and has nothing to do the next time', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const first = await opened(place, clock);
      const second = await opened(place, clock);

      expect(first.migrated.from).toBe(0);
      expect(first.migrated.to).toBeGreaterThan(0);
      expect(second.migrated).toEqual({ from: first.migrated.to, to: first.migrated.to });
    });

    test('is brought up to date once when two open it together', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const stores = await Promise.all([opened(place, clock), opened(place, clock), opened(place, clock)]);

      expect(stores.map(({ migrated }) => migrated.from).sort()).toEqual([
        0,
        stores[0].migrated.to,
        stores[0].migrated.to,
      ]);
    });

    test('refuses to be opened by a program older than itself, and says which to start', async () => {
      const place = newPlace();
      const store = await opened(place, steppedClock());
      const known = store.migrated.to;
      await store.db
        .updateTable('schema_version' as never)
        .set({ version: known + 2 } as never)
        .execute();

      await expect(opened(place, steppedClock())).rejects.toMatchObject({
        code: 'SH_NEWER_STORE',
        message: `database is at version ${known + 2}, this build knows ${known}: start a newer build`,
      });
    });

    test('keeps all of a transaction or nothing of it', async () => {
      const store = await opened(newPlace(), steppedClock());
      const broken = store.transaction(async (tx) => {
        await openInvestigation(tx, ASKED);
        throw new Error('in the middle');
      });

      await expect(broken).rejects.toThrow('in the middle');
      expect(await findInvestigation(store, ASKED)).toBeUndefined();
    });

    test('lets two processes write at the same time, each in its turn', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const [one, two] = [await opened(place, clock), await opened(place, clock)];
      for (let round = 0; round < 20; round++) {
        await one.transaction((tx) => openInvestigation(tx, { ...ASKED, id: `one-${round}` }));
        await two.transaction((tx) => openInvestigation(tx, { ...ASKED, id: `two-${round}` }));
      }

      expect(await findInvestigation(one, { ...ASKED, id: 'two-19' })).toBeDefined();
      expect(await findInvestigation(two, { ...ASKED, id: 'one-19' })).toBeDefined();
    });
  });

  describe(`the inbox on ${name}`, () => {
    test('knows a second delivery by its key, before and after the first was finished', async () => {
      const store = await opened(newPlace(), steppedClock());
      const first = await receive(store, COMMAND);
      const again = await receive(store, COMMAND);
      await store.transaction((tx) => done(tx, first.inboxId));
      const late = await receive(store, COMMAND);

      expect(first.state).toBe('new');
      expect(again).toEqual({ inboxId: first.inboxId, state: 'pending' });
      expect(late).toEqual({ inboxId: first.inboxId, state: 'done' });
    });

    test('takes the same key from another workspace for another delivery', async () => {
      const store = await opened(newPlace(), steppedClock());
      await receive(store, COMMAND);

      expect((await receive(store, { ...COMMAND, workspaceId: 'T2' })).state).toBe('new');
    });

    test('hands what was not finished to the next process, oldest first, with its body', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const before = await opened(place, clock);
      const finished = await receive(before, { ...COMMAND, key: 'finished' });
      await before.transaction((tx) => done(tx, finished.inboxId));
      await receive(before, COMMAND);
      await clock.tick(5);
      await receive(before, { ...COMMAND, key: 'trigger-2' });

      const rows = await pending(await opened(place, clock));
      expect(rows.map(({ key, body }) => ({ key, body }))).toEqual([
        { key: 'trigger-1', body: COMMAND.body },
        { key: 'trigger-2', body: COMMAND.body },
      ]);
    });

    test('stays pending where the transaction that would have finished it was undone', async () => {
      const store = await opened(newPlace(), steppedClock());
      const { inboxId } = await receive(store, COMMAND);
      const broken = store.transaction(async (tx) => {
        await done(tx, inboxId);
        throw new Error('the job could not be stored');
      });

      await expect(broken).rejects.toThrow();
      expect(await pending(store)).toMatchObject([{ inboxId, body: COMMAND.body }]);
    });

    test('drops the body with the mark, because it may hold what people wrote', async () => {
      const store = await opened(newPlace(), steppedClock());
      const { inboxId } = await receive(store, COMMAND);
      await store.transaction((tx) => done(tx, inboxId));

      expect(await store.db.selectFrom('inbox').select('body').execute()).toEqual([{ body: null }]);
    });

    test('forgets finished ids, but none younger than two days and nothing unfinished', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const old = await receive(store, { ...COMMAND, key: 'old' });
      await receive(store, { ...COMMAND, key: 'old and unfinished' });
      await clock.tick(47 * HOUR_MS);
      const young = await receive(store, { ...COMMAND, key: 'young' });
      await store.transaction(async (tx) => {
        await done(tx, old.inboxId);
        await done(tx, young.inboxId);
      });

      expect(await forget(store, clock.nowUs())).toBe(0);
      await clock.tick(2 * HOUR_MS);
      expect(await forget(store, clock.nowUs())).toBe(1);
      expect((await receive(store, { ...COMMAND, key: 'young' })).state).toBe('done');
      expect((await receive(store, { ...COMMAND, key: 'old and unfinished' })).state).toBe('pending');
    });
  });

  describe(`investigations on ${name}`, () => {
    test('come back whole after a restart', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const before = await opened(place, clock);
      const askedUs = clock.nowUs();
      await before.transaction((tx) => openInvestigation(tx, ASKED));
      await clock.tick(1_500);
      const found = { id: 'i-1', traceId: 'feed', report: { findings: [] }, markdown: '# Nothing', logs: 'a line' };
      await before.transaction((tx) => finishInvestigation(tx, found));

      expect(await findInvestigation(await opened(place, clock), ASKED)).toEqual({
        ...ASKED,
        state: 'done',
        report: { findings: [] },
        markdown: '# Nothing',
        logs: 'a line',
        error: undefined,
        createdUs: askedUs,
        finishedUs: askedUs + 1_500_000,
      });
    });

    test('are not opened a second time by a repeated delivery', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction((tx) => openInvestigation(tx, ASKED));
      const error = { code: 'SH_BACKEND', message: 'jaeger answered 503', advice: 'Try again in a minute.' };
      await store.transaction((tx) => failInvestigation(tx, { id: 'i-1', error }));
      await store.transaction((tx) => openInvestigation(tx, ASKED));

      expect(await findInvestigation(store, ASKED)).toMatchObject({ state: 'failed', error });
    });

    test('are not shown to another workspace', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction((tx) => openInvestigation(tx, ASKED));

      expect(await findInvestigation(store, { id: 'i-1', workspaceId: 'T2' })).toBeUndefined();
    });
  });

  describe(`feedback on ${name}`, () => {
    test('counts one answer a person, the last one', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const answer = { investigationId: 'i-1', workspaceId: 'T1', userId: 'U1', right: true };
      await store.transaction(async (tx) => {
        await openInvestigation(tx, ASKED);
        await recordFeedback(tx, answer);
        await recordFeedback(tx, { ...answer, userId: 'U2' });
      });
      await clock.tick(1);
      await store.transaction((tx) => recordFeedback(tx, { ...answer, right: false }));

      expect((await feedbackOn(store, 'i-1')).map(({ userId, right }) => [userId, right])).toEqual([
        ['U2', true],
        ['U1', false],
      ]);
      expect(await answersOn(store, 'i-1')).toEqual({ right: 1, wrong: 1, lastUs: clock.nowUs() });
    });

    test('keeps what a person says that it was, redacted, until the person says Yes', async () => {
      const store = await opened(newPlace(), steppedClock());
      const no = { investigationId: 'i-1', workspaceId: 'T1', userId: 'U1', right: false } as const;
      const give = (feedback: Feedback) => store.transaction((tx) => recordFeedback(tx, feedback));
      const said = async () => (await answersOn(store, 'i-1'))?.said;
      await store.transaction((tx) => openInvestigation(tx, ASKED));
      await give(no);
      expect(await said()).toBeUndefined();
      await give({ ...no, said: { text: 'DNS, says jo@example.org', service: 'coredns', field: 'network' } });
      const kept = [{ text: 'DNS, says [redacted:email]', service: 'coredns', field: 'network' }];
      expect(await said()).toEqual(kept);
      // A second No, without words, takes none away.
      await give(no);
      expect(await said()).toEqual(kept);
      await give({ ...no, said: { text: 'a full disk', service: '', field: undefined } });
      expect(await said()).toEqual([{ text: 'a full disk', service: '', field: undefined }]);
      await give({ ...no, right: true });
      expect(await said()).toBeUndefined();
      await give(no);
      expect(await said()).toBeUndefined();
    });

    test('is nothing where nobody answered', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction((tx) => openInvestigation(tx, ASKED));
      expect(await answersOn(store, 'i-1')).toBeUndefined();
    });

    test('is refused for an investigation that does not exist', async () => {
      const store = await opened(newPlace(), steppedClock());
      const stray = { investigationId: 'none', workspaceId: 'T1', userId: 'U1', right: true };

      await expect(store.transaction((tx) => recordFeedback(tx, stray))).rejects.toThrow();
    });
  });
}
