/** The first message has times in seconds and shares in words. */
import { describe, expect, test } from 'vitest';
import { firstAmounts, firstText } from '#present/words/first-amounts.ts';

describe('times', () => {
  test.each([
    ['GET /orders spends 760 ms on it', 'GET /orders spends 0.76 s on it'],
    ['it takes 148 ms of the 149 ms', 'it takes 0.148 s of the 0.149 s'],
    ['it takes 610 µs longer', 'it takes under 0.01 s longer'],
    ['it takes 1.9 s of 2.1 s', 'it takes 1.9 s of 2.1 s'],
    ['it says “timed out after 3000 ms”', 'it says “timed out after 3000 ms”'],
  ])('%s', (text, said) => expect(firstAmounts(text)).toBe(said));
});

describe('shares', () => {
  test.each([
    ['CPU at 100 % of its limit since 14:56 UTC, 43 % before', 'CPU at its limit since 14:56 UTC, two fifths before'],
    ['`report` uses 97 % of its CPU limit', '`report` uses nearly all of its CPU limit'],
    ['memory is at 140 % of its limit', 'memory is at 1.4 times its limit'],
    ['29 % of requests fail', 'A quarter of requests fail'],
    ['100 % of requests fail, but only 0 % of the others', 'All requests fail, but none of the others'],
    ['the flag says “0 % → 100 %”', 'the flag says “0 % → 100 %”'],
  ])('%s', (text, said) => expect(firstAmounts(text)).toBe(said));
});

test('names of pods and the end of a commit’s id stand in the detail', () => {
  expect(firstText('web: its CPU usage rose (web-6f9c5d7b8-abcde)')).toBe('web: its CPU usage rose');
  expect(firstText('Deploy 3fc4efd8ac23f4c117e6 of web came first')).toBe('Deploy 3fc4efd of web came first');
});
