/**
 * `spanhound migrate`: migrates the store before the bot starts, so a failed migration stops the release and not the
 * bot. `--from sqlite` moves the store of the data folder into the database in DATABASE_URL.
 */
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { openOutput } from '#cli/output.ts';
import { composeStore, isInFolder, moveToDatabase } from '#compose/store.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { UsageError } from '#core/errors.ts';

export type MigrateOptions = Readonly<{ from?: string }>;

export async function migrate(call: Call, options: MigrateOptions = {}): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = loadConfig(call.env, call.options.config);
  const { said, json } = options.from === undefined ? await migrated(config) : await moved(config, options.from);
  await output.write(`${output.form === 'json' ? JSON.stringify(json) : said}\n`);
  return EXIT.done;
}

type Done = Readonly<{ said: string; json: object }>;

async function migrated(config: Config): Promise<Done> {
  const store = await composeStore(config);
  const { from, to } = store.migrated;
  await store.close();
  const said =
    from === to ? `The store is up to date, at version ${to}.` : `The store went from version ${from} to ${to}.`;
  return { said, json: { from, to } };
}

async function moved(config: Config, kind: string): Promise<Done> {
  if (kind !== 'sqlite') {
    throw new UsageError(`there is no store of the kind ${kind}`, 'Usage: `spanhound migrate --from sqlite`');
  }
  if (config.store.url === undefined) {
    throw new UsageError('the store has no database to move to', 'Set DATABASE_URL to an empty Postgres database.');
  }
  if (!(await isInFolder({ dataFolder: config.dataFolder }))) {
    throw new UsageError(
      `there is no store in ${config.dataFolder}`,
      'Set SPANHOUND_DATA to the folder that the bot keeps its data in.',
    );
  }
  const { tables, auditHead, from, to } = await moveToDatabase(config);
  const said = [
    `Moved the store from ${from} to ${to}, and compared every row:`,
    ...Object.entries(tables).map(([table, rows]) => `  ${table.padEnd(17)}${rows}`),
    auditHead === '' ? 'The audit log has no entries yet.' : `The audit log is intact. Head: ${auditHead}`,
    `The evidence stays in ${config.dataFolder}/cases: put that folder on the volume that all replicas share.`,
    `Set SPANHOUND_REDACTION_KEY to the content of ${config.dataFolder}/redaction.key, so that values keep their names.`,
  ].join('\n');
  return { said, json: { from, to, tables, auditHead } };
}
