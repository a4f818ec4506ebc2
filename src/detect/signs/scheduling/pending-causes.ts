/** Words for why a pod gets no node: what is wrong, what to do, and what would disprove it. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { PendingCause } from '#detect/signs/scheduling/unschedulable.ts';

/** `who`: the workload. */
type Measured = Readonly<Record<'who' | 'named' | 'asks' | 'most', string>>;

/** `of cpu`: no node has enough left, or none is large enough at all. */
function short(of: string): (measured: Measured) => CauseWords {
  return ({ who, asks, most }) => ({
    is:
      most === ''
        ? `no node has enough ${of} left${asks === '' ? '' : ` (each pod requests ${asks})`}`
        : `no node is large enough: each pod requests ${asks}, and the largest node has ${most}`,
    remedy:
      most === ''
        ? `Make room for ${who}${asks === '' ? '' : ` (${asks} for each pod)`}: add a node, or remove pods that are not needed. Then compare requests with real usage (kubectl top pods).`
        : `Request less than ${most} for each pod of ${who}, or add nodes that are large enough. Waiting does not help.`,
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
  refused: ({ who }) => ({
    is: 'the API server refuses to create them',
    remedy: `Fix what the message about ${who} names: a policy, an admission webhook, a limit range, a missing service account.`,
    check: 'You can create a pod from the same template in that namespace (kubectl create --dry-run=server).',
  }),
  'limit-range': ({ who, named }) => ({
    is: `a limit range of the namespace refuses their resources${named === '' ? '' : ` (${named})`}`,
    remedy: `Change requests and limits of ${who} so that they fit the limit range, or have it changed.`,
    check: 'The resources fit (kubectl describe limitrange).',
  }),
  'limits-required': ({ who, named }) => ({
    is: `a quota requires ${named === '' ? 'resources' : named.replaceAll(/,(?=\S)/g, ', ')}, and the manifest does not set it`,
    remedy: `Set these requests and limits for every container of ${who}, or give the namespace defaults with a LimitRange.`,
    check: 'Every container of the template sets them.',
  }),
  'account-missing': ({ who, named }) => ({
    is: `the service account ${named} does not exist`,
    remedy: `Create the service account ${named} in the namespace of ${who}, or correct serviceAccountName in its manifest.`,
    check: 'The account exists (kubectl get serviceaccount) under exactly this name.',
  }),
  'volume-missing': ({ who, named }) => ({
    is: `the volume claim ${named} does not exist`,
    remedy: `Create the claim ${named} in the namespace of ${who}, or correct its name in the manifest.`,
    check: 'The claim exists (kubectl get pvc) under exactly this name.',
  }),
  'volume-unbound': ({ who, named }) => ({
    is: `a volume claim has no volume${named === '' ? '' : `: ${named}`}`,
    remedy: `Give the claim of ${who} a free volume that fits (kubectl get pv): size, access mode, selector, class, and no other claim may hold it. With a storage class, look at its provisioner.`,
    check: 'The claim is Bound (kubectl get pvc).',
  }),
  'volume-elsewhere': ({ who }) => ({
    is: 'no node in the zone of its volume can run the pod',
    remedy: `Add a node for ${who} in the zone of its volume, or move the data. A storage class with WaitForFirstConsumer prevents this.`,
    check: 'A node in the volume’s zone has room for the pod.',
  }),
  'volume-mount': ({ named }) => ({
    is: `its volume ${named} cannot be attached or mounted`,
    remedy: `Check whether the volume ${named} is still attached to another node (kubectl get volumeattachment), and whether its storage answers.`,
    check: 'The volume is attached to exactly this node, and you can mount it by hand.',
  }),
  'volume-attached': ({ who, named }) => ({
    is: `its volume ${named === '' ? '' : `${named} `}is still attached to another node`,
    remedy: `Delete the pod that holds the volume, or let ${who} replace its pods instead of adding one first (strategy Recreate). A volume with ReadWriteOnce serves one node at a time.`,
    check: 'No other node holds the volume (kubectl get volumeattachment).',
  }),
  'object-missing': ({ who, named }) => ({
    is: `${named === '' ? 'a ConfigMap or a Secret of its volume' : named} is missing`,
    remedy: `Create ${named === '' ? 'what the message names' : named} in the namespace of ${who}, or correct the name in its manifest.`,
    check: 'It exists under exactly this name and key, in the same namespace.',
  }),
  'not-ended': ({ who, named }) => ({
    is: `a pod before them does not end${named === '' ? '' : ` (finalizers: ${named})`}`,
    remedy:
      named === ''
        ? `Find out what keeps the old pod of ${who} (kubectl describe pod): its node, a volume, a process that cannot be killed. Delete it by force only where it surely runs no more.`
        : `Find out why the controller behind the finalizers of the old pod of ${who} does not remove them (${named}). Without it, remove them by hand (kubectl patch).`,
    check: 'The old pod is gone, and its StatefulSet made a new one.',
  }),
  'too-many-pods': ({ who }) => ({
    is: 'the nodes have reached their maximum number of pods',
    remedy: `Add a node for ${who}, or raise maxPods if there are enough IP addresses. Look for workloads with many small pods.`,
    check: 'A node runs fewer pods than its maximum (kubectl describe nodes).',
  }),
  taint: ({ who, named }) => ({
    is: `nodes have a taint that the pod does not tolerate (${named})`,
    remedy: `Let ${who} tolerate the taint${named === '' ? '' : ` (${named})`} if it belongs there. Otherwise remove the taint, or add nodes without it.`,
    check: 'The pod tolerates that taint (kubectl get pod -o yaml: tolerations).',
  }),
  'node-trouble': ({ who, named }) => ({
    is: `nodes are not healthy (${named})`,
    remedy: `Look first at the nodes that cannot take ${who} (kubectl describe nodes): scarce resources, and whether the kubelet answers.`,
    check: 'All nodes are Ready and under no pressure.',
  }),
  cordoned: ({ who }) => ({
    is: 'nodes are cordoned',
    remedy: `Find out who drains the nodes that ${who} needs, and why. Then run kubectl uncordon, or add nodes.`,
    check: 'No node says SchedulingDisabled (kubectl get nodes).',
  }),
  affinity: ({ who }) => ({
    is: 'no node has the labels that the pod requires',
    remedy: `Compare nodeSelector and affinity of ${who} with the labels of the nodes (kubectl get nodes --show-labels).`,
    check: 'A node has all of the labels.',
  }),
  'anti-affinity': ({ who }) => ({
    is: 'its anti-affinity excludes the nodes that run other pods of its kind',
    remedy: `Add a node for ${who}, or make its anti-affinity a preference. With one pod per node, a rollout needs one more node.`,
    check: 'A node runs none of the pods that the anti-affinity excludes.',
  }),
  spread: ({ who }) => ({
    is: 'its topology spread constraint excludes the nodes with room',
    remedy: `Add nodes in the zone with the fewest pods of ${who}, or allow a larger maxSkew.`,
    check: 'The zone with the fewest of its pods has room.',
  }),
  port: ({ who }) => ({
    is: 'its hostPort is in use on every node',
    remedy: `Give ${who} a Service instead of its hostPort, or add a node.`,
    check: 'A node has no pod with this hostPort.',
  }),
  gated: ({ who }) => ({
    is: 'a scheduling gate holds it back',
    remedy: `Find out who set the scheduling gate of ${who} (spec.schedulingGates) and what it waits for.`,
    check: 'The pod has no scheduling gate any more.',
  }),
  rejected: ({ who, named }) => ({
    is: `the kubelet of their node rejects them (${named})`,
    remedy: `Let the scheduler choose the node of ${who} (no nodeName in the manifest), and compare the manifest with the labels, taints and ports of that node.`,
    check: 'A new pod stays on its node.',
  }),
  'rejected-room': ({ who, named }) => ({
    is: `their node has no room for them, and the kubelet rejects them (${named})`,
    remedy: `Let the scheduler choose the node of ${who}: look for nodeName in the manifest, and for a second scheduler. Otherwise make room on that node.`,
    check: 'The requests fit what the node has left (kubectl describe node: Allocated resources).',
  }),
  'rejected-device': ({ who, named }) => ({
    is: `their node cannot give them the devices or CPUs that they request (${named})`,
    remedy: `Cordon the node, so that ${who} gets another one. Then look at the device plugin and at the device that the message names.`,
    check: 'The node offers as many healthy devices as before (kubectl describe node: Allocatable).',
  }),
  'rejected-topology': ({ who, named }) => ({
    is: `their node cannot allocate their resources as its topology policy requires (${named})`,
    remedy: `Request fewer CPUs or devices for each pod of ${who}, free some of one NUMA node, or relax the policy of the kubelet (topologyManagerPolicy).`,
    check: 'One NUMA node has all that a pod requests.',
  }),
  'rejected-setting': ({ who, named }) => ({
    is: `the kubelet does not allow a setting of their manifest (${named})`,
    remedy: `Remove the setting that the message names from the manifest of ${who}, or allow it on the nodes (for a sysctl: allowedUnsafeSysctls).`,
    check: 'The kubelet of the node allows the setting.',
  }),
  'init-running': ({ who, named }) => ({
    is: `the init container ${named} fails, tries again and does not end`,
    remedy: `Mend what the init container ${named} of ${who} waits for: its log names it. The other containers start only after it ended.`,
    check: `The init container ${named} ends with exit code 0.`,
  }),
  'volume-owner': ({ who }) => ({
    is: 'the kubelet changes the owner of all files on their volume first',
    remedy: `Set fsGroupChangePolicy to OnRootMismatch for ${who}, so that the kubelet changes the files only once. It starts the pod when it is done.`,
    check: 'The volume has few files, or its root directory belongs to the group already.',
  }),
  sandbox: ({ who }) => ({
    is: 'the node cannot create the pod’s sandbox',
    remedy: `Read the message about ${who}: the container runtime, the kernel or a mount of the node refuses it. Try another node.`,
    check: 'Another pod starts on the same node now.',
  }),
  'sandbox-network': ({ who }) => ({
    is: 'the node cannot give the pod a network',
    remedy: `Look at the network plugin (CNI) on the node of ${who}: its pod, its free IP addresses, /etc/cni/net.d.`,
    check: 'Another pod on the same node gets an address.',
  }),
  'sandbox-memory': ({ who }) => ({
    is: 'its memory limit is too low even to start a container: the kernel kills it (OOM)',
    remedy: `Raise the memory limit of ${who}: limits below a few MiB are mostly a missing unit (128 for 128Mi).`,
    check: 'A container with the same image and limit starts elsewhere.',
  }),
  'no-nodes': ({ who }) => ({
    is: 'the cluster has no node',
    remedy: `Find out why there is no node for ${who}: the autoscaler, the provider, an upgrade.`,
    check: 'kubectl get nodes lists nodes that are Ready.',
  }),
  unknown: ({ who }) => ({
    is: 'no node was assigned, and nothing says why',
    remedy: `Check whether the scheduler runs, and whether ${who} names another one (spec.schedulerName).`,
    check: 'Other pods were scheduled at that time.',
  }),
};
