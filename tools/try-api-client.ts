/**
 * Tries the client as docs/api.md describes it: packs it, installs the package into an empty project, compiles the example
 * of the page, and runs it against the API. Ends with 2 if the packages cannot be installed.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withServedApi } from './deep/served-api.ts';
import { packClient } from './pack-client.ts';

const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Other projects may have an older compiler than this one. */
const COMPILER = 'typescript@5.9.3';
const NOT_INSTALLED = 2;

/** Follows the example of the page: what is right arrives, and what is wrong does not compile. */
const FURTHER = `
const { incidents } = await spanhound.GET('/incidents', { params: { query: { status: 'all' } } });
console.log(incidents.map(({ incident }) => incident).join(' '));
// @ts-expect-error There is no such status.
const wrong = spanhound.GET('/incidents', { params: { query: { status: 'closed' } } });
await wrong.catch((error: SpanhoundError) => console.log(error.problem?.errors?.[0]?.pointer));
`;
const PRINTED = /^.+`user-service`.+\nINC-2 INC-1\n#\/status\n$/;

process.exitCode = await withServedApi(async ({ url, token, folder }) => {
  const program = (name: string, args: readonly string[], env = {}) =>
    run(name, args, { cwd: folder, env: { ...process.env, ...env } });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const client = await packClient(folder);
  try {
    await program('npm', ['install', '--no-audit', '--no-fund', client, COMPILER]);
  } catch (error) {
    console.log(`the packages cannot be installed: ${(error as Error).message.split('\n').at(-1)}`);
    return NOT_INSTALLED;
  }
  const page = readFileSync(at('docs/api.md'), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(page) ?? [];
  // The page asks about the last half hour; the recorded outage was earlier.
  const asked = "service: 'user-service', from: '2025-01-06T14:15:00Z', to: '2025-01-06T14:35:00Z'";
  const written = example.replace("service: 'checkout', from: '-30m', to: 'now'", asked);
  if (written === example) throw new Error('the example of docs/api.md does not ask about checkout');
  writeFileSync(join(folder, 'client.ts'), `${written}${FURTHER}`);
  const strict = ['--strict', '--noEmit', '--target', 'es2024', '--module', 'nodenext'];
  const types = ['--types', 'node', '--typeRoots', at('node_modules/@types')];
  await program(join(folder, 'node_modules', '.bin', 'tsc'), [...strict, ...types, 'client.ts']).catch(
    (error: { stdout?: string }) => {
      throw new Error(`the example does not compile: ${error.stdout}`);
    },
  );
  const env = { SPANHOUND_URL: url.replace('/api/v1', ''), SPANHOUND_TOKEN: token };
  const { stdout } = await program(process.execPath, ['client.ts'], env);
  console.log(stdout);
  const isRight = PRINTED.test(stdout);
  console.log(isRight ? 'the client compiles, asks and refuses' : 'WRONG: the client printed something else');
  return isRight ? 0 : 1;
});
