import { defineSystem } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

export const kubernetes = defineSystem({
  id: 'kubernetes',
  title: 'Kubernetes',
  docs: 'kubernetes.md',
  checked: { platform: 'real', services: 'documented', logs: 'documented' },
  settings,
  evidence: {
    kinds: ['platform', 'services', 'logs'],
    setup: { set: 'KUBECONFIG, or KUBERNETES_IN_CLUSTER=true', purpose: 'to read pods and their events from it' },
    place({ kubernetes: { kubeconfig, inCluster } }) {
      if (kubeconfig !== undefined) return `Kubernetes by ${kubeconfig}`;
      return inCluster ? 'Kubernetes, the cluster that Spanhound runs in' : undefined;
    },
    async open(
      { kubernetes: { kubeconfig: files, context, inCluster, namespaces, logs: reads } },
      { timeoutMs, maxBytes },
    ) {
      if (files === undefined && !inCluster) return {};
      if (files !== undefined && inCluster) {
        throw new ConfigError(
          'KUBECONFIG and KUBERNETES_IN_CLUSTER are both set, but Spanhound reads one cluster: set one of them',
        );
      }
      const [{ openCluster }, { kubernetes }, { kubernetesServiceFacts }] = await Promise.all([
        import('./cluster.ts'),
        import('./client.ts'),
        import('./service-facts.ts'),
      ]);
      const kubeconfig = files === undefined ? undefined : { files, context };
      const options = { kubeconfig, namespaces, timeoutMs, maxBytes };
      const cluster = openCluster(options);
      const platform = kubernetes({ ...options, readsLogs: reads !== undefined }, cluster);
      const found = { platform, services: kubernetesServiceFacts(platform) };
      if (reads === undefined) return found;
      const { podLogs } = await import('./pod-logs.ts');
      return { ...found, logs: podLogs(cluster, { namespaces, reads, check: platform.check }) };
    },
  },
});
