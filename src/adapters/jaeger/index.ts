import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const jaeger = defineSystem({
  id: 'jaeger',
  title: 'Jaeger',
  docs: 'jaeger.md',
  checked: 'real',
  settings,
  links: { trace: 'https://jaeger.example.com/trace/{traceId}' },
  errors: { address: 'JAEGER_URL', credentials: 'JAEGER_TOKEN and JAEGER_TENANT' },
  evidence: {
    kinds: ['traces'],
    setup: { set: 'JAEGER_URL', purpose: 'to read traces from it' },
    place: ({ jaeger }) => jaeger && placeAt('Jaeger', jaeger.url),
    async open({ jaeger: settings }, { timeoutMs, maxBytes, errors }) {
      if (settings === undefined) return {};
      const { jaeger } = await import('./client.ts');
      return { traces: jaeger({ ...settings, timeoutMs, maxBytes, errors }) };
    },
  },
});
