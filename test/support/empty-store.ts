/** An empty store of the present version: to migrate a new one for each test takes a tenth of the tests' time. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '#adapters/sqlite/sqlite.ts';
import { systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import { once } from '#core/memoize.ts';
import { openStore } from '#record/store.ts';

/** Writes it where there is no file yet. */
export async function layEmptyStore(file: string): Promise<void> {
  if (!existsSync(file)) writeFileSync(file, await emptyStore(), { mode: 0o600 });
}

/** Once in each worker. */
const emptyStore = once(async (): Promise<Buffer> => {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-empty-'));
  const file = join(folder, 'spanhound.db');
  const store = await openStore({ ...sqlite(file), clock: systemClock, newId: uuidV7(systemClock) });
  await store.close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
});
