/** First lines and reasons are read at night: whole messages, one name once, no address instead of a service. */
import { describe, expect, test } from 'vitest';
import { endsAsSentence, inWords, quoteInWords } from '#model/text/in-words.ts';
import { firstAmounts, roundTimes } from '#present/words/first-amounts.ts';
import { firstCondition, firstSentence, withinLine } from '#present/words/sentences.ts';
import { summaryOf } from '#present/words/summary.ts';
import { analysisOf } from '#test/analysis.ts';
import { misshapen } from '#test/coherence.ts';
import { diagnosed } from '#test/diagnosed.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

function firstOf(root: SpanNode) {
  const trace = traceOf(root);
  return summaryOf({ ...analysisOf(trace), judgement: diagnosed(trace) }).first;
}

describe('a long message', () => {
  test.each([
    [
      'Get "http://rates:9000/eur": dial tcp 10.2.3.4:9000: connect: connection refused by the peer',
      '“connect: connection refused by the peer”',
    ],
    [
      'sqlalchemy.exc.ProgrammingError: relation "seat_holds_v3" does not exist here',
      '“relation "seat_holds_v3" does not exist here”',
    ],
    [
      'Handler dispatch failed; nested exception is java.lang.IllegalStateException: no seats are left',
      '“no seats are left”',
    ],
    [
      'rpc error: code = Internal desc = ledger is closed for the night, try again later',
      '“ledger is closed for the night, try again later”',
    ],
    [
      `Error code: 402 - {'error': {'message': 'The card of this account was declined', 'type': 'card'}}`,
      '“The card of this account was declined”',
    ],
    [
      'tls: failed to verify certificate: x509: certificate is not valid for this name: want 10.0.0.1',
      '“x509: certificate is not valid for this name…”',
    ],
    [
      'duplicate key value violates unique constraint "guests_phone_key" DETAIL: Key (phone) exists.',
      '“duplicate key value violates unique constraint…”',
    ],
    [
      'cannot write to "/var/spool/out/7": Read-only file system of the whole node',
      '“Read-only file system of the whole node”',
    ],
  ])('is quoted with what went wrong: %s', (message, quote) => {
    expect(quoteInWords(message)).toBe(quote);
  });

  test('keeps what stands in brackets behind a sign', () => {
    expect(quoteInWords('bad row in sheet=[prices]')).toBe('“bad row in sheet=prices”');
  });
});

describe('a line', () => {
  test('does not lose its “not”', () => {
    expect(endsAsSentence('Requests to `a` fail, and the others do not')).toBe(true);
    expect(endsAsSentence('It fails, perhaps not')).toBe(false);
    expect(endsAsSentence('Requests take twice as long as before')).toBe(true);
    expect(endsAsSentence('It fails before')).toBe(false);
  });

  test('ends no list after a comma, and holds no condition without what it belongs to', () => {
    expect(firstCondition('The origin is a test, your own probe, or a partner that may do so.', 140)).toBe(
      'The origin is a test or your own probe',
    );
    const calls = 'web makes 12 calls of stock one after another; if they are independent, all would take 0.3 s';
    expect(withinLine(calls, 80)).toBe('web makes 12 calls of stock one after another');
    const pool = 'the pool has no connection left for the request (total=20, active=20, idle=0)';
    expect(withinLine(pool, 66)).toBe('the pool has no connection left for the request');
    expect(firstSentence('Renew the lock, raise its length, or split the work of the handler.', 50)).toBe(
      'Renew the lock or raise its length',
    );
  });

  test('says shares and short times as people say them', () => {
    expect(firstAmounts('they hold 100 % of all the time')).toBe('they hold all the time');
    expect(firstAmounts('spans show only 3 % of this request')).toBe('spans show only a small part of this request');
    expect(firstAmounts('50 % of requests with tenant x fail')).toBe('Half of the requests with tenant x fail');
    expect(firstAmounts('takes up to 2 ms')).toBe('takes up to 0.01 s');
  });

  test('rounds a long time and does not cut it', () => {
    expect(roundTimes('5 h 53 min')).toBe('6 h');
    expect(roundTimes('59 min 40 s')).toBe('1 h');
    expect(roundTimes('1 min 31 s')).toBe('1 min 31 s');
  });
});

describe('a name', () => {
  test('of a service in a cluster is the service', () => {
    expect(inWords('stock.shop.svc.cluster.local:8080/*')).toBe('`stock`');
    expect(firstOf(call('gw', 'stock', 'stock.shop.svc.cluster.local:8080/*', { ms: 20 })).headline).toContain(
      'a request to `stock`',
    );
  });

  test('that stands in the line already is not repeated', () => {
    const failed = { failed: true, statusText: 'no lift is free' };
    const { headline } = firstOf(server('lifts', 'GET', { ms: 300, ...failed }));
    expect(headline).not.toMatch(/`lifts`.*`lifts`/);
    const unsaid = firstOf(server('lifts', 'GET', { ms: 300, failed: true })).headline;
    expect(unsaid).not.toMatch(/`lifts`.*`lifts`/);
  });
});

describe('a name that means harm', () => {
  const NAMES = [
    '9'.repeat(300),
    'f'.repeat(64),
    '9ms-service',
    '100%',
    'a (b) [c]',
    '`tick` `tock',
    '“quoted” “',
    'wait for the',
    '\u202edesrever',
    '\u0000\u0007',
    '',
    'orders.shop.svc.cluster.local:80/*',
    'GET /the',
    '…',
  ];

  test.each(NAMES)('%j leaves a first message in its form', (name) => {
    const nodes = [
      server(name, name, { ms: 3000 }, [query(name, `SELECT * FROM t WHERE a = '${name}'`, { ms: 2900 })]),
      server(name, name, { ms: 300, failed: true }, [call(name, name, name, { ms: 200, failed: true })]),
      server(name, `GET ${name}`, { ms: 3000 }, [span(name, name, { ms: 2800 })]),
    ];
    for (const root of nodes) {
      const first = firstOf(root);
      const reasons = first.reasons.map(({ text }) => text);
      expect(misshapen({ ...first, reasons, isOfMany: false })).toEqual([]);
    }
  });
});
