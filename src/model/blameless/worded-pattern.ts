/**
 * Patterns of many words, each compiled once a text has words that it cannot match without. What V8 makes of all patterns
 * of the lint takes more than a second of a processor, and an ordinary sentence has the words of a few.
 */
import { once } from '#core/memoize.ts';

/** For text in small letters: see `inSmallLetters`. */
export type WordedPattern = Readonly<{
  exec(small: string): RegExpExecArray | null;
  test(small: string): boolean;
  /** Compiled, whatever the text. */
  pattern(): RegExp;
}>;

/** All that are made, for who proves that none of them is slow. */
export const WORDED_PATTERNS: WordedPattern[] = [];

/**
 * The flag `i` beside `u` would take three times the time of the processor at the first sentence, and a draft waits for
 * it. `source` has no named groups and no references to groups.
 */
export function wordedPattern(source: string): WordedPattern {
  const small = once(() => source.replaceAll(/\\p\{[^}]*\}|\\.|[^\\]+/gsu, inSmallLetters));
  const need = once(() => needOf(small()));
  const pattern = once(() => new RegExp(small(), 'u'));
  const worded: WordedPattern = {
    pattern,
    exec: (text) => (isMet(need(), text) ? pattern().exec(text) : null),
    test: (text) => isMet(need(), text) && pattern().test(text),
  };
  WORDED_PATTERNS.push(worded);
  return worded;
}

/** The first words of the first pattern that has some, as they stand in the text. */
export function firstIn(text: string, patterns: readonly WordedPattern[]): string | undefined {
  const small = inSmallLetters(text);
  for (const pattern of patterns) {
    const found = pattern.exec(small);
    if (found !== null) return text.slice(found.index, found.index + found[0].length);
  }
  return undefined;
}

/** Each word stays at its place: the small `İ` has two signs. Escapes of a pattern stay as they are. */
export function inSmallLetters(text: string): string {
  if (text.startsWith('\\')) return text;
  const small = text.toLowerCase();
  return small.length === text.length ? small : Array.from(text, ofSameLength).join('');
}

function ofSameLength(sign: string): string {
  const small = sign.toLowerCase();
  return small.length === sign.length ? small : sign;
}

/** What each text has that a pattern matches: one of some words, one of some needs, or all of some. */
type Need =
  | Readonly<{ of: 'words'; words: readonly string[]; begins: readonly number[]; size: number }>
  | Readonly<{ of: 'any' | 'all'; needs: readonly Need[]; size: number }>;

/** Any text may match. */
const NOTHING: Need = { of: 'all', needs: [], size: 0 };

function isMet(need: Need, text: string): boolean {
  if (text !== lastText) readBegins(text);
  return isMetHere(need);
}

function isMetHere(need: Need): boolean {
  if (need.of === 'words') return hasWord(need.words, need.begins);
  return need.of === 'all' ? need.needs.every(isMetHere) : need.needs.some(isMetHere);
}

function hasWord(words: readonly string[], begin: readonly number[]): boolean {
  for (let at = 0; at < begin.length; at += 1)
    if (begins[begin[at] ?? 0] === 1 && lastText.includes(words[at] ?? '')) return true;
  return false;
}

/** The text that was asked about last, and a 1 at what each three signs, two signs and sign of it come to. */
let lastText = '';
const begins = new Uint8Array(1 << 13);

/** Each text is asked for some ten thousand words: nearly none is searched for, as no word of the text begins so. */
function readBegins(text: string): void {
  begins.fill(0);
  for (let at = 0; at < text.length; at += 1)
    for (let length = 1; length <= 3; length += 1) begins[beginAt(text, at, length)] = 1;
  lastText = text;
}

function beginAt(text: string, at: number, length: number): number {
  let hash = 0;
  for (let next = at; next < at + length; next += 1) hash = (hash * 8191 + text.charCodeAt(next) + 1) % 2_147_483_647;
  return hash & (begins.length - 1);
}

/** The one with the fewest words first: it is likely not met, and ends the question. */
function allOf(needs: readonly Need[]): Need {
  const real = needs.filter((need) => need !== NOTHING).sort((a, b) => a.size - b.size);
  return real.length < 2 ? (real[0] ?? NOTHING) : { of: 'all', needs: real, size: sizeOf(real) };
}

function anyOf(needs: readonly Need[]): Need {
  if (needs.includes(NOTHING)) return NOTHING;
  const words = needs.flatMap((need) => (need.of === 'words' ? need.words : []));
  const others = needs.filter(({ of }) => of !== 'words');
  if (others.length === 0) return anyWord(words);
  const all = words.length === 0 ? others : [anyWord(words), ...others];
  return { of: 'any', needs: all, size: sizeOf(all) };
}

function sizeOf(needs: readonly Need[]): number {
  return needs.reduce((size, need) => size + need.size, 0);
}

function anyWord(words: readonly string[]): Need {
  const begins = words.map((word) => beginAt(word, 0, Math.min(3, word.length)));
  return { of: 'words', words, begins, size: words.length };
}

/** One part of a pattern: a group's beginning or end, a bar, what has no width, any one sign of many, or signs as they are. */
const PART =
  /(\((?:\?(?:<?[!=]|:))?)|(\))|(\|)|(\\[bB]|[$^])|(\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\[\p{L}\d]|\.)|(\\.|[^\\()[\]{}|.^$*+?]+)/suy;
const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;

/** A group with more spellings than this ends the word before it, so that the list of spellings stays short. */
const MOST_WAYS = 20;

type Group = {
  isLookAround: boolean;
  /** What each alternative before the present one needs. */
  alternatives: Need[];
  /** All that these match; undefined if some match more than a few words. */
  ways: string[] | undefined;
  /** What the present one needs up to its last word. */
  needs: Need[];
  /** Its last word, in each way that it may be written. */
  words: readonly string[];
  /** Whether it is this word alone. */
  isOneWord: boolean;
};

function needOf(source: string): Need {
  const groups: Group[] = [];
  let group = opened('');
  for (let at = 0; at < source.length; ) {
    PART.lastIndex = at;
    const [part = '', opens, closes, bar, , anyOfMany, signs] = PART.exec(source) ?? [];
    if (part === '') throw new Error(`cannot be read at ${at}: ${source}`);
    at += part.length;
    if (opens !== undefined) {
      groups.push(group);
      group = opened(opens);
    } else if (bar !== undefined) endAlternative(group);
    else if (closes !== undefined) {
      const within = group;
      const written = quantifierAt(source, at);
      group = groups.pop() ?? opened('');
      addGroup(group, within, written);
      at += written.length;
    } else if (signs !== undefined) {
      const written = quantifierAt(source, at);
      addSigns(group, signs.replace('\\', ''), written);
      at += written.length;
    } else if (anyOfMany !== undefined) {
      endWord(group);
      at += quantifierAt(source, at).length;
    }
  }
  endAlternative(group);
  return anyOf(group.alternatives);
}

function quantifierAt(source: string, at: number): string {
  QUANTIFIER.lastIndex = at;
  return QUANTIFIER.exec(source)?.[0] ?? '';
}

function isOnceOrMore(quantifier: string): boolean {
  return !quantifier.startsWith('*') && !quantifier.startsWith('?') && !quantifier.startsWith('{0');
}

function opened(opens: string): Group {
  const isLookAround = opens.endsWith('=') || opens.endsWith('!');
  return { isLookAround, alternatives: [], ways: [], needs: [], words: [''], isOneWord: true };
}

/** A look around is left out: what it forbids is not needed, and what it wants is read elsewhere. */
function addGroup(group: Group, within: Group, quantifier: string): void {
  endAlternative(within);
  if (within.isLookAround) return;
  if (quantifier === '' && within.ways !== undefined) addWays(group, within.ways);
  else {
    endWord(group);
    if (isOnceOrMore(quantifier)) group.needs.push(anyOf(within.alternatives));
  }
}

/** A quantifier is about the last sign. */
function addSigns(group: Group, signs: string, quantifier: string): void {
  addWays(group, [isOnceOrMore(quantifier) ? signs : signs.slice(0, -1)]);
  if (quantifier !== '') endWord(group);
}

function addWays(group: Group, ways: readonly string[]): void {
  if (group.words.length * ways.length > MOST_WAYS) endWord(group);
  group.words = group.words.flatMap((word) => ways.map((way) => word + way));
}

function endAlternative(group: Group): void {
  if (group.isOneWord) group.ways?.push(...group.words);
  else group.ways = undefined;
  endWord(group);
  group.alternatives.push(allOf(group.needs));
  group.needs = [];
  group.isOneWord = true;
}

function endWord(group: Group): void {
  group.needs.push(group.words.every(isTelling) ? anyWord(group.words) : NOTHING);
  group.words = [''];
  group.isOneWord = false;
}

/** A single letter or blank is in nearly all texts. */
function isTelling(word: string): boolean {
  return word.length > 1 || word > '~';
}
