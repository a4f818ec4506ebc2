/**
 * Files of `../shared`, which belong to others and stay outside of the repository. `test/fixtures/shared-pins.json` holds
 * the digest of each file that the tests read. A file that is added there changes no result of this commit. A test is
 * skipped where its file is missing or is another one, and the last lines of `.ci/run` say so.
 *
 * `node tools/pin-shared.ts` writes the digests anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestRunner } from 'vitest';

export const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));
export const PINS = fileURLToPath(new URL('../fixtures/shared-pins.json', import.meta.url));

/** SHA-256 of each file, by its path in the folder. */
export type Pins = Readonly<Record<string, string>>;

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function openShared(root: string, pins: Pins) {
  const problems = new Map<string, string | undefined>();
  const paths = Object.keys(pins).sort();

  /** The pinned files, whether or not they are there: so many tests have the same names everywhere. */
  function files(pattern: string): readonly string[] {
    return paths.filter((path) => matchesGlob(path, pattern));
  }

  /** Why a file or a folder is not as it was pinned: `conformance: ../shared/conformance is missing`. */
  function problemWith(path: string): string | undefined {
    if (!problems.has(path)) problems.set(path, findProblem(path));
    return problems.get(path);
  }

  function findProblem(path: string): string | undefined {
    const [group = ''] = path.split('/');
    if (!existsSync(join(root, group))) return `${group}: ../shared/${group} is missing`;
    const isPinned = pins[path] === undefined ? isPinnedFolder(path) : isPinnedFile(path);
    return isPinned ? undefined : `${group}: changed or missing in ../shared/${group}`;
  }

  function isPinnedFile(path: string): boolean {
    return existsSync(join(root, path)) && digestOf(readFileSync(join(root, path))) === pins[path];
  }

  /** A file more is another case, too. */
  function isPinnedFolder(path: string): boolean {
    const pinned = files(`${path}/**`);
    if (pinned.length === 0) throw new Error(`no file of ${path} is pinned: node tools/pin-shared.ts`);
    const there = globSync(`${path}/**`, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
    return there.length === pinned.length && pinned.every((file) => problemWith(file) === undefined);
  }

  /** Where a pinned file or folder lies. Skips the running test if it is not as it was pinned. */
  function place(path: string): string {
    const problem = problemWith(path);
    if (problem !== undefined) skipTest(problem);
    return join(root, path);
  }

  return {
    files,
    has: (path: string) => pins[path] !== undefined,
    problemWith,
    place,
    bytes: (path: string) => readFileSync(place(path)),
    json: <T>(path: string) => JSON.parse(readFileSync(place(path), 'utf8')) as T,
  };
}

function skipTest(why: string): never {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) throw new Error(`${why}. Read it within a test, which is skipped then.`);
  return test.context.skip(why);
}

export const shared = openShared(SHARED, JSON.parse(readFileSync(PINS, 'utf8')));
