/** A store in a folder of its own that a test can close and open again: the restart of a process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { walSync } from '#adapters/sqlite/wal-sync.ts';
import type { Clock } from '#core/clock.ts';
import { type NewId, uuidV7 } from '#core/ids.ts';
import type { StoreDialect } from '#record/dialect.ts';
import { openStore, type Store } from '#record/store.ts';
import { layEmptyStore } from '#test/empty-store.ts';
import { countedSync } from '#test/in-flight.ts';
import { chanceOf, randomOf } from '#test/random.ts';

/** Where a store is; each call opens it anew, as one more process would. */
export type Place = () => StoreDialect | Promise<StoreDialect>;

/** An empty store for this test, gone when it ends. */
export function sqlitePlace(): () => Promise<StoreDialect> {
  const { file, dialect } = newFile();
  return async () => {
    await layEmptyStore(file);
    return dialect();
  };
}

/** The same, whose first opening has to make the store. */
export function unusedPlace(): () => StoreDialect {
  return newFile().dialect;
}

function newFile() {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'spanhound.db');
  return { file, dialect: () => sqlite(file, { log: countedSync(walSync(file)) }) };
}

const openings = new WeakMap<Place, number>();

/** One more opening of the place, closed with the test. */
export async function opened(place: Place, clock: Clock, ids?: NewId): Promise<Store> {
  const count = (openings.get(place) ?? 0) + 1;
  openings.set(place, count);
  // Two processes on one store must not draw the same pauses and ids.
  const newId = ids ?? uuidV7(clock, chanceOf(count));
  const store = await openStore({ ...(await place()), clock, newId, random: randomOf(count) });
  onTestFinished(() => store.close());
  return store;
}
