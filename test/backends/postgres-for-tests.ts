/** Starts a Postgres for the project `postgres` of vitest, and says so where none is on this machine. */
import type { TestProject } from 'vitest/node';
import { postgresFolder, startPostgres } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the superuser's database; empty where there is no Postgres. */
    postgres: string;
  }
}

/** Each test has a store of its own, some have several, and each store its connections. */
const CONNECTIONS = 300;

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = await postgresFolder().then(
    () => undefined,
    (error: Error) => error,
  );
  if (missing !== undefined) {
    if (process.env.REQUIRE_POSTGRES) throw missing;
    console.log(`The tests on Postgres are skipped. ${missing.message}`);
    project.provide('postgres', '');
    return undefined;
  }
  const postgres = await startPostgres(CONNECTIONS);
  project.provide('postgres', postgres.url('postgres', 'postgres'));
  return postgres.stop;
}
