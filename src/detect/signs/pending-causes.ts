/** Words for why a pod gets no node: what is wrong, what to do, and what would disprove it. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { PendingCause } from '#detect/signs/unschedulable.ts';

type Measured = Readonly<Record<'named' | 'asks' | 'most', string>>;

/** `of cpu`: no node has enough left, or none is large enough at all. */
function short(of: string): (measured: Measured) => CauseWords {
  return ({ asks, most }) => ({
    is:
      most === ''
        ? `no node has enough ${of} left${asks === '' ? '' : ` (each pod requests ${asks})`}`
        : `no node is large enough: each pod requests ${asks}, and the largest node has ${most}`,
    remedy:
      most === ''
        ? 'Add a node, or remove pods that are not needed. Then compare requests with real usage (kubectl top pods).'
        : 'Request less, or add nodes that are large enough. Waiting does not help.',
    check: `A node has that much ${of} unallocated (kubectl describe nodes: Allocated resources).`,
  });
}

export const PENDING_CAUSES: Readonly<Record<PendingCause, (measured: Measured) => CauseWords>> = {
  cpu: short('CPU'),
  memory: short('memory'),
  storage: short('ephemeral storage'),
  device: ({ named }) => ({
    is: `no node has ${named} left`,
    remedy: `Add a node that offers ${named}, free one, or check whether its device plugin runs.`,
    check: `A node has free ${named} among its allocatable resources.`,
  }),
  quota: ({ named }) => ({
    is: `the quota ${named} of the namespace is used up`,
    remedy:
      'Scale down what is not needed in the namespace, or have the quota raised. Old revisions of a rollout count, too.',
    check: 'The quota is not used up (kubectl describe resourcequota).',
  }),
  refused: () => ({
    is: 'the API server refuses to create them',
    remedy: 'Fix what the message names: a policy, an admission webhook, a limit range, a missing service account.',
    check: 'You can create a pod from the same template in that namespace (kubectl create --dry-run=server).',
  }),
  'volume-missing': ({ named }) => ({
    is: `the volume claim ${named} does not exist`,
    remedy: 'Create the claim in the pod’s namespace, or correct its name in the manifest.',
    check: 'The claim exists (kubectl get pvc) under exactly this name.',
  }),
  'volume-unbound': ({ named }) => ({
    is: `a volume claim has no volume${named === '' ? '' : `: ${named}`}`,
    remedy:
      'Read the events of the claim (kubectl describe pvc): a storage class that does not exist, a provisioner that fails, no volume that fits.',
    check: 'The claim is Bound (kubectl get pvc).',
  }),
  'volume-elsewhere': () => ({
    is: 'no node in the zone of its volume can run the pod',
    remedy:
      'Add a node in the volume’s zone, or move the data. A storage class with WaitForFirstConsumer prevents this.',
    check: 'A node in the volume’s zone has room for the pod.',
  }),
  'volume-mount': ({ named }) => ({
    is: `its volume ${named} cannot be attached or mounted`,
    remedy:
      'Check whether the volume is still attached to another node (kubectl get volumeattachment), and whether its storage answers.',
    check: 'The volume is attached to exactly this node, and you can mount it by hand.',
  }),
  'too-many-pods': () => ({
    is: 'the nodes have reached their maximum number of pods',
    remedy: 'Add a node, or raise maxPods if there are enough IP addresses. Look for workloads with many small pods.',
    check: 'A node runs fewer pods than its maximum (kubectl describe nodes).',
  }),
  taint: ({ named }) => ({
    is: `nodes have a taint that the pod does not tolerate (${named})`,
    remedy: 'Add the toleration if the pod belongs there. Otherwise remove the taint, or add nodes without it.',
    check: 'The pod tolerates that taint (kubectl get pod -o yaml: tolerations).',
  }),
  'node-trouble': ({ named }) => ({
    is: `nodes are not healthy (${named})`,
    remedy: 'Look at the nodes first (kubectl describe nodes): scarce resources, and whether the kubelet answers.',
    check: 'All nodes are Ready and under no pressure.',
  }),
  cordoned: () => ({
    is: 'nodes are cordoned',
    remedy: 'Find out who drains the nodes and why. Then run kubectl uncordon, or add nodes.',
    check: 'No node says SchedulingDisabled (kubectl get nodes).',
  }),
  affinity: () => ({
    is: 'no node has the labels that the pod requires',
    remedy:
      'Compare nodeSelector and affinity of the pod with the labels of the nodes (kubectl get nodes --show-labels).',
    check: 'A node has all of the labels.',
  }),
  'anti-affinity': () => ({
    is: 'its anti-affinity excludes the nodes that run other pods of its kind',
    remedy: 'Add a node, or make the anti-affinity a preference. With one pod per node, a rollout needs one more node.',
    check: 'A node runs none of the pods that the anti-affinity excludes.',
  }),
  spread: () => ({
    is: 'its topology spread constraint excludes the nodes with room',
    remedy: 'Add nodes in the zone with the fewest of its pods, or allow a larger maxSkew.',
    check: 'The zone with the fewest of its pods has room.',
  }),
  port: () => ({
    is: 'its hostPort is in use on every node',
    remedy: 'Use a Service instead of hostPort, or add a node.',
    check: 'A node has no pod with this hostPort.',
  }),
  gated: () => ({
    is: 'a scheduling gate holds it back',
    remedy: 'Find out who set the gate (spec.schedulingGates) and what it waits for.',
    check: 'The pod has no scheduling gate any more.',
  }),
  'no-nodes': () => ({
    is: 'the cluster has no node',
    remedy: 'Find out what happened to the nodes: the autoscaler, the provider, an upgrade.',
    check: 'kubectl get nodes lists nodes that are Ready.',
  }),
  unknown: () => ({
    is: 'no node was assigned, and nothing says why',
    remedy: 'Check whether the scheduler runs, and whether the pod names another one (spec.schedulerName).',
    check: 'Other pods were scheduled at that time.',
  }),
};
