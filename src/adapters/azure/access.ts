/**
 * Access to Log Analytics as an application of Microsoft Entra ID.
 *
 * “Access the Azure Monitor Log Analytics API”: https://learn.microsoft.com/azure/azure-monitor/logs/api/access-api
 * “OAuth 2.0 client credentials flow”: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
import { type AccessToken, oauthTokens, type TokenWay } from '#adapters/oauth-tokens.ts';

export const NAME = 'azure';

export type AzureAccess = Readonly<{
  tenant: string;
  clientId: string;
  clientSecret: string;
  /** @default Microsoft's own */
  loginUrl?: URL;
}> &
  TokenWay;

const LOGIN_URL = 'https://login.microsoftonline.com';
const SCOPE = 'https://api.loganalytics.io/.default';
const CREDENTIALS = 'AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET';

export function azureTokens({
  tenant,
  clientId,
  clientSecret,
  loginUrl = new URL(LOGIN_URL),
  nowMs,
  timeoutMs,
}: AzureAccess): AccessToken {
  return oauthTokens(
    {
      ...{ name: NAME, path: `${encodeURIComponent(tenant)}/oauth2/v2.0/token`, nowMs },
      ask: (backend, path, signal) =>
        backend.post(path, {
          signal,
          form: [
            ['grant_type', 'client_credentials'],
            ['client_id', clientId],
            ['client_secret', clientSecret],
            ['scope', SCOPE],
          ],
        }),
    },
    { url: loginUrl, timeoutMs, errors: { address: `the way to ${LOGIN_URL}`, credentials: CREDENTIALS } },
  );
}
