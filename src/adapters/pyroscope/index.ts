import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const pyroscope = defineSystem({
  id: 'pyroscope',
  title: 'Pyroscope',
  docs: 'pyroscope.md',
  checked: 'documented',
  settings,
  errors: { address: 'PYROSCOPE_URL', credentials: 'PYROSCOPE_TOKEN and PYROSCOPE_TENANT' },
  evidence: {
    kinds: ['profiles'],
    setup: { set: 'PYROSCOPE_URL', purpose: 'to read profiles from it' },
    place: ({ pyroscope }) => pyroscope && placeAt('Pyroscope', pyroscope.url),
    async open({ pyroscope: settings }, { timeoutMs, maxBytes, grafanaUrl, errors }) {
      if (settings === undefined) return {};
      const { pyroscope } = await import('./client.ts');
      return { profiles: pyroscope({ ...settings, grafanaUrl, timeoutMs, maxBytes, errors }) };
    },
  },
});
