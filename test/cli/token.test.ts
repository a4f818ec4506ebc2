/** `spanhound token`: what it prints, what it stores, and what it refuses. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import { spanhound } from './run-spanhound.ts';

const dataFolder = mkdtempSync(join(tmpdir(), 'spanhound-token-'));
const env = { SPANHOUND_DATA: dataFolder };

beforeAll(async () => {
  await (await composeStore({ dataFolder })).close();
});
afterAll(() => rmSync(dataFolder, { recursive: true }));

test('a token is made, listed without its secret, and revoked by its name', async () => {
  const made = await spanhound(['token', 'create', 'board', '--scope', 'read', 'cases', '--channel', 'G0123456789'], {
    env,
  });
  expect(made.code).toBe(0);
  const [, id = '', secret = ''] = /^spanhound_([0-9a-f]{12})_([\w-]{43})\n$/.exec(made.stdout) ?? [];
  expect(made.stderr).toContain(`its id is ${id}`);

  const listed = await spanhound(['token', 'list'], { env });
  expect(listed.stdout).toMatch(
    new RegExp(`^${id}  board  read cases  until \\d{4}-\\d\\d-\\d\\d  never used  sees G0123456789\n$`),
  );
  expect((await spanhound(['token', 'list', '--json'], { env })).stdout).not.toContain(secret);

  expect((await spanhound(['token', 'revoke', 'board'], { env })).stdout).toContain(`Token board (${id}) is revoked.`);
  expect((await spanhound(['token', 'list'], { env })).stdout).toContain('  revoked  ');
  expect((await spanhound(['token', 'revoke', id], { env })).stdout).toBe(`Token board (${id}) is revoked already.\n`);
});

test.each([
  [['create', 'x'], 'a token without a scope may do nothing'],
  [['create', 'x', '--scope', 'write'], 'there is no scope write'],
  [['create', 'two words', '--scope', 'read'], 'no name of a token'],
  [['create', 'x', '--scope', 'read', '--channel', '#general'], '#general is no id of a channel'],
  [['create', 'x', '--scope', 'read', '--days', '0'], '--days is no number of days'],
  [['create', 'x', '--scope', 'read', '--days', '1e3'], '--days is no number of days'],
  [['revoke', 'nobody'], 'there is no such token'],
])('token %j is refused', async (args, why) => {
  expect(await spanhound(['token', ...args], { env })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(why),
  });
});
