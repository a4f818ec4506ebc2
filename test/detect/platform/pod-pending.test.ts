import { describe, expect, test } from 'vitest';
import { podPending } from '#detect/platform/pod-pending.ts';
import { refusalsIn } from '#detect/signs/scheduling/unschedulable.ts';
import {
  ASKED_US,
  ago,
  event,
  NO_WINDOW,
  node,
  platformFindings,
  pod,
  printed,
  quota,
  ready,
  replicaSet,
  testPlatformDetector,
  unschedulable,
  WINDOW,
} from '#test/platform.ts';

const NODES = [node('node-1'), node('node-2')];

/** What a controller says in the first second of an apply that makes the account after the Deployment. */
function refused(more: Parameters<typeof event>[2] = {}, text = NO_ACCOUNT) {
  return event('FailedCreate', text, { about: ['ReplicaSet', RS], first: 400, last: 395, ...more });
}

const RS = 'payment-7d4b9f6c8d';
const NO_ACCOUNT =
  'Error creating: pods "payment-7d4b9f6c8d-" is forbidden: error looking up service account shop/payment: serviceaccount "payment" not found';
const TOO_SMALL =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: OCI runtime create failed: container init was OOM-killed (memory limit too low?): unknown';
const QUOTA =
  'Error creating: pods "payment-7d4b9f6c8d-x" is forbidden: exceeded quota: compute, requested: requests.cpu=2, used: requests.cpu=9, limited: requests.cpu=10';

function made(more: Parameters<typeof event>[2] = {}) {
  return event('SuccessfulCreate', 'Created pod: payment-7d4b9f6c8d-aaaaa', {
    about: ['ReplicaSet', RS],
    first: 390,
    last: 390,
    type: 'Normal',
    ...more,
  });
}

/** A pod that has its node and waits for a volume. */
function withoutVolume(message: string, times: Parameters<typeof event>[2] = {}) {
  return [
    pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
    unmounted(message, times),
  ];
}

function unmounted(message: string, times: Parameters<typeof event>[2] = {}) {
  return event('FailedMount', `MountVolume.SetUp failed for volume "tls" : ${message}`, { container: '', ...times });
}

/** Somebody deleted it, and its grace period ended this many seconds ago. */
function ending({ deleted = 600, owner = ['StatefulSet', 'payment'] as string | readonly [string, string] } = {}) {
  const metadata = { deletionTimestamp: ago(deleted), finalizers: ['example.com/flush'] };
  return [pod({ name: 'payment-0', owner, metadata, conditions: [ready(600, 'False')] })];
}

function job(status: object = {}) {
  return {
    kind: 'Job',
    metadata: { name: 'report-2', namespace: 'shop', labels: { app: 'payment' }, creationTimestamp: ago(600) },
    spec: {},
    status,
  };
}

function refusedJob() {
  return event('FailedCreate', NO_ACCOUNT, { about: ['Job', 'report-2'], first: 400, last: 395 });
}

const WELL = pod({ created: 390, conditions: [ready(380)], containers: [{ ready: true }] });

function pending(
  message: string,
  { since = 600, requests = {} }: { since?: number; requests?: Record<string, string> } = {},
) {
  return [
    pod({
      phase: 'Pending',
      node: '',
      created: since,
      conditions: [unschedulable(message, since)],
      containers: [{ requests }],
    }),
    event('FailedScheduling', message, { container: '', first: since, last: Math.min(since, 30) }),
    ...NODES,
  ];
}

const PREEMPTION = ' preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';

function claim(spec: object) {
  return {
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'shop', name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], ...spec },
    status: { phase: 'Pending' },
  };
}

function volume(name: string, spec: object) {
  return {
    kind: 'PersistentVolume',
    metadata: { name },
    spec: { capacity: { storage: '20Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
    status: { phase: 'Available' },
  };
}

const MULTI_ATTACH = 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) payment-6f5c7-bbbbb';

const NO_MACHINE =
  'Node scale up in zones a, b associated with this pod failed: GCE out of resources. Pod is at risk of not being scheduled.';
const NO_POOL = 'Failed to schedule pod, all available instance types exceed limits for nodepool: "default"';

testPlatformDetector(podPending, {
  found: {
    'a node that was asked for and does not come, in lists that do not say when': {
      write: printed,
      window: NO_WINDOW,
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.', { since: 1800 }),
        event('TriggeredScaleUp', 'pod triggered scale-up: [{group 3->4 (max: 10)}]', {
          container: '',
          type: 'Normal',
          first: 1790,
          last: 1790,
        }),
        node('node-1', { conditions: [{ ...ready(9000), lastHeartbeatTime: ago(40) }] }),
      ],
      sightings: [{ facts: { cause: 'cpu' } }],
    },
    'a pod of which the scheduler says that no node took it, beside the name of one': {
      objects: [
        pod({
          phase: 'Pending',
          conditions: [unschedulable('0/2 nodes are available: 2 Insufficient memory.')],
          containers: [{ waiting: { reason: 'ContainerCreating' } }],
        }),
      ],
      sightings: [{ facts: { cause: 'memory' } }],
    },
    'a secret that its volume lacks': {
      objects: withoutVolume('secret "payment-tls" not found'),
      sightings: [
        {
          title: /^Pods of payment cannot start: Secret payment-tls is missing$/,
          remedy: /^Create Secret payment-tls in the namespace of payment/,
          facts: { cause: 'object-missing' },
        },
      ],
    },
    'a key that the config map of its volume lacks': {
      objects: withoutVolume('configmap references non-existent config key: nginx.conf'),
      sightings: [{ title: /: key nginx\.conf in the ConfigMap of its volume is missing$/ }],
    },
    'a pod of a StatefulSet that does not end': {
      objects: ending(),
      sightings: [
        {
          title: /^Pods of payment cannot start: a pod before them does not end \(finalizers: example\.com\/flush\)$/,
          facts: { cause: 'not-ended', waitedMs: 600_000 },
        },
      ],
    },
    'a Job whose pod is refused': {
      objects: [job(), refusedJob()],
      sightings: [{ facts: { cause: 'account-missing', pods: 'pods of Job report-2 in shop' } }],
    },
    'no CPU left, control plane aside': {
      objects: pending(
        `0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu.${PREEMPTION}`,
        { requests: { cpu: '1500m' } },
      ),
      sightings: [
        {
          service: 'payment',
          title: /^Pods of payment cannot start: no node has enough CPU left \(each pod requests 1\.5 CPU\)$/,
          explanation:
            /Waiting for 10 min since 14:20:00 UTC: pod payment-7d4b9f6c8d-aaaaa of Deployment payment in shop\./,
          facts: { cause: 'cpu' },
        },
      ],
    },
    'more memory than any node has': {
      objects: pending(`0/2 nodes are available: 2 Insufficient memory.${PREEMPTION}`, {
        requests: { memory: '16Gi' },
      }),
      sightings: [
        {
          title:
            /^Pods of payment cannot start: no node is large enough: each pod requests 16 GiB, and the largest node has 8 GiB$/,
          remedy:
            /Request less than 8 GiB for each pod of payment, or add nodes that are large enough\. Waiting does not help\./,
        },
      ],
    },
    'a taint': {
      objects: pending('0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.'),
      sightings: [{ title: /taint that the pod does not tolerate \(dedicated: gpu\)/, facts: { cause: 'taint' } }],
    },
    'a label that no node has': {
      objects: pending("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."),
      sightings: [{ facts: { cause: 'affinity' } }],
    },
    'pods that keep away from each other': {
      objects: pending("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."),
      sightings: [{ facts: { cause: 'anti-affinity' } }],
    },
    'a claim without a volume, by its name and class': {
      objects: [
        ...pending('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        {
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data-payment-0', namespace: 'shop' },
          spec: { storageClassName: 'fast' },
          status: { phase: 'Pending' },
        },
      ],
      sightings: [
        { title: /has no volume: data-payment-0 \(storage class fast\)/, facts: { cause: 'volume-unbound' } },
      ],
    },
    'a claim that does not exist': {
      objects: pending('0/2 nodes are available: persistentvolumeclaim "data" not found. preemption: none.'),
      sightings: [
        {
          title: /the volume claim data does not exist/,
          explanation: /A quota may have refused it/,
          facts: { unread: 'the quotas of the namespace (kubectl get resourcequota)' },
        },
      ],
    },
    'a claim that does not exist, and quotas that leave room': {
      objects: [
        ...pending('0/2 nodes are available: persistentvolumeclaim "data" not found.'),
        quota('most', { persistentvolumeclaims: ['1', '5'] }),
      ],
      sightings: [{ title: /the volume claim data does not exist/, facts: { unread: '' } }],
    },
    'nodes under pressure': {
      objects: pending(
        '0/2 nodes are available: 2 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
      ),
      sightings: [{ facts: { cause: 'node-trouble' } }],
    },
    'a volume that another node holds': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event(
          'FailedAttachVolume',
          'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
          { container: '' },
        ),
      ],
      sightings: [{ title: /its volume pvc-1 is still attached to another node/, facts: { cause: 'volume-attached' } }],
    },
    'a volume that another node holds, said once and before the time window': {
      window: { ...WINDOW, fromUs: ASKED_US - 600e6 },
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('FailedAttachVolume', MULTI_ATTACH, { container: '', first: 1190, last: 1190, count: 1 }),
        event('SuccessfulAttachVolume', 'AttachVolume.Attach succeeded for volume "pvc-2"', {
          container: '',
          first: 1180,
          last: 1180,
          type: 'Normal',
        }),
      ],
      sightings: [{ title: /its volume pvc-1 is still attached/, remedy: /Recreate/ }],
    },
    'a sandbox that the memory limit is too small for': {
      objects: [
        pod({ phase: 'Pending', created: 120, containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('FailedCreatePodSandBox', TOO_SMALL, { container: '', first: 110, last: 20 }),
        node('node-1', { conditions: [ready(9000)] }),
      ],
      sightings: [{ title: /its memory limit is too low even to start a container/ }],
    },
    'a claim that no volume fits': {
      objects: [
        ...pending('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        {
          kind: 'PersistentVolumeClaim',
          metadata: { namespace: 'shop', name: 'data' },
          spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '10Gi' } } },
          status: { phase: 'Pending' },
        },
        event('FailedBinding', 'no persistent volumes available for this claim and no storage class is set', {
          about: ['PersistentVolumeClaim', 'data'],
        }),
      ],
      sightings: [
        {
          title: /a volume claim has no volume: data \(storage class none, 10Gi, ReadWriteMany\)$/,
          explanation: /no persistent volumes available for this claim/,
        },
      ],
    },
    'a claim that the only volume does not fit': {
      objects: [
        ...pending('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        claim({ resources: { requests: { storage: '10Gi' } }, selector: { matchLabels: { disk: 'fast' } } }),
        volume('small', { capacity: { storage: '5Gi' } }),
      ],
      sightings: [{ title: /: volume small is smaller than 10Gi and lacks the label disk=fast$/ }],
    },
    'a claim whose volume another one holds': {
      objects: [
        ...pending('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        claim({ volumeName: 'big' }),
        volume('big', { claimRef: { namespace: 'shop', name: 'other' } }),
      ],
      sightings: [{ title: /: volume big is bound to the claim shop\/other$/ }],
    },
    'a claim for which a provisioner makes a volume': {
      objects: [
        ...pending('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        claim({ storageClassName: 'fast' }),
        volume('big', { claimRef: { namespace: 'shop', name: 'other' } }),
      ],
      sightings: [{ title: /\(storage class fast, ReadWriteOnce\)$/ }],
    },
    'a limit range that refuses its pods': {
      objects: [
        replicaSet(7, { name: 'payment-7' }),
        event(
          'FailedCreate',
          'Error creating: pods "payment-7-x" is forbidden: maximum cpu usage per Container is 500m, but limit is 1',
          { about: ['ReplicaSet', 'payment-7'] },
        ),
      ],
      sightings: [
        {
          title: /a limit range of the namespace refuses their resources \(maximum cpu usage per Container is 500m\)$/,
        },
      ],
    },
    'a quota that requires limits': {
      objects: [
        replicaSet(7, { name: 'payment-7' }),
        event(
          'FailedCreate',
          'Error creating: pods "payment-7-x" is forbidden: failed quota: compute: must specify limits.cpu,limits.memory',
          { about: ['ReplicaSet', 'payment-7'] },
        ),
      ],
      sightings: [{ title: /a quota requires limits\.cpu, limits\.memory, and the manifest does not set it$/ }],
    },
    'a policy that refuses its pods': {
      objects: [
        replicaSet(7, { name: 'payment-7' }),
        event(
          'FailedCreate',
          'Error creating: pods "payment-7-x" is forbidden: violates PodSecurity "restricted:latest": privileged',
          {
            about: ['ReplicaSet', 'payment-7'],
          },
        ),
      ],
      sightings: [{ facts: { cause: 'refused' } }],
    },
    'an account that is still missing': {
      objects: [replicaSet(7, { name: RS, made: 0 }), refused({ last: 10, count: 15 })],
      sightings: [
        {
          title: /^Pods of payment cannot start: the service account shop\/payment does not exist$/,
          facts: { cause: 'account-missing', over: '' },
        },
      ],
    },
    'no node that takes it, where nobody knows for how long': {
      objects: pending('0/2 nodes are available: 2 Insufficient cpu.', { since: 5 }),
      write: printed,
      window: NO_WINDOW,
      sightings: [{ title: /^Pods of payment cannot start: no node has enough CPU left$/ }],
    },
    'an autoscaler that cannot help': {
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.'),
        event('NotTriggerScaleUp', "pod didn't trigger scale-up: 1 max node group size reached", {
          container: '',
          type: 'Normal',
        }),
      ],
      sightings: [{ explanation: /The autoscaler says: “pod didn't trigger scale-up: 1 max node group size reached”/ }],
    },
    'an autoscaler that has been at it for too long': {
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.', { since: 900 }),
        event('TriggeredScaleUp', 'pod triggered scale-up: [{group 3->4 (max: 10)}]', {
          container: '',
          type: 'Normal',
          first: 890,
          last: 890,
        }),
      ],
      sightings: [{ facts: { cause: 'cpu' } }],
    },
    'an autoscaler for which the cloud has no machine left': {
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.'),
        event('TriggeredScaleUp', 'pod triggered scale-up: [{group 3->4 (max: 10)}]', {
          container: '',
          type: 'Normal',
          first: 590,
          last: 590,
        }),
        event('FailedScaleUp', NO_MACHINE, { container: '', first: 540, last: 20 }),
      ],
      sightings: [{ explanation: /The autoscaler says: “Node scale up in zones .{10,40}GCE out of resources/ }],
    },
    'a Karpenter that nominated a node, and then found none to create': {
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.'),
        event('Nominated', 'Pod should schedule on: nodeclaim/default-x7k2p', {
          container: '',
          type: 'Normal',
          first: 590,
          last: 590,
        }),
        event('FailedScheduling', NO_POOL, { container: '', first: 300, last: 20 }),
      ],
      sightings: [{ facts: { cause: 'cpu' }, explanation: /The autoscaler says: “Failed to schedule pod/ }],
    },
    'no word of a scheduler': {
      objects: [pod({ phase: 'Pending', node: '', created: 120 }), ...NODES],
      sightings: [
        {
          title: /^Pods of payment cannot start: no node was assigned, and nothing says why$/,
          remedy: /scheduler runs/,
        },
      ],
    },
    'a gate': {
      objects: [
        pod({
          phase: 'Pending',
          node: '',
          created: 120,
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'SchedulingGated',
              message: 'Scheduling is blocked due to non-empty scheduling gates',
              lastTransitionTime: ago(120),
            },
          ],
        }),
      ],
      sightings: [{ facts: { cause: 'gated' } }],
    },
  },
  clear: {
    'a node that was just asked for, in lists that do not say when': {
      write: printed,
      window: NO_WINDOW,
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.', { since: 50 }),
        event('TriggeredScaleUp', 'pod triggered scale-up: [{group 3->4 (max: 10)}]', {
          container: '',
          type: 'Normal',
          first: 40,
          last: 40,
        }),
      ],
    },
    '10 s while the autoscaler acts': {
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.', { since: 10 }),
        event('TriggeredScaleUp', 'pod triggered scale-up: [{group 3->4 (max: 10)}]', {
          container: '',
          type: 'Normal',
          first: 8,
          last: 8,
        }),
      ],
    },
    'ten minutes of an autoscaler that had no machine at first, and asked for one again': {
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.'),
        event('FailedScaleUp', NO_MACHINE, { container: '', first: 540, last: 200 }),
        event('TriggeredScaleUp', 'pod triggered scale-up: [{other 1->2 (max: 10)}]', {
          container: '',
          type: 'Normal',
          first: 590,
          last: 100,
        }),
      ],
    },
    'ten minutes while the autoscaler acts': {
      objects: [
        ...pending('0/2 nodes are available: 2 Insufficient cpu.'),
        event('TriggeredScaleUp', 'pod triggered scale-up: [{group 3->4 (max: 10)}]', {
          container: '',
          type: 'Normal',
          first: 590,
          last: 590,
        }),
      ],
    },
    '59 s': { objects: pending('0/2 nodes are available: 2 Insufficient cpu.', { since: 59 }) },
    'an image that is being pulled': {
      objects: [pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] })],
    },
    'a quota, which is the namespace’s': {
      objects: [replicaSet(7, { name: RS, made: 0 }), refused({ last: 10 }, QUOTA)],
    },
    'a quota that let the pods in meanwhile': {
      objects: [
        replicaSet(7, { name: 'payment-7' }),
        event('FailedCreate', 'Error creating: exceeded quota: compute, requested: …', {
          about: ['ReplicaSet', 'payment-7'],
          first: 1700,
          last: 1300,
        }),
      ],
    },
    'an account that came a moment after the Deployment': {
      objects: [replicaSet(7, { name: RS, made: 1 }), WELL, refused(), made()],
    },
    'the same, by its pods alone': { objects: [replicaSet(7, { name: RS }), WELL, refused()] },
    'the same, while a pod of it is being replaced': {
      objects: [replicaSet(7, { name: RS, replicas: 2, made: 1 }), WELL, refused(), made()],
    },
    'a revision that was replaced': {
      objects: [replicaSet(6, { name: RS, replicas: 0, made: 0 }), refused({ last: 30 }, QUOTA)],
    },
    'a ReplicaSet of the same name that was deleted': {
      objects: [
        replicaSet(7, { name: RS, created: 200, made: 0, metadata: { uid: 'new' } }),
        { ...refused({ last: 30 }), involvedObject: { kind: 'ReplicaSet', namespace: 'shop', name: RS, uid: 'old' } },
      ],
    },
    'a ReplicaSet that is not there any more': { objects: [WELL, refused({ last: 30 }, QUOTA)] },
    'a pod for which a node was found after all': {
      objects: [
        pod({ created: 390, conditions: [ready(300)], containers: [{ ready: true }] }),
        event('FailedScheduling', '0/2 nodes are available: 2 Insufficient cpu.', {
          container: '',
          first: 390,
          last: 330,
        }),
      ],
    },
    'a config map that came after the pod, which now waits for its image': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ImagePullBackOff' } }] }),
        unmounted('secret "payment-tls" not found', { first: 900, last: 890 }),
      ],
    },
    'a secret that came after the pod, whose image is being pulled': {
      objects: [
        ...withoutVolume('secret "payment-tls" not found', { first: 300, last: 240 }),
        event('Pulling', 'Pulling image', { first: 230, last: 230, count: 1, type: 'Normal' }),
      ],
    },
    'a pod that has its node and is being made': {
      objects: [pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] })],
    },
    'a config map that the kubelet has not fetched yet': {
      objects: withoutVolume('failed to sync configmap cache: timed out waiting for the condition'),
    },
    'a pod of a StatefulSet that is given its time to end': { objects: ending({ deleted: -20 }) },
    'a pod of a Deployment that does not end and was replaced at once': {
      objects: ending({ owner: 'payment-7d4b9f6c8d' }),
    },
    'a Job that made its pod after the refusal': {
      objects: [job(), pod({ owner: ['Job', 'report-2'], created: 390 }), refusedJob()],
    },
    'a Job that has ended since': {
      objects: [
        job({ conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago(100) }] }),
        refusedJob(),
      ],
    },
    'a volume that could be attached after all, while the image is pulled': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"', { container: '', first: 600, last: 300 }),
        event('Pulling', 'Pulling image', { first: 200, last: 200, count: 1, type: 'Normal' }),
      ],
    },
    'a volume that the other node let go': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('FailedAttachVolume', MULTI_ATTACH, { container: '', first: 1190, last: 1190, count: 1 }),
        event('SuccessfulAttachVolume', 'AttachVolume.Attach succeeded for volume "pvc-1"', {
          container: '',
          first: 30,
          last: 30,
          type: 'Normal',
        }),
      ],
    },
    'a volume that could be mounted after all, by what its container waits for': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ErrImagePull' } }] }),
        event('FailedMount', 'MountVolume.SetUp failed for volume "data": timed out', { container: '', last: 300 }),
      ],
    },
    'a volume of which nobody complains any more': {
      objects: [
        pod({ phase: 'Pending', containers: [{ waiting: { reason: 'ContainerCreating' } }] }),
        event('FailedMount', 'MountVolume.SetUp failed for volume "data": timed out', {
          container: '',
          first: 1100,
          last: 660,
        }),
      ],
    },
    'a pod that waits and of which nobody says why, where nobody knows for how long': {
      objects: [pod({ phase: 'Pending', node: '', created: 5 })],
      write: printed,
      window: NO_WINDOW,
    },
    'another service': {
      objects: pending('0/2 nodes are available: 2 Insufficient cpu.'),
      window: { ...WINDOW, service: 'cart' },
    },
    'a pod that runs': { objects: [pod(), ...NODES] },
  },
});

test('speaks from 60 s on', () => {
  const objects = pending('0/2 nodes are available: 2 Insufficient cpu.', { since: 60 });
  expect(platformFindings(podPending, { objects })).toHaveLength(1);
  expect(platformFindings(podPending, { objects, thresholds: { minSeconds: 61 } })).toEqual([]);
});

describe('the words of the scheduler', () => {
  test.each([
    [
      "0/4 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate, 3 Insufficient memory.",
      ['memory', 'taint'],
    ],
    ['0/3 nodes are available: 1 Too many pods, 2 Insufficient nvidia.com/gpu.', ['device', 'too-many-pods']],
    ['0/2 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.', ['cpu', 'memory']],
    ['0/2 nodes are available: 2 node(s) had volume node affinity conflict.', ['volume-elsewhere']],
    ["0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints.", ['spread']],
    ["0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.", ['port']],
    ['0/2 nodes are available: 2 node(s) were unschedulable.', ['cordoned']],
    ['no nodes available to schedule pods', ['no-nodes']],
    ['waiting for a scheduler of our own', []],
  ])('%s', (message, causes) => {
    expect(refusalsIn(message).map(({ cause }) => cause)).toEqual(causes);
  });
});
