import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const changes = defineSystem({
  id: 'changes',
  title: 'Posted changes',
  docs: 'changes.md',
  checked: 'real',
  settings,
  changeWebhook: {
    name: 'POST /changes',
    path: '/changes',
    secret: 'CHANGES_TOKEN',
    setup: 'set CHANGES_TOKEN, and send it as the bearer token',
    async load() {
      const [{ bearerProof }, { readPostedChanges }] = await Promise.all([
        import('#adapters/bearer-token.ts'),
        import('./webhook.ts'),
      ]);
      return { proof: ({ changes }) => bearerProof(changes.token), read: readPostedChanges };
    },
  },
});
