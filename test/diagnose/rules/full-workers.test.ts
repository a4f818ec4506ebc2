/** A gateway gives up on a callee whose workers were all taken: the callee leads, and not the gateway. */
import { describe, expect, test } from 'vitest';
import { fullWorkers } from '#diagnose/rules/full-workers.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

function judged(said: string, { waitMs = 40_000, workMs = 9_000, status = 504, who = 'shop' } = {}) {
  const trace = traceOf(
    server(
      'proxy',
      'GET /carts',
      {
        ms: waitMs + workMs + 1_000,
        failed: true,
        attributes: { 'http.response.status_code': status },
      },
      [server('shop', 'GET /carts', { at: waitMs, ms: workMs, attributes: { 'http.response.status_code': 200 } })],
    ),
  );
  const line = { ...logLine(who, 40, said, { level: 'warn', traceId: '', spanId: '' }), rung: 'time' } as const;
  return diagnosed(trace, [line]).diagnosis;
}

const FULL = '[pool www] server reached pm.max_children setting (10), consider raising it';

describe('a request that waited longer for a worker than it was worked on', () => {
  test.each([
    ['PHP-FPM', FULL],
    ['Apache', 'AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting'],
    ['Tomcat', 'All threads (200) are currently busy, waiting. Increase maxThreads (200) or check the servlet status'],
  ])('%s says that all are taken', (_, said) => {
    expect(judged(said)).toMatchObject({ kind: 'pool-exhaustion', service: 'shop' });
  });

  test.each([
    ['the callee says nothing of its workers', 'cache warmed', {}],
    ['the gateway did not give up', FULL, { status: 500 }],
    ['the line is of another service', FULL, { who: 'mail' }],
  ])('the gateway leads where %s', (_, said, more) => {
    expect(judged(said, more)).toMatchObject({ kind: 'error-origin', service: 'proxy' });
  });
});

test.each([
  ['longer than it was worked on', 9_000, true],
  ['shorter than it was worked on', 1_000, undefined],
])('a wait that is %s', (_, waitMs, isReason) => {
  const trace = traceOf(
    server('proxy', 'GET /', { ms: 20_000, failed: true }, [server('shop', 'GET /', { at: 9_000, ms: 5_000 })]),
  );
  const cause = {
    detector: 'pool-exhaustion',
    spans: [1],
    facts: { pool: 'work', guessed: false, waitUs: waitMs * 1e3 },
  };
  const effect = { detector: 'error-origin', spans: [0], facts: { message: '', status: '504 Gateway Timeout' } };
  expect(fullWorkers({ trace, cause, effect } as unknown as Pair)).toBe(isReason);
});
