/** Opens the store: a database of its own, or a file in the data folder. */
import type { Config } from '#config/schema.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import { SpanhoundError, UsageError } from '#core/errors.ts';
import { uuidV7 } from '#core/ids.ts';
import type { StoreDialect } from '#record/dialect.ts';
import type { Moved } from '#record/move-store.ts';
import type { Store } from '#record/store.ts';

/** Where the store is: in `store.url`, else in the data folder, else in memory. */
export type StorePlace = Readonly<{ dataFolder?: string | undefined }> & Partial<Pick<Config, 'store'>>;

/** `asItIs` reads without migrating. */
export async function composeStore(
  place: StorePlace,
  {
    asItIs = false,
    clock = systemClock,
    random = Math.random,
  }: Readonly<{ asItIs?: boolean; clock?: Clock | undefined; random?: () => number }> = {},
): Promise<Store> {
  const [dialect, { openStore }] = await Promise.all([dialectOf(place), import('#record/store.ts')]);
  return openStore({ ...dialect, clock, newId: uuidV7(clock), random, asItIs });
}

/** The store if it exists: a command that only reads creates none. */
export async function composeStoreToRead(place: StorePlace): Promise<Store | undefined> {
  if (place.store?.url === undefined) return (await isInFolder(place)) ? await composeStore(place) : undefined;

  // Bots of another version may be at work on it: only they, and `spanhound migrate`, migrate it.
  const store = await composeStore(place, { asItIs: true });
  const { from, to } = store.migrated;
  if (from === to) return store;
  await store.close();
  if (from === 0) return undefined;
  throw new OlderStoreError(store.place, from, to);
}

export type MovedStore = Moved & Readonly<{ from: string; to: string }>;

/** Moves the store of the data folder into the database. */
export async function moveToDatabase({ dataFolder, store }: Required<StorePlace>): Promise<MovedStore> {
  const { moveStore } = await import('#record/move-store.ts');
  const from = await composeStore({ dataFolder });
  try {
    const to = await composeStore({ store });
    try {
      return { ...(await moveStore(from, to)), from: from.place, to: to.place };
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** Whether a file is the store, and is there. Throws UsageError where the folder of the data is a file. */
export async function isInFolder({ dataFolder, store }: StorePlace): Promise<boolean> {
  if (dataFolder === undefined || store?.url !== undefined) return false;
  const [{ existsSync, statSync }, { join }] = await Promise.all([import('node:fs'), import('node:path')]);
  if (statSync(dataFolder, { throwIfNoEntry: false })?.isFile() === true) {
    throw new UsageError(`the data folder ${dataFolder} is a file`, 'Set SPANHOUND_DATA to a folder.');
  }
  return existsSync(join(dataFolder, STORE_FILE));
}

/** The store as people know it. */
export function placeText({ dataFolder, store }: StorePlace): string {
  return store?.url === undefined ? `${dataFolder}` : 'the database in DATABASE_URL';
}

export const STORE_FILE = 'spanhound.db';

async function dialectOf({ dataFolder, store }: StorePlace): Promise<StoreDialect> {
  if (store?.url !== undefined) {
    const [{ postgresStore }, { databaseAddress }] = await Promise.all([
      import('#adapters/postgres-store/postgres-store.ts'),
      import('#model/sql/database-address.ts'),
    ]);
    return postgresStore({ address: databaseAddress(store.url, 'postgresql'), max: store.connections });
  }
  const [{ sqlite }, { join }] = await Promise.all([import('#adapters/sqlite/sqlite.ts'), import('node:path')]);
  return sqlite(dataFolder === undefined ? ':memory:' : join(dataFolder, STORE_FILE));
}

class OlderStoreError extends SpanhoundError {
  override readonly name = 'OlderStoreError';
  readonly code = 'SH_OLDER_STORE';
  readonly advice = 'Run `spanhound migrate`, or the command of the version that the bots run.';

  constructor(place: string, found: number, known: number) {
    super(`the store ${place} is at version ${found}, this build needs ${known}`);
  }
}
