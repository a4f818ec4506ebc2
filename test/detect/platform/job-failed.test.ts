import { jobFailed } from '#detect/platform/job-failed.ts';
import { logLine } from '#test/log-line.ts';
import { ago, ended, event, NO_WINDOW, pod, testPlatformDetector } from '#test/platform.ts';

type Drawn = Readonly<{
  name?: string;
  cronJob?: string;
  labels?: object;
  created?: number;
  condition?: object;
  failed?: number;
}>;

function job({ name = 'report-2', cronJob, labels = {}, created = 600, condition, failed = 0 }: Drawn = {}) {
  return {
    kind: 'Job',
    metadata: {
      name,
      namespace: 'shop',
      labels,
      creationTimestamp: ago(created),
      ...(cronJob && { ownerReferences: [{ kind: 'CronJob', name: cronJob, controller: true }] }),
    },
    spec: { backoffLimit: 3 },
    status: { failed, ...(condition && { conditions: [condition] }) },
  };
}

function failed(reason: string, since = 300, message = '') {
  return { type: 'Failed', status: 'True', reason, message, lastTransitionTime: ago(since) };
}

const DONE = { type: 'Complete', status: 'True', lastTransitionTime: ago(100) };

function cronJob(spec: object = {}, status: object = { lastScheduleTime: ago(4000) }) {
  return {
    kind: 'CronJob',
    metadata: { name: 'report', namespace: 'shop' },
    spec: { schedule: '@hourly', ...spec },
    status,
  };
}

const MISSED = event('FailedNeedsStart', 'Cannot determine if job needs to be started: too many missed start times', {
  about: ['CronJob', 'report'],
});

testPlatformDetector(jobFailed, {
  clear: {
    'a Job that failed twice and then succeeded': { window: NO_WINDOW, objects: [job({ failed: 2, condition: DONE })] },
    'a Job that still tries': { window: NO_WINDOW, objects: [job({ failed: 2 })] },
    'a run before the last one, which succeeded': {
      window: NO_WINDOW,
      objects: [
        job({ name: 'report-1', cronJob: 'report', created: 4000, condition: failed('BackoffLimitExceeded', 3800) }),
        job({ cronJob: 'report', condition: DONE }),
      ],
    },
    'a migration that somebody applied again': {
      window: NO_WINDOW,
      objects: [
        job({
          name: 'migrate-1',
          labels: { app: 'migrate' },
          created: 900,
          condition: failed('BackoffLimitExceeded', 800),
        }),
        job({ name: 'migrate-2', labels: { app: 'migrate' }, condition: DONE }),
      ],
    },
    'a Job that failed the day before yesterday': {
      window: NO_WINDOW,
      objects: [job({ created: 190_000, condition: failed('BackoffLimitExceeded', 180_000) })],
    },
    'a Job of another service': { objects: [job({ condition: failed('BackoffLimitExceeded') })] },
    'a Job whose pods write the lines of another service': {
      objects: [job({ condition: failed('BackoffLimitExceeded') })],
      logs: [{ ...logLine('stock', 1, 'FATAL: no such table'), labels: { pod: 'report-2-x' } }],
    },
    'a CronJob that is switched off': { window: NO_WINDOW, objects: [cronJob({ suspend: true }), MISSED] },
    'a CronJob that has started since': {
      window: NO_WINDOW,
      objects: [cronJob({}, { lastScheduleTime: ago(5) }), MISSED],
    },
  },
  found: {
    'a Job whose pods cannot reach a database': {
      window: NO_WINDOW,
      objects: [
        job({
          failed: 4,
          condition: failed('BackoffLimitExceeded', 300, 'Job has reached the specified backoff limit'),
        }),
        pod({
          name: 'report-2-x',
          labels: {},
          owner: ['Job', 'report-2'],
          phase: 'Failed',
          containers: [{ terminated: ended('Error', 1, { message: 'connect ECONNREFUSED db:5432' }) }],
        }),
      ],
      sightings: [
        {
          service: 'report-2',
          title:
            /^Job report-2 failed: 4 of its pods failed, as often as its backoffLimit allows: it exits, because it cannot reach db:5432: “connect ECONNREFUSED db:5432”$/,
          facts: { code: 1 },
        },
      ],
    },
    'an init container of the last run of a CronJob, by its lines': {
      window: NO_WINDOW,
      objects: [
        cronJob(),
        job({ name: 'report-1', cronJob: 'report', created: 9000, condition: DONE }),
        job({ cronJob: 'report', failed: 1, condition: failed('BackoffLimitExceeded') }),
        pod({
          name: 'report-2-x',
          labels: {},
          owner: ['Job', 'report-2'],
          phase: 'Failed',
          containers: [
            { name: 'migrate', init: true, terminated: ended('Error', 1) },
            { waiting: { reason: 'PodInitializing' } },
          ],
        }),
      ],
      logs: [
        {
          ...logLine('report', 1, 'FATAL: password authentication failed for user "report"'),
          timeNs: `${Date.parse(ago(97))}000000`,
        },
      ],
      sightings: [{ service: 'report', title: /because a server rejects its login: “password authentication failed/ }],
    },
    'a Job that ran too long, whose pod is gone': {
      window: NO_WINDOW,
      objects: [job({ condition: failed('DeadlineExceeded', 300, 'Job was active longer than specified deadline') })],
      sightings: [{ title: /^Job report-2 failed: it ran longer than its deadline \(activeDeadlineSeconds\)$/ }],
    },
    'a Job that is called otherwise than its service, whose pods are gone': {
      window: { ...NO_WINDOW, service: 'books' },
      objects: [job({ failed: 4, condition: failed('BackoffLimitExceeded') })],
      logs: [
        { ...logLine('books', 1, 'begin to close the month'), level: 'info', labels: { pod: 'report-2-x' } },
        { ...logLine('books', 2, 'relation "months" does not exist'), level: 'error', labels: { pod: 'report-2-y' } },
        { ...logLine('books', 3, 'no route for /old'), level: 'error', labels: { pod: 'books-5c9-z' } },
      ],
      sightings: [{ service: 'books', title: /as its backoffLimit allows: “relation "months" does not exist”$/ }],
    },
    'a CronJob that missed too many starts': {
      window: NO_WINDOW,
      objects: [cronJob(), MISSED],
      sightings: [
        {
          service: 'report',
          title: /^CronJob report cannot start a Job: it missed too many start times: “Cannot determine/,
        },
      ],
    },
  },
});
