/** What lies beside the checkout cannot change what a commit proves. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { digestOf, openShared, shared } from '#test/shared-files.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-shared-'));
afterAll(() => rmSync(root, { recursive: true }));

const FILES = { 'cases/a/case.json': '{"a":1}', 'cases/a/logs.json': '[]', 'cases/b/case.json': '{}' };
const pins = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, digestOf(Buffer.from(text))]));
const CHANGED = 'cases: changed or missing in ../shared/cases';

beforeEach(() => {
  rmSync(join(root, 'cases'), { recursive: true, force: true });
  for (const [path, text] of Object.entries(FILES)) write(path, text);
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('a file of the shared folder', () => {
  test('is read where it is the pinned one', () => {
    const { json, place, problemWith } = openShared(root, pins);
    expect(json('cases/a/case.json')).toEqual({ a: 1 });
    expect(place('cases/a')).toBe(join(root, 'cases/a'));
    expect(problemWith('cases/a')).toBeUndefined();
  });

  test('that is added is not listed', () => {
    cpSync(join(root, 'cases/a'), join(root, 'cases/c'), { recursive: true });
    const { files, problemWith } = openShared(root, pins);
    expect(files('cases/*/case.json')).toEqual(['cases/a/case.json', 'cases/b/case.json']);
    expect(files('cases/*/case.json').map(problemWith)).toEqual([undefined, undefined]);
  });

  test('that is changed, missing, or one more in its case, is left out with a reason', () => {
    write('cases/a/logs.json', '[1]');
    const changed = openShared(root, pins);
    expect([changed.problemWith('cases/a'), changed.problemWith('cases/b')]).toEqual([CHANGED, undefined]);

    rmSync(join(root, 'cases/a/logs.json'));
    expect(openShared(root, pins).problemWith('cases/a')).toBe(CHANGED);

    write('cases/b/changes.json', '[]');
    expect(openShared(root, pins).problemWith('cases/b')).toBe(CHANGED);
  });

  test('is missing with its whole folder', () => {
    rmSync(join(root, 'cases'), { recursive: true });
    const { files, problemWith } = openShared(root, pins);
    expect(files('cases/*/case.json')).toHaveLength(2);
    expect(problemWith('cases/b/case.json')).toBe('cases: ../shared/cases is missing');
  });

  test('that nobody pinned is a mistake of the test', () => {
    expect(() => openShared(root, pins).place('cases/x')).toThrow('node tools/pin-shared.ts');
  });
});

test('the cases of the tests are pinned', () => {
  expect(shared.files('conformance/*/*/expect.json').length).toBeGreaterThan(100);
  expect(shared.files('cases/*/case.json').length).toBeGreaterThan(20);
  expect(shared.files('alerts/*/*.json').length).toBeGreaterThan(50);
});
