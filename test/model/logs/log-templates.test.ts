import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LogTemplates, logTemplates } from '#model/logs/log-templates.ts';
import { logLine } from '#test/log-lines.ts';

const textsOf = ({ all }: LogTemplates) => all.map(({ text }) => text);
const mined = (...lines: readonly string[]) => textsOf(logTemplates(lines.map((line) => logLine(line))));
const NAMES = 'ann bob cyd dan eve fay gus hal ida jon kim'.split(' ');

describe('lines that differ in values are one template', () => {
  test('with what is known of it', () => {
    const { all, templateOf, linesOf } = logTemplates([
      logLine('sent 17 mails in 31 ms', { timeNs: '3000', service: 'mailer', level: 'info' }),
      logLine('queue is empty', { timeNs: '2000' }),
      logLine('sent 2 mails in 9 ms', { timeNs: '999', service: 'backup-mailer', level: 'error' }),
    ]);
    expect(all).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        text: 'sent <num> mails in <duration>',
        count: 2,
        firstNs: '999',
        lastNs: '3000',
        level: 'error',
        services: ['backup-mailer', 'mailer'],
        example: 2,
      },
      expect.objectContaining({ text: 'queue is empty', count: 1, level: '', services: [], example: 1 }),
    ]);
    expect(templateOf(0)).toBe(all[0]);
    expect(linesOf(templateOf(2))).toEqual([0, 2]);
  });

  test('where many words stood in one place', () => {
    expect(mined(...NAMES.map((name) => `user ${name} logged in`))).toEqual(['user <*> logged in']);
    expect(mined(...NAMES.slice(1).map((name) => `user ${name} logged in`))).toHaveLength(10);
  });

  test('and a word that differs beside them stays', () => {
    const lines = NAMES.flatMap((name) => [`user ${name} logged in`, `user ${name} logged out`]);
    expect(mined(...lines).sort()).toEqual(['user <*> logged in', 'user <*> logged out']);
  });
});

describe('lines that say something else are apart', () => {
  test('when one word of few tells them apart', () => {
    expect(mined('connection lost', 'connection restored', 'connection refused')).toHaveLength(3);
  });

  test('when their status does', () => {
    const line = (status: number) => JSON.stringify({ msg: 'request done', status });
    expect(mined(line(200), line(201), line(503))).toEqual(['request done', 'request done status=503']);
  });

  test('when their error does', () => {
    const line = (error: string) => JSON.stringify({ level: 'error', msg: 'request failed', error });
    expect(
      mined(line('no route to 10.0.3.7'), line('no route to 10.0.3.9'), line('context deadline exceeded')),
    ).toEqual(['request failed: no route to <ip>', 'request failed: context deadline exceeded']);
  });
});

describe('what stands in front of a message is no part of it', () => {
  test.each([
    ['2026-11-20 06:25:23,500 ERROR [main] c.e.Orders - no stock', 'no stock'],
    ['2026-11-20 06:25:23,500 - shop.orders - ERROR - no stock', 'no stock'],
    ['2026-11-20T06:25:23.500Z\tERROR\torders/db.go:42\tno stock', 'no stock'],
    ['2026-11-20T06:25:23.500Z  INFO 1 --- [nio-8080-exec-1] c.e.Orders   : no stock', 'no stock'],
    ['[2026-11-20T06:25:23Z] INFO:app:no stock', 'no stock'],
    ['E1120 06:25:23.500123       1 orders.go:42] no stock', 'no stock'],
    ['<11>Nov 20 06:25:23 web-1 orders[42]: no stock', 'no stock'],
    ['<165>1 2026-11-20T06:25:23Z web-1 orders 42 ID47 [a@1 b="c"] no stock', 'no stock'],
    ['2026/11/20 06:25:23 [error] 31#31: *1 no stock', 'no stock'],
    ['time=2026-11-20T06:25:23Z level=error msg="no stock" sku=17', 'no stock'],
    ['10.0.3.7 - - [20/Nov/2026:06:25:23 +0000] "GET /stock/17 HTTP/1.1" 200 12 "-" "curl"', 'GET /stock/<num>'],
    ['ERROR: no stock', 'no stock'],
    ['error while counting the stock', 'error while counting the stock'],
    ['ERROR java.net.ConnectException: no stock', 'java.net.ConnectException: no stock'],
    ['[main] no stock', '[main] no stock'],
  ])('%s', (line, text) => {
    expect(mined(line)).toEqual([text]);
  });
});

const word = fc.constantFrom('order', 'user', 'failed', 'ok', 'ann', '17', '10.0.0.1', 'k8s', '"x"', 'a=b', ...NAMES);
const lines = fc.array(
  fc
    .record({ words: fc.array(word, { maxLength: 6 }), time: fc.integer({ min: 1, max: 9 }) })
    .map(({ words, time }) => logLine(words.join(' '), { timeNs: `${time}` })),
  { maxLength: 60 },
);

describe('templates of any lines', () => {
  test('do not depend on their order', () => {
    fc.assert(
      fc.property(lines, (drawn) => {
        const of = (given: typeof drawn) => logTemplates(given).all.map(({ example: _, ...template }) => template);
        expect(of(drawn.toReversed())).toEqual(of(drawn));
      }),
    );
  });

  test('have each line once', () => {
    fc.assert(
      fc.property(lines, (drawn) => {
        const { all, templateOf, linesOf } = logTemplates(drawn);
        expect(all.flatMap((template) => [...linesOf(template)]).sort((a, b) => a - b)).toEqual([...drawn.keys()]);
        for (const template of all) for (const line of linesOf(template)) expect(templateOf(line)).toBe(template);
      }),
    );
  });
});
