/** Writes a file whole, durably, in the place of the one before. A crash leaves one of the two. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export function replaceFile(file: string, content: string | Uint8Array, mode = 0o600): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, content, { mode });
  sync(fresh);
  renameSync(fresh, file);
  sync(dirname(file));
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
