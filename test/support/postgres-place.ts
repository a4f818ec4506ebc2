/** Empty databases of a real Postgres, which the project `postgres` of vitest starts. */
import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';
import type { ConnectionLimits } from '#adapters/postgres-store/connections.ts';
import { postgresStore } from '#adapters/postgres-store/postgres-store.ts';
import { databaseAddress } from '#model/sql/database-address.ts';
import type { StoreDialect } from '#record/dialect.ts';
import { counted } from '#test/in-flight.ts';
import type { Place } from '#test/temp-store.ts';

const SERVER = inject('postgres');

export const isThereAPostgres = SERVER !== '';

/** Three stores on one database, in some tests more. */
const CONNECTIONS = 8;

let made = 0;

/** The address of an empty database, gone when the test ends. It sorts texts as people do, which the store must not. */
export async function emptyDatabase(): Promise<string> {
  const name = `t${process.pid}_${made++}`;
  await asSuperuser(`create database ${name} template template0 locale_provider icu icu_locale 'en-US'`);
  onTestFinished(async () => void (await asSuperuser(`drop database ${name} with (force)`)));
  return SERVER.replace('/postgres?', `/${name}?`);
}

export async function asSuperuser(statement: string, database = 'postgres'): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: SERVER.replace('/postgres?', `/${database}?`) });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A store that asks the database for the time. */
export function openedOn(url: string, limits: Partial<ConnectionLimits> = {}): StoreDialect {
  return postgresStore({ address: databaseAddress(url, 'postgresql'), max: CONNECTIONS, ...limits });
}

/** A store that takes the time from the test's clock, which waits for the queries in flight. */
export function postgresPlace(): Place {
  let url: Promise<string> | undefined;
  return async () => {
    url ??= emptyDatabase();
    const store = openedOn(await url);
    return { ...store, dialect: counted(store.dialect), nowUs: undefined };
  };
}
