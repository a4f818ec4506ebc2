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
  onCall: {
    set: 'PAGERDUTY_API_KEY',
    place: /^(?:schedule|policy|service)\/[A-Z0-9]{3,40}$/,
    examples: ['pagerduty:schedule/PABC123', 'pagerduty:policy/PABC123', 'pagerduty:service/PABC123'],
    async open({ pagerduty: { apiKey, apiUrl } }) {
      if (apiKey === undefined) return undefined;
      const { pagerDutyOnCall } = await import('./on-call.ts');
      return pagerDutyOnCall({ apiKey, apiUrl });
    },
  },
});
