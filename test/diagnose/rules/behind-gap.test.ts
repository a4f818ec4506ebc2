/** The spans of a service did not arrive, and its line says why the time was taken. */
import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);
const trace = traceOf(server('web', 'GET /queue', { ms: 60_100, attributes: { 'http.response.status_code': 200 } }));

function verdictOf(text: string, { level = 'info', rung = 'trace-id' as CorrelatedLine['rung'] } = {}) {
  const lines: readonly CorrelatedLine[] = [{ ...logLine('turnstile', 60_040, text, { level }), rung }];
  return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis?.kind;
}

const WAITED = 'waiting room of the sale: guest 412 let in after 60 s';

test('it is no headline', () => {
  expect(verdictOf(WAITED)).toBeUndefined();
});

test.each([
  ['the line gives no reason', 'guest 412 let in', {}],
  ['the line is a warning', WAITED, { level: 'warn' }],
  ['the line may be of another request', WAITED, { rung: 'time' as const }],
])('it is one where %s', (_, text, options) => {
  expect(verdictOf(text, options)).toBe('bottleneck');
});
