/** Where InfluxDB is read, which of its databases, and the credentials. */
import { z } from 'zod';
import { Address, credentialSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const Name = (env: string, means: string) =>
  z
    .string('must be text')
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    .register(settingFacts, { env, means });

export const settings = {
  influxdb: {
    url: Address().register(settingFacts, {
      env: 'INFLUXDB_URL',
      means: 'The address of InfluxDB (port 8086 or 8181). For versions 1, it may have the user and the password.',
    }),
    database: Name('INFLUXDB_DATABASE', 'The database, or the bucket.').prefault('telegraf'),
    retentionPolicy: Name(
      'INFLUXDB_RETENTION_POLICY',
      'The retention policy. Default: that of the database.',
    ).optional(),
    ...credentialSettings('INFLUXDB', 'InfluxDB'),
  },
};
