import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const influxDb = defineSystem({
  id: 'influxdb',
  title: 'InfluxDB',
  docs: 'influxdb.md',
  checked: 'real',
  settings,
  errors: { address: 'INFLUXDB_URL', credentials: 'INFLUXDB_TOKEN, or the user and the password in INFLUXDB_URL' },
  evidence: {
    kinds: ['metrics'],
    setup: { set: 'INFLUXDB_URL', purpose: 'to read metrics from it' },
    place: ({ influxdb }) => influxdb && placeAt('InfluxDB', influxdb.url),
    async open({ influxdb: settings }, { timeoutMs, maxBytes, grafanaUrl, errors }) {
      if (settings === undefined) return {};
      const { influxDb } = await import('./client.ts');
      const { token, headers, ...others } = settings;
      // Version 2 knows no other scheme, and version 3 knows this one too.
      const authorization = token === undefined ? {} : { authorization: `Token ${token}` };
      return {
        metrics: influxDb({
          ...others,
          headers: { ...authorization, ...headers },
          grafanaUrl,
          timeoutMs,
          maxBytes,
          errors,
        }),
      };
    },
  },
});
