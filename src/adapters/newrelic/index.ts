import { defineSystem, placeAt } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

/** https://docs.newrelic.com/docs/apis/nerdgraph/get-started/introduction-new-relic-nerdgraph/ */
const APIS = { us: 'https://api.newrelic.com', eu: 'https://api.eu.newrelic.com' } as const;

export const newRelic = defineSystem({
  id: 'newrelic',
  title: 'New Relic',
  docs: 'newrelic.md',
  checked: 'documented',
  settings,
  errors: { address: 'NEW_RELIC_REGION', credentials: 'NEW_RELIC_API_KEY and NEW_RELIC_ACCOUNT_ID' },
  evidence: {
    kinds: ['traces', 'logs', 'metrics'],
    counts: ['traces', 'logs'],
    setup: { set: 'NEW_RELIC_API_KEY and NEW_RELIC_ACCOUNT_ID', purpose: 'to read traces, logs and metrics from it' },
    place: ({ newrelic: { apiKey, accountId, region, url } }) =>
      apiKey === undefined && accountId === undefined ? undefined : placeAt('New Relic', url ?? new URL(APIS[region])),
    async open({ newrelic: { apiKey, accountId, ...settings } }, { timeoutMs, maxBytes, errors }) {
      if (apiKey === undefined && accountId === undefined) return {};
      if (apiKey === undefined || accountId === undefined) {
        const missing = apiKey === undefined ? 'NEW_RELIC_API_KEY' : 'NEW_RELIC_ACCOUNT_ID';
        throw new ConfigError(`${missing} is missing: the key and the account are both needed`);
      }
      const { newRelic } = await import('./client.ts');
      const { webhookToken: _, url = new URL(APIS[settings.region]), ...own } = settings;
      return newRelic({ ...own, url, apiKey, accountId, timeoutMs, maxBytes, errors });
    },
  },
  alertWebhook: {
    path: '/webhooks/newrelic',
    secret: 'NEW_RELIC_WEBHOOK_TOKEN',
    setup: 'set NEW_RELIC_WEBHOOK_TOKEN, and use it as the bearer token of the destination',
    bodies: ['a New Relic webhook'],
    refusal: 'invalid token',
    smaller: 'Leave fields out of the template of the workflow’s notification.',
    async load() {
      const [{ tokenProof }, { isNewRelicWebhook, readNewRelicWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ newrelic }) => tokenProof(newrelic.webhookToken),
        read: readNewRelicWebhook,
        isOwn: isNewRelicWebhook,
      };
    },
  },
});
