/** An open breaker hides a failure: the request answers well, and only a warning tells what it did without. */
import { expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { query, server, traceOf } from '#test/trace.ts';

const OPEN = "CallNotPermittedException: CircuitBreaker 'recalls' is OPEN and does not permit further calls";

function verdict(text: string, level = 'warn') {
  const trace = traceOf(
    server('desk', 'POST /orders', { ms: 60, attributes: { 'http.response.status_code': 201 } }, [
      query('desk', 'INSERT INTO orders (till) VALUES ($1)', { at: 30, ms: 8 }),
    ]),
  );
  return diagnosed(trace, [{ ...logLine('desk', 20, text, { spanId: '0', level }), rung: 'trace-id' }]).diagnosis;
}

test.each([
  `${OPEN} - fallback: none recalled`,
  'BrokenCircuitException: The circuit is now open and is not allowing calls, price taken as 0',
  `${OPEN}; going on without the check of the batch`,
])('the verdict names the breaker and stays unsure: %s', (text) => {
  expect(verdict(text)).toMatchObject({ kind: 'circuit-open', service: 'desk', status: 'inconclusive' });
});

test.each([
  ['nothing of what it did instead', OPEN, 'warn'],
  ['a copy of the answer', `${OPEN}, fallback: no call, served from cache`, 'warn'],
  ['work for later', `${OPEN}, continuing without it, queued for later`, 'warn'],
  ['a harmless line', `${OPEN} - fallback: none recalled`, 'info'],
  ['a breaker that closes', "CircuitBreaker 'recalls' changed state from OPEN to HALF_OPEN", 'warn'],
])('no verdict: %s', (_, text, level) => {
  expect(verdict(text, level)).toBeUndefined();
});
