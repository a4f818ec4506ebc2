import { pagerSetup } from '#adapters/pager-setup.ts';
import { defineSystem, placeAt, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

type Settings = SettingsOf<typeof settings>;

export const pagerDuty = defineSystem({
  id: 'pagerduty',
  title: 'PagerDuty',
  docs: 'pagerduty.md',
  checked: { changes: 'documented', webhooks: 'recorded' },
  settings,
  errors: { address: 'PAGERDUTY_API_URL', credentials: 'PAGERDUTY_CHANGES_KEY' },
  evidence: {
    kinds: ['changes'],
    setup: { set: 'PAGERDUTY_CHANGES_KEY', purpose: 'to read change events from it' },
    place: ({ pagerduty: { changesKey, apiUrl } }) => (changesKey ? placeAt('PagerDuty', apiUrl) : undefined),
    async open({ pagerduty: { changesKey, apiUrl } }, { timeoutMs, maxBytes, errors }) {
      if (changesKey === undefined) return {};
      const { keyHeaders, pagerDutyChanges } = await import('./changes.ts');
      const access = { token: changesKey, headers: keyHeaders(changesKey) };
      return { changes: pagerDutyChanges({ url: apiUrl, ...access, timeoutMs, maxBytes, errors }) };
    },
  },
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
  ...pagerSetup({
    set: 'PAGERDUTY_ACTIONS, PAGERDUTY_WRITE_KEY and PAGERDUTY_FROM',
    purpose: 'acknowledge, note, resolve and page in PagerDuty',
    actions: ({ pagerduty }: Settings) => pagerduty.actions,
    needs: ({ pagerduty: { writeKey, from } }) => ({ PAGERDUTY_WRITE_KEY: writeKey, PAGERDUTY_FROM: from }),
    writing: ({ pagerduty: { actions, writeKey, from, apiUrl } }) =>
      writeKey === undefined || from === undefined ? undefined : { does: actions, key: writeKey, from, apiUrl },
    async load() {
      const { checkPagerDuty, pagerDutyPager } = await import('./incidents.ts');
      return { open: pagerDutyPager, check: checkPagerDuty };
    },
  }),
});
