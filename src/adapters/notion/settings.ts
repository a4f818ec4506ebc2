/** The token of an integration of Notion, and the page below which postmortems stand. */
import { z } from 'zod';
import { Address, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  notion: {
    url: Address()
      .register(settingFacts, { env: 'NOTION_API_URL', means: 'The address of Notion’s API, for a proxy.' })
      .prefault('https://api.notion.com'),
    token: Token({
      env: 'NOTION_TOKEN',
      means:
        'The token of an internal integration that may read, insert and update content, and is connected to this page alone.',
    }),
    page: z
      .string('must be text')
      // People copy its address.
      .transform(
        (typed) => /(?:^|[/-])([0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12})(?:[?#]|$)/i.exec(typed)?.[1] ?? '',
      )
      .refine((id) => id !== '', 'must be the address of a page, or its id of 32 digits')
      .register(settingFacts, {
        env: 'NOTION_PAGE',
        means:
          'The page below which people may [export](exports.md) postmortems: its address, or its id. Default: none.',
      })
      .optional(),
  },
};
