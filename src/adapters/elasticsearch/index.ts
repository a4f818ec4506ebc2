import { defineSystem, placeAt } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

/** In place of indices. */
const NO_LINES = 'none';

export const elasticsearch = defineSystem({
  id: 'elasticsearch',
  title: 'Elasticsearch',
  docs: 'elasticsearch.md',
  checked: { traces: 'real', logs: 'real', counts: 'recorded' },
  settings,
  links: { trace: 'https://kibana.example.com/app/apm/link-to/trace/{traceId}' },
  errors: { address: 'ELASTICSEARCH_URL', credentials: 'ELASTICSEARCH_API_KEY' },
  evidence: {
    kinds: ['traces', 'logs'],
    counts: ['logs'],
    setup: {
      set: 'ELASTICSEARCH_URL',
      purpose: 'to read log lines from it, and with ELASTICSEARCH_TRACE_INDICES traces',
    },
    place: ({ elasticsearch }) => elasticsearch && placeAt('Elasticsearch', elasticsearch.url),
    async open({ elasticsearch: settings }, { timeoutMs, maxBytes, errors }) {
      if (settings === undefined) return {};
      const { indices, traceIndices, ...others } = settings;
      if (indices === NO_LINES && traceIndices === undefined) {
        throw new ConfigError(
          'ELASTICSEARCH_TRACE_INDICES is missing: with ELASTICSEARCH_INDICES=none there is nothing to read',
        );
      }
      const { elasticsearch } = await import('./client.ts');
      const lines = indices === NO_LINES ? undefined : indices;
      return elasticsearch({ ...others, indices: lines, traceIndices, timeoutMs, maxBytes, errors });
    },
  },
});
