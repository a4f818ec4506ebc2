import { podPending } from '#detect/platform/pod-pending.ts';
import { event, pod, ready, testPlatformDetector } from '#test/platform.ts';

const NO_CPU = "Node didn't have enough resource: cpu, requested: 3000, used: 1400, capacity: 3920";

/** Pods of one Deployment that the kubelet rejected so many seconds ago. */
function rejected(reason: string, message: string, seconds: readonly number[], owner: Parameters<typeof pod>[0] = {}) {
  return seconds.flatMap((at, place) => {
    const name = `payment-7d4b9f6c8d-r${place}`;
    const status = { reason, message: `Pod was rejected: ${message}` };
    return [
      pod({ name, created: at, phase: 'Failed', status, ...owner }),
      event(reason, message, { about: ['Pod', name], first: at, last: at, count: 1, container: '' }),
    ];
  });
}

const SERVES = pod({ created: 7200, conditions: [ready(7000)], containers: [{ ready: true }] });

testPlatformDetector(podPending, {
  found: {
    'pods whose node has no room': {
      objects: [SERVES, ...rejected('OutOfcpu', NO_CPU, [700, 580, 460, 340, 220, 100])],
      sightings: [
        {
          service: 'payment',
          title:
            /^Pods of payment cannot start: their node has no room for them, and the kubelet rejects them \(OutOfcpu\)$/,
          explanation: /6 of 7 pods of Deployment payment in shop\. The message: “Pod was rejected: Node didn't have/,
          facts: { cause: 'rejected-room', named: 'OutOfcpu', ready: 1, waitedMs: 700_000 },
        },
      ],
    },
    'pods whose node lost the device': {
      objects: rejected(
        'UnexpectedAdmissionError',
        'Allocate failed due to no healthy devices present',
        [400, 220, 40],
      ),
      sightings: [{ facts: { cause: 'rejected-device' } }],
    },
    'pods that do not fit one NUMA node': {
      objects: rejected('TopologyAffinityError', 'Resources cannot be allocated with Topology locality', [400, 220]),
      sightings: [{ facts: { cause: 'rejected-topology' } }],
    },
    'pods with a sysctl that the kubelet forbids': {
      objects: rejected('SysctlForbidden', 'forbidden sysctl: "net.core.somaxconn" not allowlisted', [400, 220]),
      sightings: [{ explanation: /net\.core\.somaxconn/, facts: { cause: 'rejected-setting' } }],
    },
    'pods with a port of the node that another pod has': {
      objects: rejected('NodePorts', 'Predicate NodePorts failed', [400, 220]),
      sightings: [{ facts: { cause: 'rejected', named: 'NodePorts' } }],
    },
    'the pod of a StatefulSet, whose controller deletes the ones before it': {
      objects: rejected('OutOfmemory', NO_CPU, [100], { owner: ['StatefulSet', 'payment'] }),
      sightings: [{ facts: { cause: 'rejected-room' } }],
    },
  },
  clear: {
    'one rejected pod of a Deployment': { objects: rejected('OutOfcpu', NO_CPU, [100]) },
    'rejected pods that another one replaced': {
      objects: [
        ...rejected('NodeAffinity', 'Predicate NodeAffinity failed', [700, 690]),
        pod({ name: 'payment-7d4b9f6c8d-new', created: 600, conditions: [ready(590)], containers: [{ ready: true }] }),
      ],
    },
    'rejected pods of an hour ago': { objects: rejected('OutOfcpu', NO_CPU, [4000, 3900]) },
    'pods that a shutdown of their node ended': {
      objects: rejected('NodeShutdown', 'Pod was rejected as the node is shutting down.', [400, 220]),
    },
  },
});
