import { expect, test } from 'vitest';
import { likelyCaller, servicesBelow } from '#detect/signs/path/stray-roots.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const trace = traceOf(
  server('web', 'GET /', { ms: 1000 }, [call('web', 'stock', 'GET /stock', { at: 100, ms: 300 })]),
  // A request would be placed below the call.
  span('stock', 'load stock', { at: 150, ms: 200 }, [call('stock', 'db', 'GET /rows', { at: 160, ms: 10 })]),
);
const stray = trace.roots.filter((root) => root !== trace.root);

test('a stray root may belong to the call that encloses it', () => {
  expect(likelyCaller(trace, stray[0] ?? trace.root)).toBe('GET /stock of web');
  expect(likelyCaller(trace, trace.root)).toBe('');
});

test('the services below stray roots are named', () => {
  expect(servicesBelow(trace, stray)).toBe('stock');
});
