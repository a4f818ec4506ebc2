import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptRedactionKey, madeRedactionKey } from '#adapters/files/redaction-key.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redaction-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the key is made once and kept, for its owner alone', () => {
  const data = join(folder, 'data');
  expect(keptRedactionKey(data)).toBeUndefined();
  const key = madeRedactionKey(data);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(madeRedactionKey(data)).toBe(key);
  expect(keptRedactionKey(data)).toBe(key);
  expect(statSync(join(data, 'redaction.key')).mode & 0o077).toBe(0);
});

test('two folders have two keys, and one that somebody brought along is used', () => {
  expect(madeRedactionKey(join(folder, 'a'))).not.toBe(madeRedactionKey(join(folder, 'b')));
  writeFileSync(join(folder, 'redaction.key'), 'brought along\n');
  expect(madeRedactionKey(folder)).toBe('brought along');
});
