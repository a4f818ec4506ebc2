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

export const PENDING_CAUSES: Readonly<Record<Exclude<PendingCause, 'quota'>, (measured: Measured) => CauseWords>> = {
  cpu: short('CPU'),
  memory: short('memory'),
  storage: short('ephemeral storage'),
  device: ({ named }) => ({
    is: `no node has ${named} left`,
    remedy: `Add a node that offers ${named}, free one, or check whether its device plugin runs.`,
    check: `A node has free ${named} among its allocatable resources.`,
  }),
  refused: () => ({
    is: 'the API server refuses to create them',
    remedy: 'Fix what the message names: a policy, an admission webhook, a limit range, a missing service account.',
    check: 'You can create a pod from the same template in that namespace (kubectl create --dry-run=server).',
  }),
  'limit-range': ({ named }) => ({
    is: `a limit range of the namespace refuses their resources${named === '' ? '' : ` (${named})`}`,
    remedy: 'Change requests and limits in the manifest so that they fit the limit range, or have it changed.',
    check: 'The resources fit (kubectl describe limitrange).',
  }),
  'limits-required': ({ named }) => ({
    is: `a quota requires ${named === '' ? 'resources' : named.replaceAll(/,(?=\S)/g, ', ')}, and the manifest does not set it`,
    remedy: 'Set these requests and limits for every container, or give the namespace defaults with a LimitRange.',
    check: 'Every container of the template sets them.',
  }),
  'account-missing': ({ named }) => ({
    is: `the service account ${named} does not exist`,
    remedy: 'Create the service account in the pod’s namespace, or correct serviceAccountName in the manifest.',
    check: 'The account exists (kubectl get serviceaccount) under exactly this name.',
  }),
  'volume-missing': ({ named }) => ({
    is: `the volume claim ${named} does not exist`,
    remedy: 'Create the claim in the pod’s namespace, or correct its name in the manifest.',
    check: 'The claim exists (kubectl get pvc) under exactly this name.',
  }),
  'volume-unbound': ({ named }) => ({
    is: `a volume claim has no volume${named === '' ? '' : `: ${named}`}`,
    remedy:
      'Without a storage class, a free volume must fit the claim: size, access mode, selector, class, and no other claim may hold it (kubectl get pv). With a class, look at its provisioner.',
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
  sandbox: () => ({
    is: 'the node cannot create the pod’s sandbox',
    remedy: 'Read the message: the container runtime, the kernel or a mount of the node refuses it. Try another node.',
    check: 'Another pod starts on the same node now.',
  }),
  'sandbox-network': () => ({
    is: 'the node cannot give the pod a network',
    remedy: 'Look at the network plugin (CNI) on the node: its pod, its free IP addresses, /etc/cni/net.d.',
    check: 'Another pod on the same node gets an address.',
  }),
  'sandbox-memory': () => ({
    is: 'its memory limit is too low even to start a container: the kernel kills it (OOM)',
    remedy:
      'Raise the memory limit of the container: limits below a few MiB are mostly a missing unit (128 for 128Mi).',
    check: 'A container with the same image and limit starts elsewhere.',
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
