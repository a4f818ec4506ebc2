import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { caseDisk } from '#adapters/files/case-folder.ts';
import { testCaseStore } from '#test/case-store-contract.ts';
import { keptIn, newFolder } from '#test/cases.ts';

const disk = caseDisk({ maxBytes: 1_000 });

describe('writing a folder', () => {
  test('replaces what was there, and clears away what a killed process left', async () => {
    const root = newFolder();
    mkdirSync(join(root, '.one-abc123'));
    writeFileSync(join(root, '.one-abc123', 'traces.json'), 'half');
    await disk.write(join(root, 'one'), [{ name: 'a.json', bytes: Buffer.from('1') }]);
    await disk.write(join(root, 'one'), [{ name: 'b.json', bytes: Buffer.from('2') }]);
    expect([readdirSync(root), readdirSync(join(root, 'one'))]).toEqual([['one'], ['b.json']]);
  });

  test('that fails leaves the old one and nothing half', async () => {
    const root = newFolder();
    await disk.write(join(root, 'one'), [{ name: 'a.json', bytes: Buffer.from('1') }]);
    const twice = [
      { name: 'b.json', bytes: Buffer.from('2') },
      { name: 'b.json', bytes: Buffer.from('3') },
    ];
    await expect(disk.write(join(root, 'one'), twice)).rejects.toThrow('EEXIST');
    expect([readdirSync(root), readdirSync(join(root, 'one'))]).toEqual([['one'], ['a.json']]);
  });

  test.each(['../a.json', '/etc/a', '.hidden', 'a/b', ''])('refuses a file called %j', async (name) => {
    const root = newFolder();
    await expect(disk.write(join(root, 'one'), [{ name, bytes: Buffer.from('1') }])).rejects.toThrow(
      'is not a valid name',
    );
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('reading a folder', () => {
  test('follows no link, and reads only what it has listed', async () => {
    const root = newFolder();
    writeFileSync(join(root, 'secret'), 'x');
    const folder = join(root, 'one');
    mkdirSync(folder);
    symlinkSync(join(root, 'secret'), join(folder, 'logs.jsonl'));
    const opened = await disk.open(folder);
    expect(opened.entries).toEqual([{ name: 'logs.jsonl', kind: 'link' }]);
    await expect(opened.sumOf('logs.jsonl')).rejects.toThrow('there is no file');
    await expect(opened.sumOf('../secret')).rejects.toThrow('there is no file');
    await expect(opened.open('..')).rejects.toThrow('there is no folder');
  });

  test('follows no link that has come since it was listed', async () => {
    const folder = newFolder();
    const other = join(newFolder(), 'secret');
    writeFileSync(other, 'x');
    writeFileSync(join(folder, 'logs.jsonl'), 'y');
    const opened = await disk.open(folder);
    rmSync(join(folder, 'logs.jsonl'));
    symlinkSync(other, join(folder, 'logs.jsonl'));
    await expect(opened.sumOf('logs.jsonl')).rejects.toMatchObject({ code: 'SH_UNREADABLE' });
    await expect(textOf(opened.chunks('logs.jsonl'))).rejects.toMatchObject({ code: 'SH_UNREADABLE' });
  });

  test('uncompresses as far as the cap, and sums the bytes as they lie there', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'small.gz'), gzipSync('y'.repeat(1_000)));
    writeFileSync(join(folder, 'large.gz'), gzipSync('y'.repeat(1_001)));
    const opened = await disk.open(folder);
    expect(await textOf(opened.chunks('small.gz'))).toHaveLength(1_000);
    await expect(textOf(opened.chunks('large.gz'))).rejects.toMatchObject({ code: 'SH_TOO_LARGE' });
    expect((await opened.sumOf('small.gz')).bytes).toBe(readFileSync(join(folder, 'small.gz')).length);
  });
});

test('a folder is taken when something is in it, and a file always is', async () => {
  const folder = newFolder();
  expect(await disk.isTaken(folder)).toBe(false);
  expect(await disk.isTaken(join(folder, 'new'))).toBe(false);
  writeFileSync(join(folder, 'file'), '');
  expect([await disk.isTaken(folder), await disk.isTaken(join(folder, 'file'))]).toEqual([true, true]);
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

testCaseStore('a folder', () => keptIn(newFolder()));
