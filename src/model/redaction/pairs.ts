/**
 * Members of which one names the other's value, in either order and with others between them:
 *
 *   {"name":"DB_PASSWORD","value":"…"}         - name: DB_PASSWORD      <add key="Password" value="…"/>
 *   {"value":"…","type":"text","key":"token"}    value: …               {Name:DB_PASSWORD Value:…}
 *
 * Also a name and its value side by side: `('password', '…')`, a part of a form.
 */
import { looksMade } from '#model/redaction/entropy.ts';
import { GENERATED, SECURE_TYPE } from '#model/redaction/generated.ts';
import { isPassword, type Named, NUMBER_RULE, namedAt } from '#model/redaction/names.ts';
import { isNoSecret, isState } from '#model/redaction/no-secret.ts';
import { isSystemOfPersons } from '#model/redaction/numbers-by-name.ts';
import { isWordsTogether, looksChosen } from '#model/redaction/sentences.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range, type Sign, valueStart } from '#model/redaction/values.ts';

/** The member whose value another member names: its sign, and that name. */
export type Partner = Readonly<{ named: Named; sign: Sign }>;

/** After `name:`; undefined where it names no secret, or where no member holds its value. */
export function partnerOf(text: string, sign: Sign): Partner | undefined {
  const member = memberAt(text, valueStart(text, sign), SAID);
  const secret = member && secretIn(text, member);
  if (member === undefined || secret === undefined) return undefined;
  if (!OF_TYPE.test(text.slice(Math.max(0, sign.at - NAME_CHARS), sign.at)))
    return partnerFrom(text, secret, member.next);
  if (text.startsWith('random_', member.start)) return undefined; // a resource, of which `generated.ts` knows more
  // A lexer has tokens, too.
  return secret.rule.word === 'token' ? undefined : partnerBy(VALUE_OF_TYPE, text, secret, member.next);
}

const OF_TYPE = /type["'\\]{0,16}\s{0,3}$/i;
const NAME_CHARS = 24;

/** The same behind a member that ends at `from`: `"oldValue"` and `"newValue"`. */
export function partnerFrom(text: string, secret: Pick<Named, 'rule'>, from: number): Partner | undefined {
  return partnerBy(VALUE_NEXT, text, secret, from);
}

function partnerBy(pattern: RegExp, text: string, { rule }: Pick<Named, 'rule'>, from: number): Partner | undefined {
  const partner = matchAt(pattern, text, from);
  if (partner === undefined) return undefined;
  const [whole, name = ''] = partner;
  const after = partner.index + whole.length;
  const end = partner.index + whole.lastIndexOf(name) + name.length;
  return {
    named: { rule, start: end - name.length, end, text: name },
    sign: { at: after - 1, after, isEncoded: false },
  };
}

/** Behind `value:`, where the next member names it. */
export function valueNamedNext(text: string, sign: Sign): (Range & Pick<Named, 'rule'>) | undefined {
  const value = memberAt(text, valueStart(text, sign), HELD);
  const name = value && matchAt(NAME_NEXT, text, value.next);
  const member = name && memberAt(text, name.index + name[0].length, SAID);
  const secret = member && secretIn(text, member);
  return value === undefined || secret === undefined ? undefined : secretOf(text, secret, value);
}

/** The part of a form whose name stands behind `sign`: `form-data; name="password"`, an empty line, the value. */
export function formValue(text: string, sign: Sign): (Range & Pick<Named, 'rule'>) | undefined {
  const member = memberAt(text, valueStart(text, sign), SAID);
  const secret = member && secretIn(text, member);
  const head = secret && matchAt(FORM_HEAD, text, member.next);
  if (
    secret === undefined ||
    head === undefined ||
    !/form-data; ?name$/i.test(text.slice(Math.max(0, sign.at - FORM_CHARS), sign.at))
  )
    return undefined;
  const start = head.index + head[0].length;
  return secretOf(text, secret, { start, end: endAt(FORM_VALUE, text, start) });
}

const FORM_CHARS = 20;
const FORM_HEAD = /(?:;[^\r\n\v]{0,120})?(?:(?:\r?\n|\v)[\w-]{1,40}: [^\r\n\v]{0,120}){0,4}(?:\r?\n|\v){2}/y;
const FORM_VALUE = /(?!--)[^\r\n\v]{1,1000}/y;

/** For a quoted name: the value after it, both alone in brackets, or in PHP's serialised form. */
export function valueBesideName(text: string, named: Named): (Range & Pick<Named, 'rule'>) | undefined {
  const between = matchAt(BESIDE, text, named.end);
  if (between === undefined) return undefined;
  const [whole, stored, quote = ''] = between;
  const start = between.index + whole.length;
  const end = quotedEnd(text, start, quote);
  return stored !== undefined || isPairAlone(text, named, { start, end }, quote)
    ? secretOf(text, named, { start, end })
    : undefined;
}

/** `{password,"x"}`, `{password,<<"x">>}` of Erlang, `(password . "x")` of Lisp. */
export function valueInTuple(text: string, named: Named): (Range & Pick<Named, 'rule'>) | undefined {
  const pattern = TUPLES[text[named.start - 1] ?? ''];
  const between = pattern && matchAt(pattern, text, named.end);
  if (between === undefined) return undefined;
  const start = between.index + between[0].length;
  return secretOf(text, named, { start, end: quotedEnd(text, start, between[1] ?? '') });
}

/**
 * `Password(hunter2)`, `ApiKey("…")`, `Secret(value=…)`: the text of an object of one value (docs.scala-lang.org, "Case
 * Classes"; doc.rust-lang.org/std, "Debug"; kotlinlang.org, "Inline value classes"). The name is the class's whole name: in
 * `HashPassword(input1)` it is a function's.
 */
export function valueInObject(text: string, named: Named): (Range & Pick<Named, 'rule'>) | undefined {
  const [opening = '', value = ''] = matchAt(IN_OBJECT, text, named.end) ?? [];
  if (value === '' || OF_CODE.test(value)) return undefined;
  const [, called = ''] = CLASS.exec(text.slice(Math.max(named.start, named.end - LONGEST_CLASS), named.end)) ?? [];
  if (called.toLowerCase() !== named.rule.word) return undefined;
  const isValue = isPassword(named.rule) ? looksChosen(value) : looksMade(value);
  if (!isValue && !isWordsTogether(value)) return undefined;
  const end = named.end + opening.length;
  return secretOf(text, named, { start: end - value.length, end });
}

const IN_OBJECT = /\((?:value=|raw=|inner=)?(?:\\{0,15}["'])?([^\s()"'\\,]{4,400})(?=(?:\\{0,15}["'])?\))/y;
const CLASS = /(?:^|[.$])([A-Z][A-Za-z]{2,40})$/;
const LONGEST_CLASS = 60;
/** An address in memory, a member of another object. */
const OF_CODE = /^(?:\w{1,40}=.+|0x[\da-fA-F]+|[a-z_]\w*\.[A-Za-z_]\w*)$/;

const TUPLES: Readonly<Record<string, RegExp>> = {
  '{': /,\s?(?:<<)?(\\{0,15}["'])/y,
  '(': / \. (\\{0,15}["'])/y,
};

const BESIDE = /\\{0,15}["'](?:(;s:\d{1,6}:)| ?, ?[bu]?)(\\{0,15}["'])/y;

/** Whether a list of raw headers is open before a name: names and values in turn, nodejs.org/api/http.html. */
function isInRawHeaders(text: string, nameStart: number): boolean {
  const before = text.slice(Math.max(0, nameStart - HEADERS_CHARS), nameStart);
  const list = before.lastIndexOf('rawHeaders');
  return list >= 0 && before.lastIndexOf('[') > list && before.lastIndexOf(']') < list;
}

const HEADERS_CHARS = 2_000;

/** Functions that take a name and its value, or what counts without one: `ENV.fetch('SMTP_PASSWORD', 'x')`. */
const GIVES_VALUE =
  /(?:\bfetch|OrDefault|[sS]et_?[dD]efault|\bdefine|\benv|[gs]et_?env|putenv|[gs]etProperty)\(\s?\\{0,15}["']$/i;

/** `('password', 'x')`, but not a list of names. */
function isPairAlone(text: string, { start: nameStart }: Named, { start, end }: Range, quote: string): boolean {
  const isWord = /^[A-Za-z_]+$/.test(text.slice(start, Math.min(end, start + LONGEST_PLAIN)));
  const isOpened = /[([]\s?[bu]?\\{0,15}["']$/.test(text.slice(Math.max(0, nameStart - 20), nameStart));
  const isCall = isWord && GIVES_VALUE.test(text.slice(Math.max(0, nameStart - 40), nameStart));
  const isListed = isWord && isAmongPairs(text, nameStart) && !isStateOrName(text.slice(start, end));
  if (
    isOpened &&
    (!isWord || isCall || isListed) &&
    /^ ?[)\]]/.test(text.slice(end + quote.length, end + quote.length + 2))
  )
    return true;
  return isInRawHeaders(text, nameStart);
}

/** docs.python.org, "OrderedDict": the name and the value follow another pair. */
function isAmongPairs(text: string, nameStart: number): boolean {
  return AMONG_PAIRS.test(text.slice(Math.max(0, nameStart - 120), nameStart));
}

const AMONG_PAIRS = /[([]\s?[bu]?["'][\w.-]{1,60}["'], ?[^()[\]\r\n\v]{1,60}[)\]],\s{0,4}[([]\s?[bu]?["']$/;

function isStateOrName(word: string): boolean {
  return isState(word) || namedAt(word, word.length - 1) !== undefined || word.length < SHORTEST_WORD;
}

const SHORTEST_WORD = 8;

function secretOf(
  text: string,
  { rule, text: name }: Named,
  { start, end }: Range,
): (Range & Pick<Named, 'rule'>) | undefined {
  const value = text.slice(start, Math.min(end, start + LONGEST_PLAIN));
  return isNoSecret({ rule, name, value, isQuoted: true, isTold: false }) ? undefined : { rule, start, end };
}

const LONGEST_PLAIN = 256;

type Member = Range & Readonly<{ next: number }>;

const QUOTED = /\\{0,15}["']/y;
/** The characters of names and values. */
const SAID = /[\w.$[\]-]{1,80}/y;
const HELD = /[^\s,;"'<>{}[\]\\]{1,400}/y;
/** A value of several words, where its name stands on the next line. */
const REST_OF_LINE = /[^\n\v"'{}\\]{1,200}(?=[\n\v]\s{0,40}(?:name|key):)/y;

/** In quotes or bare. `next` is behind it and its quote. */
function memberAt(text: string, at: number, bare: RegExp): Member | undefined {
  const quote = matchAt(QUOTED, text, at)?.[0] ?? '';
  if (quote === '') {
    const word = endAt(bare, text, at);
    const end = bare === HELD && text[word] === ' ' ? Math.max(word, endAt(REST_OF_LINE, text, at)) : word;
    return end === at ? undefined : { start: at, end, next: end };
  }
  const start = at + quote.length;
  const end = quotedEnd(text, start, quote);
  return { start, end, next: end + quote.length };
}

/** `user[password]` is a name, too. */
function secretIn(text: string, { start, end }: Range): Named | undefined {
  const last = text[end - 1] === ']' ? end - 2 : end - 1;
  if (end - start > LONGEST_PLAIN || last < start) return undefined;
  return namedAt(text, last) ?? kindIn(text, { start, end });
}

/** What no name says, but the kind of the object or the system of the number. */
function kindIn(text: string, { start, end }: Range): Named | undefined {
  const said = text.slice(start, end);
  if (said === SECURE_TYPE) return { rule: GENERATED, start, end, text: said };
  return isSystemOfPersons(said) ? { rule: NUMBER_RULE, start, end, text: said } : undefined;
}

const GAP = String.raw`[\s,;]{1,60}`;
const OTHER = String.raw`\\{0,15}["']?[\w:.@-]{1,40}\\{0,15}["']?\s?[:=]\s?(?:\\{0,15}"[^"\\\n\v]{0,100}\\{0,15}"|'[^'\n\v]{0,100}'|[\w.+-]{1,60})${GAP}`;
/** Up to three other members, none of them a name. */
const OTHERS = String.raw`(?:(?!\\{0,15}["']?(?:name|key)\b)${OTHER}){0,3}?`;
const VALUES = String.raw`\\{0,15}["']?((?:old|new|current|previous|default|rejected|invalid|attempted|parameter|variable|setting)?[-_]?values?|val|vStr|content|old|new)\\{0,15}["']?\s{0,3}[:=](?!=)`;
/** Its group is the name of the member with the value. */
const VALUE_NEXT = new RegExp(GAP + OTHERS + VALUES, 'iy');
const VALUE_OF_TYPE = new RegExp(`${GAP}(?:${OTHER}){0,3}?${VALUES}`, 'iy');
const NAMES =
  'name|key|parameterkey|variablename|settingname|header|field|variable|param|parameter|property|attribute|setting|type|system';
/** The same member as it is now, in a difference. */
const AS_IT_IS = String.raw`(?:\\{0,15}["']?\r?[\n\v]\+[ \t]{1,40}\\{0,15}["']?value\\{0,15}["']?:[^\r\n\v]{1,400})?`;
const NAME_NEXT = new RegExp(
  String.raw`${AS_IT_IS}${GAP}${OTHERS}\\{0,15}["']?(?:${NAMES})\\{0,15}["']?\s{0,3}[:=]\s{0,3}`,
  'iy',
);
