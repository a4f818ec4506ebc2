/**
 * Passwords in sentences of people, in any language: what somebody made up stands near the name of a password, and the word
 * before it says that it is one. “try x or y as the password”, “heslo k účtu je x”, “pw: x (old), y (new)”, “sudo pw? x
 * worked, y did not”. The words are those of `spoken-words.ts`.
 */
import { isInvented, isSigned } from '#model/redaction/invented.ts';
import { isPassword, type Named, namedAt } from '#model/redaction/names.ts';
import { INTRODUCING, LINKING } from '#model/redaction/spoken-words.ts';
import type { Range } from '#model/redaction/values.ts';

/** A word of a sentence without its quotes and signs. `before` and `after` are what was taken from it. */
type Token = Range & Readonly<{ word: string; before: string; after: string }>;

const TOKEN = /\S{1,100}/g;
const PARTS = /^(["'`(“„«]{0,3})(.*?)(["'`)”“»]{0,3}[.,;:!?…)]{0,3})$/;

/** The sentence around a name is not longer for this purpose. */
const BEHIND_CHARS = 160;
const BEFORE_CHARS = 140;
/** Words between the name and the first value, and between two values. */
const MOST_BETWEEN = 9;
const MOST_TO_NEXT = 4;
/** Words between a value and the name behind it: “as the new root password”. */
const MOST_TO_NAME = 5;

/** The passwords around a name, in order; empty where the sentence states none. */
export function spokenValues(text: string, { rule, start, end }: Named): readonly Range[] {
  if (!isPassword(rule) && !(rule.word === 'secret' && /shared[ -]$/i.test(text.slice(Math.max(0, start - 8), start))))
    return [];
  const behind = valuesBehind(tokensIn(sentenceBehind(text, end), end));
  return behind.length > 0 ? behind : valuesBefore([...tokensIn(...sentenceBefore(text, start))]);
}

/** The next ones of a sentence that has stated one. */
export function spokenNext(text: string, end: number): Range | undefined {
  const sentence = sentenceBehind(text, end);
  return GOES_ON.test(sentence) ? valuesBehind(tokensIn(sentence, end), MOST_TO_NEXT, true)[0] : undefined;
}

/** A sentence has a space behind a value; a member of an object follows in quotes. */
const GOES_ON = /^["'`)”»]{0,2}[,;.]? (?!["'][\w.-]{1,40}["']\s?:)/;

function sentenceBehind(text: string, end: number): string {
  return text.slice(end, end + BEHIND_CHARS).split(SENTENCE_END, 1)[0] ?? '';
}

function sentenceBefore(text: string, start: number): [sentence: string, from: number] {
  const sentence =
    text
      .slice(Math.max(0, start - BEFORE_CHARS), start)
      .split(SENTENCE_END)
      .at(-1) ?? '';
  return [sentence, start - sentence.length];
}

const SENTENCE_END = /[\r\n\v]|(?<=[.!。])[ \t]/;

/** One after another: most sentences end early for their readers. */
function* tokensIn(sentence: string, from: number): Generator<Token> {
  for (const { 0: whole, index } of sentence.matchAll(TOKEN)) {
    const [, before = '', word = '', after = ''] = PARTS.exec(whole) ?? [];
    const start = from + index + before.length;
    yield { start, end: start + word.length, word, before, after };
  }
}

function valuesBehind(tokens: Iterable<Token>, most = MOST_BETWEEN, isNext = false): Range[] {
  const found: Range[] = [];
  let left = most;
  let previous: Token | undefined;
  for (const token of tokens) {
    // Another name says what follows it; a part between two values is read only once.
    if (namedAt(token.word, token.word.length - 1) !== undefined) return found;
    if (isValue(token, previous, isNext || found.length > 0)) {
      found.push({ start: token.start, end: token.end });
      left = MOST_TO_NEXT;
    } else if (left === 0 || OTHER_THING.test(token.word) || (found.length === 0 && !isNext && ENDS.test(token.after)))
      return found;
    else left -= 1;
    previous = token;
  }
  return found;
}

/** A sign in it tells alone; other words need one before them that introduces a value, or a list of values. */
function isValue(token: Token, previous: Token | undefined, isListed: boolean): boolean {
  if (!isInvented(token.word) || (previous !== undefined && OF_THING.test(previous.word))) return false;
  if (isSigned(token.word)) return true;
  if (previous === undefined) return isListed;
  return INTRODUCING.has(previous.word.toLowerCase()) || /[:?—–]$/.test(previous.word + previous.after) || isListed;
}

/** “try x or y as the password”: from the name back to its link, and on to the values. */
function valuesBefore(tokens: readonly Token[]): Range[] {
  const link = tokens.findLastIndex(({ word }) => LINKING.has(word.toLowerCase()));
  if (link < 0 || tokens.length - link > MOST_TO_NAME) return [];
  const found: Range[] = [];
  let left = 0;
  for (const token of tokens.slice(0, link).reverse()) {
    if (isInvented(token.word)) {
      found.unshift({ start: token.start, end: token.end });
      left = 2;
    } else if (left === 0) break;
    else left -= 1;
  }
  return found;
}

const ENDS = /[,;]/;
/** The sentence speaks about something that is no password. */
const OTHER_THING =
  /^(?:hash(?:es|ed)?|policy|ticket|commit|checksum|fingerprint|digest|regex|pattern|template|https?:.*)$/i;
/** What a word behind one of these names. */
const OF_THING =
  /^(?:ask|ping|cc|user(?:name)?|login|account|host|pod|node|server|build|branch|commit|release|version|ticket|issue|order|request|trace|span|id|name|bucket|table|topic|queue|job|file|code|error|class|method|func(?:tion)?|model|device|sha\d*)$/i;
