import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const zipkin = defineSystem({
  id: 'zipkin',
  title: 'Zipkin',
  docs: 'zipkin.md',
  checked: 'real',
  settings,
  links: { trace: 'https://zipkin.example.com/zipkin/traces/{traceId}' },
  errors: { address: 'ZIPKIN_URL', credentials: 'ZIPKIN_TOKEN' },
  evidence: {
    kinds: ['traces'],
    setup: { set: 'ZIPKIN_URL', purpose: 'to read traces from it' },
    place: ({ zipkin }) => zipkin && placeAt('Zipkin', zipkin.url),
    async open({ zipkin: settings }, { timeoutMs, maxBytes, errors }) {
      if (settings === undefined) return {};
      const { zipkin } = await import('./client.ts');
      return { traces: zipkin({ ...settings, timeoutMs, maxBytes, errors }) };
    },
  },
});
