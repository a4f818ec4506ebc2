/**
 * Words that somebody made up to open something: no host, program or ticket is called so. They count where the line speaks
 * about a login, a password or a door in any language, or answers a question for one: “ich hab es auf Zander#Wolke81
 * geändert”, “ssh in as root with P1neTree!!”. A few are so odd that they count anywhere.
 */

import { ACCESS, ACCESS_OR_KEY, KEY_BEFORE, LOGIN, PASSWORD, PASSWORD_BEFORE } from '#model/redaction/access-words.ts';
import { isRecord } from '#model/redaction/entropy.ts';
import { isMixedUp, isPhraseAround } from '#model/redaction/sentences.ts';
import { STATING } from '#model/redaction/spoken-words.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { NAME_OF_TOKEN, type Range } from '#model/redaction/values.ts';

/** Whether somebody or a program made up a word: nothing is called so. */
export function isInvented(word: string): boolean {
  if (!mayBeInvented(word)) return false;
  return isSigned(word) || isPhrase(word) || (word.length >= SHORTEST_MIXED && !/[-_.]/.test(word) && isMixedUp(word));
}

function mayBeInvented(word: string): boolean {
  return (
    word.length >= SHORTEST &&
    word.length <= LONGEST &&
    /\d/.test(word) &&
    /[A-Za-z]/.test(word) &&
    !OF_PROGRAM.test(word)
  );
}

/** A pair, also behind a NUL as cat(1) shows it, an option, an address, a UUID, code, an email address, a number behind a name. */
const OF_PROGRAM =
  /^(?:-|(?:\^@)?\w[\w.-]{2,40}=|\w{1,2}=[\w.,=]+$|(?:\w{1,2}=)?[*•]{2,}[\w-]{1,6}$|[$#/]|%(?!\w{2,40}[!#^*?~&+]\w)|[\da-f-]+$|[\w.+-]+@[\w-]+\.[a-z]|[A-Za-z]{1,20}#\d+$)|:\/\/|[\\<>()[\]{}"'`,]|:\d+$|[&?][\w.-]+=|%[\da-f]{2}/i;

const SHORTEST = 8;
const LONGEST = 60;
/** Shorter ones without a sign are names of people, too. */
const SHORTEST_MIXED = 10;

/** A sign that no name has, or capitals on both sides of an `@`. */
export function isSigned(word: string): boolean {
  return /[!#$%^*?~]/.test(word) || /^[^=+&]*[=+&].*[^\w.=/+-]/.test(word) || /^[A-Z][a-z]+@[A-Z][a-z]+\d+$/.test(word);
}

/** `Lantern-juniper-819`, `quarz_Harbor.20`, `Marten-2024-frost`: words with and without a capital, and digits. */
function isPhrase(word: string): boolean {
  return (
    (/^[A-Za-z]{3,14}(?:[-_.][A-Za-z]{2,14}){1,4}[-_.]\d{2,4}$/.test(word) || isPhraseAround(word)) &&
    !NAME_OF_GROUP.test(word) &&
    /(?:^|[-_.])[A-Z][a-z]+/.test(word) &&
    /(?:^|[-_.])[A-Za-z][a-z]+/.test(word)
  );
}

/** `Support-Team-24`, `Meeting-Room-12`: what is counted is a thing, and no password. */
const NAME_OF_GROUP =
  /[-_.](?:team|group|room|floor|squad|shift|line|desk|rack|zone|region|server|node|host|cluster|build|version|release|sprint|phase|wave|batch|plan|step|case|ticket|incident|user|account|branch|station|unit|office)s?[-_.]\d{2,4}$/i;

/** The word around a run of letters and digits, where its line tells that it opens something. */
export function inventedAt(text: string, runStart: number): Range | undefined {
  const start = wordStart(text, runStart);
  if (start > 0 && !OPENS.test(text[start - 1] ?? '')) return undefined;
  const [run = ''] = matchAt(RUN, text, start) ?? [];
  // A call, a part of a template
  if (/[([{<\\]/.test(text[start + run.length] ?? '')) return undefined;
  const whole = run.replace(TRAILING, '');
  const token = endAt(NAME_OF_TOKEN, text, start);
  if (token > start) return { start: token, end: start + whole.length };
  const [, user = '', behind = ''] = PAIR.exec(whole) ?? [];
  const word = user === '' ? whole : behind;
  const shape = shapeOf(word);
  // What a colon follows is a name itself.
  const isLabel = /[:=]/.test(run[whole.length] ?? '') && shape !== 'odd';
  if (shape === undefined || isLabel || OF_THING.test(user)) return undefined;
  const end = start + whole.length;
  return tells(text, start, end, shape, user !== '') ? { start: end - word.length, end } : undefined;
}

/** `base('appK3zPq81')`: the argument of a function that looks something up is an id. */
const OF_LOOKUP =
  /(?:^|[^\w])(?:base|table|collection|bucket|topic|queue|channel|record|model|view|page|doc|document|ref|find|findById|getById|get|select|from|item|user|order|project|workspace|sheet|list)\(\\?["'`]$/;

/** With the user before a colon or a slash, or with the signs before the run. */
function wordStart(text: string, runStart: number): number {
  let start = runStart;
  if (DIVIDES.test(text[start - 1] ?? ''))
    start -= (USER.exec(text.slice(Math.max(0, start - USER_CHARS), start)) ?? [''])[0].length;
  while (runStart - start < MOST_SIGNS && isSign(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

/** The first code of each possible sign of a word. */
export function isSign(code: number): boolean {
  return SIGNS.has(code);
}

const SIGNS: ReadonlySet<number> = new Set(Array.from('!#$%^*?~&+=@', (sign) => sign.charCodeAt(0)));
const MOST_SIGNS = 4;
const DIVIDES = /[:/.]/;
const USER = /[\w.@+-]{2,60}[:/.]$/;
const USER_CHARS = 61;
const OPENS = /[[\s"'`“„«(>→、。，：]/;
const RUN = /[^\s"'`<>()[\]{},;“”„«»\\、。，]{8,100}/y;
const TRAILING = /[.:?…]{1,8}$/;
/** `jo:x`, `root/x` */
const PAIR = /^([a-z][\w.-]{1,24}|[\w.+-]{1,40}@[\w.-]{3,40})[:/]([^/:@][^/:]{7,60})$/;

/** `odd`: counts anywhere; `signed`: beside a word of access; `mixed`: as the value that a sentence introduces. */
type Shape = 'odd' | 'signed' | 'phrase' | 'mixed-up' | 'mixed';

function shapeOf(word: string): Shape | undefined {
  if (!mayBeInvented(word) || OF_CODE.test(word) || isRecord(word)) return undefined;
  if (METHOD.test(word)) return 'mixed';
  if (isSigned(word)) return isOdd(word) ? 'odd' : 'signed';
  if (isPhrase(word)) return 'phrase';
  if (!/[a-z]/.test(word) || !/[A-Z]/.test(word) || OF_NAME.test(word)) return undefined;
  if (/^[\w-]+[&+=@][\w&+=@-]+$/.test(word)) return /[&+=]|@[^A-Za-z]/.test(word) ? 'signed' : undefined;
  if (/^[A-Za-z\d]{4,6}(?:-[A-Za-z\d]{4,6}){2,7}$/.test(word)) return 'mixed-up';
  if (/[-_.]/.test(word)) return joinedShape(word);
  return isMixedUp(word) ? 'mixed-up' : 'mixed';
}

/** `Kram-Ekorre812` may be a machine, `PgIAde2HW-HpAT7k` is none. */
function joinedShape(word: string): Shape | undefined {
  if (!/^[A-Za-z\d]+(?:[-_.][A-Za-z\d]+){1,3}$/.test(word)) return undefined;
  const plain = word.replaceAll(/[-_.]/g, '');
  if (plain.length >= LONG_MIXED && isMixedUp(plain)) return 'mixed-up';
  return /\d{2}/.test(plain) ? 'mixed' : undefined;
}

const LONG_MIXED = 12;

/** `Larch#kiwi41` is a method of a class, too. */
const METHOD = /^[A-Z]\w+#[a-z]\w*$/;

/** A `!` inside, or two signs among letters of both cases. */
function isOdd(word: string): boolean {
  if (/[A-Za-z\d]![A-Za-z\d]/.test(word)) return true;
  const signs = new Set(word.replaceAll(/[\w.=/:-]/g, ''));
  return signs.size >= 2 && /[a-z]/.test(word) && /[A-Z]/.test(word);
}

/** Functions of libraries, cells, merge requests, prompts, formats, templates, versions, channels, patterns. */
const OF_CODE =
  /^[*&]?[A-Za-z]\w*\.[A-Za-z]+$|^[*&]\w+(?:\.\w+)*$|^(?=.{0,60}[+/=])[A-Za-z\d+/]{20,}={0,2}$|^\w{1,3}=[\w.:,-]+$|\d{4}-\d\d-\d\d|^[a-z][\w./-]*!\d+$|![A-Z]{1,3}\d{1,6}$|:~|[/|]|A-Z|a-z|0-9|^X-|^(?:pbkdf2|argon2?|scrypt|bcrypt)|^[\w.]+#\d+$|^[a-z][\w-]*#[\da-z]{1,8}$|\.(?:dll|DLL|so|exe|sys|dylib|js|ts|java|py|go|rb|html?)\b|\+0x|\$\$|\$\d|%[sdvqxp]\b|%\w?%|\|\||&&|==|!=|\.\*|\^\[|\w\*\*|[a-z]\$[a-z]|^[\d.]+[%~+]|\*$|\d\.\d{1,6}(?:\.\d{1,6}){0,4}[~+]|^[vV]?\d+(?:\.\d+)+|\?\w{0,20}=|&\w{1,20};/;
/** Words in a row that a program is called by: `Http2ServerConnection`, `INC2026`, `OAuth2Client`. */
const OF_NAME =
  /^\d?Pass|^\d[\d.]*[A-Za-z]{1,4}$|^AAAA|^pk_|^(?:[A-Z][a-z]{2,}){2,}\d{0,2}$|^(?:[a-z]+)(?:[A-Z][a-z]+)+\d?$|^[SVv]\d|(?:Http|OAuth|Auth|Base|Sha|SHA|UTF|Utf|Ipv|IPv|Win|Web|Java|Log|Junit|Server|Azure)\d/;

function tells(text: string, start: number, end: number, shape: Shape, isPair: boolean): boolean {
  if (shape === 'odd') return true;
  const before = lineBefore(text, start);
  const behind = lineBehind(text, end);
  const previous = before.trimEnd().split(/\s+/).at(-1) ?? '';
  if (OF_MEMBER.test(before) || OF_LOOKUP.test(before) || OF_THING.test(previous) || NAMES_THING.test(before))
    return false;
  if (shape !== 'signed' && OF_HEADER.test(previous)) return false;
  const line = `${before} ${behind}`;
  const hasUser = isPair || (BEHIND_USER.test(before) && LOGIN.test(line));
  const isStated =
    hasUser ||
    shape === 'signed' ||
    isIntroduced(before, previous, line, shape === 'mixed-up') ||
    isNext(before, behind);
  if (isStated && wordsFor(shape, hasUser).test(line)) return true;
  return answers(text, start, before, behind, shape === 'signed' ? ACCESS : PASSWORD);
}

/** What nobody is called needs less of its line. */
function wordsFor(shape: Shape, hasUser: boolean): Pick<RegExp, 'test'> {
  if (shape === 'mixed-up') return ACCESS_OR_KEY;
  if (shape === 'signed') return ACCESS;
  return hasUser ? LOGIN : PASSWORD;
}

function isIntroduced(before: string, previous: string, line: string, isRandom: boolean): boolean {
  return (
    INTRODUCED.test(before) ||
    STATING.has(previous.toLowerCase()) ||
    (isRandom ? KEY_BEFORE : PASSWORD_BEFORE).test(before) ||
    (TOWARDS.test(before) && CHANGES.test(line)) ||
    (isRandom && LISTED.test(line))
  );
}

/** The next one of several, and one behind the place that it opens: “Passwort Drucker Flur x”, “пароль на роутер x”. */
function isNext(before: string, behind: string): boolean {
  if (BEHIND_ANOTHER.test(before) || BEFORE_ANOTHER.test(behind)) return true;
  return PHRASE_OF_PLACE.test(before.toLowerCase()) && /^(?:[,.;!)]|\s*$)/.test(behind);
}

/** “x and then [redacted]” */
const BEFORE_ANOTHER =
  /^["'`”]? ?(?:\/|(?:and|or|then|und|oder|et|ou|y|o|e|en|и|или|now, was)(?: then)?) ?["'`“]?\[redacted:/;

/** “[redacted] / x”, “[redacted] (old), x” */
const BEHIND_ANOTHER =
  /\[redacted:[\w:-]{1,60}\]["'`”]?(?: ?\/ ?| \([^()]{1,30}\)[,;]? | (?:and|or|then|und|oder|et|ou|y|o|e|en|of|и|или) (?:then )?)["'`“]?$/;
const PHRASE_OF_PLACE =
  /^[\s>*"'-]{0,8}(?:\p{L}{2,20}[:,] )?(?:passw[oö]rt(?:er)?|kennw[oö]rt(?:er)?|парол[ьия]|паролі):?(?: (?:\p{L}{1,20}|\[redacted:[\w:-]{1,60}\][,;]?)){1,8} $/u;

/** The word stands alone, and the line before asks for what opens something. */
function answers(text: string, start: number, before: string, behind: string, asked: Pick<RegExp, 'test'>): boolean {
  if (!SPEAKER.test(before) || !/^[^\w]{0,4}(?:\s|$)/.test(behind) || behind.trim().split(/\s+/).length > 8)
    return false;
  let from = start - before.length - 1;
  for (let lines = 0; lines < MOST_BETWEEN && from > 0; lines += 1) {
    const earlier = lineBefore(text, from);
    if (asked.test(earlier) && (earlier.includes('?') || ASKS.test(earlier))) return true;
    from -= earlier.length + 1;
  }
  return false;
}

/** Lines of a chat from a question to its answer. */
const MOST_BETWEEN = 4;
const SPEAKER =
  /^[\s>]{0,8}(?:\[?\d{1,2}:\d\d(?::\d\d)?\]? {0,3})?(?:<[^<>\s]{1,30}>|[\w.@-]{1,30}(?: [\w.]{1,20})?[:>]|[AQ]:)?[\s"'`]{0,4}(?:(?:it|that)['’]?s? (?:is )?|try |use )?["'`]?$/;
const ASKS = /\b(?:what|which|who|again|anyone|anybody|need|remind)\b/i;

function lineBefore(text: string, start: number): string {
  const part = text.slice(Math.max(0, start - LINE_CHARS), Math.max(0, start));
  return part.slice(Math.max(part.lastIndexOf('\n'), part.lastIndexOf('\v')) + 1);
}

function lineBehind(text: string, end: number): string {
  return text.slice(end, end + LINE_CHARS).split(/[\r\n\v]/, 1)[0] ?? '';
}

const LINE_CHARS = 200;
/** A member with a name, whose name says what it is. */
const OF_MEMBER = /["'][\w.$ -]{1,60}\\{0,3}["']\s{0,3}(?::|=>|=|,)\s{0,3}\\{0,3}["'`]?$|[\w.-]=["'`]?$/;
/** `Idempotency-Key:` says what it is, `db-2:` says where. */
const OF_HEADER = /^[\w.]{1,40}[-_](?!\d{1,4}:)[\w.-]{1,40}:$/;
/** What a word behind one of these names. */
const OF_THING =
  /^["'(]?(?:[\w.-]*[-_.])?(?:ask|ping|cc|e?ssid|user(?:name)?|login|account|host|pod|node|server|build|branch|commit|release|version|ticket|issue|order|request|trace|span|session|id|name|bucket|table|topic|queue|job|file|code|error|class|method|func(?:tion)?|model|device|sha\d*|hash|digest|etag|image|key_?id|kid|fingerprint|serial|sku|template|pattern|regex|policy|channel|ref)[:=#]?$/i;

/** “the SSID is x” */
const NAMES_THING =
  /\b(?:ssid|host(?:name)?|gateway|user(?:name)?|login|account|server|node|machine|name|id|version|vault|bucket|instance|cluster|device|benutzer|utilisateur|usuario|usuário|utente) (?:is|was|are|ist|est|es|é|è|=) $/i;

/** “admin / x”, “admin and x”, beside a word for a login. */
const BEHIND_USER = /(?:^|\s)[a-z][\w.@-]{1,30} (?:\/|\+|-|and|und|et|y|e|en|i|och|og|ja|и|та) ["'`]?$/;
/** “zmień hasło na x” */
const TOWARDS = /\s(?:na|на|naar|in|auf|para|por|a|en|à|til|till|în|to|ke|menjadi)\s["'`“]?$/;
const CHANGES =
  /(?:zmie[nń]|смен|измен|помен|замен|змін|verander|gewijzig|cambi|chang|änder|gesetzt|gestellt|troc|troq|mud(?:ei|ou)|vaihd|změn|değiş|schimb|промен|promij|ubah|ganti|rotat|reset)/i;
/** “passwords were: db x, mq y” */
const LISTED = /\b(?:passwords|passes|pws|creds|credentials|logins)\b[^.]{0,20}:/i;
const INTRODUCED =
  /(?:[:?—–→(=]|->|=>|["'`“])\s*$|(?:^|[\s"'(])(?:is|was|are|were|be|(?:set|changed?|reset|rotated?|updated?|switched|back|it) to|with|now|literally|just|i\.e\.|still|use|using|used|try|tried|enter|type|typed|put|set|one|new|old|or|and|got|ist|war|lautet|mit|nun|jetzt|est|était|avec|es|era|con|é|com|è|jest|met|är|er|je|az|este|это|теперь|є|і|είναι|היא|הוא|هي|هو|là|คือ|adalah|jadi|menjadi|uusi on)\s+["'`“]?$|คือ\s{0,2}$/i;
