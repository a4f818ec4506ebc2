/** The token of Alertmanager’s webhook, and where its alerts are read. */
import { Address, HeaderText, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  alertmanager: {
    token: Token({ env: 'ALERTMANAGER_TOKEN', means: 'The bearer token that Alertmanager sends with its webhooks.' }),
    url: Address()
      .register(settingFacts, {
        env: 'ALERTMANAGER_URL',
        means: 'The address of Alertmanager, including its base path. With it, Spanhound reads which alerts fire.',
      })
      .optional(),
    uiUrl: Address()
      .register(settingFacts, {
        env: 'ALERTMANAGER_UI_URL',
        means: 'The address where people open Alertmanager, if it differs.',
      })
      .optional(),
    apiToken: Token({ env: 'ALERTMANAGER_API_TOKEN', means: 'The bearer token for the API of Alertmanager.' }),
    tenant: HeaderText()
      .min(1, 'must not be empty')
      .register(settingFacts, {
        env: 'ALERTMANAGER_TENANT',
        means: 'The tenant to read, if Alertmanager serves several.',
      })
      .optional(),
  },
};
