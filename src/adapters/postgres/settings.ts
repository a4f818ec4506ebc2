/** The Postgres databases to read statistics from. */
import { z } from 'zod';
import { DatabaseAddress } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  databases: {
    postgres: z
      .array(DatabaseAddress('postgresql'), 'must be a list')
      .register(settingFacts, {
        env: 'POSTGRES_STATISTICS_URL',
        secret: true,
        means:
          'The Postgres databases to read statistics from, as `postgresql://user:password@host/database`, separated by commas. Connections use TLS with a verified certificate unless `?sslmode=` changes this.',
      })
      .prefault([]),
  },
};
