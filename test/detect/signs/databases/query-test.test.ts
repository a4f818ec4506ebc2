import { expect, test } from 'vitest';
import { queryTest } from '#detect/signs/databases/query-test.ts';
import { query, span, traceOf } from '#test/trace.ts';

const redis = (operation: string) =>
  span('shop', operation, { kind: 'client', attributes: { 'db.system.name': 'redis', 'db.query.text': operation } });

/** Next.js runs the same SDK at both ends. */
const ofBrowser = { 'telemetry.sdk.language': 'webjs' };

test('a server with the marks of a browser asks a database, and a browser has one of its own', () => {
  const select = query('site', 'SELECT * FROM posts', { at: 1, resource: ofBrowser });
  const below = (kind: 'server' | 'internal') =>
    traceOf(span('site', 'GET /posts', { kind, ms: 50, resource: ofBrowser }, [select]));
  const [served, own] = [below('server'), below('internal')];
  expect(queryTest(served)(1)).toBe(true);
  expect(queryTest(own)(1)).toBe(false);
});

test.each([
  ['a statement', query('shop', 'SELECT * FROM orders'), true],
  ['a call that waits for work', redis('BLPOP jobs 0'), false],
  ['another command', redis('GET a'), true],
  ['work of the service itself', span('shop', 'parse'), false],
])('%s', (_, drawn, isQuery) => {
  const trace = traceOf(drawn);
  expect(queryTest(trace)(trace.root)).toBe(isQuery);
});
