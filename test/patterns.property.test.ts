/**
 * No regular expression of the sources may take more than its share of time for each character, whatever the text is.
 * JavaScript's engine goes back and tries again: `/,+$/` needs the square of a text's length where the text is commas.
 */
import { expect, test } from 'vitest';
import { MEANINGS } from '#model/instruments/instruments.ts';
import { ownPatterns } from '#test/own-patterns.ts';
import { type Attack, attacksOn } from '#test/pattern-attacks.ts';

/** A pasted log line, a stack trace in an attribute; a pattern that takes the square of it takes half a second and more. */
const LONGEST = 32_000;
/** Short ones first: what takes a power of its length would never end with a long one. */
const SIZES = [24, 48, 200, 1_000, 2_000, 4_000, 8_000, 16_000, LONGEST];
/** The square of this length takes 500 µs and more; only what takes long with it is tried with longer texts. */
const LOOKED_AT = 2_000;
const SUSPICIOUS_US = 300;
/** Most patterns take 0.01 to 0.5 µs for a character, and those with a bound of some hundred characters up to 4. */
const MOST_US_PER_CHARACTER = 5;
const LEAST_US = 1_500;
const TRIES = 5;

/** Patterns that are so slow on purpose, and why it does no harm. */
const EXCEPT: Readonly<Record<string, string>> = {
  'model/redaction/pattern.ts': 'reads patterns of the configuration, of at most 1,000 characters',
};

test('no regular expression takes the square of a hostile text', { timeout: 120_000 }, async () => {
  const patterns = await ownPatterns();
  expect(patterns.length).toBeGreaterThan(1_000);
  const slow = patterns.flatMap(({ pattern, where }) => {
    if ((where.split(':')[0] ?? '') in EXCEPT) return [];
    const worst = worstOf(pattern);
    return worst === undefined ? [] : [`${where} ${pattern} takes ${worst}`];
  });
  expect(slow).toEqual([]);
});

test('no list of words takes the square of a hostile text', { timeout: 120_000 }, () => {
  const lists = MEANINGS.flatMap(({ means, lists }) => lists.map(([place, list]) => ({ means, place, list })));
  const slow = lists.flatMap(({ means, place, list }) => {
    const worst = worstOf(list.pattern());
    return worst === undefined ? [] : [`${means}, ${place}: ${worst}`];
  });
  expect(slow).toEqual([]);
});

test.each([/,+$/, /lock.*wait/, /(a+)+b/, /"(?:[^"]|\\.)*"/, /x\s*;?\s*y/, /^(\w+_)?cpu_(\w+_)?ratio$/])(
  '%s is found to be slow',
  (pattern) => expect(worstOf(pattern)).toMatch(/µs for \d+ characters/),
);

function worstOf(pattern: RegExp): string | undefined {
  const repeatable = new RegExp(pattern.source, pattern.flags);
  tookUs(repeatable, 'x'); // compiled
  for (const attack of attacksOn(repeatable)) {
    const slow = slowWith(repeatable, attack);
    if (slow !== undefined) return slow;
  }
  return undefined;
}

function slowWith(pattern: RegExp, attack: Attack): string | undefined {
  for (const size of SIZES) {
    const text = attack(size);
    if (size === LOOKED_AT && tookUs(pattern, text) < SUSPICIOUS_US) return undefined;
    const most = Math.max(LEAST_US, MOST_US_PER_CHARACTER * text.length);
    let least = Number.POSITIVE_INFINITY;
    for (let tried = 0; tried < TRIES && least > most; tried += 1) least = Math.min(least, tookUs(pattern, text));
    if (least > most)
      return `${Math.round(least)} µs for ${text.length} characters: ${JSON.stringify(text.slice(0, 40))}…`;
  }
  return undefined;
}

/** Of this thread's own processor time. All matches are asked for where the pattern asks for all. */
function tookUs(pattern: RegExp, text: string): number {
  pattern.lastIndex = 0;
  const before = process.threadCpuUsage();
  let found = pattern.exec(text);
  while (found !== null && pattern.global) {
    if (found[0] === '') pattern.lastIndex += 1;
    found = pattern.exec(text);
  }
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}
