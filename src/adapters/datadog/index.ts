import { defineSystem, placeAt } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

export const datadog = defineSystem({
  id: 'datadog',
  title: 'Datadog',
  docs: 'datadog.md',
  checked: 'documented',
  settings,
  links: { trace: 'https://app.datadoghq.com/apm/trace/{traceId}' },
  errors: { address: 'DATADOG_SITE', credentials: 'DATADOG_API_KEY and DATADOG_APP_KEY' },
  evidence: {
    kinds: ['traces', 'logs', 'metrics'],
    counts: ['traces', 'logs'],
    setup: { set: 'DATADOG_API_KEY and DATADOG_APP_KEY', purpose: 'to read traces, logs and metrics from it' },
    place: ({ datadog: { apiKey, appKey, site, url } }) =>
      apiKey === undefined && appKey === undefined ? undefined : placeAt('Datadog', url ?? new URL(`https://${site}`)),
    async open({ datadog: { apiKey, appKey, ...settings } }, { timeoutMs, maxBytes, errors }) {
      if (apiKey === undefined && appKey === undefined) return {};
      if (apiKey === undefined || appKey === undefined) {
        throw new ConfigError(
          `${apiKey === undefined ? 'DATADOG_API_KEY' : 'DATADOG_APP_KEY'} is missing: both keys are needed`,
        );
      }
      const { datadog } = await import('./client.ts');
      const { webhookToken: _, url = new URL(`https://api.${settings.site}`), ...own } = settings;
      return datadog({ ...own, url, apiKey, appKey, timeoutMs, maxBytes, errors });
    },
  },
  alertMessages: { load: async () => (await import('./message.ts')).readDatadogMessage },
  alertWebhook: {
    path: '/webhooks/datadog',
    secret: 'DATADOG_WEBHOOK_TOKEN',
    setup: 'set DATADOG_WEBHOOK_TOKEN, and send it as the bearer token in the webhook’s custom headers',
    bodies: ['a Datadog webhook'],
    refusal: 'invalid token',
    smaller: 'Leave variables such as `$EVENT_MSG` out of the webhook’s payload.',
    async load() {
      const [{ tokenProof }, { isDatadogWebhook, readDatadogWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ datadog }) => tokenProof(datadog.webhookToken),
        read: readDatadogWebhook,
        isOwn: isDatadogWebhook,
      };
    },
  },
});
