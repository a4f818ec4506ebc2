/**
 * No regular expression of the sources may take more than its share of time for each character, whatever the text is.
 * JavaScript's engine goes back and tries again: `/,+$/` needs the square of a text's length where the text is commas.
 * Patterns are read, not timed.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { LONGEST_SOURCE } from '#model/redaction/pattern.ts';
import { type OwnPattern, ownPatterns } from '#test/own-patterns.ts';
import { keptVerdicts } from '#test/pattern-verdicts.ts';
import { readPattern, type Verdict } from '#test/read-pattern.ts';

/** A new pattern takes up to five seconds. So many at once are read by the tool. */
const MOST_NEW = 20;

/** Ends what hangs. */
const READING_MS = 300_000;

/** A few milliseconds. */
const MOST_STEPS = 1_000_000;

/** Patterns that take a power of their text's length, and the characters that their caller gives them at most. */
const BOUNDED: Readonly<Record<string, number>> = Object.fromEntries([
  // pattern.ts: patternProblem refuses longer patterns of the configuration first.
  [String.raw`/\\\\|\[(?:\\.|[^\]\\])*\]/g`, LONGEST_SOURCE],
]);

describe('the sources', () => {
  const verdicts = new Map<string, OwnPattern & { verdict: Verdict }>();

  beforeAll(async () => {
    const kept = keptVerdicts();
    const own = await ownPatterns();
    const fresh = own.filter(({ pattern }) => !kept.has(`${pattern}`));
    if (fresh.length > MOST_NEW) throw new Error(`${fresh.length} new patterns. Run: npm run generate`);
    for (const found of own) {
      const text = `${found.pattern}`;
      verdicts.set(text, { ...found, verdict: kept.get(text) ?? readPattern(found.pattern) });
    }
  }, READING_MS);

  test('no regular expression takes a power of a hostile text', () => {
    expect(verdicts.size).toBeGreaterThan(1_000);
    const slow = [...verdicts].filter(([text, { verdict }]) => !(isHarmless(verdict) || text in BOUNDED));
    expect(slow.map(([text, { where, verdict }]) => `${where} ${text}: ${verdict}`)).toEqual([]);
  });

  test.each(Object.entries(BOUNDED))('%s needs its bound of %d characters', (text, characters) => {
    const [, degree] = /^degree (\d+)$/.exec(verdicts.get(text)?.verdict ?? '') ?? [];
    expect(Number(degree), 'a pattern of the sources that is slow without a bound').toBeGreaterThan(1);
    expect(characters ** Number(degree)).toBeLessThanOrEqual(MOST_STEPS);
  });
});

const IS_SLOW = '%s is found to be slow';
test.each([
  [/,+$/, 'degree 2'],
  [/lock.*wait/, 'degree 2'],
  [/(a+)+b/, 'exponential'],
  [/"(?:[^"]|\\.)*"/, 'exponential'],
  [/x\s*;?\s*y/, 'degree 2'],
  [/^(\w+_)?cpu_(\w+_)?ratio$/, 'degree 2'],
  // The automaton cannot be read: what follows is found by the search alone.
  [/(?<!y),+(?=x)/, 'degree 2'],
  [/^(?i:(?<name>,+)|(?<name>;)){2,500}$/, 'degree 3'],
] as const)(IS_SLOW, (pattern, verdict) => expect(readPattern(pattern)).toBe(verdict));

// Half of the time of this file.
test.each([
  // `collect\w*` took the `_` that begins the next word; so many words hide it from a search with fewer texts.
  [
    /^(?:(?:jvm|clr|dotnet|go|golang|node(?:js)?|v8|python|ruby|runtime|process)[ ._:/-]){1,3}(?:(?:full|major|minor|young|old|mixed|gen ?[012])[ ._-])?(?:gc|garbage[ ._-]?collect(?:ion|or)?)(?:[ ._:/-](?:pause|stw|full|major|minor|young|old|mixed|cycle|collect\w*|evacuation|sweep|mark|event|phase|wait))*(?: ?\(.*\))?$/i,
    'exponential',
  ],
] as const)(IS_SLOW, { tags: ['deep'] }, (pattern, verdict) => expect(readPattern(pattern)).toBe(verdict));

test.each([/^\d{1,3}$/, /,$/, /^[a-z]+$/, /[ \t]*[^\n]*/y])('%s is safe', (pattern) => {
  expect(readPattern(pattern)).toBe('safe');
});

function isHarmless(verdict: Verdict): boolean {
  return verdict === 'safe' || verdict === 'searched';
}
