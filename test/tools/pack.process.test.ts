/**
 * A checkout of its own, for others use this one's pack meanwhile. It gets a copy of what `npm ci` packed. Where that is
 * missing, or older than what makes it, it is packed anew.
 */
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { READY } from '#analyse/protocol.ts';
import { runProgram } from '../cli/run-spanhound.ts';

const checkout = mkdtempSync(join(tmpdir(), 'spanhound-pack-'));
const program = join(checkout, 'bin/spanhound.mjs');
const PACKED = join(checkout, 'packed/analyze.cjs');
const LISTS = ['packed/sources.json', 'packed/bot/sources.json'];
type Source = readonly [path: string, size: number, mtimeMs: number];
/** It runs last, and writes the compiled code. */
const COMPILER = 'bin/compile-packed.mjs';

beforeAll(async () => {
  for (const name of ['bin', 'src', 'tools', 'samples', 'runbooks', 'package.json', 'package-lock.json'])
    cpSync(name, join(checkout, name), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(checkout, 'node_modules'));
  if (isPacked()) copyPack();
  else await packs();
});
afterAll(() => rmSync(checkout, { recursive: true }));

async function packs(): Promise<void> {
  const { code, stderr } = await node('tools/pack.ts');
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

/** The copy of a source has the time of the source, but rounded. */
function copyPack(): void {
  cpSync('packed', join(checkout, 'packed'), { recursive: true });
  for (const list of LISTS) {
    const copied = sourcesOf(list).map(([path, size]) => {
      // Packages may lie elsewhere, where `node_modules` is a link.
      const copy = path.startsWith('..') ? relative(checkout, resolve(path)) : path;
      return [copy, size, statSync(join(checkout, copy)).mtimeMs];
    });
    writeFileSync(join(checkout, list), JSON.stringify(copied));
  }
}

function sourcesOf(list: string): readonly Source[] {
  return JSON.parse(readFileSync(list, 'utf8'));
}

/** The sources and the programs that pack them are what they were then. */
function isPacked(): boolean {
  if (!LISTS.every((list) => existsSync(list))) return false;
  const sources = LISTS.flatMap(sourcesOf);
  const makers = ['tools/pack.ts', ...readdirSync('tools/pack').map((name) => join('tools/pack', name)), COMPILER];
  return (
    sources.every(([path, size, mtimeMs]) => {
      const now = statSync(path, { throwIfNoEntry: false });
      return now?.size === size && now.mtimeMs === mtimeMs;
    }) && makers.every((path) => statSync(path).mtimeMs < statSync('packed/analyze.code').mtimeMs)
  );
}

describe('the packed command line', () => {
  const SAYS = 'says what the sources say: %s %s %s';
  test.each([['analyze', '--format', 'png', 'samples/hotrod-lock/traces.json'], ['--version']])(SAYS, saysTheSame);
  // The tests of test/cli run the pack, too, and say what it has to answer.
  test.each([
    ['http', 'http://127.0.0.1:9/'], // makes an object of a class of a builtin module
    ['analyze', '--json', 'samples/hotrod-lock/traces.json'],
    ['analyze', '--format', 'svg', 'samples/hotrod-lock/traces.json'],
    ['investigate', '--json', '--case', 'samples/login-outage'],
    ['incidents'],
    ['analyze', '--baseline', 'samples/healthy-checkout/traces.json', 'samples/hotrod-lock/traces.json'],
    ['analyze', 'no-such-file'],
    ['detectors'],
  ])(SAYS, { tags: ['deep'] }, saysTheSame);

  async function saysTheSame(...args: readonly string[]): Promise<void> {
    const packed = await node(program, args);
    const fromSources = await node(program, args, { SPANHOUND_DEBUG: '1' });
    expect(packed).toEqual(fromSources);
    expect(packed.bytes.length + packed.stderr.length).toBeGreaterThan(0);
  }

  test('redacts what the sources redact behind a word with an accent', async () => {
    const trace = readFileSync('samples/hotrod-lock/traces.json', 'utf8');
    const told = trace.replaceAll('Waiting for lock', 'sécurité sociale 1 85 05 78 006 084 36, waiting for lock');
    expect(told).not.toBe(trace);
    writeFileSync(join(checkout, 'told.json'), told);
    const { stdout } = await node(program, ['analyze', 'told.json']);
    expect(stdout).toContain('sécurité sociale [redacted:national-id:1]');
    expect(stdout).not.toContain('084 36');
  });

  test('has one byte for each character', () => {
    for (const folder of ['packed', 'packed/bot']) {
      const files = readdirSync(join(checkout, folder)).filter((name) => name.endsWith('.cjs'));
      expect(files.length).toBeGreaterThan(10);
      for (const name of files) expect(readFileSync(join(checkout, folder, name), 'utf8')).toMatch(/^\p{ASCII}+$/u);
    }
  });

  test('brings compiled code that V8 takes', async () => {
    const { stderr } = await node('--input-type=module', [
      '--eval',
      `import { packedProgram } from ${JSON.stringify(join(checkout, 'bin/packed.mjs'))};
       const program = packedProgram();
       await program.run(['analyze', 'samples/healthy-checkout/traces.json'], {});
       console.error([...program.scripts.values()].map((script) => script.cachedDataRejected));`,
    ]);
    expect(stderr).toBe('[ false, false ]\n');
  });

  test('starts the bot and its threads until a source is another one', { tags: ['deep'] }, async () => {
    const packedBot = () =>
      node('--input-type=module', [
        '--eval',
        `import { packedBot } from ${JSON.stringify(join(checkout, 'bin/packed.mjs'))};
         console.log(packedBot()?.slice(${checkout.length}));`,
      ]);
    expect((await packedBot()).stdout).toBe('/packed/bot/main.cjs\n');
    const help = await node('bin/start.mjs', ['--help']);
    expect(help.code).toBe(0);
    expect(help).toEqual(await node('bin/start.mjs', ['--help'], { SPANHOUND_DEBUG: '1' }));
    const worker = new Worker(join(checkout, 'packed/bot/worker.cjs'));
    const [ready] = await once(worker, 'message');
    await worker.terminate();
    expect(ready).toEqual({ id: READY, ok: true });

    const source = join(checkout, 'src/main.ts');
    writeFileSync(source, `${readFileSync(source, 'utf8')}\n`);
    expect((await packedBot()).stdout).toBe('undefined\n');
    expect((await node('bin/start.mjs', ['--help'])).stdout).toBe(help.stdout);
  });

  test('runs until a source is another one, and then the sources run', async () => {
    const healthy = ['analyze', 'samples/healthy-checkout/traces.json'];
    const { stdout } = await node(program, healthy);
    expect(stdout).toContain('Nothing wrong found');

    writeFileSync(PACKED, readFileSync(PACKED, 'utf8').replaceAll('Nothing wrong found', 'Nothing found by the pack'));
    expect((await node(program, healthy)).stdout).toContain('Nothing found by the pack');
    // `mcp` and `demo` start the packed thread.
    expect(readFileSync(join(checkout, 'packed/sources.json'), 'utf8')).toContain('"src/analyse/worker.ts"');

    const source = join(checkout, 'src/present/documents/terminal.ts');
    writeFileSync(source, `${readFileSync(source, 'utf8')}\n`);
    expect((await node(program, healthy)).stdout).toBe(stdout);
  });

  test('is not needed', async () => {
    rmSync(join(checkout, 'packed'), { recursive: true });
    expect((await node(program, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

function node(file: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return runProgram(process.execPath, [file, ...args], { env, cwd: checkout });
}
