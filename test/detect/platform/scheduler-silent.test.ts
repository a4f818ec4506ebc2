import { schedulerSilent } from '#detect/platform/scheduler-silent.ts';
import { event, node, pod, ready, testPlatformDetector, unschedulable } from '#test/platform.ts';

const RUNNING = pod({
  name: 'payment-7d4b9f6c8d-bbbbb',
  created: 900,
  conditions: [ready(880)],
  containers: [{ ready: true }],
});
const STARTED = event('Started', 'Started container payment', {
  about: ['Pod', 'payment-7d4b9f6c8d-bbbbb'],
  type: 'Normal',
});
const MASTER = {
  kind: 'Node',
  metadata: { name: 'control-1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
  spec: {},
  status: {},
};

function untouched(created: number, more: Parameters<typeof pod>[0] = {}) {
  return pod({ phase: 'Pending', node: '', created, ...more });
}

testPlatformDetector(schedulerSilent, {
  clear: {
    'a pod that was created 10 s ago': { objects: [untouched(10), RUNNING, STARTED, MASTER] },
    'a pod that it refused': {
      objects: [
        untouched(300, { conditions: [unschedulable('0/2 nodes are available: 2 Insufficient cpu.')] }),
        RUNNING,
        STARTED,
      ],
    },
    'a refusal of which only an event tells': {
      objects: [
        untouched(300),
        RUNNING,
        event('FailedScheduling', '0/2 nodes are available: 2 Insufficient cpu.', { container: '', first: 299 }),
      ],
    },
    'a younger pod that got a node': {
      objects: [untouched(1000), RUNNING, STARTED],
    },
    'lists without events': { objects: [untouched(300), RUNNING] },
  },
  found: {
    'a scheduler that does nothing': {
      objects: [untouched(120), RUNNING, STARTED, MASTER, node('node-1')],
      sightings: [
        {
          service: 'control-1',
          title: /^The scheduler kube-scheduler does not act: 1 pod has no node, and it has not tried$/,
        },
      ],
    },
    'a scheduler that nobody runs': {
      objects: [untouched(120, { spec: { schedulerName: 'gpu-scheduler' } }), RUNNING, STARTED, MASTER],
      sightings: [
        {
          service: 'payment',
          explanation: /No listed pod looks like gpu-scheduler/,
          remedy: /spec\.schedulerName of payment/,
        },
      ],
    },
    'another scheduler whose pod is listed': {
      objects: [
        untouched(120, { spec: { schedulerName: 'gpu-scheduler' } }),
        pod({ name: 'gpu-scheduler-0', labels: { app: 'gpu-scheduler' }, owner: 'gpu-scheduler', created: 900 }),
        RUNNING,
        STARTED,
      ],
      sightings: [{ service: 'gpu-scheduler' }],
    },
  },
});
