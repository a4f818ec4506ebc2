import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const pagerDuty = defineSystem({
  id: 'pagerduty',
  title: 'PagerDuty',
  docs: 'pagerduty.md',
  checked: 'recorded',
  settings,
  alertMessages: { load: async () => (await import('./message.ts')).readPagerDutyMessage },
  alertWebhook: {
    path: '/webhooks/pagerduty',
    secret: 'PAGERDUTY_WEBHOOK_SECRET',
    setup: 'set PAGERDUTY_WEBHOOK_SECRET to the secret of the subscription',
    bodies: ['a PagerDuty v3 webhook'],
    refusal: 'invalid signature',
    async load() {
      const { pagerDutyProof, readPagerDutyIncident, readPagerDutyWebhook } = await import('./webhook.ts');
      return {
        proof: ({ pagerduty }) => pagerDutyProof(pagerduty.webhookSecret),
        read: readPagerDutyWebhook,
        readSaved: readPagerDutyIncident,
      };
    },
  },
});
