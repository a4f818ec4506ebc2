import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const prometheus = defineSystem({
  id: 'prometheus',
  title: 'Prometheus',
  docs: 'prometheus.md',
  checked: { metrics: 'real', services: 'documented' },
  settings,
  errors: { address: 'PROMETHEUS_URL', credentials: 'PROMETHEUS_TOKEN and PROMETHEUS_TENANT' },
  evidence: {
    kinds: ['metrics', 'services'],
    setup: { set: 'PROMETHEUS_URL', purpose: 'to read metrics from it' },
    place: ({ prometheus }) => prometheus && placeAt('Prometheus', prometheus.url),
    async open({ prometheus: settings }, { timeoutMs, maxBytes, grafanaUrl, errors }) {
      if (settings === undefined) return {};
      const { prometheus } = await import('./client.ts');
      const source = prometheus({ ...settings, grafanaUrl, timeoutMs, maxBytes, errors });
      return { metrics: source, services: source };
    },
  },
});
