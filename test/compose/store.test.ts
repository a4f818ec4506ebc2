import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeStoreToRead } from '#compose/store.ts';

test('a file in place of the folder of the data is refused, and an empty folder holds no store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-store-'));
  const file = join(folder, 'notes.txt');
  writeFileSync(file, 'notes');
  await expect(composeStoreToRead({ dataFolder: file })).rejects.toThrow(`the data folder ${file} is a file`);
  await expect(composeStoreToRead({ dataFolder: folder })).resolves.toBeUndefined();
});
