import { expect, test } from 'vitest';
import { callGraphOf } from '#diagnose/window/call-graph.ts';
import { addressedCalls, resolverCalls, webhookCalls } from '#model/platform/addressed-calls.ts';
import { cluster, event, pod, ready, replicaSet } from '#test/platform.ts';

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

const REFUSED =
  'Error creating: Internal error occurred: failed calling webhook "validate.policies.svc": failed to call webhook: Post "https://policies.guard.svc:443/validate?timeout=10s": no endpoints available for service "policies"';

const GUARD = pod({ name: 'policies-1-a', namespace: 'guard', owner: 'policies-1', labels: { app: 'policies' } });

function refused(message: string) {
  const about = ['ReplicaSet', 'payment-7d4b9f6c8d'] as const;
  return cluster([replicaSet(1, { name: about[1] }), GUARD, event('FailedCreate', message, { about, container: '' })]);
}

test('pods wait for the webhook that does not answer', () => {
  expect(webhookCalls(refused(REFUSED))).toEqual([{ caller: 'payment', callee: 'policies' }]);
});

test('pods do not wait for a webhook that answers and denies them', () => {
  const denied = 'Error creating: admission webhook "validate.policies.svc" denied the request: no limits are set';
  expect(webhookCalls(refused(denied))).toEqual([]);
});

test('everybody waits for the DNS of the cluster while none of its pods is ready, and nobody while one is', () => {
  const resolver = (name: string, status: 'True' | 'False') =>
    pod({
      name,
      namespace: 'kube-system',
      owner: 'coredns-1',
      labels: { 'k8s-app': 'kube-dns' },
      conditions: [ready(300, status)],
    });
  const waitFor = (...all: readonly ReturnType<typeof resolver>[]) =>
    callGraphOf([], resolverCalls(cluster([...all, pod()]))).waitsFor('payment', 'kube-dns');
  expect(waitFor(resolver('coredns-1-a', 'False'), resolver('coredns-1-b', 'False'))).toBe(true);
  expect(waitFor(resolver('coredns-1-a', 'False'), resolver('coredns-1-b', 'True'))).toBe(false);
  expect(waitFor()).toBe(false);
});
