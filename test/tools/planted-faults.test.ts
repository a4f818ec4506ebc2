/** The faults of tools/planted-faults.ts still fit the sources, and there is one for each step of the gate. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS, withFault } from '../../tools/deep/faults.ts';

test.each(FAULTS)('$step: $what fits its source', (fault) => {
  const source = readFileSync(fault.file, 'utf8');
  expect(withFault(source, fault)).not.toBe(source);
  if (fault.step !== 'check') expect(existsSync(fault.foundBy), fault.foundBy).toBe(true);
});

test('a fault that fits nowhere or twice is refused', () => {
  const [fault] = FAULTS;
  if (fault === undefined) throw new Error('no faults');
  expect(() => withFault('', fault)).toThrow(/has 0 places for it/);
  expect(() => withFault(fault.from.repeat(2), fault)).toThrow(/has 2 places for it/);
});

test('each step of the gate has a fault', () => {
  const gate = readFileSync('.ci/run', 'utf8');
  const steps = [...gate.matchAll(/step '(test(?::\w+)?|check)'/g)].map(([, name]) => name);
  expect(steps).toHaveLength(6);
  expect(new Set(FAULTS.map(({ step }) => step))).toEqual(new Set(steps));
});
