import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const grafana = defineSystem({
  id: 'grafana',
  title: 'Grafana',
  docs: 'grafana.md',
  settings,
  links: { trace: 'https://grafana.example.com/explore?panes={"a":{"queries":[{"query":"{traceId}"}]}}' },
  errors: { address: 'GRAFANA_URL', credentials: 'GRAFANA_TOKEN' },
  evidence: {
    kinds: ['changes'],
    setup: { set: 'GRAFANA_URL and GRAFANA_TOKEN', purpose: 'to read annotations about changes from it' },
    place: ({ grafana: { url, token } }) => (url && token !== undefined ? placeAt('Grafana', url) : undefined),
    async open({ grafana: { url, token } }, { timeoutMs, errors }) {
      if (url === undefined || token === undefined) return {};
      const { grafana } = await import('./client.ts');
      return { changes: grafana({ url, token, timeoutMs, errors }) };
    },
  },
});
