/** The token of Azure Monitor’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  azure: {
    webhookToken: Token({
      env: 'AZURE_MONITOR_WEBHOOK_TOKEN',
      means:
        'The token in the address of the action group’s webhook: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
  },
};
