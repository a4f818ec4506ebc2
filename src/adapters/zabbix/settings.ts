/** The token of Zabbix’ webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  zabbix: {
    webhookToken: Token({
      env: 'ZABBIX_WEBHOOK_TOKEN',
      means:
        'The bearer token that Zabbix’ webhook script sends. While you replace it, give both, separated by a comma.',
    }),
  },
};
