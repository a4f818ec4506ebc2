/** One read failed and another source gave the same at once: nobody noticed, unless the state lasts. */
import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, server, times, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);

function verdictOf(text: string, { reads = 1, ms = 60, level = 'warn' } = {}) {
  const trace = traceOf(
    server('web', 'GET /agenda', { ms, attributes: { 'http.response.status_code': 200 } }, [
      ...times(reads, (at) =>
        call('web', 'redis', 'GET', {
          at: 5 + at * 5,
          ms: 4,
          failed: true,
          attributes: { 'db.system.name': 'redis', 'db.query.text': `GET agenda:${at}` },
        }),
      ),
      query('web', 'SELECT * FROM talks WHERE fair_id = ?', { at: 30, ms: 14 }),
    ]),
  );
  const lines: readonly CorrelatedLine[] = [{ ...logLine('web', 26, text, { level }), rung: 'trace-id' }];
  return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis?.kind;
}

const LOADING = 'cache read failed (LOADING Redis is loading the dataset in memory), reading from the database';

test('it is no headline where the service names the other source', () => {
  expect(verdictOf(LOADING)).toBeUndefined();
});

test.each([
  ['the cache refuses connections', 'cache read failed (connection refused), reading from the database', {}],
  ['the line names no other source', 'cache read failed (LOADING Redis is loading the dataset in memory)', {}],
  ['more reads failed', LOADING, { reads: 3 }],
  ['people noticed', LOADING, { ms: 900 }],
  ['the line is an error', LOADING, { level: 'error' }],
])('it is one where %s', (_, text, options) => {
  expect(verdictOf(text, options)).toBeDefined();
});
