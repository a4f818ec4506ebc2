/**
 * `npm run pack:client`: packs the client of the REST API for other projects, as JavaScript with its types. The package
 * holds nothing of the program, and brings what the client imports alone. Prints the path of the package.
 *
 *   npm run pack:client              into `packed/`
 *   npm run pack:client -- FOLDER    into this folder
 */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');

/** Runs in Node 20 and newer, where `AbortSignal.any` begins, and in browsers. */
const COMPILED = ['--target', 'es2022', '--lib', 'es2022', '--types', 'node', '--module', 'nodenext', '--strict'];
const WRITTEN = ['--declaration', '--rewriteRelativeImportExtensions'];

/** Returns the path of the package. */
export async function packClient(destination: string): Promise<string> {
  const { version, license, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-client-'));
  try {
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const from = ['--ignoreConfig', '--outDir', folder, join(ROOT, 'src/client/client.ts')];
    await run(tsc, [...COMPILED, ...WRITTEN, ...from], { cwd: ROOT });
    const described = {
      name: 'spanhound',
      version,
      description: 'The typed client of the REST API of Spanhound.',
      license,
      type: 'module',
      engines: { node: '>=20.3' },
      exports: { './client': { types: './client.d.ts', default: './client.js' } },
      dependencies: { 'openapi-fetch': devDependencies['openapi-fetch'] },
    };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(described, null, 2)}\n`);
    copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
    mkdirSync(destination, { recursive: true });
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', resolve(destination)], {
      cwd: folder,
    });
    return join(destination, stdout.trim());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const [destination = 'packed'] = process.argv.slice(2);
  console.log(await packClient(destination));
}
