/** Threads that are ended, with real ones: an analysis that never ends stands beside others. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { type WorkerPool, workerPool } from '#analyse/pool.ts';
import type { BodyHead, Session, SessionSettings } from '#analyse/session.ts';
import { DEFAULT_REDACTION } from '#model/redaction/redaction.ts';
import { MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { packedThread } from '#test/packed-thread.ts';
import { steppedClock } from '#test/stepped-clock.ts';

const SETTINGS: SessionSettings = {
  thresholds: {},
  links: { trace: '', span: '', logs: '', runbooks: '' },
  maxClockSkewUs: MAX_CLOCK_SKEW_US,
};
const TRACE: BodyHead = { kind: 'trace', format: 'auto', source: 'jaeger', file: '', query: { text: '', url: '' } };
const mutex = readFileSync('test/fixtures/wire/jaeger/hotrod/mutex12-05.json');

/** With a pattern that takes longer than the age of the universe: the configuration would refuse it. */
const POISON: SessionSettings = {
  ...SETTINGS,
  redaction: { ...DEFAULT_REDACTION, key: 'k'.repeat(16), patterns: { endless: '(?:f+)+§' } },
};
const poisoned = Buffer.from(mutex.toString().replaceAll('SQL SELECT', 'f'.repeat(200)));

/** `session.test.ts` starts a thread of the sources. */
const program = await packedThread();

let pool: WorkerPool | undefined;
afterEach(() => pool?.stop());

async function fed(session: Session, bytes: Uint8Array): Promise<Session> {
  session.body('t', TRACE);
  await session.bytes('t', bytes);
  await session.end('t');
  return session;
}

function ended(work: Promise<unknown>): () => boolean {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  return () => isOver;
}

/** Time passes at once, before the next event of the process is heard. */
function handClock() {
  let nowUs = 0;
  const sleepers = new Map<() => void, number>();
  return {
    nowUs: () => nowUs,
    elapsedUs: () => nowUs,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const wake = () => {
          sleepers.delete(wake);
          resolve();
        };
        sleepers.set(wake, nowUs + ms * 1_000);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    pass(ms: number) {
      nowUs += ms * 1_000;
      for (const [wake, atUs] of sleepers) if (atUs <= nowUs) wake();
    },
  };
}

const kindOf = async (session: Session) => (await session.reports({}))[0]?.report.diagnosis?.kind;

test('an endless analysis ends at its deadline with the reason; parallel ones get their answers', async () => {
  const clock = steppedClock();
  pool = workerPool({ program, deadlineMs: 6_000, clock });
  const stuck = (await fed(pool.open(POISON), poisoned)).reports({ text: { width: 80, colour: false } });
  const told = expect(stuck).rejects.toMatchObject({
    code: 'SH_ANALYSIS_TOO_LONG',
    message: expect.stringContaining('longer than 6 s'),
    advice: expect.stringContaining('analysis.deadlineSeconds'),
    retryable: false,
  });
  const isOver = ended(stuck);
  for (let asked = 0; asked < 2; asked += 1) {
    const other = await fed(pool.open(SETTINGS), mutex);
    expect(await kindOf(other)).toBe('lock-contention');
    await other.close();
  }
  await clock.tick(5_900);
  expect(isOver()).toBe(false);
  await clock.tick(100);
  await told;
  expect(await kindOf(await fed(pool.open(SETTINGS), mutex))).toBe('lock-contention');
});

test('a small analysis is done while every thread of the pool has an endless one', async () => {
  const clock = steppedClock();
  pool = workerPool({ program, size: 1, deadlineMs: 60_000, clock });
  const session = await fed(pool.open(POISON), poisoned);
  const stuck = session.reports({ text: { width: 80, colour: false } }).catch((error: unknown) => error);
  // As long as a thread needs to count as slow.
  await clock.tick(700);
  const isOver = ended(stuck);
  expect(await kindOf(await fed(pool.open(SETTINGS), mutex))).toBe('lock-contention');
  expect(isOver()).toBe(false);
});

test('other sessions of the thread are interrupted and may be retried; the next session gets a new thread', {
  tags: ['deep'],
}, async () => {
  const clock = steppedClock();
  pool = workerPool({ program, size: 1, deadlineMs: 1_500, clock });
  const beside = await fed(pool.open(SETTINGS), mutex);
  const idle = await fed(pool.open(SETTINGS), mutex);
  const poison = await fed(pool.open(POISON), poisoned);
  const stuck = expect(poison.reports({ text: { width: 80, colour: false } })).rejects.toMatchObject({
    code: 'SH_ANALYSIS_TOO_LONG',
  });
  const waiting = expect(kindOf(beside)).rejects.toMatchObject({
    code: 'SH_ANALYSIS_INTERRUPTED',
    retryable: true,
  });
  await clock.tick(1_500);
  await Promise.all([stuck, waiting]);
  await expect(kindOf(idle)).rejects.toMatchObject({ code: 'SH_ANALYSIS_INTERRUPTED' });
  await expect(poison.wanted()).rejects.toMatchObject({ code: 'SH_ANALYSIS_TOO_LONG' });
  for (const session of [beside, idle, poison]) await session.close();
  expect(await kindOf(await fed(pool.open(SETTINGS), mutex))).toBe('lock-contention');
});

test('the evidence of a session that was closed meanwhile is none, and others go on', { tags: ['deep'] }, async () => {
  pool = workerPool({ program, size: 1 });
  const beside = await fed(pool.open(SETTINGS), mutex);
  const closed = await fed(pool.open({ ...SETTINGS, evidence: { maxBytes: 1e6 } }), mutex);
  const closing = closed.close();
  expect(await closed.evidence()).toBeUndefined();
  await closing;
  expect(await kindOf(beside)).toBe('lock-contention');
});

test('the time that an analysis waits for others is none of its own', async () => {
  const clock = handClock();
  const opened = workerPool({ program, size: 1, deadlineMs: 2_000, clock });
  pool = opened;
  const sessions = [];
  for (let count = 0; count < 4; count += 1) sessions.push(await fed(opened.open(SETTINGS), mutex));
  // All at once, and more than can be done within the deadline of one: each takes a second and a half.
  const asked = sessions.map(async (session) => {
    const reports = await session.reports({ slack: true });
    clock.pass(1_500);
    return reports;
  });
  const reports = await Promise.all(asked);
  expect(clock.elapsedUs()).toBeGreaterThan(2_000_000);
  expect(reports.every(([report]) => report?.slack !== undefined)).toBe(true);
});

test('threads without a session end, except the last; the next analysis starts one again', {
  tags: ['deep'],
}, async () => {
  const opened = workerPool({ program, size: 2, idleMs: 100 });
  pool = opened;
  const both = [await fed(opened.open(SETTINGS), mutex), await fed(opened.open(SETTINGS), mutex)];
  expect(opened.threads()).toBe(2);
  await both[0]?.close();
  await expect.poll(opened.threads).toBe(1);
  await both[1]?.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(opened.threads()).toBe(1);
  expect(await kindOf(await fed(opened.open(SETTINGS), mutex))).toBe('lock-contention');
});
