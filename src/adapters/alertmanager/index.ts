import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const alertmanager = defineSystem({
  id: 'alertmanager',
  title: 'Alertmanager',
  settings,
  alertWebhook: {
    path: '/webhooks/alertmanager',
    secret: 'ALERTMANAGER_TOKEN',
    setup: 'set ALERTMANAGER_TOKEN, and the same token as credentials of the receiver',
    bodies: ['an Alertmanager webhook', 'an alert as Alertmanager’s API has it'],
    refusal: 'invalid bearer token',
    async load() {
      const [{ bearerProof }, { readAlertmanagerApi, readAlertmanagerWebhook }] = await Promise.all([
        import('#adapters/bearer-token.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ alertmanager }) => bearerProof(alertmanager.token),
        read: readAlertmanagerWebhook,
        readSaved: readAlertmanagerApi,
      };
    },
  },
});
