/** The token of Alertmanager’s webhook. */
import { Secret } from '#config/fields.ts';

export const settings = {
  alertmanager: {
    token: Secret({ env: 'ALERTMANAGER_TOKEN', means: 'The bearer token that Alertmanager sends with its webhooks.' }),
  },
};
