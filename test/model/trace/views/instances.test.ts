import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceFrom } from '#model/trace/build/span-rows.ts';
import { instances } from '#model/trace/views/instances.ts';
import { selfUs } from '#model/trace/views/self-time.ts';
import { spanSoup } from '#test/span-soup.ts';
import { server, span, traceOf } from '#test/trace.ts';

test('the spans of a service are grouped by pod, with failures and self time', () => {
  const on = (pod: string) => ({ 'k8s.pod.name': pod, 'host.name': 'node' });
  const trace = traceOf(
    server('web', 'GET /', { ms: 100, resource: on('web-1') }, [
      span('stock', 'a', { at: 10, ms: 20, resource: on('stock-2') }),
      span('stock', 'b', { at: 40, ms: 30, resource: on('stock-1'), failed: true }),
      span('stock', 'c', { at: 80, ms: 10, resource: on('stock-2') }),
    ]),
  );
  expect(instances(trace)).toEqual([
    { service: 'stock', name: 'stock-1', spans: [2], failed: 1, selfUs: 30_000 },
    { service: 'stock', name: 'stock-2', spans: [1, 3], failed: 0, selfUs: 30_000 },
    { service: 'web', name: 'web-1', spans: [0], failed: 0, selfUs: 40_000 },
  ]);
});

test('without a pod they are grouped by instance, container, then host; without any the service is one group', () => {
  const names = (resource: Record<string, string>) =>
    instances(traceOf(server('web', 'GET /', { resource }))).map(({ name }) => name);
  expect(names({ 'service.instance.id': 'i', 'container.id': 'c', 'host.name': 'h' })).toEqual(['i']);
  expect(names({ 'container.id': 'c', 'host.name': 'h' })).toEqual(['c']);
  expect(names({ 'host.name': 'h' })).toEqual(['h']);
  expect(names({})).toEqual(['']);
});

test('of any spans each is one instance’s, and the self times sum up', () => {
  fc.assert(
    fc.property(spanSoup, (spans) => {
      const trace = traceFrom(spans);
      const all = instances(trace).flatMap((instance) => instance.spans);
      expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: trace.spanCount }, (_, each) => each));
      const totalUs = all.reduce((sum, each) => sum + selfUs(trace, each), 0);
      expect(instances(trace).reduce((sum, instance) => sum + instance.selfUs, 0)).toBe(totalUs);
    }),
  );
});
