import { describe, expect, test } from 'vitest';
import { type SpanNode, server, span, traceOf } from '#test/trace.ts';

/** The kinds of the spans below the root, by their operation. */
const kinds = (...children: SpanNode[]) => {
  const trace = traceOf(server('web', 'GET /', { ms: 100 }, children));
  return Object.fromEntries(
    Array.from({ length: trace.spanCount }, (_, at) => [trace.operation(at), trace.kind(at)]).filter(
      ([operation]) => operation !== 'GET /',
    ),
  );
};
const unsaid = (service: string, operation: string, attributes = {}, children: SpanNode[] = []) =>
  span(service, operation, { ms: 10, kind: 'unspecified', attributes }, children);

describe('a span without a recorded kind', () => {
  test('is a client if it names its callee; a server stays unspecified', () => {
    const callee = unsaid('stock', 'GET /stock');
    expect(kinds(unsaid('web', 'ask', { 'net.peer.name': 'stock.internal' }, [callee]))).toEqual({
      ask: 'client',
      'GET /stock': 'unspecified',
    });
  });

  test.each<[string, SpanNode]>([
    ['work that names nobody', unsaid('web', 'render')],
    ['one that names its own address', unsaid('web', 'GET /part', { 'net.peer.name': 'web.internal:8080' })],
    ['a query', unsaid('web', 'find', { 'db.system.name': 'postgresql', 'server.address': 'db' })],
    ['who takes a message', unsaid('mail', 'orders process', { 'messaging.system.name': 'kafka' })],
  ])('stays what it is: %s', (_, node) => {
    expect(Object.values(kinds(node))).toEqual(['unspecified']);
  });

  test('is not inferred if it is recorded', () => {
    const own = span('web', 'retry', { ms: 10, kind: 'internal', attributes: { 'net.peer.name': 'stock' } });
    expect(kinds(own)).toEqual({ retry: 'internal' });
  });
});
