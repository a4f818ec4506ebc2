import { describe, expect, test } from 'vitest';
import { diagnosed } from '#test/diagnosed.ts';
import { logLine } from '#test/log-line.ts';
import { call, query, type SpanNode, server, span, traceOf } from '#test/trace.ts';

const diagnosisOf = (...roots: SpanNode[]) => diagnosed(traceOf(...roots)).diagnosis;
const what = (diagnosis: ReturnType<typeof diagnosisOf>) => (diagnosis?.couldBe ?? []).map((one) => one.what);

describe('a slow query', () => {
  const slow = (more: Partial<Parameters<typeof query>[2]> = {}) =>
    server('web', 'GET /orders', { ms: 2000 }, [query('web', 'SELECT * FROM orders', { at: 5, ms: 1990, ...more })]);

  test('is likely where nothing speaks against it', () => {
    expect(diagnosisOf(slow())).toMatchObject({ kind: 'slow-query', status: 'likely' });
    expect(what(diagnosisOf(slow()))).toEqual([]);
  });

  const beside = (ms: number) =>
    diagnosisOf(
      server('web', 'GET /agg', { ms: 2000 }, [
        call('web', 'stock', 'GET /stock', { at: 5, ms: 1990 }, [
          server('stock', 'GET /stock', { at: 6, ms: 1988 }, [
            query('stock', 'SELECT * FROM stock', { at: 7, ms: 1980 }),
          ]),
        ]),
        call('web', 'price', 'GET', { at: 5, ms }, [server('price', 'GET /prices', { at: 6, ms: ms - 2 })]),
      ]),
    );

  test('stays open where another service takes as long beside it, so that mending it alone saves next to nothing', () => {
    expect(beside(1900)).toMatchObject({
      kind: 'slow-query',
      status: 'inconclusive',
      statusReason: expect.stringContaining('GET /prices of price runs in parallel and takes about as long'),
    });
    expect(what(beside(1900))).toEqual(['SELECT of stock', 'GET /prices of price', 'something that both need']);
    expect(beside(800)).toMatchObject({ kind: 'slow-query', status: 'likely' });
  });

  test('stays open where nothing failed and the request takes longer than anybody waits: it may be meant to', () => {
    const report = (ms: number, failed = false) =>
      diagnosisOf(
        server('web', 'GET /report', { ms, failed }, [
          query('web', 'SELECT * FROM orders', { at: 5, ms: ms - 10, failed }),
        ]),
      );
    expect(report(9_000)).toMatchObject({ kind: 'slow-query', status: 'likely' });
    expect(report(12_000)).toMatchObject({ kind: 'slow-query', status: 'inconclusive' });
    expect(report(12_000)?.statusReason).toBe(
      'nothing failed, and nothing recorded shows whether a request that takes so long is meant to',
    );
    expect(what(report(12_000))).toContain('a report or a batch that takes so long each time');
  });

  test('stays open where its span records events that may say more', () => {
    const diagnosis = diagnosisOf(slow({ events: [{ at: 10, name: 'queued behind six others' }] }));
    expect(diagnosis).toMatchObject({
      kind: 'slow-query',
      status: 'inconclusive',
      statusReason: 'its span records events that may name another reason',
    });
    expect(what(diagnosis)).toContain('what its events mean: “queued behind six others”');
  });

  test('is likely where its events are those of every such call, or end a wait that was short', () => {
    for (const name of ['message', 'exception', 'Acquired lock; 0 transactions waiting behind', 'acquired connection'])
      expect(diagnosisOf(slow({ events: [{ at: 6, name }] })), name).toMatchObject({
        kind: 'slow-query',
        status: 'likely',
      });
  });

  test('stays open beside another one that is half as long', () => {
    const diagnosis = diagnosisOf(
      server('web', 'GET /orders', { ms: 2000 }, [
        query('web', 'SELECT * FROM orders', { at: 5, ms: 1100 }),
        query('web', 'SELECT * FROM stock', { at: 1110, ms: 880 }),
      ]),
    );
    expect(diagnosis).toMatchObject({
      status: 'inconclusive',
      statusReason: expect.stringMatching(/^another finding/),
    });
  });
});

describe('a query that fills a cache', () => {
  const cached = (name: string, at: number) =>
    query('web', name, { at, ms: 2, attributes: { 'db.system.name': 'redis', 'db.query.text': name } });
  const filling = (ms: number, write: readonly SpanNode[]) =>
    server('web', 'GET /plans', { ms }, [
      cached('GET plan:7', 1),
      query('web', 'SELECT * FROM plans', { at: 5, ms: ms - 15 }),
      ...write,
    ]);

  test('stays open where its request is quick: the next one gets the value from there', () => {
    expect(diagnosisOf(filling(800, [cached('SETEX plan:7 600 ?', 792)]))?.status ?? 'inconclusive').toBe(
      'inconclusive',
    );
  });

  test.each([
    ['its request takes long', filling(4000, [cached('SETEX plan:7 600 ?', 3990)])],
    ['nothing is kept', filling(800, [])],
    ['another value is kept', filling(800, [cached('SETEX tour:9 600 ?', 792)])],
  ])('does not where %s', (_, root) => {
    expect(diagnosisOf(root)?.status).not.toBe('inconclusive');
  });
});

describe('a call without the span of its callee', () => {
  const failing = (message: string) =>
    server('web', 'POST /scans', { ms: 400, failed: true }, [
      call('web', 'ocr', 'POST /ocr', { at: 5, ms: 390, failed: true, statusText: message }),
    ]);

  test('that broke is no reason: the callee may have been killed', () => {
    const diagnosis = diagnosisOf(failing('read ECONNRESET'));
    expect(diagnosis).toMatchObject({
      kind: 'error-origin',
      status: 'inconclusive',
      statusReason: 'the connection broke, and nothing recorded shows why',
    });
    expect(what(diagnosis)).toContain('a process of ocr that was killed or restarted');
  });

  test('that was refused says why', () => {
    expect(diagnosisOf(failing('certificate has expired'))?.status).not.toBe('inconclusive');
  });
});

describe('a limit of a consumer', () => {
  const polled = (statusText = '') => {
    const isFailed = statusText !== '';
    return diagnosed(
      traceOf(
        span('invoicer', 'invoices process', { ms: 312_400, kind: 'consumer', failed: isFailed, statusText }, [
          query('invoicer', 'UPDATE invoice_lines SET amount = $1', { at: 350, ms: 312_000 }),
        ]),
      ),
      [logLine('invoicer', 300_310, 'consumer poll timeout has expired', { level: 'warn' })],
    ).diagnosis;
  };

  test('that ended nothing leaves open why its query took so long', () => {
    const diagnosis = polled();
    expect(diagnosis).toMatchObject({
      kind: 'timeout-cascade',
      status: 'inconclusive',
      statusReason: 'the limit ended nothing, and nothing shows why the query took so long',
    });
    expect(what(diagnosis)).toContain('UPDATE invoice_lines has too much to do');
  });

  test('that the work failed with leaves less open', () => {
    expect(polled('CommitFailedException')?.statusReason).not.toContain('ended nothing');
  });
});

describe('a service that failed', () => {
  const failing = (more: Partial<Parameters<typeof server>[2]> = {}) =>
    server('pay', 'POST /pay', { ms: 28, failed: true, ...more });
  const passedOn = (node: SpanNode) =>
    diagnosisOf(
      server('web', 'GET /orders', { ms: 40, failed: true }, [
        call('web', 'pay', 'POST /pay', { at: 5, ms: 30, failed: true }, [node]),
      ]),
    );

  test('and records no word about why stays open, with what it may be', () => {
    const diagnosis = diagnosisOf(failing());
    expect(diagnosis).toMatchObject({
      kind: 'error-origin',
      service: 'pay',
      status: 'inconclusive',
      statusReason: 'it is recorded that it failed, and nothing recorded says why',
    });
    expect(what(diagnosis)).toContain('a fault of pay');
  });

  test('is likely where another service passed the failure on', () => {
    expect(passedOn(failing({ at: 6 }))).toMatchObject({ service: 'pay', status: 'likely' });
  });

  test('is more than open where its words say why', () => {
    expect(diagnosisOf(failing({ statusText: 'java.lang.NullPointerException: cart is null' }))?.status).not.toBe(
      'inconclusive',
    );
  });
});
