import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const rota = defineSystem({
  id: 'rota',
  title: 'Rotas in the configuration',
  docs: 'incidents.md',
  checked: 'real',
  settings,
  onCall: {
    set: '`rota.rotas` in the file',
    place: /^[^\s=,:][^=,:]{0,99}$/,
    examples: ['rota:payments'],
    async open({ rota: { rotas } }) {
      if (rotas.length === 0) return undefined;
      const { rotaOnCall } = await import('./on-call.ts');
      return rotaOnCall(rotas);
    },
  },
});
