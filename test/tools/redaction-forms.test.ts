import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { maintainedForms, maintainedFormsFile } from '../../tools/redaction-forms.ts';

test('the maintained forms are those of the package that is installed', () => {
  expect(readFileSync('src/model/redaction/maintained-forms.ts', 'utf8')).toBe(maintainedFormsFile());
});

test('each begins in a way of its own and reads no further than it says', () => {
  for (const { kind, beginnings, pattern } of maintainedForms()) {
    for (const beginning of beginnings) expect(beginning.length, kind).toBeGreaterThan(2);
    expect(pattern, kind).not.toMatch(/[\])][*+]/);
  }
});
