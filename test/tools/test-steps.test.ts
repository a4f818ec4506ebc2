/** The steps of `vitest.config.ts` hold every test once, and the quick one starts no program. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STEPS } from '../../vitest.config.ts';

const STARTS_A_PROGRAM = /from '(?:node:child_process|[^']*\/run-spanhound\.ts)'/;

function filesOf(step: keyof typeof STEPS): string[] {
  const { include, exclude } = STEPS[step];
  return globSync(include, { exclude });
}

test('each test file belongs to one step', () => {
  const all = globSync('test/**/*.test.ts', { exclude: ['test/browser/**'] });
  const inSteps = [...filesOf('unit'), ...filesOf('processes'), ...filesOf('properties')];
  expect(inSteps.sort()).toEqual(all.sort());
});

test('no file of npm test starts a program', () => {
  const unit = filesOf('unit');
  expect(unit.length).toBeGreaterThan(200);
  expect(unit.filter((file) => STARTS_A_PROGRAM.test(readFileSync(file, 'utf8')))).toEqual([]);
});
