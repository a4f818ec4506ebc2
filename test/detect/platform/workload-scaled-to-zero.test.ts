import { workloadScaledToZero } from '#detect/platform/workload-scaled-to-zero.ts';
import { logLine } from '#test/log-line.ts';
import { event, pod, replicaSet, service, testPlatformDetector, WINDOW } from '#test/platform.ts';

const ALL = { service: '', fromUs: Number.NaN, toUs: Number.NaN };
const EMPTY = replicaSet(3, { replicas: 0, made: 0 });
const COMPLAINTS = [1, 2, 3].map((at) => logLine('web', at, 'No servers available for service: payment'));

testPlatformDetector(workloadScaledToZero, {
  clear: {
    'the DNS of the cluster, while it answers that there is no such name': {
      window: WINDOW,
      objects: [replicaSet(3, { namespace: 'kube-system', deployment: 'coredns', replicas: 0, made: 0 }), pod()],
      logs: [logLine('payment', 1, 'dial tcp: lookup carts on 10.96.0.10:53: no such host')],
    },
    'a Deployment at zero on purpose, which nobody calls': { window: ALL, objects: [EMPTY] },
    'a revision that was replaced': {
      window: ALL,
      objects: [replicaSet(2, { replicas: 0, made: 0 }), replicaSet(3, { made: 1 }), service('payment')],
    },
    'a workload with pods': { window: ALL, objects: [replicaSet(3), pod(), service('payment')] },
  },
  found: {
    'the DNS of the cluster, whoever is asked about': {
      window: WINDOW,
      objects: [replicaSet(3, { namespace: 'kube-system', deployment: 'coredns', replicas: 0, made: 0 }), pod()],
      logs: [1, 2, 3].map((at) =>
        logLine('payment', at, 'dial tcp: lookup cart on 10.96.0.10:53: read udp 10.0.0.7:4711: i/o timeout'),
      ),
      sightings: [{ service: 'coredns', facts: { complaints: 3, sure: true } }],
    },
    'one that others call': {
      window: ALL,
      objects: [EMPTY, service('payment')],
      logs: COMPLAINTS,
      sightings: [
        {
          service: 'payment',
          title: /^payment has no pods: its Deployment payment is scaled to 0 replicas$/,
          explanation: /3 log lines of others report failed calls to it/,
          facts: { sure: true },
        },
      ],
    },
    'one about which nobody complains': {
      window: ALL,
      objects: [EMPTY, service('payment')],
      sightings: [{ facts: { sure: false } }],
    },
    'the one that the alert is about': { window: WINDOW, objects: [EMPTY], sightings: [{ facts: { sure: true } }] },
    'the time of the scaling': {
      window: WINDOW,
      objects: [
        EMPTY,
        event('ScalingReplicaSet', 'Scaled down replica set payment-3 to 0 from 2', {
          about: ['Deployment', 'payment'],
          first: 300,
          last: 300,
          type: 'Normal',
        }),
      ],
      sightings: [{ explanation: /wants no pod, since 14:25:00 UTC/ }],
    },
  },
});
