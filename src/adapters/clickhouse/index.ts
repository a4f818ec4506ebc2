import { defineSystem, placeAt } from '#adapters/system.ts';
import { ConfigError } from '#core/errors.ts';
import { settings } from './settings.ts';

/** In place of a table. */
const NO_TABLE = 'none';

export const clickHouse = defineSystem({
  id: 'clickhouse',
  title: 'ClickHouse',
  docs: 'clickhouse.md',
  checked: 'recorded',
  settings,
  errors: { address: 'CLICKHOUSE_URL', credentials: 'the user and the password in CLICKHOUSE_URL' },
  evidence: {
    kinds: ['traces', 'logs'],
    counts: ['traces', 'logs'],
    setup: { set: 'CLICKHOUSE_URL', purpose: 'to read traces and log lines from it' },
    place: ({ clickhouse }) => clickhouse && placeAt('ClickHouse', clickhouse.url),
    async open({ clickhouse: settings }, { timeoutMs, maxBytes, errors }) {
      if (settings === undefined) return {};
      const { tracesTable, logsTable, ...others } = settings;
      if (tracesTable === NO_TABLE && logsTable === NO_TABLE) {
        throw new ConfigError(
          'CLICKHOUSE_TRACES_TABLE and CLICKHOUSE_LOGS_TABLE are both none: there is nothing to read',
        );
      }
      const { clickHouse } = await import('./client.ts');
      return clickHouse({
        ...others,
        tracesTable: tracesTable === NO_TABLE ? undefined : tracesTable,
        logsTable: logsTable === NO_TABLE ? undefined : logsTable,
        timeoutMs,
        maxBytes,
        errors,
      });
    },
  },
});
