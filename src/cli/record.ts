/** Opens the record for a verb that only reads it. */
import type { Call } from '#cli/call.ts';
import { composeRedaction } from '#compose/redaction.ts';
import { composeStoreToRead, placeText } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';

/** With redaction as configured. `store` is undefined if nothing was recorded there yet. */
export async function openRecord({ env, options }: Call) {
  const config = loadConfig(env, options.config);
  await composeRedaction(config);
  return { config, place: placeText(config), store: await composeStoreToRead(config) };
}
