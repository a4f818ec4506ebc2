/** The token of Azure Monitor’s webhook, and the workspace that is read. */
import { z } from 'zod';
import { Address, Secret, says, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const Guid = (env: string, means: string) =>
  z.string(says('must be text')).regex(GUID, 'must be a GUID').register(settingFacts, { env, means }).optional();

export const settings = {
  azure: {
    webhookToken: Token({
      env: 'AZURE_MONITOR_WEBHOOK_TOKEN',
      means:
        'The token in the address of the action group’s webhook: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
    workspace: Guid(
      'AZURE_LOG_ANALYTICS_WORKSPACE',
      'The id of the workspace of Log Analytics whose traces and lines are read, a GUID.',
    ),
    tenant: Guid('AZURE_TENANT_ID', 'The tenant of Microsoft Entra ID that knows the application which reads.'),
    clientId: Guid('AZURE_CLIENT_ID', 'The application of Microsoft Entra ID which reads.'),
    clientSecret: Secret({ env: 'AZURE_CLIENT_SECRET', means: 'A client secret of this application: its value.' }),
    resource: z
      .string(says('must be text'))
      .regex(
        /^\/subscriptions\/[\w-]{1,64}\/resourceGroups\/[\w.()-]{1,90}\/providers\/Microsoft\.OperationalInsights\/workspaces\/[\w-]{1,63}$/i,
        'must be like /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/shop',
      )
      .register(settingFacts, {
        env: 'AZURE_LOG_ANALYTICS_RESOURCE',
        means: 'The resource id of the workspace: with it, queries in reports open in the portal.',
      })
      .optional(),
    url: Address()
      .register(settingFacts, {
        env: 'AZURE_LOG_ANALYTICS_URL',
        means: 'The address of a proxy for the API. Default: `https://api.loganalytics.azure.com`.',
      })
      .optional(),
  },
};
