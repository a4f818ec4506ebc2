import { expect, test } from 'vitest';
import { wordedPattern } from '#model/blameless/worded-pattern.ts';

const PATTERNS: readonly string[] = [
  'forgot|(?:has|had) (?:simply )?forgotten',
  '(?<!\\p{L})(?:err(?:ou|aram)|demor(?:ou|aram) a)(?!\\p{L})',
  "(?:we|I) did(?:n['’]t| not) (?:\\w+ )?(?:check(?:ed)?|look)s?",
  'Müll(?= ist)|\\bin(?:\\.|!) \\p{Lu}o{2,3}ps*x+',
  '人[のが](?:ミス|失敗)?だ',
  '(?:a(?:b|c|d|e|f)(?:b|c|d|e|f)(?:b|c|d|e|f)(?:b|c|d|e|f)){2}z?',
  '^(?:why|what)\\? [^?]{0,40}?(?<=so )late$',
];
const TEXTS: readonly string[] = [
  'they forgot it',
  'he had forgotten it, and has simply forgotten that',
  'a equipe errou',
  'os errou2',
  'demoraram a ver, e demorou',
  'errors of ours',
  'we didn’t really look',
  'i did not checks',
  'we did check',
  'der müll ist voll, müll sind viele',
  'go in. kooopxx, in! aoopssx',
  '人のだ、人がミスだ',
  '人だ',
  'abbbbaccccz',
  'abbbb',
  'why? it was so late',
  'what? late',
  '',
];

test('a pattern of words matches what it would match without a look at the words', () => {
  for (const source of PATTERNS) {
    const pattern = wordedPattern(source);
    const matched = TEXTS.filter((text) => pattern.exec(text) !== null);
    expect(matched).toEqual(TEXTS.filter((text) => pattern.pattern().test(text)));
    expect(TEXTS.filter((text) => pattern.test(text))).toEqual(matched);
    expect(matched.length, source).toBeGreaterThan(0);
  }
});

test('a text without the words compiles nothing', () => {
  const pattern = wordedPattern('nobody (?:looked|checked)|[!-/]{2} human errors?');
  const innocent = ['nobody said so', 'somebody checked', '!! humane', 'no, body', 'human err'];
  expect(patternsMadeIn(() => expect(innocent.filter((text) => pattern.test(text))).toEqual([]))).toBe(0);
  expect(patternsMadeIn(() => expect(pattern.exec('and nobody checked it')?.[0]).toBe('nobody checked'))).toBe(1);
});

function patternsMadeIn(work: () => void): number {
  const Original = globalThis.RegExp;
  let made = 0;
  globalThis.RegExp = new Proxy(Original, {
    construct(target, given, newTarget) {
      made += 1;
      return Reflect.construct(target, given, newTarget);
    },
  });
  try {
    work();
  } finally {
    globalThis.RegExp = Original;
  }
  return made;
}
