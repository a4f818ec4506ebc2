/**
 * Copies a SQLite file while a bot uses it, and puts a copy back.
 *
 *   file ──SQLite's backup API──► FILE.partial ──checked, synced──► FILE
 *   FILE ──copied, checked──► spanhound.db.new ──► spanhound.db     the old file stays under another name
 *
 * Both end with a rename, so a crash leaves either nothing new or the whole file.
 */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { UsageError } from '#core/errors.ts';
import { checkFile } from './check-file.ts';
import { isBusy, StoreLockedError } from './in-turn.ts';
import { asStoreTrouble, StoreTroubleError } from './store-trouble.ts';

/** 16 MB at a time: the program goes on in between. */
const PAGES_PER_STEP = 4_096;

/** Looks at the copy before it gets its name, and throws to refuse it. */
export type Inspect = (copy: string) => Promise<void>;

/** Returns the size of the copy in bytes. */
export async function backUpFile(file: string, target: string, inspect: Inspect): Promise<number> {
  if (existsSync(target))
    throw new UsageError(`${target} exists already`, 'Name a new file: a backup replaces nothing.');
  return await named(`${target}.partial`, target, async (partial) => {
    await copyPages(file, partial);
    checkFile(partial, 'full', file);
    await inspect(partial);
  });
}

/** Returns where the old file went; undefined if there was none. `stamp` is a part of its name. */
export async function restoreFile(
  file: string,
  source: string,
  { stamp, inspect }: Readonly<{ stamp: string; inspect: Inspect }>,
): Promise<string | undefined> {
  if (!existsSync(source)) {
    throw new UsageError(`there is no file ${source}`, 'Name a file that `spanhound backup` wrote.');
  }
  let kept: string | undefined;
  await named(`${file}.new`, file, async (fresh) => {
    copyFileSync(source, fresh);
    chmodSync(fresh, 0o600);
    checkFile(fresh, 'full', source);
    await inspect(fresh);
    asOneFile(fresh);
    if (existsSync(file)) {
      kept = `${file}.before-${stamp}`;
      setAside(file, kept);
    }
  });
  return kept;
}

/** Fills a file of a temporary name, syncs it and gives it its name. Returns its size. */
async function named(partial: string, target: string, fill: (partial: string) => Promise<void>): Promise<number> {
  const forget = () => {
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${ending}`, { force: true });
  };
  try {
    forget();
    closeSync(openSync(partial, 'wx', 0o600));
    await fill(partial);
    asOneFile(partial);
    sync(partial);
    renameSync(partial, target);
    sync(dirname(target));
    return statSync(target).size;
  } catch (error) {
    forget();
    throw asStoreTrouble(error, target);
  }
}

async function copyPages(file: string, target: string): Promise<void> {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { fileMustExist: true });
    // One reading transaction over all steps: the copy is of one instant, and a writer cannot make SQLite begin again.
    database.exec('begin');
    database.prepare('select count(*) from sqlite_schema').get();
    await database.backup(target, { progress: () => PAGES_PER_STEP });
  } catch (error) {
    const isOfCopy = error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL';
    throw asStoreTrouble(error, isOfCopy ? target : file);
  } finally {
    database?.close();
  }
}

/** Without a journal beside it: only the file itself is moved. */
function asOneFile(file: string): void {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
}

/** With its journal: a journal that stayed would be applied to the restored file. */
function setAside(file: string, kept: string): void {
  foldJournal(file);
  for (const ending of ['-wal', '-shm']) {
    if (existsSync(`${file}${ending}`)) renameSync(`${file}${ending}`, `${kept}${ending}`);
  }
  renameSync(file, kept);
}

/** Throws StoreLockedError while another process has the file open. */
function foldJournal(file: string): void {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 0 });
    // SQLite leaves the WAL mode only if nobody else has the file open.
    database.pragma('journal_mode = DELETE');
  } catch (error) {
    if (isBusy(error)) throw new StoreLockedError(file, error);
    const trouble = asStoreTrouble(error, file);
    // A damaged file is a reason to restore, not against it.
    if (!(trouble instanceof StoreTroubleError && trouble.code === 'SH_STORE_DAMAGED')) throw trouble;
  } finally {
    database?.close();
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
