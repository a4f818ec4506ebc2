import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const postgres = defineSystem({
  id: 'postgres',
  title: 'Postgres',
  docs: 'databases.md',
  checked: 'real',
  settings,
  evidence: {
    kinds: ['databases'],
    setup: { set: 'POSTGRES_STATISTICS_URL', purpose: 'to read the statistics of a database' },
    place: ({ databases }) => (databases.postgres.length === 0 ? undefined : 'the statistics of Postgres'),
    async open({ databases }) {
      if (databases.postgres.length === 0) return {};
      const [{ postgres }, { databaseAddress }] = await Promise.all([
        import('./client.ts'),
        import('#model/sql/database-address.ts'),
      ]);
      return {
        databases: databases.postgres.map((text) => postgres({ address: databaseAddress(text, 'postgresql') })),
      };
    },
  },
});
