/** Generated files: what differs is shown and written, and a second run changes nothing. */
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { differences, writeFiles } from '../../tools/generated.ts';
import type { Picture } from '../../tools/picture.ts';
import { withOutputs } from '../../tools/quoted-outputs.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-generated-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A PNG is read for its text chunk alone. */
const picture = (shows: string): Picture => ({ shows, png: async () => new Uint8Array(64) });

test('each difference is a short diff; once written, nothing differs and nothing is written', async () => {
  writeFileSync(join(root, 'page.md'), 'one\ntwo\nthree\n');
  writeFileSync(join(root, 'old.md'), 'of a detector that is gone\n');
  const files = new Map<string, string | Picture | undefined>([
    ['page.md', 'one\n2\nthree\n'],
    ['old.md', undefined],
    ['never.md', undefined],
    ['images/new.png', picture('<svg>1</svg>')],
    ['long.md', `${'x'.repeat(1_000)}\n`.repeat(100)],
  ]);
  const [page, old, png, long = '', ...more] = differences(root, files);
  expect(page).toBe('--- page.md\texisting\n+++ page.md\tgenerated\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three');
  expect(old).toContain('old.md');
  expect(png).toContain('images/new.png');
  expect(long.length).toBeLessThan(12_000);
  expect(long).toMatch(/… \d+ more lines$/);
  expect(more).toEqual([]);

  expect(await writeFiles(root, files)).toEqual(['page.md', 'old.md', 'images/new.png', 'long.md']);
  expect(readFileSync(join(root, 'page.md'), 'utf8')).toBe('one\n2\nthree\n');
  utimesSync(join(root, 'page.md'), 1, 1);
  expect(differences(root, files)).toEqual([]);
  expect(await writeFiles(root, files)).toEqual([]);
  expect(statSync(join(root, 'page.md')).mtimeMs).toBe(1_000);
  expect(differences(root, new Map([['images/new.png', picture('<svg>2</svg>')]]))).toHaveLength(1);
});

test('a quoted output is written anew; a shortened one keeps its number of lines', () => {
  const page = '```console\n$ ./spanhound a\nold\n```\ntext\n```console\n$ ./spanhound b $&\nold\nolder\n…\n```\n';
  const written = withOutputs(page, (call) => `${call} 1\n2\n3\n`);
  expect(written).toBe(
    '```console\n$ ./spanhound a\na 1\n2\n3\n```\ntext\n```console\n$ ./spanhound b $&\nb $& 1\n2\n…\n```\n',
  );
  expect(withOutputs(written, (call) => `${call} 1\n2\n3\n`)).toBe(written);
});
