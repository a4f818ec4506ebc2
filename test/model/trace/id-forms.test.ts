import { expect, test } from 'vitest';
import { linesBySpan, namesSpan } from '#model/logs/log-line.ts';
import { comparableId, hexId, isNoId } from '#model/trace/id-forms.ts';
import { logLine } from '#test/log-line.ts';

test('base64 of 8 or 16 bytes becomes hex, as printed by stores in both alphabets', () => {
  expect(hexId('ERERERERERE=')).toBe('1111111111111111');
  expect(hexId('/u36zv7t+s7+7frO/u36zg==')).toBe('feedfacefeedfacefeedfacefeedface');
  expect(hexId('_u36zv7t-s7-7frO_u36zg==')).toBe('feedfacefeedfacefeedfacefeedface');
});

test('base64 without padding is not read, and its case distinguishes two ids', () => {
  expect(hexId('ERERERERERE')).toBe('ERERERERERE');
  expect(comparableId('ERERERERERE')).not.toBe(comparableId('ERERERERERe'));
});

test('anything else is taken for hex', () => {
  expect(hexId('00AB')).toBe('00ab');
  expect(hexId('checkout-42')).toBe('checkout-42');
  expect(hexId('short=')).toBe('short=');
});

test('case, leading zeros and alphabet make no other id', () => {
  const forms = ['00000000000000ff', '00000000000000FF', 'ff', 'AAAAAAAAAP8='];
  expect(new Set(forms.map(comparableId))).toEqual(new Set(['ff']));
  expect(comparableId('0.0')).toBe('0.0');
});

test('zeros in any form are no id', () => {
  expect(['', '0', '0000000000000000', 'AAAAAAAAAAA='].map(isNoId)).toEqual([true, true, true, true]);
  expect(['1', '0.0'].map(isNoId)).toEqual([false, false]);
});

test('a log line in hex belongs to a span in base64', () => {
  const line = logLine('web', 1, 'no stock', { spanId: 'ff' });
  expect(linesBySpan([line]).get('AAAAAAAAAP8=')).toEqual([line]);
  expect(namesSpan(line, 'AAAAAAAAAP8=')).toBe(true);
  expect(namesSpan(line, 'AAAAAAAAAP4=')).toBe(false);
});
