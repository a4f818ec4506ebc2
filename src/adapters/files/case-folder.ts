/** Case folders on the disk. A folder may come from anywhere, such as an attachment of a bug report: no link is followed. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { caseFolderOf } from '#adapters/case-files.ts';
import { UnreadableInputError } from '#core/errors.ts';
import { type CaseDisk, type CaseFolder, type CaseStore, isPlainName } from '#model/incident/case.ts';
import { replaceFile } from './replace-file.ts';

export type CaseDiskOptions = Readonly<{
  /** For one file, uncompressed. */
  maxBytes: number;
}>;

export function caseDisk({ maxBytes }: CaseDiskOptions): CaseDisk {
  return { open: (path) => openFolder(resolve(path), maxBytes), write: writeFolder, writeFile, isTaken };
}

/** The cases that the bot keeps in its data folder. */
export function casesIn(dataFolder: string, options: CaseDiskOptions): CaseStore {
  const disk = caseDisk(options);
  return {
    open: (folder) => disk.open(join(dataFolder, folder)),
    write: (folder, files) => disk.write(join(dataFolder, folder), files),
    async writeFile(folder, { name, bytes }) {
      const made = await mkdir(join(dataFolder, folder), { recursive: true, mode: OWNER_ONLY });
      if (made !== undefined) await syncFolder(dirname(made));
      replaceFile(join(dataFolder, folder, name), bytes);
    },
    removeFile: (folder, name) => rm(join(dataFolder, folder, name), { force: true }),
  };
}

async function openFolder(folder: string, maxBytes: number): Promise<CaseFolder> {
  return caseFolderOf(
    {
      name: basename(folder),
      place: folder,
      entries: await listed(folder),
      read: (name) => fileBytes(join(folder, name)),
      open: (name) => openFolder(join(folder, name), maxBytes),
    },
    maxBytes,
  );
}

async function listed(folder: string): Promise<CaseFolder['entries']> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => {
      const kind = entry.isSymbolicLink() ? 'link' : entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
      return { name: entry.name, kind };
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
      throw new UnreadableInputError(`${folder} is a file, not a case`, 'Name the folder that holds the evidence.');
    }
    throw new UnreadableInputError(`the folder ${folder} cannot be read`, 'Check the path and its permissions.', {
      cause: error,
    });
  }
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = await openWithoutFollowing(path);
  try {
    yield* file.createReadStream({ autoClose: false });
  } finally {
    await file.close();
  }
}

/** A file may have become a link since the listing. */
async function openWithoutFollowing(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw new UnreadableInputError(`cannot read ${path}`, 'Check the permissions of the file.', { cause: error });
  }
}

/**
 * Writes under a temporary name first, so a folder under its final name is always complete. The next attempt removes
 * leftovers.
 */
async function writeFolder(path: string, files: Parameters<CaseDisk['write']>[1]): Promise<void> {
  const parent = dirname(path);
  const name = basename(path);
  const bad = [name, ...files.map((file) => file.name)].find((one) => !isPlainName(one));
  if (bad !== undefined) throw new Error(`${JSON.stringify(bad)} is not a valid name for a case or a file in it`);

  await mkdir(parent, { recursive: true, mode: OWNER_ONLY });
  const unfinished = `.${name}-`;
  for (const entry of await readdir(parent)) {
    if (entry.startsWith(unfinished)) await rm(join(parent, entry), { recursive: true, force: true });
  }
  const temporary = await mkdtemp(join(parent, unfinished));
  try {
    for (const file of files) await writeDurably(join(temporary, file.name), file.bytes);
    await syncFolder(temporary);
    await rm(path, { recursive: true, force: true }); // a folder that is not empty cannot be renamed over
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(parent);
}

async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY });
  await writeDurably(path, bytes);
}

const OWNER_ONLY = 0o700;
const OWNER_ONLY_FILE = 0o600;

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY_FILE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name is on the disk only when its folder is synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function isTaken(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length > 0;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
