import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const honeycomb = defineSystem({
  id: 'honeycomb',
  title: 'Honeycomb',
  docs: 'honeycomb.md',
  checked: 'documented',
  settings,
  errors: { address: 'HONEYCOMB_URL', credentials: 'HONEYCOMB_API_KEY' },
  evidence: {
    kinds: ['metrics'],
    setup: { set: 'HONEYCOMB_API_KEY', purpose: 'to count requests in it' },
    place: ({ honeycomb: { apiKey, url } }) => (apiKey ? placeAt('Honeycomb', url) : undefined),
    async open({ honeycomb: { apiKey, ...settings } }, { timeoutMs, maxBytes, errors }) {
      if (apiKey === undefined) return {};
      const { honeycomb } = await import('./client.ts');
      const headers = { 'x-honeycomb-team': apiKey };
      return { metrics: honeycomb({ ...settings, headers, timeoutMs, maxBytes, errors }) };
    },
  },
});
