/** Another project takes the packed client by its name, with its types, and without anything else of Spanhound. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOGIN, openApi, type TestApi } from '#test/api-at-work.ts';
import { packClient } from '../../tools/pack-client.ts';

const run = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), 'spanhound-project-'));
const installed = join(project, 'node_modules/spanhound');
let api: TestApi;

/** As npm would install it, which would ask the registry for the others. */
beforeAll(async () => {
  api = await openApi();
  const packed = await packClient(project);
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', packed, '-C', installed, '--strip-components=1']);
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers'])
    symlinkSync(join(process.cwd(), 'node_modules', name), join(project, 'node_modules', name));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});
afterAll(async () => {
  await api.stop();
  rmSync(project, { recursive: true });
});

const USE = `
import { type Schemas, spanhoundClient } from 'spanhound/client';
declare const process: { env: Record<'URL' | 'TOKEN', string> };
declare const console: { log(text: string): void };

const spanhound = spanhoundClient({ address: process.env.URL, token: process.env.TOKEN });
const body: Schemas['DiagnoseTraceRequest'] = { id: '${LOGIN}' };
const { status } = await spanhound.POST('/diagnose', { body });
// @ts-expect-error There is no such path.
const error: Error = await spanhound.GET('/no-such-path').catch((error) => error);
// @ts-expect-error A status is a text.
const wrong: number = status;
console.log(\`\${wrong} \${error.name}\`);
`;

test('a project compiles and runs with it', async () => {
  writeFileSync(join(project, 'use.ts'), USE);
  const tsc = join(process.cwd(), 'node_modules/.bin/tsc');
  const options = ['--strict', '--noEmit', '--target', 'es2024', '--module', 'nodenext', '--types', ''];
  await run(tsc, [...options, '--lib', 'es2024,dom', 'use.ts'], { cwd: project });
  const env = { URL: api.url.replace('/api/v1', ''), TOKEN: (await api.made(['diagnose'])).token };
  const { stdout } = await run(process.execPath, ['use.ts'], { cwd: project, env });
  expect(stdout).toBe('confirmed SpanhoundError\n');
});

test('the package holds the client alone', () => {
  const files = ['LICENSE', 'client.d.ts', 'client.js', 'package.json', 'schema.d.ts', 'schema.js'];
  expect(readdirSync(installed).sort()).toEqual(files);
});
