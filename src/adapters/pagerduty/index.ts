import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

const SET = 'PAGERDUTY_ACTIONS, PAGERDUTY_WRITE_KEY and PAGERDUTY_FROM';

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
  pager: {
    set: SET,
    async open(all) {
      const writing = writingIn(all);
      if (writing === undefined) return undefined;
      const { pagerDutyPager } = await import('./incidents.ts');
      return pagerDutyPager(writing);
    },
  },
  doctor: {
    set: `${SET} to acknowledge, note, resolve and page in PagerDuty`,
    async check(all, signal) {
      const { actions, writeKey } = all.pagerduty;
      if (actions.length === 0) return undefined;
      const writing = writingIn(all);
      if (writing === undefined) {
        const missing = writeKey === undefined ? 'PAGERDUTY_WRITE_KEY' : 'PAGERDUTY_FROM';
        return { ok: false, detail: `${missing} is missing, so nothing is changed`, remedy: `Set ${missing}.` };
      }
      const { checkPagerDuty } = await import('./incidents.ts');
      return await checkPagerDuty(writing, signal);
    },
  },
});

/** Undefined unless all is set. */
function writingIn({ pagerduty: { actions, writeKey, from, apiUrl } }: SettingsOf<typeof settings>) {
  return actions.length === 0 || writeKey === undefined || from === undefined
    ? undefined
    : { does: actions, key: writeKey, from, apiUrl };
}
