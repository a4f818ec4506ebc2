/** Where approved updates for customers are posted, and the secret that signs them. */
import { Address, HeaderText, isSigningSecret, NO_SIGNING_SECRET } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  statusWebhook: {
    url: Address()
      .register(settingFacts, {
        env: 'STATUS_WEBHOOK_URL',
        secret: true,
        means:
          'The address that gets [approved updates](status-pages.md#a-webhook-of-your-own) as JSON. Default: none.',
      })
      .optional(),
    secret: HeaderText()
      .min(1, 'must not be empty')
      .refine(isSigningSecret, NO_SIGNING_SECRET)
      .register(settingFacts, {
        env: 'STATUS_WEBHOOK_SECRET',
        secret: true,
        means: 'The secret that signs these requests, as Standard Webhooks describes it. Required with the address.',
      })
      .optional(),
  },
};
