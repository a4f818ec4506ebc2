/** The pod of the network plugin on a node: without it, new pods there get no network. */
import type { Platform, Pod } from '#model/platform/platform.ts';
import { isReady } from '#model/platform/platform-pods.ts';

/** Names of plugins in their pods and images (Kubernetes, Installing Addons: Networking), and of the clouds' own ones. */
const PLUGINS =
  /\b(?:flannel|calico|canal|cilium|weave|antrea|kindnet|kindnetd|kube-router|multus|ovnkube|kube-ovn|terway|aws-node|amazon-k8s-cni|azure-cni|azure-cns|netd|cni)\b/i;

/** The one that is not ready. A DaemonSet runs it on each node. */
export function brokenAgent({ pods }: Pick<Platform, 'pods'>, node: string): Pod | undefined {
  return pods.find((pod) => pod.node === node && pod.owner.kind === 'DaemonSet' && isPlugin(pod) && !isReady(pod));
}

function isPlugin({ owner, containers }: Pod): boolean {
  return [owner.name, ...containers.map(({ image }) => image)].some((name) => PLUGINS.test(name.replaceAll('_', '-')));
}
