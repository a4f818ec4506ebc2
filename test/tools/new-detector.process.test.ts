import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDetector } from '../../tools/new-detector.ts';

const CHECKOUT = process.cwd();
const NEEDED = [
  ...['package.json', 'tsconfig.json', 'vitest.config.ts', 'biome.json', '.gitignore'],
  ...['docs/detectors.md', 'docs/detectors', 'docs/images/detectors'],
  ...['src', 'tools', 'runbooks', 'test/detect', 'test/support', 'test/tools/runbooks.process.test.ts'],
];

/** The folders in which a detector has a file. */
const WRITTEN_TO = ['src/detect', 'test/detect', 'runbooks', 'tools/detector-examples'];

/** A copy of what a detector touches, so that nothing is written into the checkout. */
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'spanhound-new-detector-'));
  for (const path of NEEDED) cpSync(join(CHECKOUT, path), join(root, path), { recursive: true });
  symlinkSync(join(CHECKOUT, 'node_modules'), join(root, 'node_modules'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('refuses', () => {
  test.each([
    ['detect-locks', 'a name that begins with what the code does', /name the state that is wrong/],
    ['find-slow-queries', 'the same with another verb', /name the state that is wrong/],
    ['no-timeout', 'a name that says what is not there', /name the state that is wrong/],
    ['LockContention', 'anything but lower-case words joined by hyphens', /is no id/],
    ['lock_contention', 'an underscore', /is no id/],
    ['-lock', 'an empty word', /is no id/],
    ['../../lock', 'a path', /is no id/],
    ['', 'no name at all', /is no id/],
    ['slow-query', 'the id of a detector that is there', /is there already/],
    ['registry', 'the name of a file that is no detector', /is there already/],
  ])('%j: %s', (id, _, reason) => {
    const before = listing();
    expect(() => newDetector(root, id)).toThrow(reason);
    expect(listing()).toEqual(before);
  });
});

test('takes a name that only looks like a verb', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'spanhound-new-detector-'));
  try {
    for (const path of WRITTEN_TO) {
      cpSync(join(CHECKOUT, path), join(elsewhere, path), { recursive: true });
    }
    expect(newDetector(elsewhere, 'checkout-latency')).toContain('src/detect/trace/checkout-latency.ts');
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

describe('a new detector', () => {
  const id = 'thread-starvation';

  beforeAll(() => {
    newDetector(root, id);
  });

  test('is registered in order, and the others stay', () => {
    const registry = readFileSync(join(root, 'src/detect/request-registry.ts'), 'utf8');
    const before = readFileSync(join(CHECKOUT, 'src/detect/request-registry.ts'), 'utf8');
    expect(registry).toContain("import { threadStarvation } from '#detect/trace/thread-starvation.ts';");
    const listed = [...(registry.split(' = [')[1] ?? '').matchAll(/\w+/g)].map(([name]) => name);
    expect(listed).toEqual([...listed].sort());
    expect(registry.split('\n').filter((line) => !before.includes(line))).toEqual([
      "import { threadStarvation } from '#detect/trace/thread-starvation.ts';",
      '  threadStarvation,',
    ]);
  });

  test('is written as the house writes: the compiler and Biome have nothing to say', { tags: ['deep'] }, async () => {
    const files = [
      `src/detect/trace/${id}.ts`,
      'src/detect/request-registry.ts',
      `test/detect/trace/${id}.test.ts`,
      `tools/detector-examples/${id}.ts`,
    ];
    writeFileSync(join(root, 'tsconfig.new.json'), JSON.stringify({ extends: './tsconfig.json', include: files }));
    expect(await run('tsc', ['-p', 'tsconfig.new.json'])).toMatchObject({ code: 0, stdout: '' });
    expect(await run('biome', ['check', '--vcs-enabled=false', ...files])).toMatchObject({ code: 0 });
  });

  test('stands in the catalogue once that is written anew; the check names what is left to do', {
    tags: ['deep'],
  }, async () => {
    const catalogue = [join(root, 'tools/generate.ts'), 'detector-catalogue'];
    expect(await run('node', catalogue)).toMatchObject({ code: 0 });
    const { code, stderr } = await run('node', [...catalogue, '--check']);
    expect(code).toBe(1);
    expect(stderr).not.toContain('out of date');
    for (const member of ['its category of the fishbone', 'the next why', 'why this default', 'how to take it back'])
      expect(stderr).toMatch(new RegExp(`^\\S+:\\d+: TODO: .*${member}`, 'm'));
    expect(stderr).toContain(`tools/detector-examples/${id}.ts shows nothing wrong, and not ${id}`);
    expect(readFileSync(join(root, 'docs/detectors.md'), 'utf8')).toContain(`(detectors/${id}.md)`);
    expect(readFileSync(join(root, `docs/detectors/${id}.md`), 'utf8')).toContain(`detectors/${id}.svg)`);
  });

  test('has a place of its own alone: nothing else names it', async () => {
    expect(await run('node', [join(root, 'tools/detector-mentions.ts')])).toMatchObject({ code: 0 });
    const elsewhere = join(root, 'src/diagnose/severity.ts');
    writeFileSync(elsewhere, `${readFileSync(elsewhere, 'utf8')}\nconst LOUD = ['${id}'];\n`);
    expect(await run('node', [join(root, 'tools/detector-mentions.ts')])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`^src/diagnose/severity.ts:\\d+: ${id}`)),
    });
  });
});

function listing(): string[] {
  return WRITTEN_TO.flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`));
}

function run(command: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    // The tools run several times: what Node compiled of the copy is kept beside it.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') };
    execFile(join(CHECKOUT, 'node_modules/.bin', command), args, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
