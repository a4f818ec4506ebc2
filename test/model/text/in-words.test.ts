import { expect, test } from 'vitest';
import {
  endsAsSentence,
  inWords,
  numbersIn,
  quoteInWords,
  withoutLooseEnd,
  withShorterQuote,
} from '#model/text/in-words.ts';

test.each([
  ['GET /page waits 600 ms for…', false],
  ['GET /page waits for the', false],
  ['GET /page waits,', false],
  ['GET /page waits for `reviews`', true],
  ['GET /page fails: `reviews` failed with “no space left…”', true],
  ['the clock is in', false],
  ['`stock` logs in', false],
  ['it takes a check-in', true],
])('“%s” ends as a sentence: %s', (line, ends) => {
  expect(endsAsSentence(line)).toBe(ends);
});

test('a loose end goes with all of its words', () => {
  expect(withoutLooseEnd('GET /page waits 600 ms for the')).toBe('GET /page waits 600 ms');
  expect(withoutLooseEnd('for the')).toBe('');
});

test('an address is a name and no quantity', () => {
  expect(numbersIn('GET /page waits 600 ms for 10.4.0.1, and no span shows why')).toBe(1);
});

test('a quote gets shorter between two words, and is left whole where little would be left', () => {
  expect(withShorterQuote('`a` failed with “connection to the store was lost at once”', 8)).toBe(
    '`a` failed with “connection to the store…”',
  );
  expect(withShorterQuote('`a` failed with “no space left”', 8)).toBeUndefined();
  expect(quoteInWords('Get 7 9')).toBe('');
});

test.each([
  ['a trace id', '4bf92f3577b34da6a3ce929d0e0e4736', '…'],
  ['digits without an end', '9'.repeat(300), '…'],
  ['what a cut leaves of a name', `${'9'.repeat(300)}z`, '…'],
  ['an id in a path', 'GET /orders/4bf92f3577b34da6', 'GET /orders/…'],
])('%s is no words', (_, name, shown) => {
  expect(inWords(name)).toBe(shown);
});
