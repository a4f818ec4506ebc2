/** When and where the monthly review is posted, that it is posted once, and which incidents it counts. */
import { expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { type Job, NotYetError } from '#record/jobs.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { recordCase } from '#test/reviewed-incidents.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';
import {
  MONTHLY_REVIEW,
  type MonthlyReviewOptions,
  monthlyReviewer,
  nextReviewUs,
  reviewQueuer,
} from '#workflows/reviews/monthly-review.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const signal = new AbortController().signal;

const us = (iso: string) => Date.parse(iso) * 1_000;

test.each([
  ['2026-01-06T14:30:00Z', '2026-02-02T09:00:00.000Z'], // The 1st is a Sunday.
  ['2026-08-01T00:00:00Z', '2026-08-03T09:00:00.000Z'], // The 1st is a Saturday.
  ['2026-09-01T08:59:00Z', '2026-09-01T09:00:00.000Z'],
  ['2026-09-01T09:00:01Z', '2026-10-01T09:00:00.000Z'],
  ['2026-12-31T23:59:00Z', '2027-01-01T09:00:00.000Z'],
  ['2026-01-31T12:00:00Z', '2026-02-02T09:00:00.000Z'],
])('from %s on, the next review is at %s', (now, next) => {
  expect(new Date(nextReviewUs(us(now)) / 1_000).toISOString()).toBe(next);
});

/** It is the 6th of January 2026. */
async function open(more: Partial<MonthlyReviewOptions> = {}) {
  const clock = steppedClock();
  const store = await opened(sqlitePlace(), clock);
  const queue = reviewQueuer({ store, jobs: tableJobs, workspace: async () => 'T1' });
  const review = monthlyReviewer({
    ...{ store, log: silentLog, draw: async () => new Uint8Array([1]), pictureSeconds: 1, channelId: 'C0REVIEWS' },
    directory: { person: async () => ({ name: 'kim', zone: undefined }), permalink: async () => '' },
    ...{ isForAll: async (id: string) => id !== 'C0SECRET', readersOf: async () => 'workspace', kick: () => undefined },
    mayShowIn: async () => true,
    ...more,
  });
  const jobs = async () =>
    (await store.db.selectFrom('jobs').selectAll().where('kind', '=', MONTHLY_REVIEW).execute()) as unknown as Job[];
  return {
    clock,
    store,
    queue: () => queue(signal),
    jobs,
    run: async () => {
      for (const job of await jobs()) {
        const given = { ...job, workspaceId: 'T1', payload: JSON.parse(String(job.payload)) };
        await review(given, signal);
      }
    },
    /** What is on its way to Slack. */
    sent: async () => {
      const rows = await store.db.selectFrom('outbox').selectAll().orderBy('seq').execute();
      return rows.map(({ kind, lane, payload, bytes }) => ({
        ...{ kind, lane, said: String(payload), bytes: bytes === null ? '' : Buffer.from(bytes).toString() },
      }));
    },
  };
}

test('is queued once for each month, and posted once, even if the job runs again', async () => {
  const { clock, store, queue, jobs, run, sent } = await open();
  for (const [id, gapMinutes] of [
    ['a', 20],
    ['b', 10],
  ] as const) {
    await recordCase(store, { id, gapMinutes, answers: [['U1', true]], fixed: 'more' });
  }
  await recordCase(store, { id: 'secret', incident: { channelId: 'C0SECRET', title: 'BREACH' } });
  await queue();
  await clock.tick(HOUR_MS);
  await queue();
  expect(await jobs()).toHaveLength(1);
  await expect(run()).rejects.toThrow(NotYetError);
  clock.correct(27 * DAY_MS);
  await run();
  await run();
  const [message, page, ...others] = await sent();
  expect(others).toEqual([]);
  expect(message).toMatchObject({ kind: 'post', lane: 'C0REVIEWS' });
  for (const says of [
    'Monthly review: 2 incidents in 2026-01. 2 incidents in the last 90 days.',
    'Comes back: Connection pool exhausted in users: 2 incidents, the last INC-2 on 2026-01-06.',
    'Largest detection gap: 20 min in INC-1, users. An employee noticed it.',
    'Verdicts that were right: confirmed: 2 of 2 were right, too few for a share.',
  ]) {
    expect(message?.said).toContain(says);
  }
  expect(page).toMatchObject({ kind: 'attach', said: expect.stringContaining('review-2026-02.html') });
  expect(page?.bytes).toContain('Fixed: more');
  expect(`${message?.said} ${page?.bytes}`).not.toContain('INC-3');
});

test('without any answer it says so and how to answer, also in its picture, which has no empty scale', async () => {
  const drawn: string[] = [];
  const draw = async (svg: string) => {
    drawn.push(svg);
    return new Uint8Array([1]);
  };
  const { clock, store, queue, run, sent } = await open({ draw });
  for (const id of ['a', 'b']) await recordCase(store, { id });
  await queue();
  clock.correct(27 * DAY_MS);
  await run();
  const [message] = await sent();
  expect(message?.said).toContain('Nobody answered about 2 verdicts. Press Yes or No under a diagnosis.');
  expect(drawn).toHaveLength(1);
  expect(drawn[0]).toContain('Nobody answered yet: press Yes or No');
  expect(drawn[0]).toContain('nobody answered (2)');
  expect(drawn[0]).not.toMatch(/ %<|95 % interval/);
});

test('the page names a role where people wrote a name', async () => {
  const { clock, store, queue, run, sent } = await open();
  for (const id of ['a', 'b']) await recordCase(store, { id, fixed: 'Kim added the index, see <@U0KIM0001> <orders>' });
  await queue();
  clock.correct(27 * DAY_MS);
  await run();
  const [, page] = await sent();
  expect(page?.bytes).toContain('Fixed: a responder added the index, see a responder &lt;orders&gt;');
  expect(page?.bytes).not.toMatch(/kim/i);
});

test('without an incident it says so, and has no page', async () => {
  const { clock, queue, run, sent } = await open();
  await queue();
  clock.correct(27 * DAY_MS);
  await run();
  expect((await sent()).map(({ kind, said }) => [kind, said.includes('No incident in the last 90 days')])).toEqual([
    ['post', true],
  ]);
});

test.each([
  ['the bot was away for weeks', 45, {}],
  ['nobody configured a channel', 27, { channelId: undefined }],
  ['people of another company read the channel', 27, { readersOf: async () => 'another company' }],
])('nothing is posted if %s', async (_, days, more) => {
  const { clock, store, queue, run, sent } = await open(more);
  await recordCase(store, { id: 'a' });
  await queue();
  clock.correct(days * DAY_MS);
  await run();
  expect(await sent()).toEqual([]);
});

test.each([
  ['who reads the channel', { readersOf: async () => undefined }],
  ['who reads the channel of an incident', { isForAll: async () => undefined }],
  ['that no guest reads the channel', { mayShowIn: async (here: string, there: string) => here === there }],
])('it waits while Slack does not say %s', async (_, more) => {
  const { clock, store, queue, run, sent } = await open(more);
  await recordCase(store, { id: 'a' });
  await queue();
  clock.correct(27 * DAY_MS);
  await expect(run()).rejects.toThrow('Slack did not say');
  expect(await sent()).toEqual([]);
});
