import { describe, expect, it } from 'vitest';
import { cutTo, displayWidth, fitted, hanging, paragraph, wrapped } from '#present/words/display-width.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

const ESCAPE = String.fromCharCode(0x1b);

describe('text that is shown', () => {
  it.each([
    ['colours', `${ESCAPE}[1;31mred${ESCAPE}[0m`, 'red'],
    [
      'links and titles of a terminal',
      `${ESCAPE}]8;;https://evil\u0007here${ESCAPE}]8;;\u0007 ${ESCAPE}]0;t${ESCAPE}\\x`,
      'here x',
    ],
    ['control characters', 'a\u0000b\u0008c\u007fd\u0085e', 'abcde'],
    ['marks of direction', 'user\u202egnp.exe\u2066', 'usergnp.exe'],
    ['characters without width', 'pay\u200bment\ufeff', 'payment'],
    ['line breaks', 'SELECT *\r\n  FROM orders', 'SELECT * FROM orders'],
    ['half a character', 'a\ud83d', 'a\ufffd'],
  ])('has no %s', (_, text, clean) => {
    expect(shown(text)).toBe(clean);
  });

  it('keeps characters of scripts and emoji', () => {
    expect(shown('👩‍🚒 नमस्ते क्‍ष')).toBe('👩‍🚒 नमस्ते क्‍ष');
  });

  it('finds a credential even when a control character is hidden in it', () => {
    expect(shown('pass\u200bword=hunter2')).toBe('password=[redacted:secret]');
  });

  it('finds a credential that NUL divides from its user', () => {
    expect(shown('AUTHENTICATE PLAIN \0orders\0birch4Lake')).toBe('AUTHENTICATE PLAIN orders[redacted:secret]');
  });

  it('keeps line breaks where lines are wanted', () => {
    expect(shownLines('a\r\nb\tc\u0007')).toBe('a\nb\tc');
  });
});

describe('the width of a text', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['ｶﾅ', 2],
    ['👩‍🚒', 2],
    ['é', 1],
    ['❤️', 2],
    ['…→µ', 3],
  ])('of %s is %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('is kept when it is cut: never through a wide character', () => {
    expect(cutTo('日本語の名前', 6)).toBe('日本…');
    expect(fitted('日本語の名前', 6)).toBe('日本… ');
    expect(fitted('abc', 5)).toBe('abc  ');
  });
});

describe('a wrapped text', () => {
  it('keeps a number and its unit on one line', () => {
    expect(wrapped('it waits 2.62 s for a lock', 13)).toEqual(['it waits', '2.62 s for a', 'lock']);
  });

  it('breaks a word that is longer than the line', () => {
    expect(wrapped('see abcdefghijkl', 5)).toEqual(['see', 'abcde', 'fghij', 'kl']);
  });

  it('begins only its first line at the left', () => {
    expect(paragraph('no query was repeated', 14)).toEqual(['no query was', '  repeated']);
    expect(paragraph('abcdefghijklmnop', 10)).toEqual(['abcdefgh', '  ijklmnop']);
    expect(paragraph('', 10)).toEqual([]);
  });

  it('is broken once for each place, however many traces of a file say it', () => {
    const text = 'no query was repeated often enough';
    expect(hanging(text, 20, 2)).toEqual(['  no query was', '    repeated often', '    enough']);
    expect(hanging(`${text.slice(0, 8)}${text.slice(8)}`, 20, 2)).toBe(hanging(text, 20, 2));
    expect(hanging(text, 20, 4)).toEqual(['    no query was', '      repeated often', '      enough']);
    expect(hanging(text, 80, 2)).toEqual([`  ${text}`]);
  });
});
