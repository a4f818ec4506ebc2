import { expect, test } from 'vitest';
import { memoryText, sizeText } from '#model/text/size-text.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [41_234, '41 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [4_820_000, '4.8 MB'],
  [1_048_576, '1 MB'],
  [48_200_000, '48 MB'],
  [1_250_000_000, '1.3 GB'],
  [3e15, '3000 TB'],
])('%d bytes of data are %s', (bytes, said) => {
  expect(sizeText(bytes)).toBe(said);
});

test.each([
  [512, '512 bytes'],
  [512 * 2 ** 20, '512 MiB'],
  [1.25 * 2 ** 30, '1.25 GiB'],
  [2 ** 20 - 1, '1 MiB'],
])('%d bytes of memory are %s', (bytes, said) => {
  expect(memoryText(bytes)).toBe(said);
});
