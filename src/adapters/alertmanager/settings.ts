/** The token of Alertmanager’s webhook. */
import { Token } from '#config/fields.ts';

export const settings = {
  alertmanager: {
    token: Token({ env: 'ALERTMANAGER_TOKEN', means: 'The bearer token that Alertmanager sends with its webhooks.' }),
  },
};
