/**
 * The key by which the values that were taken out are named, in a file of the data folder: the same value has the same name
 * in every answer of one installation, and nobody without the file can find a value by trying.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'redaction.key';

/** Undefined where there is none, or none that may be read. */
export function keptRedactionKey(dataFolder: string): string | undefined {
  try {
    return readFileSync(join(dataFolder, FILE), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Made where there is none. Two processes that start at once agree on the one that was written first. */
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

/** For a process that keeps nothing. */
export function drawnRedactionKey(): string {
  // Loaded here, for a command line draws no key.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return randomBytes(KEY_BYTES).toString('hex');
}

const KEY_BYTES = 32;
