/** A store without spans refuses what a service sends, and the service reports that as its own error. */
import { expect, test } from 'vitest';
import { lineOfFault } from '#detect/signs/failures/refused-clients.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { logLine } from '#test/log-line.ts';
import { call, server, traceOf } from '#test/trace.ts';

const status = (code: number) => ({ failed: true, attributes: { 'http.response.status_code': code } });
const isFault = (code: number, { level = 'error', at = 82 } = {}) => {
  const trace = traceOf(
    server('probe-gw', 'POST /batch', { ms: 90, ...status(code) }, [
      call('probe-gw', 'influxdb', 'POST', { at: 8, ms: 72, ...status(code) }),
    ]),
  );
  const line = logLine('probe-gw', at, 'partial write: points beyond retention policy dropped=44', { level });
  return lineOfFault(trace, [{ ...line, rung: 'trace-id' as const }], NO_LINES) !== undefined;
};

test('the form, the rights, the address and the state of what the code sent', () => {
  expect([400, 403, 404, 409, 422].map((code) => isFault(code))).toEqual([true, true, true, true, true]);
});

test('a person’s login, a limit, a warning, and a line of another moment are no fault', () => {
  expect([401, 402, 429].map((code) => isFault(code))).toEqual([false, false, false]);
  expect(isFault(422, { level: 'warn' })).toBe(false);
  expect(isFault(422, { at: 400 })).toBe(false);
});
