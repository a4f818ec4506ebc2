/** The record on a second database: what `src/record` takes for granted holds on real Postgres, with many writers. */

import { PostgresDialect, sql } from 'kysely';
import { Client, Pool, types } from 'pg';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import type { StoreDialect } from '#record/dialect.ts';
import { openStore } from '#record/store.ts';
import { races } from '#test/store-races.ts';
import type { Context } from './context.ts';
import { startPostgres } from './servers.ts';

/** Two stores, each with transactions side by side. */
const CONNECTIONS = 40;
const CONNECTIONS_OF_STORE = 12;

export async function checkStoreOnPostgres({ check, isWanted }: Pick<Context, 'check' | 'isWanted'>): Promise<void> {
  const wanted = Object.entries(races).filter(([name]) => isWanted(`store on postgres: ${name}`));
  if (wanted.length === 0) return;
  const postgres = await startPostgres(CONNECTIONS);
  const admin = new Client({ connectionString: postgres.url('postgres', 'postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE record TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`);
  await admin.end();
  const open = () =>
    openStore({ ...onPostgres(postgres.url('postgres', 'record')), clock: systemClock, newId: uuidV7(systemClock) });
  const stores = await Promise.all([open(), open()]);
  try {
    for (const [index, [name, race]] of wanted.entries())
      await check(`store on postgres: ${name}`, () => race(stores, `T${index}`));
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await postgres.stop();
  }
}

/** 64-bit integers as numbers: microseconds since the epoch are exact in them. */
const TYPES = {
  getTypeParser: ((id: number, format?: 'text') =>
    id === types.builtins.INT8 ? Number : types.getTypeParser(id, format)) as typeof types.getTypeParser,
};

function onPostgres(connectionString: string): StoreDialect {
  return {
    dialect: new PostgresDialect({ pool: new Pool({ connectionString, max: CONNECTIONS_OF_STORE, types: TYPES }) }),
    columns: {
      integer: 'bigint',
      bytes: 'bytea',
      sequence: sql`bigint generated always as identity primary key`,
      tableEnd: sql``,
    },
    lock: async (db, name) => void (await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db)),
  };
}
