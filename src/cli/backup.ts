/** `spanhound backup` and `spanhound restore`: copies the store while the bot runs, and puts a copy back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '#cli/call.ts';
import { EXIT } from '#cli/failure.ts';
import { noteRead, noteRestore } from '#cli/note-read.ts';
import { openOutput } from '#cli/output.ts';
import { composeStore, STORE_FILE } from '#compose/store.ts';
import { backUpStore, restoreStore, type StoreCopy } from '#compose/store-file.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { UsageError } from '#core/errors.ts';
import { sizeText } from '#model/text/size-text.ts';

export async function backUp(call: Call, target: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = folderOf(call);
  const { dataFolder } = config;
  if (!existsSync(join(dataFolder, STORE_FILE))) {
    throw new UsageError(
      `there is no store in ${dataFolder}`,
      'Set SPANHOUND_DATA to the folder that the bot keeps its data in.',
    );
  }
  const { bytes, version, audit } = await backUpStore(dataFolder, target);
  await noteIn(config, (store) => noteRead(store, { what: 'backup' }));
  const said = `The store is in ${target}: ${sizeText(bytes)}, version ${version}. ${auditText(audit)}`;
  const further = 'The folder cases/ and the keys are not in it: copy them too.';
  await output.write(
    output.form === 'json' ? `${JSON.stringify({ file: target, bytes, version, audit })}\n` : `${said}\n${further}\n`,
  );
  return audit?.ok === false ? EXIT.checkFailed : EXIT.done;
}

/** The audit log of an older store gets no entry: a backup before an upgrade must not be the upgrade. */
async function noteIn(
  config: Config,
  note: (store: Awaited<ReturnType<typeof composeStore>>) => Promise<void>,
): Promise<void> {
  const store = await composeStore(config, { asItIs: true });
  try {
    if (store.migrated.from === store.migrated.to) await note(store);
  } finally {
    await store.close();
  }
}

function folderOf(call: Call): Config {
  const config = loadConfig(call.env, call.options.config);
  if (config.store.url === undefined) return config;
  throw new UsageError(
    'the store is in the database of DATABASE_URL, and this command copies files',
    'Use the tools of the database: pg_dump and pg_restore.',
  );
}

export async function restore(call: Call, source: string): Promise<number> {
  const output = openOutput(call, ['text', 'json']);
  const config = folderOf(call);
  const { dataFolder } = config;
  const { version, audit, kept } = await restoreStore(dataFolder, source);
  await noteIn(config, noteRestore);
  const before = kept === undefined ? '' : ` The store from before is in ${kept}.`;
  const said = `${source} is now the store in ${dataFolder}, version ${version}.${before} ${auditText(audit)}`;
  await output.write(
    output.form === 'json' ? `${JSON.stringify({ folder: dataFolder, version, kept, audit })}\n` : `${said}\n`,
  );
  return audit?.ok === false ? EXIT.checkFailed : EXIT.done;
}

function auditText(audit: StoreCopy['audit']): string {
  if (audit === undefined) return 'It has no audit log yet.';
  return audit.ok
    ? `Its audit log is intact: ${audit.entries} ${audit.entries === 1 ? 'entry' : 'entries'}.`
    : `Its audit log was altered, first at entry ${audit.firstTouched}: ${audit.problem}.`;
}
