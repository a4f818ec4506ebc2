import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { type BodyBytes, bodyBytes } from '#analyse/body-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MB = 1_048_576;
/** No two places of it look alike. */
const body = Uint8Array.from({ length: 3 * MB }, (_, i) => (i * 2_654_435_761) >>> 24);

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** In one buffer that is used again and again, as a file is read. */
function pushed(bytes: BodyBytes, times = 1): BodyBytes {
  const buffer = new Uint8Array(MB);
  for (let time = 0; time < times; time += 1) {
    for (let at = 0; at < body.length; at += MB) {
      buffer.set(body.subarray(at, at + MB));
      bytes.push(buffer);
    }
  }
  return bytes;
}

/** `toEqual` looks at each byte alone: a megabyte takes half a second. */
function expectSame(bytes: Uint8Array, expected: Uint8Array): void {
  expect(bytes.length).toBe(expected.length);
  expect(Buffer.compare(bytes, expected)).toBe(0);
}

test.each([
  ['a plain file is read again at the place', file('plain', body)],
  ['of a compressed one the bytes that came are kept', file('packed', gzipSync(body))],
  ['so are those of a file that is not there', join(folder, 'missing')],
  ['and those of a folder', folder],
  ['and those that came from elsewhere', ''],
])('%s', (_, path) => {
  const bytes = pushed(bodyBytes(path));
  for (const [from, to] of [
    [0, 10],
    [MB - 5, MB + 5],
    [5, 2 * MB + 7],
    [3 * MB - 4, 3 * MB],
    [7, 7],
  ] as const) {
    expectSame(bytes.slice(from, to), body.subarray(from, to));
  }
  expectSame(bytes.slice(2 * MB + 3), body.subarray(2 * MB + 3));
  bytes.close();
});

test('a body that does not fit in memory lies in a file without a name', () => {
  const bytes = pushed(bodyBytes(''), 13);
  expectSame(bytes.slice(5, 2 * MB), body.subarray(5, 2 * MB));
  expectSame(bytes.slice(36 * MB + 9, 37 * MB), body.subarray(9, MB));
  expectSame(bytes.slice(39 * MB - 3), body.subarray(3 * MB - 3));
  bytes.close();
});

test('a file that was truncated meanwhile yields its remaining bytes', () => {
  const path = file('cut', body);
  const bytes = pushed(bodyBytes(path));
  truncateSync(path, 100);
  expectSame(bytes.slice(50, 200), body.subarray(50, 100));
  bytes.close();
});
