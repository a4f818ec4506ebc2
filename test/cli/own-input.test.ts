import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseOwnInput } from '#cli/own-input.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'spanhound-own-input-'));

test('a result never replaces a file that it is made from, by whatever path', () => {
  const at = folder();
  const file = join(at, 'traces.json');
  writeFileSync(file, '{}');
  const refused = { message: expect.stringContaining('would replace a file that is read') };
  expect(() => refuseOwnInput(file, [[file]])).toThrow(expect.objectContaining(refused));
  expect(() => refuseOwnInput(join(at, '.', 'traces.json'), ['other', file])).toThrow(expect.objectContaining(refused));
  expect(() => refuseOwnInput(file, [at])).toThrow(expect.objectContaining(refused));
  expect(readFileSync(file, 'utf8')).toBe('{}');
});

test('a file beside it, and an answer that stands in the folder of a case, are written', () => {
  const at = folder();
  const file = join(at, 'traces.json');
  writeFileSync(file, '{}');
  cpSync(file, join(at, 'answer.html'));
  expect(() => refuseOwnInput(join(at, 'new.json'), [file])).not.toThrow();
  expect(() => refuseOwnInput(join(at, 'answer.html'), [at])).not.toThrow();
  expect(() => refuseOwnInput(undefined, [file])).not.toThrow();
});
