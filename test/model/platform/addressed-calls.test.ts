import { expect, test } from 'vitest';
import { callGraphOf } from '#diagnose/window/call-graph.ts';
import { addressedCalls } from '#model/platform/addressed-calls.ts';
import { cluster, pod } from '#test/platform.ts';

test('a pod calls what its variables name, by the name of the pods behind it', () => {
  const web = pod({
    name: 'web-1-a',
    owner: 'web-1',
    labels: { app: 'web' },
    containers: [{ env: [{ name: 'PAY_ADDR', value: 'payment.shop.svc:80' }] }],
  });
  const calls = addressedCalls(cluster([web, pod()]));
  expect(calls).toEqual([{ caller: 'web', callee: 'payment' }]);
  const graph = callGraphOf([], calls);
  expect(graph.waitsFor('web', 'payment')).toBe(true);
  expect([graph.waitsFor('payment', 'web'), graph.knows('web')]).toEqual([false, false]);
});
