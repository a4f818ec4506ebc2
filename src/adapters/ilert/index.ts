import { pagerSetup } from '#adapters/pager-setup.ts';
import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

type Settings = SettingsOf<typeof settings>;

export const ilert = defineSystem({
  id: 'ilert',
  title: 'ilert',
  docs: 'ilert.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/ilert',
    secret: 'ILERT_WEBHOOK_TOKEN',
    setup: 'set ILERT_WEBHOOK_TOKEN, and add ?token=… to the address',
    bodies: ['an ilert webhook'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readIlertWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ ilert }) => tokenProof(ilert.webhookToken),
        read: readIlertWebhook,
      };
    },
  },
  onCall: {
    set: 'ILERT_API_KEY',
    place: /^(?:schedule|policy)\/\d{1,15}$/,
    examples: ['ilert:schedule/123456', 'ilert:policy/123456'],
    async open({ ilert: { apiKey, apiUrl } }) {
      if (apiKey === undefined) return undefined;
      const { ilertOnCall } = await import('./on-call.ts');
      return ilertOnCall({ apiKey, apiUrl });
    },
  },
  ...pagerSetup({
    set: 'ILERT_ACTIONS and ILERT_WRITE_KEY',
    purpose: 'acknowledge, resolve and page in ilert',
    actions: ({ ilert }: Settings) => ilert.actions,
    needs: ({ ilert: { writeKey } }) => ({ ILERT_WRITE_KEY: writeKey }),
    writing: ({ ilert: { actions, writeKey, apiUrl, alertSource } }) =>
      writeKey === undefined ? undefined : { does: actions, key: writeKey, apiUrl, source: alertSource },
    async load() {
      const { checkIlert, ilertPager } = await import('./alerts.ts');
      return { open: ilertPager, check: checkIlert };
    },
  }),
});
