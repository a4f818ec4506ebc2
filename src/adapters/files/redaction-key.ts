/**
 * The key for the names of redacted values, in a file of the data folder. The same value has the same name in every
 * answer of one installation. Without the file, nobody can find a value by guessing.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'redaction.key';

/** Undefined if there is none, or it is unreadable. */
export function keptRedactionKey(dataFolder: string): string | undefined {
  try {
    return readFileSync(join(dataFolder, FILE), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Created if missing. Two processes that start together agree on the first one written. */
export function madeRedactionKey(dataFolder: string): string {
  const kept = keptRedactionKey(dataFolder);
  if (kept !== undefined) return kept;
  const key = drawnRedactionKey();
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(dataFolder, FILE), `${key}\n`, { flag: 'wx', mode: 0o600 });
    return key;
  } catch (error) {
    const first = keptRedactionKey(dataFolder);
    if (first === undefined) throw error;
    return first;
  }
}

/** For a process that stores nothing. */
export function drawnRedactionKey(): string {
  // Loaded here, because a command line creates no key.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return randomBytes(KEY_BYTES).toString('hex');
}

const KEY_BYTES = 32;
