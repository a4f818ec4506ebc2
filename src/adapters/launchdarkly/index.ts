import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const launchDarkly = defineSystem({
  id: 'launchdarkly',
  title: 'LaunchDarkly',
  docs: 'changes.md',
  checked: 'documented',
  settings,
  changeWebhook: {
    name: 'LaunchDarkly',
    path: '/webhooks/launchdarkly',
    secret: 'LAUNCHDARKLY_WEBHOOK_SECRET',
    setup: 'set LAUNCHDARKLY_WEBHOOK_SECRET, and use the same value as the secret of the signed webhook',
    async load() {
      const { launchDarklyProof, readLaunchDarklyEntry } = await import('./webhook.ts');
      return {
        proof: ({ changes }) => launchDarklyProof(changes.launchDarklySecret),
        read: (body, { counts }) => readLaunchDarklyEntry(body, counts),
      };
    },
  },
});
