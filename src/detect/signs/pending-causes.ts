/** Why a pod is given no node, in words: what is wrong, what to do, and what would show that it is something else. */
import type { PendingCause } from '#detect/signs/unschedulable.ts';

type Measured = Readonly<Record<'named' | 'asks' | 'most', string>>;
type Said = Readonly<Record<'is' | 'remedy' | 'check', string>>;

/** `of cpu`: no node has enough left, or none is large enough at all. */
function short(of: string): (measured: Measured) => Said {
  return ({ asks, most }) => ({
    is:
      most === ''
        ? `no node has enough ${of} left${asks === '' ? '' : ` (each pod asks for ${asks})`}`
        : `no node is large enough: each pod asks for ${asks}, and the largest node has ${most}`,
    remedy:
      most === ''
        ? `Add a node, or take away what is not needed; then compare what pods ask for with what they use (kubectl top pods).`
        : `Ask for less, or add nodes that are large enough: waiting does not help.`,
    check: `A node has that much ${of} unreserved (kubectl describe nodes: Allocated resources).`,
  });
}

export const PENDING_CAUSES: Readonly<Record<PendingCause, (measured: Measured) => Said>> = {
  cpu: short('CPU'),
  memory: short('memory'),
  storage: short('ephemeral storage'),
  device: ({ named }) => ({
    is: `no node has ${named} left`,
    remedy: `Add a node that offers ${named}, free one, or see whether its device plugin runs.`,
    check: `A node has ${named} among its allocatable resources, and free.`,
  }),
  quota: ({ named }) => ({
    is: `the quota ${named} of the namespace is used up`,
    remedy:
      'Scale down what is not needed in the namespace, or have the quota raised; an old revision of a rollout counts, too.',
    check: 'The quota has room (kubectl describe resourcequota).',
  }),
  refused: () => ({
    is: 'the API server refuses to make its pods',
    remedy: 'Mend what the words name: a policy, an admission webhook, a limit range, a missing service account.',
    check: 'A pod of the same template can be made by hand in that namespace (kubectl create --dry-run=server).',
  }),
  'volume-missing': ({ named }) => ({
    is: `the volume claim ${named} does not exist`,
    remedy: 'Create the claim in the pod’s namespace, or correct its name in the manifest.',
    check: 'The claim is there (kubectl get pvc) under just this name.',
  }),
  'volume-unbound': ({ named }) => ({
    is: `a volume claim has no volume${named === '' ? '' : `: ${named}`}`,
    remedy:
      'Read the events of the claim (kubectl describe pvc): a storage class that does not exist, a provisioner that fails, no volume that fits.',
    check: 'The claim is Bound (kubectl get pvc).',
  }),
  'volume-elsewhere': () => ({
    is: 'its volume is where no node can take the pod',
    remedy:
      'Add a node in the volume’s zone, or move the data; a storage class with WaitForFirstConsumer keeps this from coming again.',
    check: 'A node of the volume’s zone has room for the pod.',
  }),
  'volume-mount': ({ named }) => ({
    is: `its volume ${named} cannot be attached or mounted`,
    remedy:
      'See whether another node still holds the volume (kubectl get volumeattachment), and whether its storage answers.',
    check: 'The volume is attached to just this node and mounts by hand.',
  }),
  'too-many-pods': () => ({
    is: 'the nodes have as many pods as they may',
    remedy: 'Add a node, or raise maxPods where addresses allow it; see what runs many small pods.',
    check: 'A node runs fewer pods than it may (kubectl describe nodes).',
  }),
  taint: ({ named }) => ({
    is: `nodes have a taint that the pod does not tolerate (${named})`,
    remedy: 'Give the pod the toleration, if it belongs there; else take the taint off or add nodes without it.',
    check: 'The pod tolerates that taint (kubectl get pod -o yaml: tolerations).',
  }),
  'node-trouble': ({ named }) => ({
    is: `nodes are not healthy (${named})`,
    remedy: 'Look at the nodes first (kubectl describe nodes): what they are short of, whether their kubelet answers.',
    check: 'All nodes are Ready and under no pressure.',
  }),
  cordoned: () => ({
    is: 'nodes are cordoned',
    remedy: 'See who drains the nodes and why; then kubectl uncordon, or add nodes.',
    check: 'No node says SchedulingDisabled (kubectl get nodes).',
  }),
  affinity: () => ({
    is: 'no node has the labels that it asks for',
    remedy:
      'Compare nodeSelector and affinity of the pod with the labels of the nodes (kubectl get nodes --show-labels).',
    check: 'A node has all of the labels.',
  }),
  'anti-affinity': () => ({
    is: 'it may not run beside the pods that are there already',
    remedy: 'Add a node, or make the anti-affinity a preference: with one pod a node, a rollout needs one node more.',
    check: 'A node runs none of the pods that it keeps away from.',
  }),
  spread: () => ({
    is: 'it may not run where there is room, or its pods would not be spread evenly',
    remedy: 'Add nodes in the zone that has fewest of its pods, or allow a larger maxSkew.',
    check: 'The zone with the fewest of its pods has room.',
  }),
  port: () => ({
    is: 'the port of the node that it wants is taken on each',
    remedy: 'Use a Service in place of hostPort, or add a node.',
    check: 'A node has no pod with this hostPort.',
  }),
  gated: () => ({
    is: 'it is held back by a scheduling gate',
    remedy: 'See who set the gate (spec.schedulingGates) and what it waits for.',
    check: 'The pod has no scheduling gate any more.',
  }),
  'no-nodes': () => ({
    is: 'the cluster has no node',
    remedy: 'See what became of the nodes: the autoscaler, the provider, an upgrade.',
    check: 'kubectl get nodes lists nodes that are Ready.',
  }),
  unknown: () => ({
    is: 'it is given no node, and nothing says why',
    remedy: 'See whether the scheduler runs, and whether the pod names one that does not (spec.schedulerName).',
    check: 'Other pods are scheduled at that time.',
  }),
};
