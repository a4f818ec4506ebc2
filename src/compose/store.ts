/** Opens the store of a data folder. */
import { type Clock, systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import type { Store } from '#record/store.ts';

/** The store of a data folder; without one, a store in memory. `asItIs` reads without migrating. */
export async function composeStore(
  dataFolder: string | undefined,
  { asItIs = false, clock = systemClock }: Readonly<{ asItIs?: boolean; clock?: Clock | undefined }> = {},
): Promise<Store> {
  const [{ sqlite }, { openStore }, { join }] = await Promise.all([
    import('#adapters/sqlite/sqlite.ts'),
    import('#record/store.ts'),
    import('node:path'),
  ]);
  const file = dataFolder === undefined ? ':memory:' : join(dataFolder, STORE_FILE);
  return openStore({ ...sqlite(file), clock, newId: uuidV7(clock), asItIs });
}

/** The store of a data folder if it exists: a command that only reads creates none. */
export async function composeStoreToRead(dataFolder: string): Promise<Store | undefined> {
  const [{ existsSync }, { join }] = await Promise.all([import('node:fs'), import('node:path')]);
  return existsSync(join(dataFolder, STORE_FILE)) ? await composeStore(dataFolder) : undefined;
}

export const STORE_FILE = 'spanhound.db';
