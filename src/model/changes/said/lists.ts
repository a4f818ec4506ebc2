/**
 * Values that a list of what is allowed no longer holds, where the failure refuses one of them: an address to return to, a
 * host, a range of addresses, a type of files, an issuer.
 *
 *   -  redirects: [https://a.example/*, https://b.example/*]      invalid redirect https://b.example/done
 *   +  redirects: [https://a.example/*]                           ◄── the change takes this address away
 */
import { isSaidWhole } from '#model/changes/quoted-names.ts';
import type { Touched } from '#model/changes/said/values.ts';

/** What says that a value is not let in, in lower case; the value stands near it. */
const REFUSED =
  /\b(?:not|isn't|no longer) (?:\w{1,12} )?(?:allowed|registered|permitted|accepted|trusted|authori[sz]ed|white-?listed|listed|valid|supported|known|configured|match)\b|\b(?:invalid|illegal|unknown|unsupported|untrusted|disallowed|unexpected|refused by|rejected|forbidden|denied|blocked|mismatch\w{0,3})\b|\binvalid_\w{3,30}|\bdoes(?: not|n't) match\b|\bno pg_hba\.conf entry\b|\b(?:in|on) no (?:allowed|trusted|known)\b|\bnot (?:in|on|part of) (?:the |any |an? )?(?:\w{1,20} ){0,2}(?:list|range|set|origins?|hosts?)\b|\bmay need to add\b|\bcannot query field\b|\bunknown (?:argument|field)\b/g;
/** In characters. */
const NEARBY = 240;

/** A path, a host, a media type, an address: with a sign that no word has. */
const VALUE = /(?:https?:\/\/)?[A-Za-z\d*][\w.:/*@+-]{2,200}/g;
const HAS_SIGN = /[A-Za-z\d*][./:@][A-Za-z\d*/]/;
const SHORTEST = 6;
const RANGE = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/;
const ADDRESS = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)/g;
/** Numbers of versions are no hosts, and files are named by every line. */
const NO_VALUE = /^v?\d+(?:\.\d+){0,3}$|\.(?:js|ts|tsx|py|go|rb|php|cs|java|kt|rs|ex|json|ya?ml|html|css)$/i;

/** `isOfAnybody`: the value is an address, which no two lists have by chance. */
export function valueUnlisted(
  { added, removed, context }: Touched,
  failure: string,
): Readonly<{ text: string; isOfAnybody: boolean }> {
  const near = refusedParts(failure);
  if (near === '') return NOTHING;
  const left = valuesIn(`${added}\n${context}`);
  for (const value of valuesIn(removed)) {
    const said = saidIn(value, near);
    if (said === '' || left.some((other) => saidIn(other, said) !== '')) continue;
    const isOfAnybody = value.includes('://') || RANGE.test(value);
    return { text: `it takes ${value} out of what is allowed, and the failure names ${said}`, isOfAnybody };
  }
  return NOTHING;
}

const NOTHING = { text: '', isOfAnybody: false } as const;

function refusedParts(failure: string): string {
  return around(failure, REFUSED, NEARBY).join('\n');
}

/** More of them repeat the first ones. */
const MOST_REFUSED = 20;

function around(failure: string, words: RegExp, reach: number): readonly string[] {
  return failure
    .matchAll(words)
    .take(MOST_REFUSED)
    .map(({ 0: said, index }) => failure.slice(Math.max(0, index - reach), index + said.length + reach))
    .toArray();
}

/** A longer list is data. */
const MOST_VALUES = 200;

function valuesIn(text: string): readonly string[] {
  return (text.match(VALUE) ?? [])
    .map((value) => value.toLowerCase().replace(/(?<![.:,])[.:,]+$/, ''))
    .filter((value) => value.length >= SHORTEST && HAS_SIGN.test(value) && !NO_VALUE.test(value))
    .slice(0, MOST_VALUES);
}

/** What the failure says of the value: itself, an address in its range, or what a wildcard stands for. */
function saidIn(value: string, failure: string): string {
  const [, base = '', bits = ''] = RANGE.exec(value) ?? [];
  if (base !== '') return failure.match(ADDRESS)?.find((one) => isWithin(one, base, Number(bits))) ?? '';
  const fixed = value.replace(/(?<!\*)\*+$/, '').replace(/^\*+/, '');
  if (fixed.length < SHORTEST) return '';
  const [isOpenBefore, isOpenBehind] = [value.startsWith('*'), value.endsWith('*')];
  for (let at = failure.indexOf(fixed); at >= 0; at = failure.indexOf(fixed, at + 1)) {
    const [before, behind] = [failure[at - 1] ?? ' ', failure.slice(at + fixed.length)];
    const isWhole = (isOpenBefore || !OF_VALUE.test(before)) && (isOpenBehind || !GOES_ON.test(behind));
    if (isWhole) return /^[^\s"'`,;)<>\]]{1,200}/.exec(failure.slice(at))?.[0] ?? fixed;
  }
  return '';
}

const OF_VALUE = /[\w.@/-]/;
/** A full stop ends a sentence as well. */
const GOES_ON = /^(?:[\w@/-]|[.:]\w)/;

function isWithin(address: string, base: string, bits: number): boolean {
  const shift = 32 - Math.min(32, bits);
  const numberOf = (one: string) => one.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return Math.floor(numberOf(address) / 2 ** shift) === Math.floor(numberOf(base) / 2 ** shift);
}

/** What a line sets: `queue: mail`, `codec=zstd`, `- name: block-all`. */
const SET = /["'\w\]]\s{0,3}(?:[:=]|=>)\s{0,3}["'`]?([A-Za-z][\w.-]{3,80})["'`]?\s{0,3}[,;]?\s{0,3}$/gm;
/** Words that say nothing of a value. */
const PLAIN_WORD =
  /^(?:true|false|null|none|name|value|string|text|json|error|data|test|type|default|auto|number|integer|boolean|object|array|list|user|email|code|action|block|deny|allow|enabled|disabled|strict|required|optional)$/i;
/** In characters: nearer than a value of a list, because words are common. */
const WORD_NEARBY = 60;
const SAYS_UNKNOWN =
  /\b(?:unsupported|unknown|invalid|unrecogni[sz]ed|no such|does not exist|doesn't exist|not found|not supported|not allowed|not registered|no (?:queue|exchange|topic|bucket|database|index|stream|profile|route|model|table|vhost|cluster|host)|(?:blocked|denied|refused|rejected) by)\b/g;

/** The value that it sets since then, and that the failure does not know or that refuses. */
export function valueRefused({ added, removed, context }: Touched, failure: string): string {
  const near = around(failure, SAYS_UNKNOWN, WORD_NEARBY);
  if (near.length === 0) return '';
  const before = `${removed}\n${context}`.toLowerCase();
  const set = Array.from(added.matchAll(SET), ([, value = '']) => value.toLowerCase());
  const found = set.find(
    (value) => !PLAIN_WORD.test(value) && !isSaidWhole(value, before) && near.some((text) => isSaidWhole(value, text)),
  );
  return found === undefined ? '' : `it sets “${found}”, which the failure names`;
}
