/** The token of all senders without a folder of their own, and the mapping of each. */
import { Token } from '#config/fields.ts';
import { SenderMappings } from '#config/sender-mapping.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  senders: {
    token: Token({
      env: 'SENDERS_TOKEN',
      means:
        'The token of webhooks to `/webhooks/alerts`: as a bearer token, as the password of basic authentication, or in the address as `?token=…`. While you replace it, give both, separated by a comma.',
    }),
    mappings: SenderMappings()
      .register(settingFacts, {
        env: 'SENDERS_MAPPINGS',
        means:
          'How to read the alerts of other senders, by the name of the sender: see [alerts.md](alerts.md#any-other-sender). Only in the file.',
      })
      .prefault({}),
  },
};
