import { defineSystem } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

export const kubernetes = defineSystem({
  id: 'kubernetes',
  title: 'Kubernetes',
  docs: 'kubernetes.md',
  checked: 'real',
  settings,
  evidence: {
    kinds: ['platform', 'services'],
    setup: { set: 'KUBECONFIG, or KUBERNETES_IN_CLUSTER=true', purpose: 'to read pods and their events from it' },
    place({ kubernetes: { kubeconfig, inCluster } }) {
      if (kubeconfig !== undefined) return `Kubernetes by ${kubeconfig}`;
      return inCluster ? 'Kubernetes, the cluster that Spanhound runs in' : undefined;
    },
    async open({ kubernetes: { kubeconfig: files, context, inCluster, namespaces } }, { timeoutMs, maxBytes }) {
      if (files === undefined && !inCluster) return {};
      if (files !== undefined && inCluster) {
        throw new ConfigError(
          'KUBECONFIG and KUBERNETES_IN_CLUSTER are both set, but Spanhound reads one cluster: set one of them',
        );
      }
      const [{ kubernetes }, { kubernetesServiceFacts }] = await Promise.all([
        import('./client.ts'),
        import('./service-facts.ts'),
      ]);
      const kubeconfig = files === undefined ? undefined : { files, context };
      const platform = kubernetes({ kubeconfig, namespaces, timeoutMs, maxBytes });
      return { platform, services: kubernetesServiceFacts(platform) };
    },
  },
});
