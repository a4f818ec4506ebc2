import { expect, test } from 'vitest';
import { callRows, pausesUs, targetsOf } from '#detect/signs/calls/call-rows.ts';
import { call, query, server, span, traceOf } from '#test/trace.ts';

const read = (path: string, at: number) => call('web', 'stock', `GET ${path}`, { at, ms: 100 });
const rowsIn = (...children: Parameters<typeof server>[3] & object) =>
  callRows(traceOf(server('web', 'GET /', { ms: 1000 }, children)), 2, 50_000, 1000);

test('reads one after another are a row', () => {
  const trace = traceOf(server('web', 'GET /', { ms: 1000 }, [read('/a', 0), read('/b', 105), read('/c', 210)]));
  const [row] = callRows(trace, 2, 50_000, 1000);
  expect(row).toMatchObject({ loop: false, calls: { length: 3 } });
  expect(pausesUs(trace, row?.calls ?? [])).toBe(10_000);
  expect(targetsOf(trace, row?.calls ?? [])).toBe('stock: GET /a, GET /b, GET /c');
});

test('an overlap, a long pause or a write ends a row', () => {
  expect(rowsIn(read('/a', 0), read('/b', 50))).toEqual([]);
  expect(rowsIn(read('/a', 0), read('/b', 300))).toEqual([]);
  const write = call('web', 'stock', 'POST /c', { at: 105, ms: 50 });
  expect(rowsIn(read('/a', 0), write, read('/b', 160))).toEqual([]);
});

test('a question that needs a body is a read', () => {
  const ask = (path: string, at: number) =>
    call('labels', 'carrier', `POST ${path}`, {
      at,
      ms: 100,
      attributes: { 'http.request.method': 'POST', 'url.path': path },
    });
  expect(rowsIn(ask('/v1/quotes', 0), ask('/v1/rates', 105), ask('/v1/price', 210))).toHaveLength(1);
  expect(rowsIn(ask('/v1/orders', 0), ask('/v1/payments', 105), ask('/v1/refunds', 210))).toEqual([]);
});

test('what the callee did tells a read', () => {
  const ask = (name: string, at: number, below: Parameters<typeof call>[4]) =>
    call('app', 'gate', `${name}Async`, { at, ms: 100 }, [server('gate', name, { ms: 95 }, below)]);
  const row = (below: (name: string) => Parameters<typeof call>[4]) =>
    rowsIn(...['Friends', 'Mail', 'Pass'].map((name, i) => ask(name, i * 105, below(name))));
  expect(row((name) => [query('gate', `SELECT * FROM ${name} WHERE id = $1`, { ms: 90 })])).toHaveLength(1);
  expect(row((name) => [query('gate', `UPDATE ${name} SET a = $1`, { ms: 90 })])).toEqual([]);
  expect(row((name) => [span('gate', `query ${name}`, { ms: 90 })])).toHaveLength(1);
  expect(row((name) => [span('gate', `mutation ${name}`, { ms: 90 })])).toEqual([]);
  expect(row(() => [])).toEqual([]);
});

test('turns of a conversation are no row', () => {
  const turn = (at: number) =>
    call('agent', 'openai', 'chat gpt-4o', { at, ms: 100, attributes: { 'gen_ai.operation.name': 'chat' } });
  expect(rowsIn(turn(0), turn(105), turn(210))).toEqual([]);
});

test('repeated calls to one target are a loop', () => {
  expect(rowsIn(read('/a', 0), read('/a', 105))).toMatchObject([{ loop: true }]);
  expect(rowsIn(span('web', 'parse', { at: 0, ms: 10 }))).toEqual([]);
});
