import { expect, test } from 'vitest';
import { podLines } from '#detect/signs/cluster/pod-lines.ts';
import { podsInQuestion } from '#model/platform/platform-pods.ts';
import { logLine } from '#test/log-lines.ts';
import { cluster, NO_WINDOW, pod } from '#test/platform.ts';

const NAME = 'payment-7d4b9f6c8d-aaaaa';

test('a pod has the lines that name it, and those of its service that name no pod, in order', () => {
  const [own] = podsInQuestion({ platform: cluster([pod()]), window: NO_WINDOW });
  if (own === undefined) throw new Error('the cluster has a pod');
  const lines = [
    logLine('of the service', { service: 'payment' }),
    logLine('of another pod', { service: 'payment', labels: { pod: 'payment-7d4b9f6c8d-bbbbb' } }),
    logLine('of the pod', { service: '', labels: { k8s_pod_name: NAME } }),
    logLine('of another service', { service: 'cart' }),
  ];
  expect(podLines(own, lines).map(({ line }) => line)).toEqual(['of the service', 'of the pod']);
});
