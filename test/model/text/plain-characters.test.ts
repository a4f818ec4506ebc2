import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainCharacters } from '#model/text/plain-characters.ts';

test.each([
  ['Ｐ１：２０', 'P1:20'],
  ['𝐏𝟭 ⓟ①', 'P1 p1'],
  ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['۰۹०९০৯၀၉๐๙', '0909090909'],
  ['10:00\u00a0\u202f\u3000x', '10:00   x'],
  ['\u200e11\u200e/\u200e23', '11/23'],
  ['½ ñ ß é 漢 🔥', '½ ñ ß é 漢 🔥'],
])('%s is %s', (written, plain) => {
  expect(plainCharacters(written).plain).toBe(plain);
});

test('a digit of the basic plane has the value that its neighbours give it', () => {
  for (let point = 0x80; point < 0xffff; point += 1) {
    const isZero = /\p{Nd}/u.test(String.fromCodePoint(point)) && !/\p{Nd}/u.test(String.fromCodePoint(point - 1));
    if (!isZero) continue;
    const ten = Array.from({ length: 10 }, (_, digit) => String.fromCodePoint(point + digit)).join('');
    expect(plainCharacters(ten).plain, point.toString(16)).toBe('0123456789');
  }
});

test('the written text is found again, and plain text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (written) => {
      const { plain, end } = plainCharacters(written);
      expect(end(plain.length)).toBe(written.length);
      for (let length = 1; length <= plain.length; length += 1)
        expect(end(length)).toBeGreaterThanOrEqual(end(length - 1));
      expect(plainCharacters(plain).plain).toBe(plain);
    }),
    { examples: [['\u{1bca0}'], ['11\u200e'], ['\u200e11']] },
  );
  expect(plainCharacters('at 14:10 ').plain).toBe('at 14:10 ');
});
