/** Where ClickHouse is read, which of its tables, and the credentials. */
import { z } from 'zod';
import { Address, credentialSettings } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

const Name = (env: string, means: string) =>
  z
    .string('must be text')
    .regex(/^[a-z_]\w{0,199}$/i, 'must be a name of letters, digits and _')
    .register(settingFacts, { env, means });

export const settings = {
  clickhouse: {
    url: Address().register(settingFacts, {
      env: 'CLICKHOUSE_URL',
      means:
        'The address of ClickHouse’s HTTP interface (port 8123 or 8443), with the user and the password, such as `https://spanhound:…@clickhouse.example.com:8443`.',
    }),
    database: Name('CLICKHOUSE_DATABASE', 'The database of OpenTelemetry’s tables.').prefault('default'),
    tracesTable: Name('CLICKHOUSE_TRACES_TABLE', 'The table of spans. `none` reads no traces.').prefault('otel_traces'),
    logsTable: Name('CLICKHOUSE_LOGS_TABLE', 'The table of log lines. `none` reads no lines.').prefault('otel_logs'),
    ...credentialSettings('CLICKHOUSE', 'ClickHouse'),
  },
};
