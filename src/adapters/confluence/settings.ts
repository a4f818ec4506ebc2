/** The site of Confluence, the user and their token, and the space for postmortems. */
import { z } from 'zod';
import { Address, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  confluence: {
    url: Address()
      .register(settingFacts, {
        env: 'CONFLUENCE_URL',
        means:
          'The address of your Confluence Cloud site, such as `https://acme.atlassian.net`; for a token with scopes `https://api.atlassian.com/ex/confluence/CLOUD-ID`. Default: none.',
      })
      .optional(),
    user: z
      .email('must be an email address')
      .register(settingFacts, { env: 'CONFLUENCE_USER', means: 'The email address of the user whose token it is.' })
      .optional(),
    token: Token({
      env: 'CONFLUENCE_TOKEN',
      means: 'An API token of that user, who may add pages and attachments in this space, and no more.',
    }),
    space: z
      .string('must be text')
      .regex(/^~?\w{1,255}$/, 'must be the key of a space, such as OPS')
      .register(settingFacts, {
        env: 'CONFLUENCE_SPACE',
        means:
          'The key of the space to which people may [export](exports.md) postmortems, such as `OPS`. Default: none.',
      })
      .optional(),
    parent: z
      .string('must be text')
      .regex(/^\d{1,20}$/, 'must be the number of a page')
      .register(settingFacts, {
        env: 'CONFLUENCE_PARENT',
        means: 'The number of the page below which postmortems stand. Default: the home page of the space.',
      })
      .optional(),
  },
};
