/** The addresses that get the events of incidents, and the secrets that sign them, by the names that the team gives. */
import { z } from 'zod';
import { Address, SigningSecrets, says } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const Name = () => z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a name in small letters');

export const settings = {
  eventWebhooks: {
    urls: z
      .record(Name(), Address())
      .register(settingFacts, {
        env: 'EVENT_WEBHOOK_URLS',
        secret: true,
        means:
          'The addresses that get the [events of incidents](webhooks.md), by a name for each, as `name=address,name=address`, addresses percent-encoded where they have a comma or a percent sign. Default: none.',
      })
      .prefault({}),
    secrets: z
      .record(Name(), SigningSecrets())
      .register(settingFacts, {
        env: 'EVENT_WEBHOOK_SECRETS',
        secret: true,
        means:
          'The secrets that sign these requests, by the same names. Each address needs one. Two with a space between them both sign, while you change a secret.',
      })
      .prefault({}),
    private: z
      .boolean(says('must be true or false'))
      .register(settingFacts, {
        env: 'EVENT_WEBHOOK_PRIVATE',
        means: 'Whether events of incidents in private or shared channels are sent, too.',
      })
      .prefault(false),
  },
};
