import { expect, onTestFinished, test } from 'vitest';
import { isoFromUs } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import type { Change } from '#model/changes/change.ts';
import type { PresentedRelease, ReleaseReport } from '#present/words/release.ts';
import { post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import { changeNoter } from '#workflows/evidence/note-changes.ts';
import { JUDGE_RELEASE, type ReleaseNews, releaseWatcher, watchReleases } from '#workflows/releases/watch-release.ts';

const MINUTE_MS = 60_000;

type Judged = Readonly<{ service: string; minutes: number }>;

/** A process on the store: its webhook and its jobs. `verdictAfter`: what it finds so many minutes after the deploy. */
function bot(
  store: Store,
  clock: SteppedClock,
  verdictAfter: (minutes: number) => ReleaseReport['verdict'],
  {
    news = 'worse',
    hasChannel = true,
    rolloutMinutes = 0,
  }: { news?: ReleaseNews; hasChannel?: boolean; rolloutMinutes?: number } = {},
) {
  const judged: Judged[] = [];
  let isSlackThere = true;
  const handlers = {
    [JUDGE_RELEASE]: releaseWatcher({
      store,
      jobs: tableJobs,
      news,
      channelId: hasChannel ? 'C0ALERTS' : undefined,
      async judge({ service, toUs }) {
        const atUs = clock.nowUs() - clock.elapsedUs();
        const minutes = Math.round((toUs - atUs) / 60e6);
        judged.push({ service, minutes });
        return found(service, verdictAfter(minutes), atUs + rolloutMinutes * 60e6);
      },
      workspace: async () => {
        if (!isSlackThere) throw new Error('Slack is away');
        return 'T1';
      },
      kick: () => undefined,
    }),
  };
  const jobs = tableJobs.runJobs({ store, handlers, log: silentLog });
  onTestFinished(() => stopNow(jobs, clock));
  return {
    judged,
    note: changeNoter(store, (tx, changes) => watchReleases(tx, tableJobs, changes)),
    kill: () => stopNow(jobs, clock),
    slack: (isThere: boolean) => {
      isSlackThere = isThere;
    },
    async after(minutes: number) {
      await clock.tick(minutes * MINUTE_MS);
      jobs.kick();
      await jobs.idle();
    },
  };
}

function found(service: string, verdict: ReleaseReport['verdict'], rolloutUs: number): PresentedRelease {
  const said =
    verdict === 'worse' ? `v2 of \`${service}\` is worse: answers 12 of 40, v1 40 of 40` : `${verdict} ${service}`;
  const rollout =
    verdict === 'no rollout' ? null : { at: isoFromUs(rolloutUs), until: isoFromUs(rolloutUs), beforeSeconds: 600 };
  const report = {
    schema: 'spanhound.release/1',
    service,
    verdict,
    said,
    version: 'v2',
    versionBefore: 'v1',
    rollout,
    change: null,
    lookedIn: [],
    rows: [],
    gaps: [],
  } as const;
  return { report, headline: said, reasons: ['Answered: 12 of 40, before 40 of 40'], text: said };
}

function deploy(clock: SteppedClock, of: Partial<Change> = {}): Change {
  const plain = {
    kind: 'deploy',
    service: 'checkout',
    id: '7c41e0b',
    text: 'v2',
    url: '',
    files: [],
    diff: '',
  } as const;
  return { ...plain, atUs: clock.nowUs(), ...of };
}

async function said(store: Store): Promise<readonly string[]> {
  const rows = await store.db.selectFrom('outbox').select(['lane', 'payload']).orderBy('seq').execute();
  return rows.map(({ lane, payload }) => `${lane}: ${JSON.parse(payload).text}`);
}

async function open() {
  const clock = steppedClock();
  const place = sqlitePlace();
  return { clock, place, store: await opened(place, clock) };
}

const WORSE = 'C0ALERTS: 🔴 v2 of `checkout` is worse: answers 12 of 40, v1 40 of 40';

test('says ten minutes after a deploy that it is worse, once, however often it is reported', async () => {
  const { clock, store } = await open();
  const { note, after, judged } = bot(store, clock, () => 'worse');
  const reported = deploy(clock);
  await note([reported]);
  await note([reported]);
  await after(9);
  expect(judged).toEqual([]);
  await after(1);
  expect(judged).toEqual([{ service: 'checkout', minutes: 10 }]);
  expect(await said(store)).toEqual([WORSE]);
  await note([reported]);
  await after(30);
  expect(await said(store)).toEqual([WORSE]);
});

test('a deploy that is stored is judged after a kill, and one that was posted is not posted again', async () => {
  const { clock, place, store } = await open();
  const first = bot(store, clock, () => 'worse');
  await first.note([deploy(clock)]);
  await first.kill();
  await clock.tick(12 * MINUTE_MS);
  // It judges, and dies before its message is stored.
  const second = bot(await opened(place, clock), clock, () => 'worse');
  second.slack(false);
  await second.after(0);
  expect(second.judged).toHaveLength(1);
  expect(await said(store)).toEqual([]);
  await second.kill();
  const third = bot(await opened(place, clock), clock, () => 'worse');
  for (let minutes = 0; minutes < 10; minutes += 1) await third.after(1);
  expect(await said(store)).toEqual([WORSE]);
  // As after a kill between the message and the mark of the job.
  await store.transaction(async (tx) => {
    const { messageId } = await tx.db.selectFrom('outbox').select('message_id as messageId').executeTakeFirstOrThrow();
    await post(tx, { messageId: `${messageId}`, workspaceId: 'T1', channelId: 'C0ALERTS', message: { text: 'again' } });
  });
  expect(await said(store)).toEqual([WORSE]);
});

test('looks again after half an hour where ten minutes were too early', async () => {
  const { clock, store } = await open();
  const { note, after, judged } = bot(store, clock, (minutes) => (minutes < 30 ? 'too early' : 'worse'));
  await note([deploy(clock)]);
  await after(10);
  expect(await said(store)).toEqual([]);
  await after(20);
  expect(judged.map(({ minutes }) => minutes)).toEqual([10, 30]);
  expect(await said(store)).toEqual([WORSE]);
});

test('a newer deploy of the service ends the watch over the older one', async () => {
  const { clock, store } = await open();
  const { note, after, judged } = bot(store, clock, () => 'worse', { rolloutMinutes: 5 });
  await note([deploy(clock)]);
  await after(5);
  await note([deploy(clock, { id: 'aa11' }), deploy(clock, { service: 'stock', id: 'bb22' })]);
  await after(5);
  expect(judged).toEqual([]);
  await after(5);
  expect(judged.map(({ service }) => service).sort()).toEqual(['checkout', 'stock']);
  expect(await said(store)).toHaveLength(2);
});

test('where nothing is wrong, only “always” says so; “never” judges nothing', async () => {
  for (const [news, expected] of [
    ['worse', []],
    ['always', ['C0ALERTS: ✅ nothing wrong checkout']],
    ['never', []],
  ] as const) {
    const { clock, store } = await open();
    const { note, after, judged } = bot(store, clock, () => 'nothing wrong', { news });
    await note([deploy(clock)]);
    await after(10);
    await after(20);
    expect(await said(store)).toEqual(expected);
    expect(judged).toHaveLength(news === 'never' ? 0 : 1);
  }
});

test('settings, flags, changes of no service, and deploys of hours ago are not watched', async () => {
  const { clock, store } = await open();
  const { note, after, judged } = bot(store, clock, () => 'worse');
  const hoursAgo = { atUs: clock.nowUs() - 3 * 3_600e6 };
  await note([
    deploy(clock, { kind: 'config' }),
    deploy(clock, { kind: 'flag' }),
    deploy(clock, { service: '' }),
    deploy(clock, hoursAgo),
  ]);
  await after(10);
  await after(20);
  expect(judged).toEqual([]);
});
