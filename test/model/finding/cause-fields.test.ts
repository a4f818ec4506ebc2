import { expect, test } from 'vitest';
import { categoryProblem, fishboneCategories, USUAL_CATEGORIES } from '#model/finding/cause-fields.ts';

test('a team’s categories are read in their order; those of one name are one', () => {
  const configured = ['Equipment = capacity + network', 'Software=code', 'Equipment=clock'];
  expect(configured.map(categoryProblem)).toEqual(['', '', '']);
  expect(Object.entries(fishboneCategories(configured))).toEqual([
    ['Equipment', ['capacity', 'network', 'clock']],
    ['Software', ['code']],
  ]);
});

test('none configured are the usual ones', () => {
  expect(fishboneCategories([])).toBe(USUAL_CATEGORIES);
});

test.each(['Equipment', '=code', 'Equipment=', 'Equipment=weather', `${'x'.repeat(41)}=code`])(
  '%s is no category, and it says why',
  (text) => expect(categoryProblem(text)).not.toBe(''),
);
