/** `spanhound completion`: the script in a real shell, and the examples that every help ends with. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { EXAMPLES } from '#cli/examples.ts';
import { spanhound } from './run-spanhound.ts';

const { stdout: bash } = await spanhound(['completion', 'bash']);

/** What bash offers for a line whose last word is not finished. */
function offered(...words: string[]): string[] {
  const script = `${bash}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spanhound; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const told = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  return told.split('\n').filter(Boolean);
}

test.each([
  [['spanhound', 'an'], ['analyze']],
  [
    ['spanhound', 'audit', ''],
    ['verify', 'show', 'rotate-key'],
  ],
  [
    ['spanhound', 'audit', 'verify', '--h'],
    ['--head', '--help'],
  ],
  [
    ['spanhound', 'detectors', '--format', ''],
    ['text', 'json', 'md'],
  ],
  [['spanhound', 'detectors', '--format', 'm'], ['md']],
  [['spanhound', 'analyze', 'trace.json', '--lo'], ['--logs']],
  [
    ['spanhound', 'incidents', '--o'],
    ['--out', '--open'],
  ],
  [
    ['spanhound', 'timeline', 'INC-1', '--format', ''],
    ['text', 'json', 'md'],
  ],
  [
    ['spanhound', 'completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
])('%j offers %j', (words, expected) => {
  expect(offered(...words)).toEqual(expected);
});

test('where a file is wanted, the shell completes files', () => {
  expect(offered('spanhound', 'analyze', '')).toEqual([]);
});

test('the other shells get a script as well, and an unknown one gets a list', async () => {
  expect((await spanhound(['completion', 'zsh'])).stdout).toContain('bashcompinit');
  expect((await spanhound(['completion', 'fish'])).stdout).toContain("-a 'rotate-key'");
  const { code, stderr } = await spanhound(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});

test('every verb has examples, whose options exist', async () => {
  const { stdout } = await spanhound(['--help']);
  const verbs = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb = '']) => verb);
  expect(verbs.length).toBeGreaterThan(20);
  const groups = new Set(Object.keys(EXAMPLES).map((path) => path.split(' ')[0]));
  expect(verbs.filter((verb) => verb !== 'help' && !groups.has(verb))).toEqual([]);
  for (const [path, calls] of Object.entries(EXAMPLES)) {
    const help = (await spanhound([...path.split(' '), '--help'])).stdout;
    for (const call of calls) {
      expect(help).toContain(call);
      for (const [option] of call.matchAll(/ --?[a-zA-Z][\w-]*/g))
        if (call.startsWith(path)) expect(`${path}${help}`, call).toContain(option === ' -90m' ? '' : option);
    }
  }
});
