/** Opens the store for a verb that is useless without one. */
import { composeStoreToRead, placeText } from '#compose/store.ts';
import type { Config } from '#config/schema.ts';
import { UsageError } from '#core/errors.ts';

/** Throws UsageError if there is no store. `soThat`: what follows from that. */
export async function openStore(config: Config, soThat = '') {
  const store = await composeStoreToRead(config);
  if (store !== undefined) return store;
  throw new UsageError(
    `there is no store in ${placeText(config)}${soThat === '' ? '' : `, ${soThat}`}`,
    'Set SPANHOUND_DATA to the folder that the bot keeps its data in, or DATABASE_URL to its database.',
  );
}
