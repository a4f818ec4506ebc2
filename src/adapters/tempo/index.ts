import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const tempo = defineSystem({
  id: 'tempo',
  title: 'Tempo',
  docs: 'tempo.md',
  checked: 'real',
  settings,
  links: { trace: 'https://tempo.example.com/api/v2/traces/{traceId}' },
  errors: { address: 'TEMPO_URL', credentials: 'TEMPO_TOKEN and TEMPO_TENANT' },
  evidence: {
    kinds: ['traces'],
    counts: ['traces'],
    setup: { set: 'TEMPO_URL', purpose: 'to read traces from it' },
    place: ({ tempo }) => tempo && placeAt('Tempo', tempo.url),
    async open({ tempo: settings }, { timeoutMs, maxBytes, grafanaUrl, errors }) {
      if (settings === undefined) return {};
      const { tempo } = await import('./client.ts');
      return { traces: tempo({ ...settings, grafanaUrl, timeoutMs, maxBytes, errors }) };
    },
  },
});
