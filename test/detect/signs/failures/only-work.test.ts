/** A job that answers nobody failed with its only call; one that did more, or got over it, did not. */
import { describe, expect, test } from 'vitest';
import { wasOnlyWork } from '#detect/signs/failures/only-work.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, type SpanOptions, span, traceOf } from '#test/trace.ts';

const answer = (status: number, text = ''): SpanOptions => ({
  failed: status >= 400,
  statusText: text,
  attributes: { 'http.response.status_code': status },
});
const job = (children: readonly SpanNode[], options: SpanOptions = {}) =>
  traceOf(span('gauges', 'levels process', { ms: 90, kind: 'consumer', ...options }, children));
const write = (status: number, text = '') =>
  call('gauges', 'store', 'POST', { at: 20, ms: 50, ...answer(status, text) });
const said = (text: string, { level = 'error', service = 'gauges', rung = 'trace-id' as 'trace-id' | 'time' } = {}) => [
  { ...logLine(service, 72, text, { level }), rung },
];
const isFailed = (trace: ReturnType<typeof job>, logs: ReturnType<typeof said>) =>
  wasOnlyWork(trace, trace.spanCount - 1, logs);

describe('a job failed with its only call', () => {
  test.each([
    // InfluxDB, APNs, FCM, Prometheus remote write, Elasticsearch, Slack.
    [400, 'partial write: points beyond retention policy dropped=412'],
    [400, 'apns: 400 DeviceTokenNotForTopic for 31 of 31 tokens'],
    [403, 'fcm: SENDER_ID_MISMATCH for each token'],
    [400, 'remote write: out of order sample, 900 samples lost'],
    [400, 'document_parsing_exception: failed to parse field [level]'],
    [403, 'webhook: posting_to_general_channel_denied'],
  ])('%i: %s', (status, text) => {
    const trace = job([write(status, text)]);
    expect(diagnosed(trace, said(text)).diagnosis).toMatchObject({ kind: 'error-origin' });
  });

  test('which stands in work of its own code', () => {
    const trace = job([span('gauges', 'flush', { at: 10, ms: 70 }, [write(400)])]);
    expect(isFailed(trace, said('write failed'))).toBe(true);
  });

  test('which no instance of the callee took, and the screen of a phone answers nobody', () => {
    const phone = { resource: { 'os.name': 'iOS' } };
    const trace = traceOf(
      span('app', 'record', { ms: 60, ...phone }, [
        call('app', 'media', 'HTTP POST', { at: 10, ms: 40, ...answer(429), ...phone }),
      ]),
    );
    const line = 'The request was aborted because there was no available instance.';
    expect(isFailed(trace, said(line, { service: 'media', level: 'warn' }))).toBe(true);
    expect(isFailed(trace, said('429 for this phone', { service: 'media', level: 'warn' }))).toBe(false);
  });
});

describe('a job goes on without a call', () => {
  test.each([
    ['beside which another call went well', job([call('gauges', 'bus', 'POST', { at: 2, ms: 9 }), write(400)])],
    ['after it has read from its database', job([query('gauges', 'SELECT', { at: 2, ms: 9 }), write(400)])],
    ['whose thing is gone', job([write(410)])],
    ['that it will get again', job([write(500)], { attributes: { 'celery.state': 'RETRY' } })],
  ])('%s', (_, trace) => {
    expect(isFailed(trace, said('write failed'))).toBe(false);
  });

  test.each([
    ['says what it did instead', said('write failed, will retry')],
    ['only warns', said('write failed', { level: 'warn' })],
    ['is of another service', said('write failed', { service: 'store' })],
    ['is of another request', said('write failed', { rung: 'time' })],
  ])('where the line %s', (_, logs) => {
    expect(isFailed(job([write(400)]), said('write failed'))).toBe(true);
    expect(isFailed(job([write(400)]), logs)).toBe(false);
  });
});
