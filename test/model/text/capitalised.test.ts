import { expect, test } from 'vitest';
import { capitalised } from '#model/text/capitalised.ts';

test('a text begins with a capital letter', () => {
  expect(['slow query', 'N+1 queries', 'x', ''].map(capitalised)).toEqual(['Slow query', 'N+1 queries', 'X', '']);
});
