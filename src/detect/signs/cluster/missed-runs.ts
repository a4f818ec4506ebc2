/**
 * A job that somebody asks about ran on schedule and has not run since: it was suspended, its controller starts it no more, or
 * its last run does not end.
 *
 *   schedule  every five minutes    05:10 ran   05:15 ran   05:20 ran   05:25 ·   05:30 ·   05:35 ·
 *   spec.suspend                                               true since then
 *
 * Who suspends a job on purpose says so, and nobody asks about it.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { Change } from '#model/changes/change.ts';
import { nextRunUs } from '#model/changes/schedule.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import type { CronJob, Job } from '#model/platform/cluster-objects.ts';
import type { Asked, SeenTime } from '#model/platform/platform-pods.ts';

export type MissedRuns = Readonly<{
  job: CronJob;
  /** Start times that passed without a run. */
  missed: number;
  /** The first of them. */
  sinceUs: number;
  /** The run that does not end and keeps the next ones from starting; empty where none runs. */
  hanging: string;
}>;

/** Any day of the month, any month, any day of the week. */
const EACH_DAY = /^\s{0,8}\S{1,40}\s{1,4}\S{1,40}\s{1,4}\*\s{1,4}\*\s{1,4}[*?]\s{0,8}$/;
/** More misses say nothing more. */
const MOST_COUNTED = 100;
/** It ran as it should until shortly before: as many start times before the window. */
const RAN_UNTIL = 3;
const ON_PURPOSE =
  /\b(?:suspend|paus|stop|disabl|switch(?:ed|es|ing)? off|turn(?:ed|s|ing)? off|retir|decommission|sunset|hold|freez|maintenance)\w{0,6}/i;

export function missedRuns(
  { platform, window }: Pick<Asked, 'platform' | 'window'>,
  changes: readonly Change[],
  fewest: number,
  { endUs }: Pick<SeenTime, 'endUs'>,
): readonly MissedRuns[] {
  if (window.service === '' || !Number.isFinite(endUs)) return [];
  const asked = serviceKey(window.service);
  const jobs = platform.cronJobs.filter((job) => serviceKey(job.name) === asked && !isMeant(job, changes));
  return jobs.flatMap((job): readonly MissedRuns[] => {
    const { name, namespace, schedule, lastScheduleUs } = job;
    if (!EACH_DAY.test(schedule) || !Number.isFinite(lastScheduleUs)) return [];
    const running = platform.jobs.filter(
      (one) => one.cronJob === name && one.namespace === namespace && one.conditions.length === 0,
    );
    const due = runsAfter(schedule, lastScheduleUs, endUs);
    const periodUs = (due[1] ?? 0) - (due[0] ?? 0);
    const hanging = running.length === 1 ? (running.find((one) => isHanging(one, job, periodUs))?.name ?? '') : '';
    if (running.length > 0 && hanging === '') return [];
    const isOld = lastScheduleUs < window.fromUs - RAN_UNTIL * periodUs;
    const [first] = due;
    return first === undefined || due.length < fewest || isOld
      ? []
      : [{ job, missed: due.length, sinceUs: first, hanging }];
  });
}

/**
 * Only one run at a time is allowed, and this one takes longer than the time between two starts. The one before it ended
 * within that time, so that runs usually do. A job that always takes longer has no such run before.
 */
function isHanging(run: Job, { isExclusive, lastScheduleUs, lastSuccessUs }: CronJob, periodUs: number): boolean {
  const isLast = !(run.createdUs < lastScheduleUs - MINUTE_US);
  return isExclusive && isLast && lastSuccessUs <= lastScheduleUs && lastSuccessUs > lastScheduleUs - periodUs;
}

/** The start times after a run, the last of them a minute before the end: the controller looks every ten seconds. */
function runsAfter(schedule: string, lastUs: number, endUs: number): readonly number[] {
  const due: number[] = [];
  for (let us = lastUs; due.length < MOST_COUNTED; ) {
    const next = nextRunUs(schedule, us + MINUTE_US);
    if (next === undefined || next > endUs - MINUTE_US) return due;
    due.push(next);
    us = next;
  }
  return due;
}

/** A change of the job says that it shall rest. */
function isMeant({ name, isSuspended }: CronJob, changes: readonly Change[]): boolean {
  return (
    isSuspended &&
    changes.some(({ service, text }) => serviceKey(service) === serviceKey(name) && ON_PURPOSE.test(text))
  );
}
