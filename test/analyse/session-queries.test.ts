import { expect, test } from 'vitest';
import { sessionQueries } from '#analyse/session/queries.ts';
import type { BodyHead } from '#analyse/session.ts';

const head = (kind: BodyHead['kind'], source: string, text: string): BodyHead => {
  return { kind, source, format: 'auto', file: '', query: { text, url: '' } };
};

test('the order in which stores answer changes nothing, and the trace comes first', () => {
  const heads = [head('logs', 'loki', 'b'), head('trace', 'tempo', 'c'), head('logs', 'loki', 'a')];
  const [one, other] = [heads, heads.toReversed()].map((order) => {
    const queries = sessionQueries();
    for (const each of order) queries.add(each);
    return queries;
  });
  expect(one?.ofTrace().map(({ query }) => query)).toEqual(['c', 'a', 'b']);
  expect(other?.ofTrace()).toEqual(one?.ofTrace());
  expect(other?.all()).toEqual(one?.all());
});
