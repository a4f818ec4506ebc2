import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const mitigationWebhook = defineSystem({
  id: 'mitigation-webhook',
  title: 'Mitigations',
  docs: 'mitigations.md',
  checked: 'documented',
  settings,
  mitigations: {
    set: '`mitigations.actions` in the file and MITIGATION_WEBHOOK_SECRET',
    async open(all) {
      const desk = deskIn(all);
      if (desk === undefined) return undefined;
      const { mitigationDesk } = await import('./desk.ts');
      return mitigationDesk(desk);
    },
  },
  doctor: {
    set: 'mitigations.actions in the file and MITIGATION_WEBHOOK_SECRET to let people ask your automation for mitigations',
    async check(all) {
      const { actions, secret } = all.mitigations;
      if (actions.length === 0 && secret === undefined) return undefined;
      if (deskIn(all) === undefined) {
        const missing = actions.length === 0 ? 'mitigations.actions' : 'MITIGATION_WEBHOOK_SECRET';
        return { ok: false, detail: `${missing} is missing, so no mitigation is offered`, remedy: `Set ${missing}.` };
      }
      // A request would run it: it is tried when somebody asks for one.
      const named = actions.map(({ name, url }) => `${name} at ${url.host}`).join(', ');
      return { ok: true, detail: `set for ${named}; the first request tries it`, remedy: '' };
    },
  },
});

/** Undefined without an action or without a secret. */
function deskIn({ mitigations: { actions, secret, private: takesPrivate } }: SettingsOf<typeof settings>) {
  if (actions.length === 0 || secret === undefined) return undefined;
  return { actions, takesPrivate, secrets: secret.split(' ').filter((one) => one !== '') };
}
