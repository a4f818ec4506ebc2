import { expect, test } from 'vitest';
import { callRows, pausesUs, targetsOf } from '#detect/signs/call-rows.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

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

test('repeated calls to one target are a loop', () => {
  expect(rowsIn(read('/a', 0), read('/a', 105))).toMatchObject([{ loop: true }]);
  expect(rowsIn(span('web', 'parse', { at: 0, ms: 10 }))).toEqual([]);
});
