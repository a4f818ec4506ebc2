import { expect, test } from 'vitest';
import { counted } from '#model/text/count-text.ts';

test.each([
  [1, 'entry', '1 entry'],
  [12_345, 'entry', '12,345 entries'],
  [2, 'day', '2 days'],
  [0, 'line', '0 lines'],
])('%d of %s is “%s”', (count, noun, text) => {
  expect(counted(count, noun)).toBe(text);
});
