import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-input-'));
afterAll(() => rmSync(folder, { recursive: true }));
const binary = join(folder, 'binary');
writeFileSync(binary, Buffer.from([0x1b, 0x5b, 0x32, 0x4a, 0, 1, 2]));
const utf16 = join(folder, 'utf16');
writeFileSync(utf16, Buffer.from('\ufeff{"a":1}', 'utf16le'));
const empty = join(folder, 'empty');
writeFileSync(empty, ' \n');
mkdirSync(join(folder, 'folder'));
const [isFolder, missing] = [join(folder, 'folder'), join(folder, 'missing')];

describe('what cannot be read is refused in words, without a code of the operating system', () => {
  test.each([
    [['postmortem', 'lint', missing], `cannot read ${missing}: there is no such file`],
    [['postmortem', 'lint', isFolder], `cannot read ${isFolder}: it is a folder`],
    [['postmortem', 'lint', binary], `${binary} cannot be read: it is binary data, not text`],
    [['postmortem', 'lint', empty], `${empty} is empty`],
    [['alert', 'try', missing], `cannot read ${missing}: there is no such file`],
    [['diff', '{}', binary], `${binary} cannot be read: it is binary data, not text`],
    [['json', utf16], `${utf16} cannot be read: it is text in UTF-16`],
    [['analyze', ''], 'cannot read a file without a name: there is no such file'],
    [['time', 'now', '--out', join(missing, 'time.txt')], `cannot write ${join(missing, 'time.txt')}: its folder`],
    [['detectors', '--config', missing], `the configuration file cannot be read: there is no such file → ${missing}`],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await spanhound(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\bE[A-Z]{4,}\b/);
  });

  test('standard input is called so', async () => {
    const { stderr } = await spanhound(['postmortem', 'lint', '-'], { stdin: '' });
    expect(stderr).toContain('standard input is empty');
  });
});
