/** What healthy requests have too is background. */
import { expect, test } from 'vitest';
import { happening, otlpOf } from '#test/otlp.ts';
import { reportOf } from '#test/report-of.ts';
import { call, query, type SpanNode, server, times } from '#test/trace.ts';

const LOOP = times(200, (n) => query('shop', 'SELECT * FROM items WHERE id = $1', { at: 10 + n * 11, ms: 10 }));
const SLOW_LOOP = times(200, (n) => query('shop', 'SELECT * FROM items WHERE id = $1', { at: 10 + n * 41, ms: 40 }));

const answer = (status: number) => ({ failed: status >= 500, attributes: { 'http.response.status_code': status } });
const tax = (at: number) =>
  call('shop', 'tax', 'POST /tax', { at, ms: 20, ...answer(500) }, [
    server('tax', 'POST /tax', { at: at + 1, ms: 18, ...answer(500) }),
  ]);

const bodyOf = (name: string, root: SpanNode) =>
  JSON.stringify(otlpOf(happening({ name, title: '', what: '', roots: [root], logs: [], expected: undefined })));
const healthy = (count: number, loop = LOOP) =>
  times(count, (n) => bodyOf(`healthy ${n}`, server('shop', 'GET /cart', { ms: 2250 + n, ...answer(200) }, loop))).join(
    '\n',
  );
const failing = bodyOf(
  'failing',
  server('shop', 'GET /cart', { ms: 2270, ...answer(200) }, [...LOOP, tax(2220), tax(2245)]),
);
const plain = bodyOf('plain', server('shop', 'GET /cart', { ms: 2255, ...answer(200) }, LOOP));

test('calls that were answered with 500 come before a loop that all healthy requests have', async () => {
  const { diagnosis, findings } = await reportOf(failing, { baseline: healthy(12) });
  expect(diagnosis).toMatchObject({ kind: 'error-origin', service: 'tax', status: 'likely' });
  expect(findings.map(({ detector }) => detector)).toContain('n-plus-one-queries');
  const without = await reportOf(failing);
  expect(without.diagnosis).toMatchObject({ kind: 'n-plus-one-queries' });
});

test('alone it is no sure cause', async () => {
  const { diagnosis } = await reportOf(plain, { baseline: healthy(12) });
  expect(diagnosis).toMatchObject({
    kind: 'n-plus-one-queries',
    status: 'inconclusive',
    statusReason: 'healthy requests of this operation have as much of it',
  });
});

test('a loop whose calls are slower than usual stays the cause, and few healthy requests prove nothing', async () => {
  const slower = bodyOf('slower', server('shop', 'GET /cart', { ms: 8500, ...answer(200) }, SLOW_LOOP));
  const { diagnosis } = await reportOf(slower, { baseline: healthy(12) });
  expect(diagnosis?.statusReason).not.toContain('as much of it');
  const few = await reportOf(plain, { baseline: healthy(9) });
  expect(few.diagnosis).toMatchObject({ kind: 'n-plus-one-queries', status: 'likely' });
});
