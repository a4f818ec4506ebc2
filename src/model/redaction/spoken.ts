/**
 * Passwords in sentences of people, in any language: what somebody made up stands near the name of a password, and the word
 * before it says that it is one. “try x or y as the password”, “heslo k účtu je x”, “pw: x (old), y (new)”, “sudo pw? x
 * worked, y did not”. The next language is one line of `LANGUAGES`.
 */
import { isPassword, type Named, namedAt } from '#model/redaction/names.ts';
import { isMixedUp } from '#model/redaction/sentences.ts';
import type { Range } from '#model/redaction/values.ts';

/** By meaning: what stands before a value, what stands between two values, what stands between a value and the name. */
type Words = Readonly<{ is: string; or: string; as: string; change: string; which: string }>;

const LANGUAGES: readonly Words[] = [
  row('is was are were still now either try both', 'or and then', 'as', 'from to', 'old new current previous'), // English
  row('ist war lautet jetzt entweder probier mal', 'oder und', 'als', 'von auf zu', 'alt neu alte neue'), // German
  row("est était c'est soit essaie", 'ou et', 'comme', 'de à en', 'ancien nouveau ancienne nouvelle'), // French
  row('es era con prueba', 'o y', 'como', 'de a por', 'antigua nueva vieja'), // Spanish
  row('é era tenta', 'ou e', 'como', 'de para', 'antiga nova atual'), // Portuguese
  row('è era sia prova', 'o e che', 'come', 'da a in', 'vecchia nuova'), // Italian
  row('is was nu probeer', 'of en', 'als', 'van naar', 'oude nieuwe'), // Dutch
  row('to jest było spróbuj', 'lub albo i', 'jako', 'z na', 'stare nowe'), // Polish
  row('är var prova antingen', 'eller och', 'som', 'från till', 'gamla nya'), // Swedish
  row('er var prøv enten', 'eller og', 'som', 'fra til', 'gammel ny gamle nye'), // Danish, Norwegian
  row('on oli joko kokeile', 'tai ja', 'salasanana', 'vanha uusi', 'vanha uusi'), // Finnish
  row('on oli proovi kas', 'või ja', 'paroolina', 'vana uus', 'vana uus'), // Estonian
  row('je bylo byl zkus buď', 'nebo a', 'jako', 'z na', 'staré nové'), // Czech
  row('je bolo skús buď', 'alebo a', 'ako', 'z na', 'staré nové'), // Slovak
  row('az volt most próbáld', 'vagy és', 'mint', 'régi új', 'régi új'), // Hungarian
  row('este era acum încearcă fie', 'sau și', 'ca drept', 'din în', 'veche nouă'), // Romanian
  row('это был теперь попробуй либо', 'или и', 'как', 'с на', 'старый новый'), // Russian
  row('це був тепер спробуй або', 'або чи та і', 'як', 'з на', 'старий новий'), // Ukrainian
  row('е беше сега опитай', 'или и', 'като', 'от на', 'стара нова'), // Bulgarian
  row('είναι ήταν τώρα δοκίμασε', 'ή και', 'ως σαν', 'από σε', 'παλιός νέος'), // Greek
  row('şu şimdi dene', 'veya ya da ve', 'olarak', 'eski yeni', 'eski yeni'), // Turkish
  row('היא הוא היה עכשיו נסה', 'או וגם', 'בתור', 'מ ל', 'הישנה החדשה'), // Hebrew
  row('هي هو كان الآن جرب', 'أو و', 'كـ', 'من إلى', 'القديمة الجديدة'), // Arabic
  row('है था अब', 'या और', 'के', 'से', 'पुराना नया'), // Hindi
  row('là thử', 'hoặc hay và', 'làm', 'từ sang thành', 'cũ mới'), // Vietnamese
  row('คือ เป็น ลอง', 'หรือ และ', 'เป็น', 'จาก เป็น', 'เก่า ใหม่'), // Thai
  row('adalah ialah coba', 'atau dan', 'sebagai', 'dari ke menjadi', 'lama baru'), // Indonesian, Malay
];

function row(is: string, or: string, as: string, change: string, which: string): Words {
  return { is, or, as, change, which };
}

function wordsOf(...meanings: readonly (keyof Words)[]): ReadonlySet<string> {
  return new Set(LANGUAGES.flatMap((words) => meanings.flatMap((meaning) => words[meaning].split(' '))));
}

/** A value may follow. */
const INTRODUCING = wordsOf('is', 'or', 'change', 'which');
const LINKING = wordsOf('as');

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
  return behind.length > 0 ? behind : valuesBefore(tokensIn(...sentenceBefore(text, start)));
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

function tokensIn(sentence: string, from: number): readonly Token[] {
  return Array.from(sentence.matchAll(TOKEN), ({ 0: whole, index }) => {
    const [, before = '', word = '', after = ''] = PARTS.exec(whole) ?? [];
    const start = from + index + before.length;
    return { start, end: start + word.length, word, before, after };
  });
}

function valuesBehind(tokens: readonly Token[], most = MOST_BETWEEN, isNext = false): Range[] {
  const found: Range[] = [];
  let left = most;
  for (const [at, token] of tokens.entries()) {
    // Another name says what follows it; a part between two values is read only once.
    if (namedAt(token.word, token.word.length - 1) !== undefined) return found;
    const previous = tokens[at - 1];
    if (isValue(token, previous, isNext || found.length > 0)) {
      found.push({ start: token.start, end: token.end });
      left = MOST_TO_NEXT;
    } else if (left === 0 || OTHER_THING.test(token.word) || (found.length === 0 && !isNext && ENDS.test(token.after)))
      return found;
    else left -= 1;
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

/** Whether somebody or a program made up a word: nothing is called so. */
function isInvented(word: string): boolean {
  if (word.length < SHORTEST || word.length > LONGEST || !/\d/.test(word) || !/[A-Za-z]/.test(word)) return false;
  if (OF_PROGRAM.test(word)) return false;
  return isSigned(word) || isPhrase(word) || (word.length >= SHORTEST_MIXED && !/[-_.]/.test(word) && isMixedUp(word));
}

/** A pair, an option, an address, a UUID, code, an email address, a number behind a name. */
const OF_PROGRAM =
  /^(?:-|\w[\w.-]{2,40}=|\w{1,2}=[\w.,=]+$|[$%#/]|[\da-f-]+$|[\w.+-]+@[\w-]+\.[a-z]|[A-Za-z]{1,20}#\d+$)|:\/\/|[\\<>()[\]{}"'`,]|:\d+$|[&?]\w+=|%[\da-f]{2}/i;

const SHORTEST = 8;
const LONGEST = 60;
/** Shorter ones without a sign are names of people, too. */
const SHORTEST_MIXED = 10;

/** A sign that no name has, or capitals on both sides of an `@`. */
function isSigned(word: string): boolean {
  return /[!#$%^*?~]/.test(word) || /^[^=+&]*[=+&].*[^\w.=/+-]/.test(word) || /^[A-Z][a-z]+@[A-Z][a-z]+\d+$/.test(word);
}

/** `Lantern-juniper-819`, `quarz_Harbor.20`: words with and without a capital, then digits. */
function isPhrase(word: string): boolean {
  return (
    /^[A-Za-z]{3,14}(?:[-_.][A-Za-z]{3,14}){1,4}[-_.]\d{2,4}$/.test(word) &&
    /(?:^|[-_.])[A-Z][a-z]+/.test(word) &&
    /(?:^|[-_.])[a-z]+/.test(word)
  );
}
