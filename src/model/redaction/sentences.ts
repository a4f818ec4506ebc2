/**
 * Values that a sentence states: "password is hunter2", "password for jo was changed to "x"", "secret key wJalr/…",
 * `login jo password x` (a .netrc), `IDENTIFIED BY 'x'`. Most sentences speak about a secret without stating it, so a
 * plain word is none: "password is required", "token is OAuth2", "secret "db-credentials" not found".
 */
import { looksMade } from '#model/redaction/entropy.ts';
import { codeForm, isPassword, type Named, type NameRule } from '#model/redaction/names.ts';
import { isKubernetesName, isNoSecret, isState } from '#model/redaction/no-secret.ts';
import { WHICH } from '#model/redaction/spoken-words.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import { JAPANESE_END, TOLD_AFTER_VERB, TOLD_BY, TOLD_WITHOUT_SPACES } from '#model/redaction/told-verbs.ts';
import { isBlank, joinedEnd, NAME_OF_TOKEN, quotedEnd, type Range, typographicRange } from '#model/redaction/values.ts';

/** After the last word of a name; undefined where no value is stated. */
export function toldValue(text: string, named: Named): Range | undefined {
  if (named.rule.kind !== 'secret') return undefined;
  const verb = verbBehind(text, named);
  const changed = verb === undefined ? changedTo(text, named) : undefined;
  if (changed !== undefined) return changed;
  if (verb === undefined && !/\s/.test(text[named.end] ?? '')) return undefined;
  const from = verb === undefined ? afterBlank(text, named.end) : verb.index + verb[0].length;
  const value = codeAt(text, named, from) ?? wordAt(text, from, named);
  if (value === undefined) return undefined;
  const isSecret = verb === undefined ? isNamedDirectly(text, named, value) : isToldBy(text, named, value, verb[0]);
  if (!isSecret) return undefined;
  const said = { rule: named.rule, name: named.text, value: value.word, isQuoted: value.isQuoted, isTold: true };
  return isNoSecret(said) ? undefined : value;
}

/** Pages of settings write a name, a tab and a value in quotes: docs.djangoproject.com, "Error reporting". */
const COLUMN = /[ \t]{0,8}\t[ \t]{0,8}(?=["'])/y;

function afterBlank(text: string, end: number): number {
  return Math.max(end + 1, endAt(COLUMN, text, end));
}

function verbBehind(text: string, { end }: Named): RegExpExecArray | undefined {
  const next = text.charCodeAt(isBlank(text.charCodeAt(end)) ? end + 1 : end);
  const isSpaced = text.charCodeAt(end - 1) < FIRST_WITHOUT_SPACES && !(next >= FIRST_WITHOUT_SPACES);
  return (isSpaced ? undefined : matchAt(TOLD_WITHOUT_SPACES, text, end)) ?? matchAt(TOLD_BY, text, end);
}

/** Behind a preposition only what no host and no product is called. */
function changedTo(text: string, named: Named): Range | undefined {
  const to = isPassword(named.rule) ? matchAt(TOLD_AFTER_VERB, text, named.end) : undefined;
  const value = to && wordAt(text, to.index + to[0].length, named);
  if (to === undefined || value === undefined) return undefined;
  const isExchanged = value.isLast && / (?:por|para) $/i.test(to[0]) && isWordWithDigits(value.word);
  return isMixedUp(value.word) || SIGN_INSIDE.test(value.word) || isExchanged ? value : undefined;
}

/** `Larch!Kiwi`: no host and no product has such a sign between its letters. */
const SIGN_INSIDE = /^[A-Za-zÀ-ž]{2,20}[!#$%^*+?~][A-Za-zÀ-ž\d]{2,20}$/;

/** The first code of Chinese, Japanese and Korean characters. */
export const FIRST_WITHOUT_SPACES = 0x3000;

type Word = Range & Readonly<{ word: string; isQuoted: boolean; isLast: boolean }>;

const CODE = /\d{3,5}[ \u00a0-]\d{3,4}(?![\w-])/y;

/** In two groups: "your one-time code is 739 204". */
function codeAt(text: string, { rule }: Named, from: number): Word | undefined {
  const word = codeForm(rule) === undefined ? '' : (matchAt(CODE, text, from)?.[0] ?? '');
  return word === '' ? undefined : { start: from, end: from + word.length, word, isQuoted: false, isLast: true };
}

/** `password -> Some(x)` */
const HOLDER = /(?:Some|Just|Right|Optional)\(["']?([^\s()"'\\]{1,200})(?=["']?\))/y;
const QUOTE = /\\{0,15}["'`]/y;
const BARE = /[^\s"'`<>()[\]{},;，。；、（）「」『』【】“”„«»]{1,100}/y;

function wordAt(text: string, from: number, { rule }: Named): Word | undefined {
  const typographic = typographicRange(text, from);
  if (typographic !== undefined) {
    const { start, end } = typographic;
    return { start, end, word: text.slice(start, end), isQuoted: true, isLast: true };
  }
  const [, held = ''] = matchAt(HOLDER, text, from) ?? [];
  if (held !== '') {
    const start = HOLDER.lastIndex - held.length;
    return { start, end: start + held.length, word: held, isQuoted: true, isLast: true };
  }
  const quote = matchAt(QUOTE, text, from)?.[0] ?? '';
  if (quote !== '') {
    const start = endAt(NAME_OF_TOKEN, text, from + quote.length);
    const end = quotedEnd(text, start, quote);
    const word = text.slice(start, Math.min(end, start + LONGEST_TOLD));
    return word === '' || word.length === LONGEST_TOLD || /[\n\v]/.test(word)
      ? undefined
      : { start, end: joinedEnd(text, end), word, isQuoted: true, isLast: true };
  }
  const run = matchAt(BARE, text, from)?.[0] ?? '';
  const bare = JAPANESE.test(rule.word) || JAPANESE_SIGN.test(run) ? run.replace(JAPANESE_END, '') : run;
  const word = bare.replace(/(?<![.!?:…])[.!?:…]+$/, '');
  const end = from + word.length;
  return word === ''
    ? undefined
    : { start: from, end, word, isQuoted: false, isLast: !/^(?: *[\w(]| +["'])/.test(text.slice(end, end + 4)) };
}

/** `pincode 560001` is a postal code. */
const SHORTEST_NAME_OF_CODE = 9;
const JAPANESE_OR_CHINESE = /[\u3040-\u9fff\uac00-\ud7af]/;
const JAPANESE = /[ド号]$/;
const JAPANESE_SIGN = /[\u3040-\u30ff]/;
const LONGEST_TOLD = 200;

function isToldBy(text: string, named: Named, value: Word, verb: string): boolean {
  return isTold(named, value, verb) || isTypedAt(text, named, value, verb);
}

/** Behind "is" or "changed to"; on the next line it stands alone. */
function isTold({ rule }: Named, { word, isQuoted, isLast }: Word, verb: string): boolean {
  if (!isLast && /[\n\v]/.test(verb)) return false;
  if (codeForm(rule) !== undefined) return isLast || CODE_IN_SENTENCE.test(word);
  if (isQuoted) return isWholeWord(rule) ? !isState(word) : looksChosen(word) && !isKubernetesName(word);
  if (/^\d+$/.test(word)) return isLast && word.length >= 4;
  if (isLast && isWholeWord(rule) && isWordsTogether(word)) return true;
  return looksChosen(word) && (isLast || isWholeWord(rule) || looksMade(word));
}

/** `changeme-Walnut`, `three-plain-words`: nobody describes a password so. */
export function isWordsTogether(word: string): boolean {
  const isTogether = PASSPHRASE.test(word) || TWO_WORDS.test(word);
  return isTogether && !DESCRIBES.test(word) && !word.split(/[-_.]/).some(isState);
}

const TWO_WORDS =
  /^(?=\S{0,40}[a-z])(?=\S{0,40}[A-Z])[A-Za-zÀ-ž]{3,20}[-_][A-Za-zÀ-ž]{3,20}$|^[A-ZÀ-Ž][a-zà-ž]{2,20}(?:\.[A-ZÀ-Ž][a-zà-ž]{2,20}){1,4}$/;
/** “is case-sensitive”, “is Auto-Generated”, “is out-of-date”, “is now read-only”; a path of names. */
const DESCRIBES =
  /(?:sensitive|only|ed|ing|able|ible|lived|known|text|free|less|specific|wide|safe|level|side|time|date|service|server|like|proof|compliant|friendly|protected|secret|password|token|key|vault|policy|credentials?|creds)$|(?:^|[-_.])(?:not|and|the|for|from|with|auto|self|non|must|has|was|are)[-_.]|^[a-z\d]{3,20}(?:\.[a-z\d]{3,20}){2,}$/i;

/** As long as codes for one login are; a number of things is shorter. */
const CODE_IN_SENTENCE = /^\d{6,8}$/;

/** "enter password for backups: three-plain-words": a terminal's record of what somebody typed. */
function isTypedAt(text: string, { rule, start }: Named, { end, word, isLast }: Word, verb: string): boolean {
  if (!isPassword(rule) || !isLast || !/: $/.test(verb) || !/^[ \t]*(?:[\r\n\v]|$)/.test(text.slice(end, end + 9)))
    return false;
  return PASSPHRASE.test(word) && ASKS.test(text.slice(Math.max(0, start - BEFORE_CHARS), start));
}

const ASKS = /(?:^|[\s:>])(?:enter|type|input)(?: (?:the|your|a|new|current))?(?: [\w-]{1,20})? $/i;
/** At least three words. */
const PASSPHRASE = /^[A-Za-z\d]{3,20}(?:[-_.][A-Za-z\d]{3,20}){2,11}$/;

/** "changed the password from x to y": both are one secret. */
export function oldAndNew(text: string, { rule, end }: Named): Range | undefined {
  if (!isPassword(rule) && rule.word !== 'secret') return undefined;
  const [whole, values = ''] = matchAt(FROM_TO, text, end) ?? [];
  return whole === undefined ? undefined : { start: end + whole.length - values.length, end: end + whole.length };
}

const CHOSEN = String.raw`(?=[^\s"']{0,100}[\d!@#$%^&*_=+])(?![-$<*{%\[|])[^\s"'\x60<>|;&()]{3,200}`;
const FROM_TO = new RegExp(` from (${CHOSEN} to ${CHOSEN})`, 'y');

/** A page that somebody copied: `Password` alone in its line, and below it what was typed. */
export function labelledValue(text: string, { rule, start, end }: Named): Range | undefined {
  const [whole = '', value = ''] = (isPassword(rule) && matchAt(BELOW_LABEL, text, end)) || [];
  if (value === '' || !ALONE.test(text.slice(Math.max(0, start - BEFORE_CHARS), start))) return undefined;
  if (!looksChosen(value) || !(isMixedUp(value) || PARTED_BY_SIGN.test(value))) return undefined;
  const from = end + whole.length - value.length;
  return { start: from, end: from + value.length };
}

const BELOW_LABEL = /[ \t]{0,4}\r?[\n\v][ \t]{0,8}([^\s:<>{}()[\]"'/\\]{6,64})(?=[ \t]{0,4}(?:[\r\n\v]|$))/y;
const PARTED_BY_SIGN = /^[A-Za-zÀ-ž]{3,20}[!#$%^&*+?~][A-Za-zÀ-ž\d]{2,20}[!?]?$/;

/** A question of a chat, and the next line with its time and its author: the answer alone. */
const QUESTION =
  /[^?\r\n\v]{0,80}\?{1,3}[ \t]{0,4}\r?[\n\v]\[?\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?\]? {1,3}[\w.-]{1,40}(?: [\w.-]{1,40})?: {1,2}(?=(\S{8,100})[ \t]{0,4}(?:[\r\n\v]|$))/y;

/** "what's the root password?" and, in the next line, "hunter2Otter!" */
export function answerTo(text: string, { rule, end }: Named): Range | undefined {
  const [question = '', word = ''] = (isPassword(rule) && matchAt(QUESTION, text, end)) || [];
  if (word === '' || !looksChosen(word) || !/[A-Z]/.test(word) || !/\d/.test(word)) return undefined;
  const start = end + question.length;
  const said = { rule, name: '', value: word, isQuoted: false, isTold: true };
  return isNoSecret(said) ? undefined : { start, end: start + word.length };
}

/** "with password hunter2", `secret key wJalr/…`, `requirepass x` */
function isNamedDirectly(text: string, named: Named, value: Word): boolean {
  const { end, word, isQuoted, isLast } = value;
  const { rule, start } = named;
  const before = text.slice(Math.max(0, start - BEFORE_CHARS), start);
  if (tellsItself(text, named, before, { end, word })) return true;
  if (SETTINGS.test(rule.word) || /(?:^|\s)login \S{1,60}\s{1,4}$/.test(before)) return true;
  const isBelow = BELOW_USER.test(before) || (ALONE.test(before) && isAt(LINE_END, text, end));
  if (isPassword(rule) && isLast && isBelow) return looksChosen(word);
  if (isQuoted) return isQuotedDirectly(text, named, value);
  if (/[/+=]/.test(word)) return looksMade(word) && !/\/[a-z]+\//.test(word);
  return isWholeWord(rule) && isPlainValue(text, before, { end, word, isLast });
}

function isQuotedDirectly(text: string, named: Named, value: Word): boolean {
  const { rule } = named;
  const { word } = value;
  if (isGenerated(rule, word) || isSettingOfPage(text, named, value)) return true;
  return isWholeWord(rule) && (!/ /.test(word) || isPhrase(rule, word) || isSpaced(word));
}

/** A line of its own: `APP_SECRET`, a tab, `'x7…'`. */
function isSettingOfPage(text: string, { start, end: nameEnd }: Named, { start: from, end, word }: Word): boolean {
  return (
    text.slice(nameEnd, from).includes('\t') &&
    ALONE.test(text.slice(Math.max(0, start - BEFORE_CHARS), start)) &&
    isAt(LINE_END, text, end) &&
    looksChosen(word)
  );
}

/** `SECRET_ACCESS_KEY '…'` of a statement: no name of an object is as long and as mixed. */
function isGenerated(rule: NameRule, word: string): boolean {
  return (
    /(?:key|token)$/.test(rule.word) &&
    word.length >= SHORTEST_GENERATED &&
    MIXED.test(word) &&
    !COMPOSED.test(word) &&
    looksMade(word)
  );
}

const SHORTEST_GENERATED = 20;
/** `ProdDatabaseToken2026` */
const COMPOSED = /^(?:[A-Z][a-z]+(?![a-z])|[a-z]{3,}(?![a-z])|[A-Z]{2,}(?=[A-Z][a-z]|[^A-Za-z]|$)|\d+(?!\d)|[-_./])+$/;
const MIXED = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)/;

/** The name and the word are enough, whatever stands around. */
function tellsItself(text: string, named: Named, before: string, { end, word }: Pick<Word, 'end' | 'word'>): boolean {
  if (UUID.test(word) && isAt(ABSENT, text, end)) return false;
  return tellsAlone(named.rule, before, word) || (text[end] !== '(' && isOfDirective(text, named, word));
}

/** keepalived.org/manpage.html, `auth_pass x`: a name with a joiner, which no sentence has, and a word of letters and digits. */
function isOfDirective(text: string, { rule, start, end }: Named, word: string): boolean {
  const name = text.slice(start, end);
  if (!isPassword(rule) || !SNAKE.test(name)) return false;
  return MADE_UP.test(word) ? looksChosen(word) : isWordsOfVariable(name, word);
}

/** `MATCH_PASSWORD three-plain-words`, and no words about the variable. */
function isWordsOfVariable(name: string, word: string): boolean {
  return (
    /^[A-Z\d_]+$/.test(name) &&
    /^[a-z]{3,20}(?:-[a-z]{3,20}){2,6}$/.test(word) &&
    isWordsTogether(word) &&
    !OF_VARIABLE.test(word)
  );
}

const OF_VARIABLE =
  /(?:^|-)(?:env|var|variable|environment|config|configuration|setting|file|path|name|value|reference|default|missing|secret|store|manager|vault|key|prod|production|staging|dev|database|server)(?:-|$)/;

const SNAKE = /^[A-Za-z]\w*_[A-Za-z]+$/;
/** Letters of both cases and a digit, or a sign, and no name of a variable. */
const MADE_UP =
  /^(?![A-Z][A-Z\d]*_|\w{1,40}[(:=]|[\w.]+\/)(?=.*\d)(?:(?=.*[a-z])(?=.*[A-Z])|(?=.*[!#$%^*+?~@]))[^\s()[\]{}]{6,80}$/;

/** A bare word that the text around calls a password, or that is the name of nothing. */
function isPlainValue(
  text: string,
  before: string,
  { end, word, isLast }: Pick<Word, 'end' | 'word' | 'isLast'>,
): boolean {
  if (looksChosen(word) && (isMixedUp(word) || isSaidToBe(text, before, end))) return true;
  if (isLast && OPENS_CLAUSE.test(before) && (isWordWithDigits(word) || isWordsAroundDigits(word))) return true;
  const ends = isLast || BESIDE_USER.test(before) || SET_BEFORE.test(before);
  return ends && !looksChosen(word) && TWO_WORDS.test(word) && isWordsTogether(word) && isSaidToBe(text, before, end);
}

/** “here you go: password x”, “guest wifi ACME, password x” */
const OPENS_CLAUSE = /(?:^|[\n\v]|[,:;(–—] |- )$/;

/** `pebblemeadow20`: one word or two, and digits. A machine and a program are called so, too. */
function isWordWithDigits(word: string): boolean {
  return /^[a-zß-ÿ]{8,24}\d{2,4}$/.test(word) && !OF_MACHINE.test(word);
}

const OF_MACHINE =
  /^(?:postgres|mysql|mongo|elastic|cassandra|rabbit|kubernetes|windows|ubuntu|debian|openssl|keycloak|oracle|version|release|build)|(?:server|servidor|serveur|host|node|nodo|database|cluster|worker|client|user|account|router|switch|gateway|proxy|backend|frontend|service|policy|prod|staging|test|version|hash|ldap|sql|redis|kafka)\d+$/;

/** `Heron69.saddle`, `Saffron31_garden3` */
function isWordsAroundDigits(word: string): boolean {
  return isPhraseAround(word.replace(/(?<=[a-z])\d{1,4}$/, ''));
}

/** A key in hexadecimal digits, and “验证码 526403”. */
function tellsAlone(rule: NameRule, before: string, word: string): boolean {
  if (isHexKey(rule, before, word)) return true;
  return codeForm(rule) !== undefined && (JAPANESE_OR_CHINESE.test(rule.word) || saysAllOfCode(rule, word));
}

/** “Bestätigungscode 591655”: a long name of a code stands for nothing else. */
function saysAllOfCode({ word: name }: NameRule, word: string): boolean {
  return name.length >= SHORTEST_NAME_OF_CODE && CODE_IN_SENTENCE.test(word);
}

/** What stands around it says that it is a password. */
function isSaidToBe(text: string, said: string, end: number): boolean {
  const before = said.replace(FIRST_OF_NAME, '');
  const isBehind = GIVEN.test(before) || isWhich(before) || BESIDE_USER.test(before) || BEHIND_SECRET.test(before);
  return isBehind || isAt(JUDGED, text, end) || isAt(NEXT_SECRET, text, end);
}

/** The first words of a name of several: `mot de passe`, `kata sandi`. */
const FIRST_OF_NAME = /(?<=[\s(,;:])(?:mots? de|parola d['’]|palabra de|kata|mật|one[- ]time) ?$/i;

/** `user "fax" password "papi3r Stau"`: a few words with a digit, and none that speaks about it. */
function isSpaced(said: string): boolean {
  return SPACED.test(said) && !said.split(' ').some(isState);
}

const SPACED = /^(?=.{0,60}[A-Za-z]\d|.{0,60}\d[A-Za-z])(?:[^\s,:;]{2,20} ){1,3}[^\s,:;]{2,20}$/;

/** "passphrase `three plain words`": at least three, and none that speaks about it. */
function isPhrase({ word: name }: NameRule, said: string): boolean {
  return name === 'passphrase' && PHRASE.test(said) && !said.split(' ').some(isState);
}

const PHRASE = /^[A-Za-z]{3,20}(?: (?:[A-Za-z]{3,20}|\d{1,6})){2,11}$/;

/** "admin key 5fbb…", "the old token 42f9…": hexadecimal digits are a key only behind these names. GPG writes capitals. */
function isHexKey({ word: name }: NameRule, before: string, word: string): boolean {
  if (UUID.test(word)) return /^(?:secret|(?:api|access|secret|master)key)$/.test(name);
  if (!HEX_KEY.test(word)) return false;
  return KEYS.test(name) || name === 'secret' || (name === 'token' && OF_TOKEN.test(before));
}

const HEX_KEY = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{48}|[0-9a-f]{64})$/;
/** An object of that name is missing. */
const ABSENT = / (?:not found|does not exist|is missing|in namespace)/y;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KEYS =
  /^(?:(?:admin|root|api|access|secret|auth|account|master|management|server|app|application|ingest|ingestion|license|integration|routing|webhook)key|signingsecret|apitokens?|accesstokens?|authtokens?)$/;
const OF_TOKEN =
  /(?:^|[\s(,])(?:old|new|current|previous|leaked|revoked|rotated|api|auth|access|bearer|deploy|personal access|client|webhook|shared|app) $/i;

const BEFORE_CHARS = 80;

/** A password's, and none of those that only end with "pass". */
function isWholeWord(rule: NameRule): boolean {
  return isPassword(rule) && !/pass$/.test(rule.word);
}

/** Settings of Redis and LDAP: the value follows a space. */
const SETTINGS = /^(?:requirepass|masterauth|bindpw|rootpw)$/;
/** "using password hunter2", "password hunter2 was rejected" */
const GIVEN = /(?:^|\s)(?:with|using|temporary|temp|default|initial|entered|and|given|the)(?: the)? $/i;

/** “yeni şifre x” */
function isWhich(before: string): boolean {
  return before.endsWith(' ') && WHICH.has((before.trimEnd().split(/\s/).at(-1) ?? '').toLowerCase());
}

/** "db password x, redis password y": each says what the other one is. */
const NEXT_SECRET =
  /,? (?:and |& )?(?:[\w'’-]{1,20} ){0,3}(?:password|passwd|passphrase|pwd|pw|pass|passwort|token)(?: is| was|:)? ["'`]?(?:\[redacted:|(?=[^\s]{0,40}\d)(?=[^\s]{0,40}[A-Za-z])\S{4})/iy;
const BEHIND_SECRET = /\[redacted:[\w:-]{1,80}\],? (?:and |& )?(?:[\w'’-]{1,20} )?$/i;

/** "user jo, password hunter2" */
const BESIDE_USER =
  /(?:^|[\s(,;:])(?:(?:inloggen|log ?in|anmelden|einloggen|connecte\p{L}{0,8}(?:-vous)?|acced\p{L}{0,4}|logga in|logg inn) (?:met|with|mit|avec|con|com|med)|user(?: ?name)?|login|account|benutzer(?:name)?|nutzer(?:name)?|konto|utilisateur|identifiant|compte|usuario|usuário|utente|gebruiker(?:snaam)?|kasutaja(?:nimi|tunnus)?|utilizador|użytkownik|пользователь|логин|користувач|логін|kullanıcı(?: adı)?|användar(?:e|namn)|bruker(?:navn)?|bruger(?:navn)?|käyttäjä(?:tunnus)?|uživatel|felhasználó|utilizator)[: ]{1,2}\S{1,60},? (?:(?:and|und|et|y|e|en|i|и|й|та|ve|og|och|ja|a|és|și) )?$/iu;

/** “he puesto la clave x”, “jag satte lösenordet x”: somebody has just set it. */
const SET_BEFORE =
  /(?:^|\s)(?:set|changed|puesto|cambiado|mis|changé|messo|cambiato|mudei|coloquei|ustawił[ae]?m|zmienił[ae]?m|nastavila?|satte|ändrade|endret|ændrede) (?:the |la |le |el |a |il |o )?$/iu;

/** A login on lines of its own: `user jo`, and below it `pass x`. */
const BELOW_USER =
  /(?:^|[\n\v])[ \t]{0,8}(?:user(?: ?name)?|login|account)[ \t:=]{1,4}\S{1,64}[ \t]{0,8}\r?[\n\v][ \t]{0,8}$/i;

/** A directive of a settings file: the name, the value, and nothing else in the line. */
const ALONE = /(?:^|[\n\v])[ \t]*(?:set )?$/;
const LINE_END = /[.!?]{0,3}["']?;?[ \t]*(?:[\r\n\v]|$)/y;

/** In Turkish the verb follows: "x olarak değişti". */
const JUDGED =
  / (?:olarak (?:değiş|ayarla|güncelle|belirle)|(?:set|changed|applied|configured|stored|saved) (?:on|for|at|by)\b|(?:(?:is|was|has been) )?(?:accepted|denied|expired|failed|incorrect|invalid|not|rejected|wrong)\b)/iy;

/**
 * `Marten-2024-frost`, `Marten_24.frost`: words with a capital around digits. A file with such a name has an end that programs
 * know.
 */
export function isPhraseAround(word: string): boolean {
  return AROUND_DIGITS.test(word) && /^[A-Z]|[-_.][A-Z]/.test(word) && !KNOWN_END.test(word);
}

const AROUND_DIGITS = /^[A-Za-zÀ-ž]{3,20}(?:[-_.][A-Za-zÀ-ž]{2,20}){0,3}[-_.]?\d{1,4}(?:[-_.][A-Za-zÀ-ž]{2,20}){1,2}$/;
const KNOWN_END =
  /[-_.](?:final|draft|copy|old|new|backup|report|prod|dev|test|stage|staging|internal|local|lan|corp|com|net|org|io|eu|txt|ya?ml|json|xml|csv|tsv|ini|conf|cfg|env|toml|properties|log|pem|key|crt|cer|p12|pfx|jks|asc|gpg|kdbx?|zip|gz|tgz|tar|rar|bak|sql|dump|db|md|pdf|docx?|xlsx?|pptx?|html?|php|py|rb|go|rs|js|ts|sh|ps1|bat|exe|dll|jar|war|png|jpe?g|svg|gif|ova|iso|img|pcap)$/i;

/** A word that nobody says: letters and digits, or signs, in it. */
export function looksChosen(word: string): boolean {
  if (isPhraseAround(word)) return true;
  if (word.length < SHORTEST || WORD.test(word) || COUNTED.test(word)) return false;
  return (/\d/.test(word) && /\p{L}/u.test(word)) || /[a-zß-ÿа-я][A-ZÀ-ÞА-Я]|[!@#$%^&*+=~|?]/.test(word);
}

/** Letters and digits in such an order, or with such signs, that it is the name of nothing. */
export function isMixedUp(word: string): boolean {
  if (word.length < SHORTEST_MIXED || !/\d/.test(word) || !/[A-Za-z]/.test(word) || !looksChosen(word)) return false;
  if (/^[\w.-]+@|:\/\/|[\\/(){}]|^[A-Z]{2,8}[-_]?\d/.test(word)) return false;
  return /[!#$%^&*+?~]/.test(word) || CLASS_CHANGE_SHARE <= classChanges(word) / word.length;
}

const SHORTEST_MIXED = 8;
/** `PBKDF2WithHmacSHA256` has 35 %, random letters and digits have 62 %. */
const CLASS_CHANGE_SHARE = 0.45;

function classChanges(word: string): number {
  return word.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0;
}

/** "x is the new root password", "try x as the password", also in other languages. */
export function valueBefore(text: string, { rule, start, end }: Named): Range | undefined {
  if (!isPassword(rule)) return undefined;
  const before = text.slice(Math.max(0, start - BEFORE_CHARS), start);
  const [used = '', chosen = ''] = (isAt(PHRASE_END, text, end) && USED_AS.exec(before)) || [];
  if (looksChosen(chosen)) {
    const from = start - used.length;
    return { start: from, end: from + chosen.length };
  }
  const said = BEFORE_NAME.exec(before);
  const [, opening = '', written = ''] = said ?? [];
  const word = written.replace(/(?<![.!?:…])[.:…]+$/, '');
  if (said === null || !isMixedUp(word)) return undefined;
  const from = start - before.length + said.index + opening.length;
  return { start: from, end: from + word.length };
}

const BEFORE_NAME =
  /(^|[\s"'`(“„«])([^\s"'`()<>,;“”„«»]{8,60})(?:[ \u00a0\u202f]?["'`”“»])?(?:, ?(?:that['’]?s|that is|that was|it['’]?s|this is|which is|das ist|das war|c['’]est|c['’]était|eso es|esa es|é essa|è|dat is|to jest|det är|det er)| (?:is|was|as|ist|war|als|est|comme|es|como|é|è|come|jako|to|как|como)) (?:(?:the|your|our|my|a|das|dein|euer|unser|le|la|o|il|el|su|tu|new|old|current|neue[sr]?|neu|nouveau|nueva|nova|nuova|nowe|новый|root|admin|db|sudo) ){0,4}(?:mot de )?$/i;

/** "use x as the password" */
const USED_AS =
  /(?<=(?:^|[\s(])(?:use|using|used|try|tried|enter|type|typed) ["'`“]?)([^\s"'`()<>,;“”]{4,60})["'`”]? as (?:(?:the|your|our|my|a) )?(?:(?:new|root|admin|db|sudo|temporary) ){0,2}$/i;
const PHRASE_END = /[.,;!?)]|\s*$|\s(?:for|on|and|or|in|at|there|here|now)\b/iy;

const SHORTEST = 4;
/** "at least eight characters" */
const COUNTED = /^\d{1,3}(?:文字|位|个|個|字符|桁|字)/;
/** Plain words with hyphens, algorithms and formats, versions, durations, names of files and places. */
const WORD =
  /^(?:[A-Za-z]+(?:[-/'][A-Za-z]+)*|(?:sha|md|aes|rsa|hs|rs|es|ps|base|utf|bcrypt|argon|pbkdf|scrypt|oauth|http|ipv|x|ed|rfc|iso|v)[-_.]?\d[\w.-]*|v?\d[\d.:,/-]*[a-z%]{0,3}|[\w.-]+\.(?:[a-z]{2,4})|https?:.*|\/.*|\$.*)$/i;
