/**
 * Replaces people in a text by their roles, because a postmortem looks at systems: "Kim's script dropped the index"
 * becomes "a responder's script dropped the index".
 *
 *   <@U012ABC|kim>  U012ABC  @kim  Kim Lee  KIM  Kim’s   ──►   a responder, the incident commander, a responder’s
 *
 * It knows only the people in its input. A name inside a longer word or an identifier (`kim-service`) stays.
 */

import { memoize } from '#core/memoize.ts';
import type { Incident } from '#model/incident/incident.ts';
import { PERSON_ID } from '#model/incident/person-id.ts';
import { EXPECTED_ROLES, type KnownRole, ROLE_NAMES } from '#model/incident/roles.ts';

export type People = Readonly<{
  roles: Incident['roles'];
  /** All names of each person, by id. */
  names: ReadonlyMap<string, readonly string[]>;
  /** Ids of people without a name. */
  ids?: ReadonlySet<string>;
}>;

export const RESPONDER = 'a responder';
/** All replacements that `peopleAsRoles` inserts. All others are responders. */
export const ROLE_WORDS = [RESPONDER, ...EXPECTED_ROLES.map(roleWords)];

function roleWords(role: KnownRole): string {
  return `the ${ROLE_NAMES[role].toLowerCase()}`;
}

export function peopleAsRoles({ roles, names, ids = new Set() }: People): (text: string) => string {
  const { byFirstWord, unspaced } = spellingsOf(names);
  const roleOf: RoleOf = (person) => {
    const role = EXPECTED_ROLES.find((candidate) => person !== undefined && roles[candidate] === person);
    return role === undefined ? RESPONDER : roleWords(role);
  };
  const named = (piece: string) => withoutNames(withoutUnspaced(piece, unspaced, roleOf), byFirstWord, roleOf);
  const isPerson = (id: string) => id.length >= SHORTEST_ID || ids.has(id) || names.has(id);
  return (text) => {
    let clean = '';
    let from = 0;
    for (const { index, groups = {}, 0: whole } of text.matchAll(MENTIONED)) {
      if (groups.bare !== undefined && !isPerson(groups.bare)) continue;
      const said = `${roleOf(groups.mentioned ?? groups.bare)}${groups.mark ?? ''}`;
      clean += `${named(text.slice(from, index))}${said}`;
      from = index + whole.length;
    }
    return clean + named(text.slice(from));
  };
}

/** Slack's ids have nine characters or more. A shorter one is as likely a word such as `UTF16`. */
const SHORTEST_ID = 9;

type RoleOf = (person: string | undefined) => string;

const MENTIONED = new RegExp(
  `(?:<@(?<mentioned>[UW][A-Z0-9]{2,20})(?:\\|[^<>]{0,200})?>|@?(?<bare>${PERSON_ID.source}))(?<mark>['’]s(?![\\p{L}\\p{N}_]))?`,
  'gu',
);

/** Looks each word up, so that the time does not grow with the number of names. */
function withoutNames(text: string, byFirstWord: ReadonlyMap<string, readonly Spelling[]>, roleOf: RoleOf): string {
  if (byFirstWord.size === 0) return text;
  let clean = '';
  let from = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (index < from) continue;
    const found = byFirstWord.get(wordKey(word))?.find((spelling) => lengthOf(spelling, text, index) > 0);
    const owner = found === undefined ? ownerIn(word, text.slice(index + word.length), byFirstWord) : undefined;
    if (owner !== undefined) {
      clean += `${before(text.slice(from, index))}${roleOf(owner.person)}’s`;
      from = index + word.length;
    }
    if (found === undefined) continue;
    const behind = index + lengthOf(found, text, index);
    const [mark = ''] = OWNS.exec(text.slice(behind, behind + 3)) ?? [];
    const owns = ownerMark(mark, { endsInS: /s$/i.test(found.text), isQuoted: QUOTES.has(text[index - 1] ?? '') });
    clean += `${before(text.slice(from, index))}${roleOf(found.person)}${owns}`;
    from = behind + (owns === '' ? 0 : mark.length);
  }
  return clean + text.slice(from);
}

function before(text: string): string {
  return text.replace(/@$/, '').replace(ARTICLE, '');
}

/** Whose it is, where people type no mark: `Migdas query`. A short name is too often the beginning of another word. */
function ownerIn(
  word: string,
  behind: string,
  byFirstWord: ReadonlyMap<string, readonly Spelling[]>,
): Spelling | undefined {
  if (!word.endsWith('s') || word.length < LEAST_OWNER || !/^ \p{Ll}/u.test(behind)) return undefined;
  return byFirstWord.get(wordKey(word.slice(0, -1)))?.find(({ text, isOrdinary }) => {
    return !isOrdinary && text === word.slice(0, -1);
  });
}

/** With the `s`. */
const LEAST_OWNER = 5;

/** Some languages put one before a name: `o Marcos`, `der Tobias`. A role has its own. */
const ARTICLE = /(?<![\p{L}\p{N}])(?:o|a|der|die|den|dem|el|la|il) $/u;

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
const QUOTES = new Set(["'", '’']);
const OWNS = /^['’]s?(?![\p{L}\p{N}_])/u;

/** `Kim’s` and `James’` are possessive. A lone mark after another name, or after a quoted one, closes a quotation. */
function ownerMark(mark: string, { endsInS, isQuoted }: Readonly<{ endsInS: boolean; isQuoted: boolean }>): string {
  if (mark.length > 1) return mark;
  return mark !== '' && endsInS && !isQuoted ? `${mark}s` : '';
}

/** The length of the name at this position; 0 where there is none. */
function lengthOf(spelling: Spelling, text: string, index: number): number {
  const { text: name, isOrdinary } = spelling;
  const pattern = patternOf(spelling);
  pattern.lastIndex = index;
  const [written = ''] = pattern.exec(text) ?? [];
  const end = index + written.length;
  const [before, behind] = [text.slice(Math.max(0, index - 2), index), text.slice(end, end + 2)];
  const isIdentifier = IDENTIFIER_BEFORE.test(before) || IDENTIFIER_BEHIND.test(behind);
  const isMeant = !isOrdinary || written === name || before.endsWith('@');
  return isMeant && !isIdentifier ? written.length : 0;
}

/** `svc-kim`, `kim-service`, `kim.internal` */
const IDENTIFIER_BEFORE = /[\p{Ll}\p{N}_][-.]$/u;
const IDENTIFIER_BEHIND = /^[-.][\p{Ll}\p{N}]/u;

function withoutUnspaced(text: string, unspaced: readonly Spelling[], roleOf: RoleOf): string {
  return unspaced.reduce((clean, { text: name, person }) => {
    const role = roleOf(person);
    return clean.replaceAll(name, role).replaceAll(new RegExp(`${RegExp.escape(role)}${HONORIFIC}`, 'gu'), role);
  }, text);
}

/** A role has none. */
const HONORIFIC = '(?:さん|様|氏|くん|君)';

type Spelling = Readonly<{
  text: string;
  /** Undefined where several people have this name. */
  person: string | undefined;
  /** Also an ordinary word: it counts as the name only in the name's exact spelling. */
  isOrdinary: boolean;
}>;

/** `unspaced`: names in scripts that put no space between words. */
type Spellings = Readonly<{ byFirstWord: ReadonlyMap<string, readonly Spelling[]>; unspaced: readonly Spelling[] }>;

function spellingsOf(names: People['names']): Spellings {
  const known = new Map<string, Spelling>();
  for (const [person, own] of names) {
    for (const { text, isOrdinary } of own.flatMap(writtenAs)) {
      const key = text.toLowerCase();
      const before = known.get(key);
      known.set(key, {
        text,
        person: before === undefined || before.person === person ? person : undefined,
        isOrdinary: isOrdinary && (before?.isOrdinary ?? true),
      });
    }
  }
  // The longest first, so that "Kim Lee" is found before "Kim".
  const all = [...known.values()].sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : 1));
  const isUnspaced = ({ text }: Spelling) => WITHOUT_SPACES.test(text);
  return {
    byFirstWord: Map.groupBy(
      all.filter((one) => !isUnspaced(one)),
      ({ text }) => wordKey(text.match(WORD)?.[0] ?? ''),
    ),
    unspaced: all.filter(isUnspaced),
  };
}

function wordKey(word: string): string {
  return word.toLowerCase();
}

/** `Kim Lee`, `Kim  Lee`, `kim.lee`, `Kim-Lee`. Created on first use: most names never occur. */
const patternOf = memoize(({ text }: Spelling): RegExp => {
  const words = text.split(/\s+/).map((word) => RegExp.escape(word));
  return new RegExp(`${words.join('[\\s._-]+')}(?![\\p{L}\\p{N}\\p{M}_])`, 'iuy');
});

const WITHOUT_SPACES =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Thai}|\p{Script=Khmer}|\p{Script=Lao}/u;

type Written = Readonly<{ text: string; isOrdinary: boolean }>;

/** The whole name, its first and last word, and each without accents. */
function writtenAs(name: string): readonly Written[] {
  const [whole = ''] = name.normalize('NFC').slice(0, MOST_CHARS).trim().split(BEHIND_NAME);
  const words = whole.split(/\s+/);
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const written: Written[] = [{ text: whole, isOrdinary: words.length === 1 && isOrdinaryWord(whole) }];
  if (words.length > 1) {
    written.push({ text: first, isOrdinary: isOrdinaryWord(first) });
    // Many last names are words: Long, Park, Stone.
    if (IS_NAME.test(last)) written.push({ text: last, isOrdinary: true });
  }
  return written
    .filter(({ text, isOrdinary }) => /\p{L}.*\p{L}/su.test(text) && (!isOrdinary || IS_NAME.test(text)))
    .flatMap(({ text, isOrdinary }) =>
      [...new Set([text, text.normalize('NFD'), withoutAccents(text)])].map((one) => ({ text: one, isOrdinary })),
    );
}

const MOST_CHARS = 100;
/** `Sarah | SRE`, `Sarah (on call)`, `Sarah - away` */
const BEHIND_NAME = /(?<!\s)\s*[|([{/,•·]|\s[-–—]\s/u;
/** A capital and a small letter: `Lee`, not `SRE` and not `oncall`. */
const IS_NAME = /^\p{Lu}\p{M}*\p{Ll}/u;

/** Names of two letters (`al`, `ed`) are too often something else. */
function isOrdinaryWord(name: string): boolean {
  return (!WITHOUT_SPACES.test(name) && [...name].length < 3) || ORDINARY.has(name.toLowerCase());
}

/** Names that are also words in incidents, and words that accounts use instead of a name. */
const ORDINARY = new Set(
  [
    'admin agent api app april art august bill bot chance chase cliff client data dawn dean dev dot drew duke engineer',
    'faith flow frank general grace grant guest guy hope host hunter infra jack jade josh joy june king lance lead main',
    'major manager mark mason master max may miles miss nick norm oncall ops owner page pat penny pearl platform prince',
    'ray reed rich rob rod root rose ruby sandy security service skip sky star sue summer support system team test tester',
    'tim trace trip tripp user van victor wade ward web will',
  ]
    .join(' ')
    .split(' '),
);

function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
}
