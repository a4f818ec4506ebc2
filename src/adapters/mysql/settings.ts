/** The MySQL and MariaDB databases to read statistics from. */
import { z } from 'zod';
import { DatabaseAddress } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  databases: {
    mysql: z
      .array(DatabaseAddress('mysql'), 'must be a list')
      .register(settingFacts, {
        env: 'MYSQL_STATISTICS_URL',
        secret: true,
        means: 'The same for MySQL and MariaDB, as `mysql://user:password@host`.',
      })
      .prefault([]),
  },
};
