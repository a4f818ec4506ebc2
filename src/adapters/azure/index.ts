import { defineSystem, placeAt } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

const URL_OF_API = 'https://api.loganalytics.azure.com';

export const azureMonitor = defineSystem({
  id: 'azure',
  title: 'Azure Monitor',
  docs: 'azure.md',
  checked: 'documented',
  settings,
  errors: {
    address: 'AZURE_LOG_ANALYTICS_URL',
    credentials: 'AZURE_CLIENT_SECRET and the role of the application',
  },
  evidence: {
    kinds: ['traces', 'logs'],
    setup: {
      set: 'AZURE_LOG_ANALYTICS_WORKSPACE and AZURE_CLIENT_SECRET',
      purpose: 'to read traces and log lines from it',
    },
    place: ({ azure: { workspace, url } }) =>
      workspace === undefined ? undefined : placeAt('Azure Monitor', url ?? new URL(URL_OF_API)),
    async open({ azure: settings }, { timeoutMs, maxBytes, errors }) {
      const { workspace, tenant, clientId, clientSecret, resource, url = new URL(URL_OF_API) } = settings;
      if (workspace === undefined) return {};
      if (tenant === undefined || clientId === undefined || clientSecret === undefined) {
        throw new ConfigError(
          'AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are needed to read a workspace',
        );
      }
      const [{ azureTokens }, { azure }] = await Promise.all([import('./access.ts'), import('./client.ts')]);
      const accessToken = azureTokens({ tenant, clientId, clientSecret, timeoutMs });
      return azure({ url, workspace, resource, accessToken, timeoutMs, maxBytes, errors });
    },
  },
  alertWebhook: {
    path: '/webhooks/azure',
    secret: 'AZURE_MONITOR_WEBHOOK_TOKEN',
    setup: 'set AZURE_MONITOR_WEBHOOK_TOKEN, and add ?token=… to the address',
    bodies: ['an Azure Monitor alert in the common schema'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readAzureWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ azure }) => tokenProof(azure.webhookToken),
        read: readAzureWebhook,
      };
    },
  },
});
