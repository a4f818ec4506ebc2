/** A program that fails, writes nothing, or leaves a helper behind gives no half PDF, and holds nobody up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { printPdf } from '#adapters/chromium/print.ts';

/** `last`: what the program does after it wrote `written` as its PDF. */
function program(written: string, last: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = `for a; do case "$a" in --print-to-pdf=*) printf '${written}' > "\${a#--print-to-pdf=}";; esac; done`;
  const path = join(folder, 'chromium');
  writeFileSync(path, `#!/bin/sh\n${file}\n${last}\n`, { mode: 0o755 });
  return path;
}

test('half a PDF of a program that failed is none', async () => {
  const failing = program('half', 'echo no memory >&2; exit 3');
  await expect(printPdf('<p>', failing)).rejects.toThrow(/failed \(exit 3\)\. It said: no memory/);
});

test('a program that was killed, and one that wrote nothing, made none', async () => {
  await expect(printPdf('<p>', program('half', 'kill -9 $$'))).rejects.toThrow('was ended');
  await expect(printPdf('<p>', program('', ''))).rejects.toThrow('wrote none');
});

test('a helper that keeps the output open is not waited for', async () => {
  const pdf = await printPdf('<p>', program('whole', 'sleep 20 &'));
  expect(Buffer.from(pdf).toString()).toBe('whole');
});
