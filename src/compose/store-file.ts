/** Checks, copies and restores the file of the store. */
import { STORE_FILE } from '#compose/store.ts';
import { isoFromUs, systemClock } from '#core/clock.ts';
import { uuidV7 } from '#core/ids.ts';
import type { AuditState } from '#record/audit.ts';

/** Throws if the file of the store is damaged. */
export async function checkStoreFile(dataFolder: string): Promise<void> {
  const [{ checkFile }, { join }] = await Promise.all([import('#adapters/sqlite/check-file.ts'), import('node:path')]);
  checkFile(join(dataFolder, STORE_FILE));
}

/** `audit` is missing for a store from before there was an audit log. */
export type StoreCopy = Readonly<{ version: number; audit: AuditState | undefined }>;

export async function backUpStore(
  dataFolder: string,
  target: string,
): Promise<StoreCopy & Readonly<{ bytes: number }>> {
  const [{ backUpFile }, { join }] = await Promise.all([import('#adapters/sqlite/backup.ts'), import('node:path')]);
  let copy: StoreCopy | undefined;
  const bytes = await backUpFile(join(dataFolder, STORE_FILE), target, async (file) => {
    copy = await inspected(file);
  });
  return { ...inspectedOnce(copy), bytes };
}

/** `kept`: where the store went that was there before. */
export async function restoreStore(
  dataFolder: string,
  source: string,
): Promise<StoreCopy & Readonly<{ kept: string | undefined }>> {
  const [{ restoreFile }, { join }, { mkdirSync }] = await Promise.all([
    import('#adapters/sqlite/backup.ts'),
    import('node:path'),
    import('node:fs'),
  ]);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const stamp = isoFromUs(systemClock.nowUs()).replaceAll(/[-:]|\.\d+/g, '');
  let copy: StoreCopy | undefined;
  const kept = await restoreFile(join(dataFolder, STORE_FILE), source, {
    stamp,
    inspect: async (file) => {
      copy = await inspected(file);
    },
  });
  return { ...inspectedOnce(copy), kept };
}

function inspectedOnce(copy: StoreCopy | undefined): StoreCopy {
  if (copy === undefined) throw new Error('a copy of the store was not inspected');
  return copy;
}

/** Throws NewerStoreError for a store that this program does not know. */
async function inspected(file: string): Promise<StoreCopy> {
  const [{ sqlite }, { openStore }, { checkAudit }] = await Promise.all([
    import('#adapters/sqlite/sqlite.ts'),
    import('#record/store.ts'),
    import('#workflows/audit/check-audit.ts'),
  ]);
  const store = await openStore({ ...sqlite(file), clock: systemClock, newId: uuidV7(systemClock), asItIs: true });
  try {
    const { version } = store;
    return { version, audit: version < AUDITED_SINCE ? undefined : await checkAudit(store) };
  } finally {
    await store.close();
  }
}

const AUDITED_SINCE = 2;
