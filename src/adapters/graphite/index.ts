import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const graphite = defineSystem({
  id: 'graphite',
  title: 'Graphite',
  docs: 'graphite.md',
  checked: 'real',
  settings,
  errors: { address: 'GRAPHITE_URL', credentials: 'GRAPHITE_TOKEN, or the user and the password in GRAPHITE_URL' },
  evidence: {
    kinds: ['metrics'],
    setup: { set: 'GRAPHITE_URL', purpose: 'to read metrics from it' },
    place: ({ graphite }) => graphite && placeAt('Graphite', graphite.url),
    async open({ graphite: settings }, { timeoutMs, maxBytes, grafanaUrl, errors }) {
      if (settings === undefined) return {};
      const { graphite } = await import('./client.ts');
      return { metrics: graphite({ ...settings, grafanaUrl, timeoutMs, maxBytes, errors }) };
    },
  },
});
