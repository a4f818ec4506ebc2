import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const loki = defineSystem({
  id: 'loki',
  title: 'Loki',
  docs: 'loki.md',
  checked: 'real',
  settings,
  errors: { address: 'LOKI_URL', credentials: 'LOKI_TOKEN and LOKI_TENANT' },
  evidence: {
    kinds: ['logs'],
    counts: ['logs'],
    setup: { set: 'LOKI_URL', purpose: 'to read log lines from it' },
    place: ({ loki }) => loki && placeAt('Loki', loki.url),
    async open({ loki: settings }, { timeoutMs, maxBytes, grafanaUrl, errors }) {
      if (settings === undefined) return {};
      const { loki } = await import('./client.ts');
      return { logs: loki({ ...settings, grafanaUrl, timeoutMs, maxBytes, errors }) };
    },
  },
});
