/** A bank refused a card in time: where the second went is no cause. */
import { expect, test } from 'vitest';
import { knownDetectors } from '#detect/known.ts';
import { detectors } from '#detect/registry.ts';
import { withinIntent } from '#diagnose/said-as-meant.ts';
import type { CorrelatedLine } from '#model/logs/log-correlation.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const known = knownDetectors(detectors);

function verdictOf(text: string, { status = 402, ms = 1240, level = 'info' } = {}) {
  const answered = { 'http.response.status_code': status };
  const trace = traceOf(
    span('web', 'click pay', { ms: ms + 160 }, [
      call('web', 'tickets', 'POST', { at: 20, ms: ms + 120, attributes: answered }, [
        server('tickets', 'POST /pay', { at: 50, ms: ms + 70, attributes: answered }, [
          call('tickets', 'api.stripe.com', 'POST', { at: 60, ms, failed: true, attributes: answered }),
        ]),
      ]),
    ]),
  );
  const lines: readonly CorrelatedLine[] = [{ ...logLine('tickets', ms + 80, text, { level }), rung: 'trace-id' }];
  return withinIntent(diagnosed(trace, lines), trace, lines, known).diagnosis?.kind;
}

const DECLINED = 'Your card was declined: insufficient_funds, guest asked for another card';

test('it is no headline', () => {
  expect(verdictOf(DECLINED)).toBeUndefined();
});

test.each([
  ['nothing says who refused', 'payment answered', {}],
  ['every card is refused', 'every card declined since noon', {}],
  ['the line is an error', DECLINED, { level: 'error' }],
  ['nobody waits so long', DECLINED, { ms: 14_000 }],
  ['the bank failed', DECLINED, { status: 503 }],
])('it is one where %s', (_, text, options) => {
  expect(verdictOf(text, options)).toBeDefined();
});
