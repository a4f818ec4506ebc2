/** A store in a folder of its own that a test can close and open again: the restart of a process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import type { Clock } from '#core/clock.ts';
import { type NewId, uuidV7 } from '#core/ids.ts';
import type { StoreDialect } from '#record/dialect.ts';
import { openStore, type Store } from '#record/store.ts';

/** Where a store is; each call opens it anew, as one more process would. */
export type Place = () => StoreDialect;

/** An empty place for this test, gone when it ends. */
export function sqlitePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return () => sqlite(join(folder, 'spanhound.db'));
}

/** One more opening of the place, closed with the test. */
export async function opened(place: Place, clock: Clock, newId: NewId = uuidV7(clock)): Promise<Store> {
  const store = await openStore({ ...place(), clock, newId });
  onTestFinished(() => store.close());
  return store;
}
