/** The steps of `vitest.config.ts` hold every test once, and the quick one starts no program. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STEPS } from '../../vitest.config.ts';

const STARTS_A_PROGRAM = /from '(?:node:child_process|[^']*\/run-spanhound\.ts)'/;
const MOCKS_A_MODULE = /^\s*vi\.(?:do)?[mM]ock\(/m;

function filesOf(step: keyof typeof STEPS): string[] {
  const { include, exclude } = STEPS[step];
  return globSync(include, { exclude });
}

test('each test file belongs to one step', () => {
  const all = globSync('test/**/*.test.ts', { exclude: ['test/browser/**'] });
  const inSteps = (Object.keys(STEPS) as (keyof typeof STEPS)[]).flatMap(filesOf);
  expect(inSteps.sort()).toEqual(all.sort());
});

test('no file of npm test starts a program, and none that mocks a module shares its modules', () => {
  const unit = filesOf('unit');
  expect(unit.length).toBeGreaterThan(200);
  const texts = unit.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  expect(texts.filter(({ text }) => STARTS_A_PROGRAM.test(text)).map(({ file }) => file)).toEqual([]);
  expect(texts.filter(({ text }) => MOCKS_A_MODULE.test(text)).map(({ file }) => file)).toEqual([]);
});
