/** A line says that what looks like a fault is meant. */
import { describe, expect, test } from 'vitest';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { query, server, span, traceOf } from '#test/trace.ts';

const FAILED = { failed: true, statusText: 'exit code 143' };
const job = traceOf(span('archive', 'run reanalysis', { ms: 64_000, ...FAILED }));
const request = traceOf(
  server('archive', 'GET /tides', { ms: 60, failed: true, attributes: { 'http.response.status_code': 500 } }, [
    query('archive', 'SELECT 1', { at: 5, ms: 40, failed: true, statusText: 'no such table' }),
  ]),
);

function judgedWith(trace: typeof job, text: string, { service = 'archive', level = 'info' } = {}) {
  const line: CorrelatedLine = { ...logLine(service, 50, text, { level }), rung: 'trace-id' };
  return withinIntent(diagnosed(trace, [line]), trace, [line]);
}

describe('a fault that a line calls meant', () => {
  test.each([
    'node reclaimed, job will resume elsewhere as planned',
    'window closed after 90 s (by design)',
    'stopped on purpose for the nightly copy',
  ])('is unsure, and the reason quotes the line: %s', (text) => {
    const { diagnosis, findings } = judgedWith(job, text);
    expect(findings[0]?.evidence?.[0]).toMatchObject({ kind: 'log', text });
    expect(diagnosis).toMatchObject({ kind: 'error-origin', status: 'inconclusive' });
    expect(diagnosis?.statusReason).toContain(text);
  });

  test.each([
    ['nothing of the kind', 'step 4100 written', {}],
    ['the opposite', 'the copy did not end as planned', {}],
    ['a warning', 'stopped, not by design but by design of another', { level: 'warn' }],
    ['another service', 'stopped as planned', { service: 'mail' }],
  ])('stays sure where the line says %s', (_, text, options) => {
    expect(judgedWith(job, text, options).diagnosis?.status).not.toBe('inconclusive');
  });

  describe('a time that a line calls usual, or within its target', () => {
    const slow = traceOf(
      server('archive', 'GET /tides', { ms: 4200, attributes: { 'http.response.status_code': 200 } }, [
        query('archive', 'SELECT height FROM tides WHERE year = ?', { at: 20, ms: 4100 }),
      ]),
    );

    test.each(['365 days of tides, as usual', 'sent within the target of 6 s', 'year read (SLO: 5 seconds)'])(
      'leaves the verdict unsure: %s',
      (text) => {
        expect(judgedWith(slow, text).diagnosis).toMatchObject({ kind: 'slow-query', status: 'inconclusive' });
      },
    );

    test.each(['sent after the target of 2 s', 'later than usual', 'read 365 rows of the usual table', 'not as usual'])(
      'does not where it took longer, or the words say something else: %s',
      (text) => {
        expect(judgedWith(slow, text).diagnosis?.status).not.toBe('inconclusive');
      },
    );

    test('excuses no failure', () => {
      expect(judgedWith(job, 'ended within the target of 900 s').diagnosis?.status).not.toBe('inconclusive');
    });
  });

  test('stays sure where a person got an error', () => {
    expect(judgedWith(request, 'moved the table as planned').diagnosis?.status).not.toBe('inconclusive');
  });
});
