/** Which environment of Honeycomb is counted, and with which key. */
import { z } from 'zod';
import { Address, says, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  honeycomb: {
    apiKey: Token({
      env: 'HONEYCOMB_API_KEY',
      means:
        'A configuration key of an environment with the permissions Manage Queries and Columns and Run Queries. With it, Spanhound [counts requests](honeycomb.md) in Honeycomb. It needs the plan Enterprise.',
    }),
    dataset: z
      .string(says('must be text'))
      .regex(/^[\w.-]{1,255}$/, 'must be the slug of a dataset, or __all__')
      .register(settingFacts, {
        env: 'HONEYCOMB_DATASET',
        means: 'The slug of the dataset to count; `__all__` for all of the environment.',
      })
      .prefault('__all__'),
    url: Address()
      .register(settingFacts, {
        env: 'HONEYCOMB_URL',
        means: 'The address of Honeycomb’s API; `https://api.eu1.honeycomb.io` for teams in the EU.',
      })
      .prefault('https://api.honeycomb.io'),
  },
};
