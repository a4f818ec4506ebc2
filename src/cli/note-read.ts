/** The audit log of what the operator reads with a verb. */
import { userInfo } from 'node:os';
import { tell } from '#cli/tell.ts';
import { noteOperatorsRead, type OperatorsRead } from '#workflows/audit/note-shown.ts';

type Store = Parameters<typeof noteOperatorsRead>[0];

/** Longer than the names of accounts on Linux, macOS and Windows. */
const MOST_CHARACTERS = 64;

/** Adds one entry. If that fails, stderr says so, and the verb still answers. */
export async function noteRead(store: Store, read: OperatorsRead): Promise<void> {
  try {
    await noteOperatorsRead(store, { ...read, user: userOfMachine() });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tell(`the audit log has no entry for this reading: ${reason}`, 'Check whether you may write the store.');
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
