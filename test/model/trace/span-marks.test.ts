import { describe, expect, test } from 'vitest';
import type { Attributes } from '#model/trace/columns.ts';
import { MARK, marksOf } from '#model/trace/span-marks.ts';
import { span, times, traceOf } from '#test/trace.ts';

describe('a span is marked', () => {
  test.each<[string, Attributes, number]>([
    ['a hit as a flag', { 'cache.hit': true }, MARK.cacheHit],
    ['a miss as a flag', { 'cache.hit': false }, MARK.cacheMiss],
    ['a miss of Memcached', { 'db.memcached.hit': false }, MARK.cacheMiss],
    ['a miss of Valkey', { 'db.valkey.hit': 'false' }, MARK.cacheMiss],
    ['a hit of Memcached', { 'memcached.hit': true }, MARK.cacheHit],
    ['a count of Memcached, which is neither', { 'memcached.hits': 12 }, 0],
    ['a miss as text, which Zipkin sends', { cache_hit: 'false' }, MARK.cacheMiss],
    ['a miss in a word', { 'cache.status': 'MISS' }, MARK.cacheMiss],
    ['a hit of a content network', { 'http.response.header.x-cache': 'Hit from cloudfront' }, MARK.cacheHit],
    ['a miss of one', { 'http.response.header.x-cache': 'TCP_MISS from a23' }, MARK.cacheMiss],
    ['a cache that was passed by', { 'cache.status': 'BYPASS' }, 0],
    ['a cold start', { 'faas.coldstart': true }, MARK.coldStart],
    ['a cold start by its newer spelling', { 'faas.cold_start': 'true' }, MARK.coldStart],
    ['a warm start', { 'faas.coldstart': false }, 0],
    ['a message that is handed over, by its old name', { 'messaging.operation': 'publish' }, MARK.sends],
    ['a message that is worked on', { 'messaging.operation.type': 'process' }, MARK.processes],
    ['a poll', { 'messaging.operation': 'receive' }, MARK.receives],
    ['a request that was sent again', { 'http.request.resend_count': 2 }, MARK.resent],
    ['a request that was sent once', { 'http.resend_count': 0 }, 0],
    ['a call that its caller gave up', { 'rpc.grpc.status_code': 1 }, MARK.cancelled],
    ['the same by its error', { 'error.type': 'java.util.concurrent.CancellationException' }, MARK.cancelled],
    ['a transaction that its store cancelled', { 'error.type': 'TransactionCanceledException' }, 0],
    ['an order that was cancelled', { 'error.type': 'com.shop.OrderCancelledException' }, 0],
    ['a request that was cancelled', { 'error.type': 'OperationCanceledException' }, MARK.cancelled],
    ['an answer that there is none', { 'rpc.grpc.status_code': 'NotFound' }, MARK.expectedAnswer | MARK.clientError],
    ['a request with a fault', { 'rpc.grpc.status_code': 3 }, MARK.clientError],
    ['a time-out', { 'rpc.grpc.status_code': '4' }, MARK.timedOut],
    ['a time-out by its error', { 'error.type': 'java.net.SocketTimeoutException' }, MARK.timedOut],
    ['an error that is a status', { 'error.type': '500' }, 0],
    ['a refused call', { 'error.type': 'BrokenCircuitException' }, MARK.circuitOpen],
    ['a breaker’s state', { 'resilience4j.circuitbreaker.state': 'HALF-OPEN' }, MARK.circuitHalfOpen],
    ['a breaker that is closed', { 'circuit_breaker.state': 'CLOSED' }, 0],
    ['a queue for what nobody could process', { 'messaging.destination': 'orders-dlq' }, MARK.deadLetter],
    ['a topic of Spring for the same', { 'messaging.destination.name': 'orders.DLT' }, MARK.deadLetter],
    ['a topic that only has the letters', { 'messaging.destination.name': 'handled-letters' }, 0],
    ['two things at once', { 'cache.hit': false, 'faas.coldstart': true }, MARK.cacheMiss | MARK.coldStart],
    ['nothing', { 'http.request.method': 'GET' }, 0],
  ])('%s', (_, attributes, marks) => {
    expect(marksOf(attributes)).toBe(marks);
  });
});

test('a name is tested once, however many spans have it', () => {
  const tested: string[] = [];
  const trace = traceOf(span('web', 'GET /', {}, [span('web', 'gc'), span('web', 'gc'), span('web', 'GET /')]));
  const isPause = trace.operationTest((name) => {
    tested.push(name);
    return name === 'gc';
  });
  expect(times(trace.spanCount, isPause)).toEqual([false, true, true, false]);
  expect(tested).toEqual(['GET /', 'gc']);
});

test('a query matches one mark or any of several', () => {
  const trace = traceOf(span('cache', 'GET', { attributes: { 'cache.hit': false } }));
  expect(trace.hasMark(0, MARK.cacheMiss)).toBe(true);
  expect(trace.hasMark(0, MARK.cacheHit | MARK.cacheMiss)).toBe(true);
  expect(trace.hasMark(0, MARK.cacheHit | MARK.resent)).toBe(false);
});
