/** The key of the service account that writes postmortems into a folder of Google Drive. */
import { z } from 'zod';
import { Address, Secret } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  googleDocs: {
    url: Address()
      .register(settingFacts, { env: 'GOOGLE_DOCS_API_URL', means: 'The address of Google Drive’s API, for a proxy.' })
      .prefault('https://www.googleapis.com'),
    key: Secret({
      env: 'GOOGLE_DOCS_KEY',
      means: 'The key of the service account that writes documents, as Google Cloud wrote it (JSON).',
    }),
    folder: z
      .string('must be text')
      // People copy its address.
      .transform((typed) => typed.split(/[?#]/, 1).join('').split('/').at(-1) ?? '')
      .refine((id) => /^[\w-]{10,100}$/.test(id), 'must be the address of a folder, or its id')
      .register(settingFacts, {
        env: 'GOOGLE_DOCS_FOLDER',
        means:
          'The folder of a shared drive to which people may [export](exports.md) postmortems: its address, or its id. Default: none.',
      })
      .optional(),
  },
};
