/** A watcher starts a running job once more, and two workers do it. */
import { describe, expect, test } from 'vitest';
import { doubledJob } from '#detect/signs/messages/doubled-jobs.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { span, traceOf } from '#test/trace.ts';

const SECOND: Attributes = { 'oban.job.attempt': 2 };
const jobs = ({ at = 3600_000, count = SECOND } = {}) =>
  traceOf(
    span('shop', 'labels send', { ms: 6, kind: 'producer' }, [
      span('press', 'labels process', { at: 100, ms: 3601_000, kind: 'consumer' }),
      span('press', 'labels process', { at, ms: 10_000, kind: 'consumer', attributes: count }),
    ]),
  );
const said = (text: string, { level = 'error', service = 'press', rung = 'trace-id' as 'trace-id' | 'time' } = {}) => [
  { ...logLine(service, 3601_050, text, { level }), rung },
];

describe('two workers did one job', () => {
  test.each<[string, Attributes, string]>([
    ['Oban', SECOND, 'printer 2: job 771 printed twice, attempt 1 was still running'],
    ['SQS', { ApproximateReceiveCount: 2 }, 'order 9 charged twice'],
    ['Pub/Sub', { 'messaging.gcp_pubsub.message.delivery_attempt': 2 }, 'duplicate label for parcel 9 printed'],
    ['Laravel', { 'laravel.job.attempts': 2 }, 'the mail of order 9 went out a second time'],
    ['Sidekiq', { 'messaging.sidekiq.retry_count': 1 }, 'the export is already running in another process'],
  ])('%s', (_, count, text) => {
    const { diagnosis } = diagnosed(jobs({ count }), said(text));
    expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'press' });
  });
});

describe('one worker did the job', () => {
  const TWICE = 'label printed twice';

  test.each([
    ['when the first run was over', jobs({ at: 3602_000 }), said(TWICE)],
    ['where no count says that it came again', jobs({ count: {} }), said(TWICE)],
    ['where the handler noticed', jobs(), said('job 771 is already running, skipped')],
    ['where the line only warns', jobs(), said(TWICE, { level: 'warn' })],
    ['where another service says so', jobs(), said(TWICE, { service: 'shop' })],
    ['where the line is of another request', jobs(), said(TWICE, { rung: 'time' })],
  ])('%s', (_, trace, logs) => {
    expect(doubledJob(jobs(), said(TWICE))).toBeDefined();
    expect(doubledJob(trace, logs)).toBeUndefined();
  });
});
