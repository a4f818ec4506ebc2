import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const serviceFiles = defineSystem({
  id: 'services',
  title: 'Service files',
  docs: 'services.md',
  checked: 'documented',
  settings,
  evidence: {
    kinds: ['services'],
    isLocal: true,
    setup: { set: 'SERVICES_FILES', purpose: 'to read from files whose a service is' },
    place: ({ services: { files } }) => (files.length === 0 ? undefined : `Service files: ${files.join(', ')}`),
    async open({ services: { files } }) {
      if (files.length === 0) return {};
      const { serviceFiles } = await import('./client.ts');
      return { services: serviceFiles(files) };
    },
  },
});
