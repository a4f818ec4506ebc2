import { defineSystem } from '#adapters/system.ts';

export const files = defineSystem({
  id: 'samples',
  title: 'Recorded cases',
  docs: 'cases.md',
  checked: 'real',
  settings: {},
  evidence: {
    kinds: ['traces', 'logs'],
    isLocal: true,
    place: () => undefined,
    async open(_, { samples }) {
      if (samples === undefined) return {};
      const { files } = await import('./client.ts');
      const source = files({ folder: samples });
      return { traces: source, logs: source };
    },
  },
});
