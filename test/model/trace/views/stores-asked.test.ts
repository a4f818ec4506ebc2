import { expect, test } from 'vitest';
import { storesAsked } from '#model/trace/views/stores-asked.ts';
import { server, span, traceOf } from '#test/trace.ts';

const asked = (attributes: Record<string, string>) =>
  storesAsked(
    traceOf(
      server('shop', 'GET /cart', { ms: 40 }, [span('shop', 'select shop', { ms: 9, kind: 'client', attributes })]),
    ),
  );

test('a call of the port of a store is one, where an agent records nothing else of it', () => {
  expect(asked({ 'net.peer.name': 'shop-db', 'net.peer.port': '3306' })).toEqual([
    { service: 'shop', database: '', host: 'shop-db' },
  ]);
  expect(asked({ 'net.peer.name': 'stock', 'net.peer.port': '8080' })).toEqual([]);
});
