/** What every keeper of jobs promises: run for each implementation of the port. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { mendFutureTimes } from '#record/future-times.ts';
import { openInvestigation } from '#record/investigations.ts';
import { type Job, type Jobs, NeverError, type NewJob, NotYetError, type RunJobsOptions } from '#record/jobs.ts';
import type { Runner } from '#record/runner.ts';
import type { Store } from '#record/store.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened as openedStore, type Place } from '#test/temp-store.ts';

const JOB: NewJob = { kind: 'diagnose', workspaceId: 'T1', key: 'inbox-1', payload: { traceId: 'feed' } };
const LEASE_US = 9_000_000;
const HOUR_MS = 3_600_000;
const DAY_US = 24 * 3_600_000_000;

/** The jobs of one process: the one named `killer` ends it while the others, which take longer, still run. */
function oneLife(
  clock: SteppedClock,
  { done, together }: Readonly<{ done: { key: string; attempt: number }[]; together: number[] }>,
): RunJobsOptions['handlers'][string] {
  const running = new Set<string>();
  let isDead = false;
  return async ({ key, attempt }) => {
    running.add(key);
    const isKiller = key === 'killer';
    await clock.sleep(isKiller ? 500 : 1_000);
    if (isKiller) together.push(running.size);
    isDead ||= isKiller;
    if (isDead) return await new Promise<void>(() => {}); // the process is gone
    running.delete(key);
    done.push({ key, attempt });
  };
}

export function testJobs(name: string, jobs: Jobs, newPlace: () => Place): void {
  const add = (store: Store, job: NewJob = JOB) => store.transaction((tx) => jobs.addJob(tx, job));

  const opened = async (place: Place, clock: SteppedClock) => ({ ...(await openedStore(place, clock)), clock });

  function started(
    store: Store & { clock: SteppedClock },
    handlers: RunJobsOptions['handlers'],
    options: Partial<RunJobsOptions> = {},
  ): Runner {
    const { clock } = store;
    const runner = jobs.runJobs({
      store,
      handlers,
      log: silentLog,
      leaseUs: LEASE_US,
      maxAttempts: 3,
      random: () => 0.999,
      ...options,
    });
    onTestFinished(() => stopNow(runner, clock));
    return runner;
  }

  describe(`jobs in ${name}`, () => {
    test('a job whose turn comes later waits, also on its last attempt', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const attempts: number[] = [];
      await add(store);
      const runner = started(store, {
        diagnose: async ({ attempt }) => {
          attempts.push(attempt);
          if (attempts.length < 6) throw new NotYetError('another runs', store.clock.nowUs() + 1_000_000);
        },
      });
      await runner.idle();
      for (let turn = 1; turn < 6; turn++) {
        await clock.tick(1_000);
        await runner.idle();
      }
      expect(attempts).toEqual([1, 1, 1, 1, 1, 1]);
      expect(await jobs.deadJobs(store)).toEqual([]);
    });

    test('run with their payload, once, however often the same job is added', async () => {
      const store = await opened(newPlace(), steppedClock());
      const ran: Job[] = [];
      await add(store);
      await add(store);
      const runner = started(store, { diagnose: async (job) => void ran.push(job) });
      await runner.idle();
      await add(store);
      await runner.idle();

      expect(ran).toMatchObject([{ kind: 'diagnose', key: 'inbox-1', payload: { traceId: 'feed' }, attempt: 1 }]);
    });

    test('move to another time by the beginning of their key, if they still wait', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const ran: string[] = [];
      const laterUs = clock.nowUs() + DAY_US;
      const other: readonly NewJob[] = [
        { ...JOB, key: 'page/10' },
        { ...JOB, key: 'PAGE/1/a' },
        { ...JOB, key: 'page1/a' },
        { ...JOB, kind: 'other', key: 'page/1/a' },
        { ...JOB, workspaceId: 'T2', key: 'page/1/a' },
      ];
      const moved = ['page/1/a', 'page/1/Z', 'page/1/é', 'page/1/日'];
      for (const job of [...moved.map((key) => ({ ...JOB, key })), ...other])
        await add(store, { ...job, dueUs: laterUs });
      const wanted = { kind: JOB.kind, workspaceId: JOB.workspaceId, prefix: 'page/1/', dueUs: clock.nowUs() };
      await store.transaction((tx) => jobs.moveJobs(tx, wanted));
      const note = async ({ kind, workspaceId, key }: Job) => void ran.push(`${workspaceId} ${kind} ${key}`);
      const runner = started(store, { diagnose: note, other: note });
      await runner.idle();
      expect(ran.toSorted()).toEqual(moved.map((key) => `T1 diagnose ${key}`).toSorted());
      // One that has run stays done.
      await store.transaction((tx) => jobs.moveJobs(tx, wanted));
      await runner.idle();
      expect(ran).toHaveLength(moved.length);
    });

    test('are known by the beginning of their key, in the order in which they were added', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      for (const key of ['m/z', 'm/a', 'm', 'M/b', 'mm/c']) {
        await add(store, { ...JOB, key });
        await clock.tick(1);
      }
      await started(store, {
        diagnose: async ({ key }) => {
          if (key !== 'm/z') throw new NotYetError('later', store.clock.nowUs() + DAY_US);
        },
      }).idle();
      const known = { kind: JOB.kind, workspaceId: JOB.workspaceId, prefix: 'm/' };
      expect(await jobs.keysOf(store, known)).toEqual([
        { key: 'm/z', isOver: true },
        { key: 'm/a', isOver: false },
      ]);
      expect(await jobs.keysOf(store, { ...known, workspaceId: 'T2' })).toEqual([]);
    });

    test('are not there when the transaction that added them was undone', async () => {
      const store = await opened(newPlace(), steppedClock());
      const broken = store.transaction(async (tx) => {
        await jobs.addJob(tx, JOB);
        throw new Error('undone');
      });
      await expect(broken).rejects.toThrow('undone');
      let ran = 0;
      await started(store, { diagnose: async () => void ran++ }).idle();

      expect(ran).toBe(0);
    });

    test('wait until they are due', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const atMs: number[] = [];
      const startUs = clock.nowUs();
      await add(store, { ...JOB, dueUs: startUs + 90_000_000 });
      started(store, { diagnose: async () => void atMs.push((clock.nowUs() - startUs) / 1_000) });
      await clock.tick(200_000);

      expect(atMs).toEqual([90_000]);
    });

    test('that fall due while no process runs are done by the next one, and those of later still wait', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const before = await opened(place, clock);
      const startUs = clock.nowUs();
      for (const minutes of [15, 30]) {
        await add(before, { ...JOB, key: `reminder ${minutes}`, dueUs: startUs + minutes * 60_000_000 });
      }
      const earlier = started(before, { diagnose: async () => Promise.reject(new Error('too early')) });
      await clock.tick(60_000);
      await stopNow(earlier, clock);
      await before.close();
      await clock.tick(19 * 60_000);

      const atMinutes: string[] = [];
      started(await opened(place, clock), {
        diagnose: async ({ key, attempt }) =>
          void atMinutes.push(`${key}, attempt ${attempt}, at ${Math.floor((clock.nowUs() - startUs) / 60_000_000)}`),
      });
      await clock.tick(0);
      expect(atMinutes).toEqual(['reminder 15, attempt 1, at 20']);
      await clock.tick(20 * 60_000);
      expect(atMinutes.slice(1)).toEqual(['reminder 30, attempt 1, at 30']);
    });

    test('that a clock a day ahead has put off keep their distance from when they were added, once it is corrected', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const ahead = await opened(place, clock);
      clock.correct(24 * HOUR_MS);
      await add(ahead, { ...JOB, key: 'now' });
      await add(ahead, { ...JOB, key: 'in a quarter', dueUs: clock.nowUs() + 900_000_000 });
      await add(ahead, { ...JOB, key: 'held by a dead process' });
      const held = { state: 'running', lease: 'x', lease_until_us: clock.nowUs() + LEASE_US, attempts: 1 } as const;
      await ahead.db.updateTable('jobs').set(held).where('key', '=', 'held by a dead process').execute();
      await ahead.close();
      clock.correct(-24 * HOUR_MS);

      const store = await opened(place, clock);
      await mendFutureTimes(store);
      const startUs = clock.nowUs();
      const ran: string[] = [];
      started(store, {
        diagnose: async ({ key }) =>
          void ran.push(`${key} after ${Math.floor((clock.nowUs() - startUs) / 60_000_000)} min`),
      });
      await clock.tick(HOUR_MS);
      expect(ran).toEqual(['now after 0 min', 'held by a dead process after 0 min', 'in a quarter after 15 min']);
    });

    test('start at once after a kick, with nobody waiting for the next look', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      let ran = 0;
      const runner = started(store, { diagnose: async () => void ran++ });
      await clock.tick(0);
      await add(store);
      runner.kick();
      await clock.tick(0);

      expect(ran).toBe(1);
    });

    test('that fail are tried again after a wait that doubles, and are listed as dead after the last attempt', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const startUs = clock.nowUs();
      const tried: { atMs: number; lastAttempt: boolean }[] = [];
      await add(store);
      started(store, {
        diagnose: async ({ lastAttempt }) => {
          tried.push({ atMs: Math.round((clock.nowUs() - startUs) / 1_000), lastAttempt });
          throw new Error('jaeger is down');
        },
      });
      await clock.tick(300_000);

      expect(tried.map(({ lastAttempt }) => lastAttempt)).toEqual([false, false, true]);
      const [first = 0, second = 0, third = 0] = tried.map(({ atMs }) => atMs);
      expect((third - second) / (second - first)).toBeCloseTo(2, 2);
      expect(await jobs.deadJobs(store)).toMatchObject([
        { kind: 'diagnose', workspaceId: 'T1', key: 'inbox-1', attempts: 3, error: 'jaeger is down' },
      ]);
    });

    test('that can never succeed are given up at once, with their reason, and whoever waits reads it', async () => {
      const store = await opened(newPlace(), steppedClock());
      const heard: string[] = [];
      let attempts = 0;
      await add(store);
      const runner = started(
        store,
        {
          diagnose: async () => {
            attempts += 1;
            throw new NeverError('the door is shut');
          },
        },
        { lasting: new Set(['diagnose']), onDead: async (_, { key }, error) => void heard.push(`${key}: ${error}`) },
      );
      await runner.idle();
      expect(attempts).toBe(1);
      expect(heard).toEqual(['inbox-1: the door is shut']);
      expect(await jobs.deadJobs(store)).toMatchObject([{ key: 'inbox-1', error: 'the door is shut' }]);
    });

    test('of a lasting kind are tried for a day, with pauses that grow to ten minutes, and then are dead', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const startUs = clock.nowUs();
      const triedS: number[] = [];
      await add(store);
      const runner = { lasting: new Set(['diagnose']) };
      started(
        store,
        {
          diagnose: async ({ lastAttempt }) => {
            triedS.push(Math.round((clock.nowUs() - startUs) / 1e6));
            if (!lastAttempt) throw new Error('slack is away');
          },
        },
        runner,
      );
      await clock.tick(4 * HOUR_MS);

      const pauses = triedS.slice(1).map((at, index) => at - (triedS[index] ?? 0));
      expect(pauses.slice(0, 3)).toEqual([2, 4, 8]);
      expect(Math.max(...pauses)).toBe(600);
      expect(await jobs.deadJobs(store)).toEqual([]);
      await store.db
        .updateTable('jobs')
        .set(({ eb }) => ({ created_us: eb('created_us', '-', 24 * 3_600_000_000) }))
        .execute();
      await clock.tick(700_000);
      expect((await store.db.selectFrom('jobs').select('state').execute())[0]?.state).toBe('done');
    });

    test('of a lasting kind are not given up by a clock that was a day behind and is corrected', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      await mendFutureTimes(store);
      const runner = { lasting: new Set(['diagnose']), maxAttempts: 2 };
      await add(store);
      let isAway = true;
      const last: boolean[] = [];
      started(
        store,
        {
          diagnose: async ({ lastAttempt }) => {
            last.push(lastAttempt);
            if (isAway) throw new Error('slack is away');
          },
        },
        runner,
      );
      await clock.tick(60_000);
      clock.correct(24 * HOUR_MS);
      await clock.tick(600_000);
      expect(last.length).toBeGreaterThan(4);
      expect(last).not.toContain(true);
      isAway = false;
      await clock.tick(700_000);
      expect(await jobs.deadJobs(store)).toEqual([]);
    });

    test('of a lasting kind that kill the process every time are given up after as many times as others', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const lasting = new Set(['diagnose']);
      await add(await opened(place, clock));
      let begun = 0;
      for (let life = 0; life < 6; life++) {
        const store = await opened(place, clock);
        const diagnose = () => {
          begun++;
          return new Promise<void>(() => {});
        };
        started(store, { diagnose }, { lasting });
        await clock.tick(60_000);
        await store.close();
      }
      expect(begun).toBe(3);
      expect(await jobs.deadJobs(await opened(place, clock))).toMatchObject([
        { error: expect.stringContaining('process ended') },
      ]);
    });

    test('that were given up begin anew when they are added once more, with what was added', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      let isDown = true;
      const ran: Job[] = [];
      const diagnose = async (job: Job) => {
        if (isDown) throw new Error('jaeger is down');
        ran.push(job);
      };
      await add(store);
      const runner = started(store, { diagnose });
      await clock.tick(300_000);
      expect(await jobs.deadJobs(store)).toHaveLength(1);

      isDown = false;
      await add(store, { ...JOB, payload: { traceId: 'beef' } });
      runner.kick();
      await clock.tick(1_000);
      expect(ran).toMatchObject([{ attempt: 1, lastAttempt: false, payload: { traceId: 'beef' } }]);
      expect(await jobs.deadJobs(store)).toEqual([]);
    });

    test('that succeed on the last attempt are not dead', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      await add(store);
      started(store, {
        diagnose: async ({ attempt }) => {
          if (attempt < 3) throw new Error('not yet');
        },
      });
      await clock.tick(300_000);

      expect(await jobs.deadJobs(store)).toEqual([]);
    });

    test('that are given up tell whoever waits, in the same transaction', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const told: string[] = [];
      await add(store);
      const fails = async () => Promise.reject(new Error('always'));
      started(
        store,
        { diagnose: fails },
        { onDead: async (_tx, job, error) => void told.push(`${job.key}: ${error}`) },
      );
      await clock.tick(300_000);

      expect(told).toEqual(['inbox-1: always']);
    });

    test('that are given up are dead even when nobody could be told, and nothing half told stays', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      await add(store);
      started(
        store,
        { diagnose: async () => Promise.reject(new Error('always')) },
        {
          onDead: async (tx) => {
            const asked = { id: 'half', workspaceId: 'T1', traceId: 'feed', askedBy: 'U1', channelId: 'C1' };
            await openInvestigation(tx, asked);
            throw new Error('cannot tell');
          },
        },
      );
      await clock.tick(300_000);

      expect(await jobs.deadJobs(store)).toMatchObject([{ error: 'always' }]);
      expect(await store.db.selectFrom('investigations').select('id').execute()).toEqual([]);
    });

    test('of a kind that this program does not know are left for one that does', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      await add(store, { ...JOB, kind: 'newer' });
      await started(store, { diagnose: async () => {} }).idle();
      let ran = 0;
      await started(store, { newer: async () => void ran++ }).idle();

      expect(ran).toBe(1);
    });

    test('never run twice though two processes look for work at the same time', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const ran: string[] = [];
      const runners: Runner[] = [];
      const filler = await opened(place, clock);
      for (let count = 0; count < 60; count++) await add(filler, { ...JOB, key: `job-${count}` });
      for (let process = 0; process < 3; process++) {
        const handler = async ({ key }: Job) => {
          await clock.sleep(10);
          ran.push(key);
        };
        runners.push(started(await opened(place, clock), { diagnose: handler }, { concurrency: 5 }));
      }
      await clock.tick(5_000);
      await Promise.all(runners.map((runner) => runner.idle()));

      expect(ran).toHaveLength(60);
      expect(new Set(ran).size).toBe(60);
    });

    test('run no more at once than is allowed', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      let running = 0;
      let most = 0;
      for (let count = 0; count < 7; count++) await add(store, { ...JOB, key: `job-${count}` });
      const handler = async () => {
        most = Math.max(most, ++running);
        await clock.sleep(100);
        running--;
      };
      const runner = started(store, { diagnose: handler }, { concurrency: 2 });
      await clock.tick(1_000);
      await runner.idle();

      expect(most).toBe(2);
    });

    test('that are short never wait for slow ones, and no more slow ones run at once than is allowed', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const ended: string[] = [];
      let most = 0;
      let running = 0;
      const handlers = {
        diagnose: async ({ key }: Job) => {
          running += 1;
          most = Math.max(most, running);
          await clock.sleep(10_000);
          running -= 1;
          ended.push(key);
        },
        receive: async ({ key }: Job) => {
          await clock.sleep(100);
          ended.push(key);
        },
      };
      for (const n of [1, 2, 3, 4]) await add(store, { ...JOB, key: `slow-${n}` });
      for (const n of [1, 2, 3, 4, 5]) await add(store, { ...JOB, kind: 'receive', key: `short-${n}` });
      const runner = started(store, handlers, { concurrency: 2, slow: new Set(['diagnose']) });
      await clock.tick(2_000);
      expect(ended.toSorted()).toEqual(['short-1', 'short-2', 'short-3', 'short-4', 'short-5']);
      await clock.tick(30_000);
      await runner.idle();

      expect(ended).toHaveLength(9);
      expect(most).toBe(2);
    });

    test('of a process that was killed are taken again when the lease has run out, and not before', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const killed = await opened(place, clock);
      await add(killed);
      started(killed, { diagnose: () => new Promise(() => {}) });
      await clock.tick(1);
      await killed.close(); // what it still wants to write is lost with its connection

      const startUs = clock.nowUs();
      const attempts: { attempt: number; afterMs: number }[] = [];
      started(await opened(place, clock), {
        diagnose: async ({ attempt }) => void attempts.push({ attempt, afterMs: (clock.nowUs() - startUs) / 1_000 }),
      });
      await clock.tick(60_000);

      expect(attempts).toHaveLength(1);
      expect(attempts[0]?.attempt).toBe(2);
      expect(attempts[0]?.afterMs).toBeGreaterThanOrEqual(LEASE_US / 1_000 - 1);
      expect(attempts[0]?.afterMs).toBeLessThan(LEASE_US / 1_000 + 5_000);
    });

    test('that kill the process every time are given up, too', async () => {
      const place = newPlace();
      const clock = steppedClock();
      await add(await opened(place, clock));
      for (let life = 0; life < 3; life++) {
        const store = await opened(place, clock);
        started(store, { diagnose: () => new Promise(() => {}) });
        await clock.tick(60_000);
        await store.close();
      }
      const store = await opened(place, clock);
      let ran = 0;
      const told: string[] = [];
      started(store, { diagnose: async () => void ran++ }, { onDead: async (_tx, { key }) => void told.push(key) });
      await clock.tick(60_000);

      expect(ran).toBe(0);
      expect(told).toEqual(['inbox-1']);
      expect(await jobs.deadJobs(store)).toMatchObject([
        { attempts: 3, error: expect.stringContaining('process ended') },
      ]);
    });

    test('are not given up for a neighbour that ends the process: after a crash a suspect runs alone', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const filler = await opened(place, clock);
      for (const key of ['a', 'killer', 'b', 'c']) await add(filler, { ...JOB, key });
      const done: { key: string; attempt: number }[] = [];
      const told: string[] = [];
      const together: number[] = [];
      for (let life = 0; life < 12; life++) {
        const store = await opened(place, clock);
        const diagnose = oneLife(clock, { done, together });
        started(store, { diagnose }, { onDead: async (_tx, { key }) => void told.push(key) });
        await clock.tick(60_000);
        await store.close();
      }

      expect(together).toEqual([4, 1, 1, 1]);
      expect(done.map(({ key }) => key).sort()).toEqual(['a', 'b', 'c']);
      expect(done.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
      expect(told).toEqual(['killer']);
    });

    test('that wait behind a suspect run as soon as it has ended', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const killed = await opened(place, clock);
      await add(killed, { ...JOB, key: 'suspect' });
      started(killed, { diagnose: () => new Promise(() => {}) });
      await clock.tick(1);
      await killed.close();

      const store = await opened(place, clock);
      await clock.tick(LEASE_US / 1_000 + 1);
      await add(store, { ...JOB, key: 'new' });
      const events: string[] = [];
      const diagnose = async ({ key }: Job) => {
        events.push(`${key} begins`);
        await clock.sleep(2_000);
        events.push(`${key} ends`);
      };
      started(store, { diagnose });
      await clock.tick(10_000);
      expect(events).toEqual(['suspect begins', 'suspect ends', 'new begins', 'new ends']);
    });

    test('that take longer than a lease are kept by renewing it', async () => {
      const place = newPlace();
      const clock = steppedClock();
      let ran = 0;
      const handler = async () => {
        ran++;
        await clock.sleep((LEASE_US / 1_000) * 5);
      };
      const store = await opened(place, clock);
      await add(store);
      started(store, { diagnose: handler });
      started(await opened(place, clock), { diagnose: handler });
      await clock.tick((LEASE_US / 1_000) * 10);

      expect(ran).toBe(1);
      expect(await jobs.deadJobs(store)).toEqual([]);
    });

    test('are not run beside themselves when the machine has slept for longer than a lease', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      let ran = 0;
      await add(store);
      const handler = async () => {
        ran++;
        await clock.sleep(2_000);
      };
      const runner = started(store, { diagnose: handler });
      await clock.tick(0);
      await store.db
        .updateTable('jobs')
        .set({ lease_until_us: clock.nowUs() - 1 })
        .execute();
      runner.kick();
      await clock.tick(20_000);

      expect(ran).toBe(1);
      expect(await jobs.deadJobs(store)).toEqual([]);
    });

    test('are waited for on stop, and nothing new is taken', async () => {
      const clock = steppedClock();
      const store = await opened(newPlace(), clock);
      const finished: string[] = [];
      await add(store);
      await clock.tick(1);
      await add(store, { ...JOB, key: 'inbox-2' });
      const handler = async ({ key }: Job) => {
        await clock.sleep(2_000);
        finished.push(key);
      };
      const runner = started(store, { diagnose: handler }, { concurrency: 1 });
      await clock.tick(1_000);
      const stopped = runner.stop(10_000);
      await clock.tick(5_000);
      await stopped;

      expect(finished).toEqual(['inbox-1']);
    });

    test('that were done 90 days ago are dropped; younger, waiting and dead ones stay', async () => {
      const store = await opened(newPlace(), steppedClock());
      for (const key of ['old', 'young']) await add(store, { ...JOB, key });
      await started(store, { diagnose: async () => {} }).idle();
      const nowUs = await store.nowUs();
      const finishedUs = { old: nowUs - 90 * DAY_US - 1, young: nowUs - 90 * DAY_US + 60_000_000 };
      for (const [key, finished_us] of Object.entries(finishedUs))
        await store.db.updateTable('jobs').set({ finished_us }).where('key', '=', key).execute();
      // No handler takes this kind, so the job stays queued.
      await add(store, { ...JOB, key: 'waiting', kind: 'answer' });
      await add(store, { ...JOB, key: 'dead', kind: 'answer' });
      const dead = { state: 'dead', finished_us: finishedUs.old } as const;
      await store.db.updateTable('jobs').set(dead).where('key', '=', 'dead').execute();

      expect(await jobs.forgetDone(store)).toBe(1);
      expect(await jobs.forgetDone(store)).toBe(0);
      const left = await store.db.selectFrom('jobs').select('key').orderBy('key').execute();
      expect(left.map(({ key }) => key)).toEqual(['dead', 'waiting', 'young']);
    });

    test('many of an earlier time are dropped a thousand at a time', async () => {
      const store = await opened(newPlace(), steppedClock());
      await store.transaction(async (tx) => {
        for (let n = 0; n < 1_001; n += 1) await jobs.addJob(tx, { ...JOB, key: `${n}` });
      });
      const done = { state: 'done', finished_us: 0 } as const;
      await store.db.updateTable('jobs').set(done).execute();

      expect(await jobs.forgetDone(store)).toBe(1_000);
      expect(await jobs.forgetDone(store)).toBe(1);
    });

    test('that outlive the deadline of stop are told so, and go back without losing an attempt', async () => {
      const place = newPlace();
      const clock = steppedClock();
      const store = await opened(place, clock);
      await add(store);
      const untilAborted = (_job: Job, signal: AbortSignal) =>
        new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      const runner = started(store, { diagnose: untilAborted });
      await clock.tick(1_000);
      const stopped = runner.stop(3_000);
      await clock.tick(4_000);
      await stopped;

      const attempts: number[] = [];
      await started(await opened(place, clock), {
        diagnose: async ({ attempt }) => void attempts.push(attempt),
      }).idle();
      expect(attempts).toEqual([1]);
    });
  });
}
