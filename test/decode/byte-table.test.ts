import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteTable } from '#decode/byte-table.ts';

test('a text has one number however it comes, and its number gives it back', () => {
  const table = byteTable();
  const numbers = new Map<string, number>();
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(3_000).map(String)), (text) => {
      const bytes = new TextEncoder().encode(`«${text}»`);
      const number = table.ofBytes(bytes, 2, bytes.length - 2);
      expect(number).toBe(numbers.get(text) ?? number);
      numbers.set(text, number);
      expect(table.number(text)).toBe(number);
      expect(table.text(number)).toBe(text);
    }),
  );
  expect(new Set(numbers.values()).size).toBe(numbers.size);
});

test('the empty text is number 0', () => {
  expect([byteTable().number(''), byteTable().text(0)]).toEqual([0, '']);
});
