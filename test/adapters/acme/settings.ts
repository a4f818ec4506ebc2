/** The settings of a vendor that only tests have. */
import { Address, Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  acme: {
    url: Address().register(settingFacts, { env: 'ACME_URL', means: 'Where Acme answers.' }),
    token: Text().register(settingFacts, { env: 'ACME_TOKEN', secret: true, means: 'The bearer token.' }).optional(),
    webhookToken: Text()
      .register(settingFacts, { env: 'ACME_WEBHOOK_TOKEN', secret: true, means: 'The token of Acme’s webhook.' })
      .optional(),
  },
};
