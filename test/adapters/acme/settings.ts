/** The settings of a vendor that only tests have. */
import { Address, Secret } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  acme: {
    url: Address().register(settingFacts, { env: 'ACME_URL', means: 'Where Acme answers.' }),
    token: Secret({ env: 'ACME_TOKEN', means: 'The bearer token.' }),
    webhookToken: Secret({ env: 'ACME_WEBHOOK_TOKEN', means: 'The token of Acme’s webhook.' }),
  },
};
