/** A program named chromium that prints nothing: its PDF has the first words of the page. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SCRIPT = [
  '#!/bin/sh',
  'for arg; do case "$arg" in',
  '--print-to-pdf=*) out=$(echo "$arg" | cut -c16-);;',
  'file://*) page=$(echo "$arg" | cut -c8-);;',
  'esac; done',
  'printf "%%PDF " > "$out"; head -c 15 "$page" >> "$out"',
  '',
].join('\n');

/** Returns a `PATH` with the program, in a new folder of this one. */
export function fakeChromium(folder: string): string {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'chromium'), SCRIPT, { mode: 0o755 });
  return `${programs}:/usr/bin:/bin`;
}
