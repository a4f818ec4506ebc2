import { expect, test } from 'vitest';
import { nodeTrouble } from '#detect/platform/node-trouble.ts';
import { podPending } from '#detect/platform/pod-pending.ts';
import {
  ago,
  ended,
  event,
  NO_WINDOW,
  node,
  platformFindings,
  pod,
  ready,
  testPlatformDetector,
  WINDOW,
} from '#test/platform.ts';

const GONE =
  'Failed to create pod sandbox: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"';

function unready(status: string, message: string, since = 300, reason = 'KubeletNotReady') {
  return { type: 'Ready', status, reason, message, lastTransitionTime: ago(since) };
}

const SILENT = unready('Unknown', 'Kubelet stopped posting node status.', 300, 'NodeStatusUnknown');
const LOST = pod({ conditions: [ready(290, 'False')], containers: [{ ready: true }] });
const SERVING = pod({ conditions: [ready(900)], containers: [{ ready: true }] });
const OUT_OF_PIDS = (since: number) => ({
  type: 'PIDPressure',
  status: 'True',
  reason: 'KubeletHasInsufficientPID',
  message: 'kubelet has insufficient PID available',
  lastTransitionTime: ago(since),
});
/** A pod that ended with its machine, and the same node in a state. */
const shutDown = (reason = 'Terminated', message = 'Pod was terminated in response to imminent node shutdown.') =>
  pod({ name: 'payment-7d4b9f6c8d-zzzzz', phase: 'Failed', status: { reason, message } });
const OFF = unready('False', 'kubelet is shutting down', 300);
const READ_ONLY = {
  type: 'ReadonlyFilesystem',
  status: 'True',
  reason: 'FilesystemIsReadOnly',
  message: 'XFS (nvme1n1): Remounting filesystem read-only',
  lastTransitionTime: ago(700),
};

function crashing(message: string) {
  return pod({
    conditions: [ready(600, 'False')],
    containers: [{ restarts: 5, waiting: { reason: 'CrashLoopBackOff' }, last: ended('Error', 1, { message }) }],
  });
}

function withoutSandboxFor(reason: string) {
  return [
    pod({ phase: 'Pending', created: 200, containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
    event('FailedCreatePodSandBox', `Failed to create pod sandbox: ${reason}`, { container: '', first: 190, last: 20 }),
    node('node-1', { conditions: [ready(9000), READ_ONLY] }),
  ];
}

const ELSEWHERE = pod({ node: 'node-2', conditions: [ready(900)], containers: [{ ready: true }] });

const WITHOUT_SANDBOX = [
  pod({ phase: 'Pending', created: 200, containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
  event('FailedCreatePodSandBox', GONE, { container: '', first: 190, last: 20 }),
  node('node-1', { conditions: [unready('False', 'container runtime is down', 150)] }),
];

const NO_NETWORK =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "1f": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory';

/** A pod that gets no network on its ready node, beside the plugin's pod there. */
function withoutNetwork(pluginIs: 'True' | 'False') {
  return [
    pod({ phase: 'Pending', created: 400, containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
    event('FailedCreatePodSandBox', NO_NETWORK, { container: '', first: 390, last: 20 }),
    pod({
      name: 'calico-node-x7k2p',
      namespace: 'kube-system',
      labels: { 'k8s-app': 'calico-node' },
      owner: ['DaemonSet', 'calico-node'],
      conditions: [ready(800, pluginIs)],
      containers: [{ name: 'calico-node', ready: pluginIs === 'True' }],
    }),
    node('node-1', { conditions: [ready(9000)] }),
  ];
}

/** A condition of a monitor on the node. */
function monitored(type: string, since: number, status = 'True') {
  return { type, status, reason: type, message: `${type} since a while`, lastTransitionTime: ago(since) };
}

testPlatformDetector(nodeTrouble, {
  clear: {
    'a problem of its monitor that has just begun': {
      window: NO_WINDOW,
      objects: [SERVING, node('node-1', { conditions: [ready(9000), monitored('FrequentKubeletRestart', 100)] })],
    },
    'a problem of its monitor that is over': {
      window: NO_WINDOW,
      objects: [SERVING, node('node-1', { conditions: [ready(9000), monitored('NTPProblem', 900, 'False')] })],
    },
    'maintenance that the cloud announces, and a member of etcd': {
      window: NO_WINDOW,
      objects: [
        SERVING,
        node('node-1', {
          conditions: [ready(9000), monitored('VMEventScheduled', 900), monitored('EtcdIsVoter', 900)],
        }),
      ],
    },
    'a problem of its monitor where somebody asks about a service that serves': {
      objects: [SERVING, node('node-1', { conditions: [ready(9000), monitored('NTPProblem', 900)] })],
    },
    'a pod without a network beside a plugin that runs': { objects: withoutNetwork('True') },
    'a node in maintenance without a pod in question': {
      objects: [node('node-1', { conditions: [SILENT], spec: { unschedulable: true } }), ELSEWHERE],
    },
    'a node that was emptied before it was shut down': {
      objects: [shutDown(), node('node-1', { conditions: [OFF], spec: { unschedulable: true } }), ELSEWHERE],
    },
    'a node that was shut down and is back': {
      objects: [shutDown(), node('node-1', { conditions: [ready(100)] }), ELSEWHERE],
    },
    'a node that was shut down long before': {
      objects: [shutDown(), node('node-1', { conditions: [unready('False', 'off', 90_000)] }), ELSEWHERE],
    },
    'a pod that failed by itself on a node that is not ready': {
      objects: [shutDown('Error', 'exit code 1'), node('node-1', { conditions: [OFF] }), ELSEWHERE],
    },
    'a kubelet that restarts': {
      objects: [LOST, node('node-1', { conditions: [unready('False', 'restarting', 20)] })],
    },
    'a node that is ready while a pod is not': { objects: [LOST, node('node-1', { conditions: [ready(9000)] })] },
    'pods that the lost node does not keep from serving': {
      objects: [pod({ conditions: [ready(900)] }), node('node-1', { conditions: [SILENT] })],
    },
    'a pressure that the kubelet may only keep for its five minutes': {
      objects: [SERVING, node('node-1', { conditions: [ready(9000), OUT_OF_PIDS(200)] })],
    },
    'a silent node without a pod that is cordoned': {
      window: NO_WINDOW,
      objects: [node('node-1', { conditions: [SILENT], spec: { unschedulable: true } }), ELSEWHERE],
    },
    'a silent node that the autoscaler removes': {
      window: NO_WINDOW,
      objects: [
        node('node-1', {
          conditions: [SILENT],
          spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' }] },
        }),
        ELSEWHERE,
      ],
    },
    'a new node without a pod that is not ready yet': {
      window: NO_WINDOW,
      objects: [node('node-1', { conditions: [unready('False', 'cni plugin not initialized', 200)] }), ELSEWHERE],
    },
    'a crash for another reason on a node with a read-only file system': {
      objects: [crashing('Error: no route for /pay'), node('node-1', { conditions: [ready(9000), READ_ONLY] })],
    },
    'a sandbox that cannot be made for another reason, on a node with a read-only file system': {
      objects: withoutSandboxFor('no runtime for "kata" is configured'),
    },
    'a sandbox on a read-only file system, where the node says nothing of one': {
      objects: withoutSandboxFor('mkdir /var/lib/containerd/x: read-only file system').slice(0, 2),
    },
    'a lasting pressure of a node without a pod in question': {
      objects: [ELSEWHERE, node('node-1', { conditions: [ready(9000), OUT_OF_PIDS(480)] })],
    },
    'a cordoned node': {
      objects: [ELSEWHERE, node('node-1', { conditions: [ready(9000)], spec: { unschedulable: true } })],
    },
  },
  found: {
    'a node without a pod, for the whole cluster': {
      window: NO_WINDOW,
      objects: [node('node-1', { conditions: [unready('False', 'PLEG is not healthy', 400)] }), ELSEWHERE],
      sightings: [
        {
          service: 'node-1',
          title: /^Node node-1 takes no more pods: its container runtime does not answer$/,
          explanation: /has one node less, since /,
        },
      ],
    },
    'a machine that the cloud took back': {
      objects: [
        shutDown(),
        node('node-1', { conditions: [OFF] }),
        ELSEWHERE,
        event('SpotInterruption', 'Spot Interruption event received. Node will be cordoned and drained', {
          about: ['Node', 'node-1'],
          first: 305,
          last: 305,
        }),
      ],
      sightings: [
        {
          service: 'node-1',
          title: /^Node node-1 cannot run its pods: it was shut down, and its pods ended with it$/,
          explanation: /^1 pod on it ended with it, since 14:25:00 UTC: payment\./,
        },
      ],
    },
    'a file system that the kernel made read-only': {
      objects: [
        crashing("EROFS: read-only file system, open '/var/cache/rates'"),
        node('node-1', { conditions: [ready(9000), READ_ONLY] }),
      ],
      sightings: [{ service: 'node-1', title: /its file system is read-only$/, remedy: /kubectl drain/ }],
    },
    'a file system that lets no sandbox be made': {
      objects: withoutSandboxFor('mkdir /var/lib/containerd/x: read-only file system'),
      sightings: [
        {
          service: 'node-1',
          title: /^Node node-1 cannot run its pods: its file system is read-only$/,
          explanation: /^1 pod on it is not ready/,
        },
      ],
    },
    'a kubelet that is silent': {
      objects: [LOST, node('node-1', { conditions: [SILENT] })],
      sightings: [
        {
          service: 'node-1',
          title: /^Node node-1 cannot run its pods: its kubelet does not report to the control plane$/,
          explanation: /^1 pod on it is not ready, since 14:25:00 UTC: payment\./,
        },
      ],
    },
    'a pressure that lasts, though all pods on the node still serve': {
      objects: [SERVING, node('node-1', { conditions: [ready(9000), OUT_OF_PIDS(480)] })],
      sightings: [
        {
          service: 'node-1',
          title: /^Node node-1 takes no more pods: it runs out of process ids$/,
          explanation: /^All pods on it are ready, and it evicts some of them if this lasts, since /,
        },
      ],
    },
    'a container runtime that is gone': {
      objects: WITHOUT_SANDBOX,
      sightings: [{ service: 'node-1', title: /its container runtime \(containerd\) does not answer$/ }],
    },
    'a problem that its monitor reports': {
      window: NO_WINDOW,
      objects: [SERVING, node('node-1', { conditions: [ready(9000), monitored('ConntrackFullProblem', 900)] })],
      sightings: [
        {
          service: 'node-1',
          title: /^Node node-1 does not work well: a monitor on it reports ConntrackFullProblem$/,
          explanation: /^The node is ready, and no pod here shows harm\. The monitor has reported it since /,
        },
      ],
    },
    'a file system that is read-only on a node without a pod in question': {
      window: NO_WINDOW,
      objects: [node('node-1', { conditions: [ready(9000), READ_ONLY] }), ELSEWHERE],
      sightings: [{ service: 'node-1', facts: { cause: 'reported' } }],
    },
    'a network plugin that is not ready': {
      objects: [
        LOST,
        node('node-1', {
          conditions: [unready('False', 'container runtime network not ready: cni plugin not initialized')],
        }),
      ],
      sightings: [{ facts: { cause: 'network' } }],
    },
    'a plugin whose pod does not run, on a node that is ready': {
      objects: withoutNetwork('False'),
      sightings: [
        {
          service: 'node-1',
          title:
            /^Node node-1 cannot run its pods: its pod network is not ready, because calico-node does not run on it$/,
          explanation: /^1 pod on it is not ready, since 14:23:30 UTC: payment\./,
        },
      ],
    },
    'a full disk': {
      objects: [
        LOST,
        node('node-1', {
          conditions: [
            ready(9000),
            {
              type: 'DiskPressure',
              status: 'True',
              message: 'kubelet has disk pressure',
              lastTransitionTime: ago(400),
            },
          ],
        }),
      ],
      sightings: [{ facts: { cause: 'disk' } }],
    },
  },
});

test('what the cloud says before it takes a machine back is cited', () => {
  const [found] = platformFindings(nodeTrouble, {
    objects: [
      shutDown(),
      node('node-1', { conditions: [OFF] }),
      event('SpotInterruption', 'Spot Interruption event received', {
        about: ['Node', 'node-1'],
        first: 305,
        last: 305,
      }),
    ],
    window: WINDOW,
  });
  expect(found?.evidence?.map(({ text }) => text)).toContainEqual(expect.stringContaining('Spot Interruption'));
});

test('what a node does to its pods is told once', () => {
  expect(platformFindings(podPending, { objects: WITHOUT_SANDBOX, window: WINDOW })).toEqual([]);
  expect(platformFindings(podPending, { objects: withoutNetwork('False'), window: WINDOW })).toEqual([]);
});
