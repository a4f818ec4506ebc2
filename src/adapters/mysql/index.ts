import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const mysql = defineSystem({
  id: 'mysql',
  title: 'MySQL',
  docs: 'databases.md',
  checked: 'real',
  settings,
  evidence: {
    kinds: ['databases'],
    setup: { set: 'MYSQL_STATISTICS_URL', purpose: 'to read the statistics of a database' },
    place: ({ databases }) => (databases.mysql.length === 0 ? undefined : 'the statistics of MySQL'),
    async open({ databases }) {
      if (databases.mysql.length === 0) return {};
      const [{ mysql }, { databaseAddress }] = await Promise.all([
        import('./client.ts'),
        import('#model/sql/database-address.ts'),
      ]);
      return { databases: databases.mysql.map((text) => mysql({ address: databaseAddress(text, 'mysql') })) };
    },
  },
});
