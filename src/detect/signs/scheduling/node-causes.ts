/** Words for why a node cannot run its pods. */
import type { CauseWords } from '#detect/signs/cause-words.ts';
import type { NodeCause } from '#detect/signs/scheduling/troubled-nodes.ts';

export const NODE_CAUSES: Readonly<Record<NodeCause, (named: string, node: string) => CauseWords>> = {
  shutdown: (_, node) => ({
    is: 'it was shut down, and its pods ended with it',
    remedy: `Find out who shut ${node} down: the cloud (a spot or preemptible machine that it took back, maintenance of its host) or a person. Spread the pods of each service over more nodes (topologySpreadConstraints), and keep enough of them on machines that stay.`,
    check: `Somebody shut ${node} down on purpose, and the pods serve on other nodes.`,
  }),
  kubelet: (_, node) => ({
    is: 'its kubelet does not report to the control plane',
    remedy: `Log in to ${node} and look at the kubelet (systemctl status kubelet, journalctl -u kubelet), and at its network to the API server. If the node is lost, delete it, so that its pods start elsewhere.`,
    check: 'The kubelet runs, and the node is Ready (kubectl get nodes).',
  }),
  runtime: (named, node) => ({
    is: `its container runtime ${named === '' ? 'does not answer' : `(${named}) does not answer`}`,
    remedy: `Log in to ${node} and restart the runtime (systemctl status ${named === '' ? 'containerd' : named}, journalctl -u ${named === '' ? 'containerd' : named}). Cordon the node until it works.`,
    check: 'crictl info answers on the node.',
  }),
  network: (named, node) => ({
    is: `its pod network is not ready${named === '' ? '' : `, because ${named} does not run on it`}`,
    remedy: `${named === '' ? `Look at the network plugin on ${node}: its DaemonSet’s pod` : `Read the log of the pod of ${named} on ${node} (kubectl logs --previous)`}, and the files in /etc/cni/net.d. Cordon the node until it works.`,
    check: 'The network plugin’s pod on the node is ready.',
  }),
  memory: (_, node) => ({
    is: 'it runs out of memory and evicts pods',
    remedy: `Move pods away from ${node}, or raise their memory requests to what they use, so that fewer fit on one node.`,
    check: 'The node has no MemoryPressure (kubectl describe node).',
  }),
  disk: (_, node) => ({
    is: 'its disk is full, and it evicts pods',
    remedy: `Free the disk of ${node}: unused images, logs, emptyDir volumes. Then find out what filled it.`,
    check: 'The node has no DiskPressure (kubectl describe node).',
  }),
  processes: (_, node) => ({
    is: 'it runs out of process ids',
    remedy: `Find the pod on ${node} that starts so many processes, and limit it (podPidsLimit).`,
    check: 'The node has no PIDPressure (kubectl describe node).',
  }),
  filesystem: (_, node) => ({
    is: 'its file system is read-only',
    remedy: `Move the pods away from ${node} (kubectl drain), then read its kernel log for the disk error (journalctl -k). Replace the node or its disk.`,
    check: 'A new pod on the node can write to its disk.',
  }),
  reported: (named, node) => ({
    is: `a monitor on it reports ${named}`,
    remedy: `Read what the monitor says of ${node} (kubectl describe node), and the log of its kernel and kubelet (journalctl). Cordon the node until it works.`,
    check: `The condition ${named} of the node is False.`,
  }),
  unknown: (_, node) => ({
    is: 'it is not ready',
    remedy: `Read the conditions and events of ${node} (kubectl describe node) and the kubelet’s log. Cordon it until it works.`,
    check: 'The node is Ready (kubectl get nodes).',
  }),
};
