import { expect, test } from 'vitest';
import { queryTest } from '#detect/signs/query-test.ts';
import { query, span, traceOf } from '#test/trace.ts';

const redis = (operation: string) =>
  span('shop', operation, { kind: 'client', attributes: { 'db.system.name': 'redis', 'db.query.text': operation } });

test.each([
  ['a statement', query('shop', 'SELECT * FROM orders'), true],
  ['a call that waits for work', redis('BLPOP jobs 0'), false],
  ['another command', redis('GET a'), true],
  ['work of the service itself', span('shop', 'parse'), false],
])('%s', (_, drawn, isQuery) => {
  const trace = traceOf(drawn);
  expect(queryTest(trace)(trace.root)).toBe(isQuery);
});
