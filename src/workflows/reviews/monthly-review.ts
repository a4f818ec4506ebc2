/**
 * Posts a review of the last 90 days on the first weekday of each month at 9:00 UTC, with the picture, and the page in its
 * thread. It counts only incidents of channels that the whole workspace reads, and guests must not read them there.
 *
 *   every hour ──► job of the next month, by its key once ──► at its time: one message, by its id once
 */
import type { Log } from '#core/log.ts';
import { DAY_US, HOUR_US } from '#core/time-units.ts';
import { incidentReview } from '#model/incident/incident-review.ts';
import { REVIEW_PERIOD } from '#model/incident/stats-period.ts';
import { monthOf } from '#model/text/calendar.ts';
import { reviewHtml } from '#present/documents/review-documents.ts';
import { monthlyReviewMessage } from '#present/slack/review-message.ts';
import { type JobHandler, type Jobs, NotYetError } from '#record/jobs.ts';
import { attach, post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import type { MayShowIn } from '#workflows/incidents/merges-shown.ts';
import { reviewInRoles } from '#workflows/reviews/review-in-roles.ts';
import { reviewedIncidents } from '#workflows/reviews/review-incidents.ts';
import { type DrawOptions, withPicture } from '#workflows/reviews/show-review.ts';
import { mayShowTo } from '#workflows/rights/may-show.ts';

export const MONTHLY_REVIEW = 'monthly-review';

const NINE_US = 9 * HOUR_US;
/** After that, the channel was set up anew or the bot was away: the next month is near. */
const TOO_LATE_US = 14 * DAY_US;

/** `dueUs`: when it should be posted. */
type ReviewJob = Readonly<{ dueUs: number }>;

export type MonthlyReviewOptions = DrawOptions &
  Readonly<{
    log: Log;
    /** Undefined if none is configured: what an earlier process queued ends. */
    channelId: string | undefined;
    /** Undefined if Slack did not say. */
    isForAll(channelId: string): Promise<boolean | undefined>;
    readersOf(channelId: string): Promise<string | undefined>;
    /** Whether everybody who reads the first channel may read the second. False if Slack did not say. */
    mayShowIn: MayShowIn;
    kick(): void;
  }>;

/** Call it every hour. */
export function reviewQueuer({
  store,
  jobs,
  workspace,
}: Readonly<{ store: Store; jobs: Jobs; workspace(signal: AbortSignal): Promise<string> }>) {
  return async (signal: AbortSignal): Promise<void> => {
    const workspaceId = await workspace(signal);
    await store.transaction(async (tx) => {
      const dueUs = nextReviewUs(tx.nowUs);
      const payload: ReviewJob = { dueUs };
      await jobs.addJob(tx, { kind: MONTHLY_REVIEW, workspaceId, key: monthOf(dueUs), payload, dueUs });
    });
  };
}

export function monthlyReviewer(options: MonthlyReviewOptions): JobHandler {
  const { store, log, channelId, isForAll, readersOf, mayShowIn, kick } = options;
  return async ({ workspaceId, key, payload }) => {
    const { dueUs } = payload as ReviewJob;
    const nowUs = await store.nowUs();
    if (channelId === undefined || nowUs > dueUs + TOO_LATE_US) return;
    // A corrected clock moves jobs to the present.
    if (nowUs < dueUs) throw new NotYetError('the month of the review has not begun', dueUs);
    const readers = await readersOf(channelId);
    if (readers === undefined) throw new Error('Slack did not say who reads the channel for reviews');
    if (readers === 'another company') {
      log.warn({ channelId }, 'no review was posted: people of another company read the channel for reviews');
      return;
    }
    const mayShow = mayShowTo([], isForAll);
    const counts = (incident: Readonly<{ channelId: string }>) => mayShow(incident.channelId);
    const reviewed = await reviewedIncidents(store, { period: REVIEW_PERIOD, service: '', workspaceId, counts });
    for (const place of new Set(reviewed.map(({ incident }) => incident.channelId)))
      if (!(await mayShowIn(channelId, place))) throw new Error(NOT_ALL_MAY);
    const review = await reviewInRoles(options, incidentReview(reviewed));
    const shown = { review, period: REVIEW_PERIOD, service: '' };
    const lastMonth = monthOf(monthStartUs(dueUs) - DAY_US);
    const count = reviewed.filter(({ incident }) => monthOf(incident.declaredUs) === lastMonth).length;
    const said = monthlyReviewMessage(shown, { month: lastMonth, count });
    const message = await withPicture(options, shown, said);
    const messageId = `review/${workspaceId}/${key}`;
    await store.transaction(async (tx) => {
      await post(tx, { messageId, workspaceId, channelId, message, rank: 'detail' });
      if (reviewed.length === 0) return;
      await attach(tx, {
        ...{ attachmentId: `${messageId}/page`, workspaceId, channelId, threadOf: messageId },
        ...{ name: `review-${key}.html`, title: `Review of incidents, ${key}` },
        content: new TextEncoder().encode(reviewHtml(shown)),
      });
    });
    kick();
  };
}

const NOT_ALL_MAY =
  'Slack did not say that only full members of the workspace read the channel for reviews, so none was posted. A review needs a channel without guests';

/** The first weekday of a month at 9:00 UTC: the next one from then on. */
export function nextReviewUs(nowUs: number): number {
  const thisMonth = firstWeekdayUs(monthStartUs(nowUs));
  return thisMonth >= nowUs ? thisMonth : firstWeekdayUs(monthStartUs(monthStartUs(nowUs) + 32 * DAY_US));
}

const SATURDAY = 6;

function firstWeekdayUs(monthUs: number): number {
  const day = new Date(monthUs / 1_000).getUTCDay();
  const wait = day === SATURDAY ? 2 : day === 0 ? 1 : 0;
  return monthUs + wait * DAY_US + NINE_US;
}

function monthStartUs(us: number): number {
  const at = new Date(us / 1_000);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1) * 1_000;
}
