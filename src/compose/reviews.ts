/** Composes the monthly review of incidents. */
import type { Duty } from '#compose/upkeep.ts';
import type { JobHandler } from '#record/jobs.ts';
import type { MonthlyReviewOptions } from '#workflows/reviews/monthly-review.ts';

const EVERY_MS = 3_600_000;

export async function composeReviews({
  workspace,
  ...options
}: MonthlyReviewOptions & Readonly<{ workspace(signal: AbortSignal): Promise<string> }>): Promise<
  Readonly<{ handlers: Readonly<Record<string, JobHandler>>; duties: readonly Duty[] }>
> {
  const [{ MONTHLY_REVIEW, monthlyReviewer, reviewQueuer }, { tableJobs }] = await Promise.all([
    import('#workflows/reviews/monthly-review.ts'),
    import('#record/table-jobs.ts'),
  ]);
  const { store, channelId } = options;
  const work = reviewQueuer({ store, jobs: tableJobs, workspace });
  return {
    handlers: { [MONTHLY_REVIEW]: monthlyReviewer(options) },
    duties: channelId === undefined ? [] : [{ what: 'queueing the monthly review', everyMs: EVERY_MS, work }],
  };
}
