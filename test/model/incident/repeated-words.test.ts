/** When a line says again what another text says. */
import { expect, test } from 'vitest';
import { repeats } from '#model/incident/repeated-words.ts';

const SAID = ['The payroll key of mallory is on the wiki', 'Mango-7', '…'];

test.each([
  'T2 · 14:30 · Note the payroll key of mallory is on the wiki · Kim',
  'We found: *payroll* key of Mallory!',
  'see mango 7',
])('%j does', (text) => {
  expect(repeats(text, SAID)).toBe(true);
});

test.each(['the key of the payroll is new', 'a mango', 'mango 71', '…', ''])('%j does not', (text) => {
  expect(repeats(text, SAID)).toBe(false);
});
