import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clocksBetween, failingRequests, requestGroups } from '#model/logs/request-groups.ts';
import { requestTimeline } from '#model/logs/request-timeline.ts';
import { logLine } from '#test/log-line.ts';

describe('a line of a request tells of a failure', () => {
  const failed = (level: string, text: string) =>
    requestTimeline('r', [logLine('cart', 0, text, { level })]).entries[0]?.failed;

  test.each([
    ['error', 'anything'],
    ['warn', 'call to users failed, trying again'],
    ['', 'dial tcp: connection refused'],
    ['info', '{"msg":"done","status":503}'],
  ])('%s: %s', (level, text) => {
    expect(failed(level, text)).toBe(true);
  });

  test.each([
    ['info', 'the error page was served'],
    ['warn', 'cache is cold'],
    ['warn', 'swept 4 carts with 0 errors'],
    ['info', '{"msg":"done","status":404}'],
  ])('or not, %s: %s', (level, text) => {
    expect(failed(level, text)).toBe(false);
  });
});

describe('who failed first', () => {
  const failedIn = (...lines: [number, string, string][]) =>
    requestTimeline(
      'r',
      lines.map(([at, service, text]) => logLine(service, at, text, { level: 'error' })),
    ).failed.map(({ service }) => service);

  test.each([
    ['GET http://stock:8080/count: connection refused', 'stock'],
    ['upstream=stock-service failed', 'stock-service'],
    ['calling stock-service failed', 'stock-service'],
    ['POST → payment_api 502', 'payment_api'],
    ['GET https://Xk29pq7:secret9@stock/count failed', 'stock'],
  ])('is whom the line says it called: %s', (text, called) => {
    expect(failedIn([10, 'cart', text])).toEqual([called, 'cart']);
  });

  test.each([
    'no answer for gateway',
    'cannot respond to gateway in time',
    'request from gateway failed',
    'calling it a day',
    'request to process failed',
    'login failed, password => Xk29-pq7',
  ])('is who wrote it where it names nobody that it called: %s', (text) => {
    expect(failedIn([10, 'cart', text], [20, 'gateway', 'it failed'])[0]).toBe('cart');
  });

  test('ends where services blame each other in a circle', () => {
    expect(failedIn([10, 'a1', 'call to b1 failed'], [20, 'b1', 'call to a1 failed'])).toEqual(['b1', 'a1']);
  });

  test('is the same whatever the order in which lines came', () => {
    const lines = [
      logLine('gateway', 500, 'no answer from cart', { level: 'error' }),
      logLine('cart', 300, 'call to stock failed', { level: 'error' }),
      logLine('stock', 250, 'out of memory', { level: 'fatal' }),
      logLine('cart', 100, 'asked', { level: 'info' }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        expect(requestTimeline('r', shuffled)).toEqual(requestTimeline('r', lines));
      }),
    );
    expect(requestTimeline('r', lines).failed.map(({ service }) => service)).toEqual(['stock', 'cart', 'gateway']);
  });
});

test('a service whose clock is off is placed by what was learned of it', () => {
  const lines = [logLine('web', 0, 'a'), logLine('pay', 5_010, 'b'), logLine('web', 40, 'c')];
  const { entries } = requestTimeline('r', lines, new Map([['pay', -5_000_000]]));
  expect(entries.map(({ line, atUs }) => [line.line, atUs])).toEqual([
    ['a', 0],
    ['b', 10_000],
    ['c', 40_000],
  ]);
});

test('no lines are no timeline', () => {
  expect(requestTimeline('r', [])).toMatchObject({ entries: [], services: [], failed: [], durationUs: 0 });
});

describe('many requests', () => {
  const request = (id: string, at: number, failed: boolean, offBy = 0) => [
    logLine('web', at, `request_id=${id} received`),
    logLine('pay', at + 20 + offBy, `request_id=${id} charging`, { level: failed ? 'error' : 'info' }),
    logLine('pay', at + 60 + offBy, `request_id=${id} charged`),
    logLine('web', at + 90, `request_id=${id} answered`),
  ];
  const all = [1, 2, 3, 4, 5, 6].flatMap((n) => request(`req-${n}`, n * 1000, n % 2 === 0));

  test('are told apart by their ids; lines without one are in none', () => {
    const groups = requestGroups([...all, logLine('web', 3, 'a thread started')]);
    expect(groups.map(({ id, lines }) => `${id} ${lines.length}`)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `req-${n} 4`));
  });

  test('those that failed are chosen, and it is said how', () => {
    const chosen = failingRequests(requestGroups(all));
    expect(chosen.map(({ group }) => group.id)).toEqual(['req-2', 'req-4', 'req-6']);
    expect(chosen[0]?.why).toBe('it failed, with 4 lines of 2 services; 3 of 6 requests failed');
  });

  test('show a clock that is off', () => {
    const off = [1, 2, 3, 4, 5, 6].flatMap((n) => request(`req-${n}`, n * 1000, false, -700));
    const [learned] = clocksBetween(requestGroups(off));
    expect(learned).toMatchObject({ service: 'pay', against: 'web', agreeing: 6, pairs: 6 });
    expect(learned?.offsetUs).toBeGreaterThanOrEqual(680_000);
    expect(learned?.offsetUs).toBeLessThanOrEqual(730_000);
    expect(clocksBetween(requestGroups(all))).toEqual([]);
  });
});
