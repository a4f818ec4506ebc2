/**
 * `spanhound migrate`: migrates the store before the bot starts, so a failed migration stops the release and not the
 * bot.
 */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { composeStore } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';

export async function migrate(call: Call): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const { dataFolder } = loadConfig(call.env, call.options.config);
  const store = await composeStore(dataFolder);
  const { from, to } = store.migrated;
  await store.close();

  const said =
    from === to ? `The store is up to date, at version ${to}.` : `The store went from version ${from} to ${to}.`;
  await output.write(`${output.form === 'json' ? JSON.stringify({ from, to }) : said}\n`);
  return EXIT.done;
}
