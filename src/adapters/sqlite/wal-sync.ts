/**
 * Makes commits safe from a power failure without blocking the thread: SQLite writes a commit into the write-ahead log
 * and does not wait for the disk; this syncs the log in another thread. One sync covers all commits before it, so many
 * writers share few.
 *
 *   commit ──► written to the log ──► synced ──► the transaction of `record/store.ts` resolves
 *
 * SQLite itself syncs the log before it moves its content into the database (sqlite.org/pragma.html#pragma_synchronous).
 */
import { type FileHandle, open } from 'node:fs/promises';

export type WalSync = Readonly<{
  /** Something was committed. */
  committed(): void;
  /** Resolves when everything committed before the call is on the disk. */
  settled(): Promise<void>;
  /** A sync that comes later opens the log anew and closes it itself. */
  close(): Promise<void>;
}>;

/** Undefined if there is no log: the file system does not allow one, and SQLite syncs the database itself. */
export type OpenLog = () => Promise<Pick<FileHandle, 'datasync' | 'close'> | undefined>;

/** `openLog`: opens the write-ahead log, which exists from the first commit until the store is closed. */
export function walSync(file: string, openLog: OpenLog = () => opened(`${file}-wal`)): WalSync {
  let commits = 0;
  let synced = 0;
  let running: Promise<void> | undefined;
  let log: ReturnType<OpenLog> | undefined;
  let isClosed = false;

  async function sync(): Promise<void> {
    const upTo = commits;
    log ??= openLog();
    try {
      await (await log)?.datasync();
    } catch (error) {
      await closeLog();
      throw error;
    }
    synced = upTo;
    if (isClosed) await closeLog();
  }

  async function closeLog(): Promise<void> {
    const last = log;
    log = undefined;
    await (await last?.catch(() => undefined))?.close();
  }

  return {
    committed() {
      commits += 1;
    },
    async settled() {
      const upTo = commits;
      while (synced < upTo) {
        running ??= sync().finally(() => {
          running = undefined;
        });
        await running;
      }
    },
    async close() {
      isClosed = true;
      await running?.catch(() => undefined);
      await closeLog();
    },
  };
}

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A store in memory ends with the process. */
export const NO_SYNC: WalSync = {
  committed: () => undefined,
  settled: async () => undefined,
  close: async () => undefined,
};
