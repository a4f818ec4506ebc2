/** Whose failure it is where the spans between lack a status, or never came. */
import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, span, times, traceOf } from '#test/trace.ts';

const status = (code: number) => ({ 'http.response.status_code': code });

test('a function without a status passes on what failed at its end', () => {
  const failing = (endMs: number, attributes: Record<string, string>) =>
    diagnosed(
      traceOf(
        server('gate', 'POST /beds', { ms: 900, failed: true, attributes: status(500) }, [
          server('book', 'book', { at: 5, ms: 880, attributes }, [
            query('book', 'UPDATE beds SET free = 0', {
              at: 20,
              ms: endMs - 20,
              failed: true,
              statusText: 'no access',
            }),
          ]),
        ]),
      ),
    ).diagnosis?.service;
  expect(failing(860, { 'faas.trigger': 'http' })).toBe('book');
  expect(failing(60, { 'faas.trigger': 'http' })).toBe('gate');
  expect(failing(860, {})).toBe('gate');
});

test('three retries of a caller are no storm where the server further below answers that it fails', () => {
  const synced = (attempts: number) =>
    diagnosed(
      traceOf(
        server(
          'booking',
          'POST /sync',
          { ms: attempts * 600 + 20, failed: true, attributes: status(502) },
          times(attempts, (at) =>
            call(
              'booking',
              'calendar',
              'POST /push',
              { at: at * 600, ms: 500, failed: true, attributes: status(502) },
              [
                server('calendar', 'POST /push', { at: at * 600 + 5, ms: 490, failed: true, attributes: status(502) }, [
                  span('calendar', 'PUT', {
                    at: at * 600 + 20,
                    ms: 400,
                    kind: 'client',
                    failed: true,
                    attributes: { ...status(503), 'server.address': 'caldav.example', 'url.path': `/dav/${at}` },
                  }),
                ]),
              ],
            ),
          ),
        ),
      ),
    ).diagnosis;
  expect(synced(4)).toMatchObject({ service: 'caldav.example' });
  expect(synced(9)?.kind).toBe('retry-storm');
});

describe('a name with a port', () => {
  test('is that of the service', () => {
    const lost = traceOf(
      server('permit', 'POST /check', { ms: 90, failed: true, attributes: status(500) }, [
        span('permit', 'POST', {
          at: 8,
          ms: 32,
          kind: 'client',
          failed: true,
          statusText: 'connection closed before message completed',
          attributes: { 'server.address': 'hub:9000' },
        }),
      ]),
    );
    expect(diagnosed(lost).diagnosis?.service).toBe('hub');
  });
});

test('a store that misses its replicas answered, so nobody waited in vain', () => {
  const written = (text: string) =>
    diagnosed(
      traceOf(
        server('roles', 'POST /roles', { ms: 2090, failed: true, attributes: status(500) }, [
          query('roles', 'INSERT INTO roles (day) VALUES (?)', { at: 20, ms: 2060, failed: true, statusText: text }),
        ]),
      ),
      [logLine('roles', 2084, text)],
    ).diagnosis?.kind;
  expect(
    written(
      'Cassandra timeout during SIMPLE write query at consistency QUORUM (2 replica were required but only 1 acknowledged the write)',
    ),
  ).toBe('error-origin');
  expect(written('Query timed out after PT2S')).toBe('timeout-cascade');
});
