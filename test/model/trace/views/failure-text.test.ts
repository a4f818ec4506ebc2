import { describe, expect, test } from 'vitest';
import { linesBySpan } from '#model/logs/log-line.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { failureMessage, failureReason, saysCancelled, saysCircuitOpen } from '#model/trace/views/failure-text.ts';
import { logLine } from '#test/log-line.ts';
import { server, traceOf } from '#test/trace.ts';

const reasonOf = (said: string | readonly string[], attributes: Attributes = {}) =>
  failureReason(
    traceOf(server('web', 'GET /', { failed: true, attributes })),
    0,
    [said].flat().map((text) => ({ kind: 'span', ref: '0', text })),
  );

describe('the reason of a failure is', () => {
  test.each([
    'timeout',
    'Read timed out',
    'context deadline exceeded',
    'java.net.SocketTimeoutException',
    'ETIMEDOUT',
    'request_timeout',
    'upstream request time-out',
    'Modbus Error: [Input/Output] No response received after 3 retries',
    'No Response received before the limit (SNMP)',
    'no reply from 10.0.4.7 within 5 s',
    'the device did not respond in time',
  ])('a time-out where it says “%s”', (text) => expect(reasonOf(text)).toBe('timeout'));

  test.each([
    'connect ECONNREFUSED 10.0.1.5:5432',
    'Connection pool exhausted',
    'Too many requests',
    'no healthy upstream',
  ])('lack of room where it says “%s”', (text) => expect(reasonOf(text)).toBe('overload'));

  test.each(['Invalid product SKU format: null', 'runtime output is empty', 'Model server OOM', ''])(
    'its own where it says “%s”',
    (text) => expect(reasonOf(text)).toBe('own'),
  );

  test('its own where the driver closes connections because another operation timed out', () => {
    const text =
      'Connection pool for m:27017 was cleared because another operation failed with: "connection timed out"';
    expect(reasonOf(text)).toBe('own');
  });

  test('the most specific text, from any place', () => {
    expect(reasonOf(['fetch failed', 'The operation was aborted due to timeout'])).toBe('timeout');
    expect(reasonOf(['request failed', 'deadline exceeded', 'Connection pool exhausted'])).toBe('overload');
    expect(reasonOf(['no stock', 'Connection pool exhausted'], { 'http.response.status_code': 504 })).toBe('overload');
  });

  test('from a code where there is no text', () => {
    expect(reasonOf('', { 'http.response.status_code': 504 })).toBe('timeout');
    expect(reasonOf('', { 'rpc.grpc.status_code': 4 })).toBe('timeout');
    expect(reasonOf('', { 'http.response.status_code': 503 })).toBe('overload');
    expect(reasonOf('the store is corrupt', { 'http.response.status_code': 503 })).toBe('own');
    expect(reasonOf('', { 'http.response.status_code': 500 })).toBe('own');
  });
});

describe('a message', () => {
  const messageOf = (statusText: string) =>
    failureMessage(traceOf(server('web', 'GET /', { failed: true, statusText })), 0, linesBySpan([]))?.text;

  test.each([
    'Internal Server Error',
    '503 Service Unavailable',
    'Request failed with status code 500',
    'HTTP 502',
    'error',
  ])('is none where it only says “%s”', (text) => expect(messageOf(text)).toBeUndefined());

  test('is the first line of the most particular thing that is said', () => {
    expect(messageOf('500 items lost in space\n  at stack')).toBe('500 items lost in space');
    const trace = traceOf(
      server('web', 'GET /', {
        ms: 10,
        failed: true,
        statusText: 'failed to load',
        events: [{ at: 5, name: 'exception', attributes: { 'exception.message': 'no such user' } }],
      }),
    );
    const lines = linesBySpan([logLine('web', 6, 'boom', { spanId: '0', level: 'error' })]);
    expect(failureMessage(trace, 0, lines)).toMatchObject({ kind: 'event', text: 'no such user' });
  });
});

test.each([
  ["CircuitBreaker 'inventory' is OPEN and does not permit further calls", true],
  ['The circuit is now open and is not allowing calls.', true],
  ['Breaker is open', true],
  ['Hystrix circuit short-circuited and is OPEN', true],
  ['503 Service Unavailable - Circuit Breaker Open', true],
  ['io.github.resilience4j.circuitbreaker.CallNotPermittedException', true],
  ['too many open files', false],
  ['circuit breaker closed', false],
  ['could not open circuit diagram', false],
])('“%s” speaks of a refusal: %s', (text, expected) => expect(saysCircuitOpen(text)).toBe(expected));

test.each([
  ['context canceled', true],
  ['The operation was cancelled', true],
  ['client disconnected', true],
  ['The user aborted a request.', true],
  ['USER_CANCELED', true],
  ['signal is aborted without reason', true],
  ['Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]', false],
  ['the booking was cancelled already', false],
  ['order 7 cannot be found', false],
])('“%s” speaks of a caller that left: %s', (text, expected) => expect(saysCancelled(text)).toBe(expected));
