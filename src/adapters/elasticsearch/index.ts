import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const elasticsearch = defineSystem({
  id: 'elasticsearch',
  title: 'Elasticsearch',
  docs: 'elasticsearch.md',
  checked: 'real',
  settings,
  errors: { address: 'ELASTICSEARCH_URL', credentials: 'ELASTICSEARCH_API_KEY' },
  evidence: {
    kinds: ['logs'],
    counts: ['logs'],
    setup: { set: 'ELASTICSEARCH_URL', purpose: 'to read log lines from it' },
    place: ({ elasticsearch }) => elasticsearch && placeAt('Elasticsearch', elasticsearch.url),
    async open({ elasticsearch: settings }, { timeoutMs, maxBytes, errors }) {
      if (settings === undefined) return {};
      const { elasticsearch } = await import('./client.ts');
      return { logs: elasticsearch({ ...settings, timeoutMs, maxBytes, errors }) };
    },
  },
});
