/** The audit log of what the operator reads with a verb, and of a backup that the operator puts back. */
import { userInfo } from 'node:os';
import { tell } from '#cli/tell.ts';
import { noteOperatorsRead, noteRestored, type OperatorsRead } from '#workflows/audit/note-shown.ts';

type Store = Parameters<typeof noteOperatorsRead>[0];

/** Longer than the names of accounts on Linux, macOS and Windows. */
const MOST_CHARACTERS = 64;

/** Adds one entry. If that fails, stderr says so, and the verb still answers. */
export async function noteRead(store: Store, read: OperatorsRead): Promise<void> {
  await noted('this reading', noteOperatorsRead(store, { ...read, user: userOfMachine() }));
}

/** Adds one entry to the restored store. If that fails, stderr says so. */
export async function noteRestore(store: Store): Promise<void> {
  await noted('this restore', noteRestored(store, { user: userOfMachine() }));
}

async function noted(what: string, entry: Promise<void>): Promise<void> {
  try {
    await entry;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tell(`the audit log has no entry for ${what}: ${reason}`, 'Check whether you may write the store.');
  }
}

/** The answer of a verb that reads the whole store and then closes it. */
export async function readOnce<T>(store: Store, what: string, answer: Promise<T>): Promise<T> {
  try {
    const read = await answer;
    await noteRead(store, { what });
    return read;
  } finally {
    await store.close();
  }
}

function userOfMachine(): string {
  try {
    return userInfo().username.slice(0, MOST_CHARACTERS);
  } catch {
    // A container may run under a number without a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
