/** What a terminal would carry out never leaves a command, whoever wrote it into a text. */
import { describe, expect, test } from 'vitest';
import { printable } from '#cli/printable.ts';

const HOSTILE = 'a\u001b[2Jb\u001b]0;name\u0007c\u009b31md\u202ee\u2066f\u200bg\u0000h\bi\u007fj';

describe.each(['text', 'md'] as const)('%s', (form) => {
  test('keeps no control character, and no mark that turns text round', () => {
    expect(printable(HOSTILE, form, false)).toBe('a[2Jb]0;namec31mdefghij');
  });

  test('keeps no mark of Arabic that turns text round, no hidden words in tags, and no invisible sign', () => {
    const tags = Array.from('rm', (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
    expect(printable(`a\u061cb${tags}c\u2063d\u180ee\u2028f`, form, false)).toBe('abcdef');
  });

  test('keeps line breaks, tabs, letters of every script and joined emoji', () => {
    const text = 'größe\t密码\r\n👩‍🚒 नमस्‍ते\n';
    expect(printable(text, form, false)).toBe(text);
  });

  test('keeps our colours where colours are on, and no other sequence', () => {
    const text = '\u001b[31mred\u001b[0m \u001b[8mhidden\u001b[2A';
    expect(printable(text, form, true)).toBe('\u001b[31mred\u001b[0m [8mhidden[2A');
    expect(printable(text, form, false)).toBe('[31mred[0m [8mhidden[2A');
  });
});

test('a name and an address in Markdown keep what makes them call nobody and lead nowhere', () => {
  const inert = '@\u2060team of https:\u2060//evil.example';
  expect(printable(inert, 'md', false)).toBe(inert);
});

test('JSON means the same afterwards', () => {
  const text = `${HOSTILE}\u061ck\u{e0041}l\u2029m`;
  const printed = printable(JSON.stringify({ text }), 'json', false);
  expect(JSON.parse(printed)).toEqual({ text });
  expect(printed).toMatch(/^[\u0020-\u007e]*$/);
});

test.each(['html', 'svg'] as const)('%s stays as it is', (form) => {
  expect(printable('a\u200bb', form, false)).toBe('a\u200bb');
});
