/** Words by which job systems say that they gave up one job, or never began it. */
import { type Sign, signList } from '#model/instruments/sign-list.ts';

/** `isRepeated`: by that time the job had been begun several times. */
type LostJobSign = Sign & Readonly<{ isRepeated?: true }>;

/** Whoever sent the job got no error, and the worker has often no span of it. */
export const JOBS_GIVEN_UP = signList<LostJobSign>(
  /unregistered task|hard time limit|WorkerLostError|stalled more|process handler|work-horse|attempted too many|DirtyExit|adding dead/i,
  [
    {
      by: 'Celery',
      says: /\breceived unregistered task of type\b/i,
      example: "Received unregistered task of type 'shop.mails.send'. The message has been ignored and discarded.",
      source: 'https://github.com/celery/celery/blob/main/celery/worker/consumer/consumer.py',
    },
    {
      by: 'Celery',
      says: /\bhard time limit \(\d{1,6}(?:\.\d{1,6})?s\) exceeded\b/i,
      example: 'Hard time limit (120s) exceeded for shop.mails.send[a33b0be1]',
      source: 'https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits',
    },
    {
      by: 'Celery',
      says: /\bWorkerLostError\b/i,
      example: "Task handler raised error: WorkerLostError('Worker exited prematurely: exitcode 155 Job: 3.')",
      source: 'https://docs.celeryq.dev/en/stable/reference/celery.exceptions.html',
    },
    {
      by: 'Bull, BullMQ',
      says: /\bjob stalled more than (?:the )?allowable (?:limit|stall count)\b/i,
      isRepeated: true,
      example: 'Error: job stalled more than allowable limit',
      source: 'https://docs.bullmq.io/guide/workers/stalled-jobs',
    },
    {
      by: 'Bull',
      says: /\bmissing process handler for job type\b/i,
      example: 'Error: Missing process handler for job type resize',
      source: 'https://github.com/OptimalBits/bull/blob/develop/lib/queue.js',
    },
    {
      by: 'RQ',
      says: /\bwork-horse terminated unexpectedly\b/i,
      example: 'Moving job to FailedJobRegistry (Work-horse terminated unexpectedly; waitpid returned 9 (signal 9); )',
      source: 'https://github.com/rq/rq/blob/master/rq/worker.py',
    },
    {
      by: 'Laravel',
      says: /\bhas been attempted too many times\b|\bMaxAttemptsExceededException\b/i,
      isRepeated: true,
      example: 'App\\Jobs\\SendMail has been attempted too many times.',
      source: 'https://laravel.com/docs/12.x/queues#max-job-attempts-and-timeout',
    },
    {
      by: 'Sidekiq',
      says: /\badding dead \S{1,200} job\b/i,
      isRepeated: true,
      example: 'Adding dead SendMailJob job 3f2c9a11d0b84e5a9c7d1e22',
      source: 'https://github.com/sidekiq/sidekiq/blob/main/lib/sidekiq/job_retry.rb',
    },
    {
      by: 'Resque',
      says: /\bResque::DirtyExit\b/i,
      example: 'Resque::DirtyExit: Child process received unhandled signal pid 4121 SIGKILL (signal 9)',
      source: 'https://github.com/resque/resque/blob/master/lib/resque/errors.rb',
    },
  ],
);
