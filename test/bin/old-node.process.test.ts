/** What an older Node says to `bin/` and to `npm ci`: a real one where the machine has one, and this one under another version. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../cli/run-spanhound.ts';

const checkout = mkdtempSync(join(tmpdir(), 'spanhound-node-'));
const bundled = join(checkout, 'node_modules/node/bin/node');
cpSync('bin', join(checkout, 'bin'), { recursive: true });
cpSync('package.json', join(checkout, 'package.json'));
afterAll(() => rmSync(checkout, { recursive: true }));

const PROGRAMS = ['bin/spanhound.mjs', 'bin/start.mjs'] as const;

function under(version: string, program: string) {
  const changed = `Object.defineProperty(process,'version',{value:'${version}'})`;
  return runProgram(process.execPath, ['--import', `data:text/javascript,${changed}`, join(checkout, program)]);
}

describe.each(PROGRAMS)('%s under an older Node', (program) => {
  test('says in one line what it needs and how to get it, with the exit code of bad usage', async () => {
    rmSync(join(checkout, 'node_modules'), { recursive: true, force: true });
    expect(await under('v20.20.2', program)).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'spanhound: needs Node 24 or newer, and this is Node 20.20.2: install one from https://nodejs.org, or run `npm ci`, which brings one along\n',
    });
  });

  test('names the Node that was installed with it', async () => {
    mkdirSync(join(bundled, '..'), { recursive: true });
    writeFileSync(bundled, '');
    const { code, stderr } = await under('v23.11.1', program);
    expect(code).toBe(2);
    expect(stderr).toBe(`spanhound: needs Node 24 or newer, and this is Node 23.11.1: start it with ${bundled}\n`);
  });

  test('goes on under the first one that runs it', async () => {
    const { stderr } = await under('v24.0.0', program);
    expect(stderr).not.toContain('needs Node');
    expect(stderr).toContain('src'); // which this checkout has not
  });

  const older = olderNode();
  test.skipIf(older === undefined)(
    'that is a real one says the same',
    { meta: { needs: 'a Node older than 24' } },
    async () => {
      const { code, stderr } = await runProgram(`${older}`, [join(checkout, program)]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^spanhound: needs Node 24 or newer, and this is Node \d+\.\d+\.\d+: .+\n$/);
    },
  );
});

/** A script of `npm ci`, in which `node` is the bundled one and npm itself runs on the machine's. */
describe('installing on an older Node', () => {
  cpSync('tools/tell-node.mjs', join(checkout, 'tools/tell-node.mjs'));
  const installed = (node: string) =>
    runProgram(process.execPath, [join(checkout, 'tools/tell-node.mjs')], {
      env: { npm_config_user_agent: `npm/11.19.1 node/${node} linux x64 workspaces/false` },
    });

  test('says in one line which Node runs the programs', async () => {
    mkdirSync(join(bundled, '..'), { recursive: true });
    writeFileSync(bundled, '');
    expect((await installed('v20.20.2')).stdout).toBe(
      'spanhound: needs Node 24 or newer, and this is Node 20.20.2: npm start, npm test and ./spanhound use the one in node_modules/node/bin/node\n',
    );
  });

  test('says where to get one if none was installed', async () => {
    rmSync(join(checkout, 'node_modules'), { recursive: true, force: true });
    expect((await installed('v20.20.2')).stdout).toBe(
      'spanhound: needs Node 24 or newer, and this is Node 20.20.2: install one from https://nodejs.org before you start Spanhound\n',
    );
  });

  test('says nothing on one that is new enough', async () => {
    expect(await installed('v24.0.0')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });
});

test.each([...PROGRAMS, 'bin/old-node.mjs'])('%s has no syntax that Node 12 does not know', (file) => {
  const { program, errors } = parseSync(file, readFileSync(file, 'utf8'));
  expect(errors).toEqual([]);
  expect(JSON.stringify(program)).not.toMatch(
    /"(ChainExpression|AwaitExpression|PropertyDefinition|StaticBlock|PrivateIdentifier)"|"operator":"(\?\?|\|\|=|&&=)/,
  );
});

/** Of the machine itself, beside the one that runs the tests. */
function olderNode(): string | undefined {
  return ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    if (!existsSync(path)) return false;
    return Number.parseInt(execFileSync(path, ['--version'], { encoding: 'utf8' }).slice(1), 10) < 24;
  });
}
