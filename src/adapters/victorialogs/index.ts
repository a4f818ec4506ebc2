import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const victoriaLogs = defineSystem({
  id: 'victorialogs',
  title: 'VictoriaLogs',
  docs: 'victorialogs.md',
  checked: 'real',
  settings,
  errors: { address: 'VICTORIALOGS_URL', credentials: 'VICTORIALOGS_TOKEN and VICTORIALOGS_TENANT' },
  evidence: {
    kinds: ['logs'],
    counts: ['logs'],
    setup: { set: 'VICTORIALOGS_URL', purpose: 'to read log lines from it' },
    place: ({ victorialogs }) => victorialogs && placeAt('VictoriaLogs', victorialogs.url),
    async open({ victorialogs: settings }, { timeoutMs, maxBytes, errors }) {
      if (settings === undefined) return {};
      const { victoriaLogs } = await import('./client.ts');
      return { logs: victoriaLogs({ ...settings, timeoutMs, maxBytes, errors }) };
    },
  },
});
