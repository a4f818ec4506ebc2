/**
 * Refused tries of secrets that are no passwords, where the line counts them: codes, tokens, keys, vouchers, cards, ids.
 *
 *   unknown api key, 203.0.113.77, number 2214 in 6 min
 *   reset code wrong for hanna@glass.example, try 1204
 *   card_declined (stolen_card); 96 cards from this address in 12 min
 */
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { writtenNumber } from '#model/text/written-number.ts';
import { usPerLongUnit } from '#model/trace/wait-amounts.ts';

const REFUSED =
  /\b(?:wrong|unknown|invalid|incorrect|bad|not (?:found|known|valid|yours|accepted|redeemable)|no such|no match\w{0,3}|does not (?:exist|match)|declin\w{1,3}|reject\w{1,3}|refus\w{1,3}|denied|mismatch\w{0,2}|fail\w{0,4}|forbidden|blocked|banned|never (?:issued|existed)|misses|40[134])\b|_(?:declined|failure|denied|invalid)\b|\bincorrect_/i;

/** What is tried, as people call it, and its words. The first that fits counts. */
const SECRETS: readonly Readonly<{ what: string; words: RegExp }>[] = [
  { what: 'vouchers', words: /\b(?:vouchers?|coupons?|gift[ -_]?cards?|promo(?:tion)?s?)\b/i },
  { what: 'cards', words: /(?:\b|_)(?:cards?|cvcs?|cvvs?|ibans?)(?:\b|_)/i },
  { what: 'passwords', words: /\b(?:passwords?|log[- ]?ins?|sign[- ]?ins?|credentials?|bad_username_or_password)\b/i },
  { what: 'codes', words: /(?:\b|_)(?:(?:pass)?codes?|otps?|pins?|tans?|captchas?)(?:\b|_)/i },
  { what: 'keys', words: /(?:\b|_)(?:keys?|licen[cs]es?|serials?)(?:\b|_)/i },
  { what: 'tokens', words: /(?:\b|_)(?:tokens?|links?|shares?|secrets?|signatures?|sessions?|cookies?)(?:\b|_)/i },
  { what: 'accounts', words: /\b(?:users?|user ?names?|accounts?|e-?mails?|mailboxes|members?|customers?)\b/i },
  {
    what: 'ids',
    words:
      /(?:\b|_)(?:ids?|uuids?|slugs?|numbers?|orders?|bookings?|tickets?|invoices?|reservations?|references?|documents?|files?|profiles?|paths?|pages?)(?:\b|_)/i,
  },
];

/** Somebody who may, or the same value again: a client that was not told of a new one. */
const ALLOWED =
  /\b(?:pen(?:etration)?[ -]?test\w{0,3}|load[ -]?test|our (?:own )?scanner|drill|monitoring|synthetic|expired|rotated|outdated|(?:the )?same (?:key|token|code|password|card|credentials?)|partner|batch|nightly|import|crawlers?|googlebot|bingbot)\b/i;

/**
 * The two sides agree on no encryption: nobody entered a secret. OpenSSL, Go, Java and .NET name the alert or its number.
 * https://www.rfc-editor.org/rfc/rfc8446#section-6
 */
export const NO_ENCRYPTION =
  /\bhandshake(?:[ _-]?(?:failure|failed|error|exception|aborted|rejected)|Exception\b)|\b(?:ssl|tls)(?:v?[\d.]{1,5})?:? alert\b|\balert number \d|\bSSL_(?:connect|accept)\b|\bSSLHandshake|\bunknown[ _]ca\b|\bno shared cipher\b/i;

const LONGEST_READ = 2_000;

/** What is tried; empty where the line speaks of no refused try, or somebody may do it. */
export function guessedIn({ level, line }: Pick<LogLine, 'level' | 'line'>): string {
  const text = line.slice(0, LONGEST_READ);
  if (HARMLESS_LEVELS.has(level) || !REFUSED.test(text) || ALLOWED.test(text) || NO_ENCRYPTION.test(text)) return '';
  if (triesIn(text) === undefined) return '';
  return SECRETS.find(({ words }) => words.test(text))?.what ?? '';
}

/** `minutes` is missing where the line gives no time. */
export type Tries = Readonly<{ count: number; minutes?: number }>;

/** `within ten minutes`, `in an hour`. */
const IN_WORDS = 'an|one|two|three|five|ten|fifteen|twenty|thirty';
const UNIT = String.raw`(s|secs?|seconds?|m|min|minutes?|h|hours?)\b`;
/** `611 in 5 min`, `1713th in 11 min`, `900 failed logins within 5 minutes`, `96 cards from this address in 12 min` */
const IN_TIME = new RegExp(
  String.raw`(?<![\w.:,/-])(\d[\d,]{0,8})(?:st|nd|rd|th)?\b(?! ?(?:ms|s|%|EUR|USD|GBP)\b)(?: [^\d\n;.]{1,80}?)? (?:in|within|during|over|for) (?:the (?:last|past) |under )?(\d{1,4}|${IN_WORDS}) ?${UNIT}`,
  'i',
);
/** The same with addresses and the like between the number and the time, where the number counts tries. */
const TRIES_IN_TIME = new RegExp(
  String.raw`(?<![\w.:,/-])(\d[\d,]{0,8}) (?:[a-z-]{1,20} ){0,4}(?:log[- ]?ins?|sign[- ]?ins?|attempts?|failures?|tries|tried|guesses|passwords|codes|keys|tokens|cards|vouchers|coupons|ids|accounts?|users?|names|requests|hits|probes)\b[^\n;]{0,80}? (?:in|within|during|over) (?:the (?:last|past) )?(\d{1,4}|${IN_WORDS}) ?${UNIT}`,
  'i',
);
/** `300 tries per minute`, `40 a second` */
const PER_TIME =
  /(?<![\w.:,/-])(\d[\d,]{0,8})(?: [a-z-]{1,20}){0,3} ?(?:per|a|an|each|every|\/) ?(s|sec|second|m|min|minute|h|hour)\b/i;
/** `try 1204`, `attempt #217`, `number 900`; `attempt 2 of 5` is a repeated call. */
const NUMBERED =
  /\b(?:try|attempt|guess|number|no\.|hit|probe|failure) ?#?(\d[\d,]{1,8})(?![\w.-]| ?(?:of|\/) ?\d)|(?<![\w.:,/-])(\d[\d,]{1,8})(?:st|nd|rd|th)? (?:(?:wrong|failed|unknown|invalid|refused|bad) )?(?:tr(?:y|ies)|attempts?|guess(?:es)?|codes? tried|failures|hits)\b/i;

/** How many tries a text counts, at least ten. */
export function triesIn(text: string): Tries | undefined {
  const [, count = '', time = '', unit = ''] = TRIES_IN_TIME.exec(text) ?? IN_TIME.exec(text) ?? [];
  if (count !== '') return atLeast({ count: numberOf(count), minutes: writtenNumber(time) * minutesOf(unit) });
  const [, often = '', each = ''] = PER_TIME.exec(text) ?? [];
  if (often !== '') return atLeast({ count: numberOf(often), minutes: minutesOf(each) });
  const [, number = '', before = number] = NUMBERED.exec(text) ?? [];
  return before === '' ? undefined : atLeast({ count: numberOf(before || number) });
}

/** People mistype about three times, and their phone repeats it. */
const FEWEST = 10;

function atLeast(tries: Tries): Tries | undefined {
  return tries.count >= FEWEST ? tries : undefined;
}

function numberOf(text: string): number {
  return Number(text.replaceAll(',', ''));
}

function minutesOf(unit: string): number {
  return usPerLongUnit(unit) / 60_000_000;
}

const AUTONOMOUS_SYSTEM = /\bAS\d{2,7}\b/;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/;
const NAMED_CLIENT =
  /\b(?:device|client|session|fingerprint|visitor|subscriber|phone|host|network)(?: id)?[ =:]{1,2}["'“]?((?=[\w.-]{0,39}\d)[\w.-]{2,40})/i;
const ONE_CLIENT =
  /\b(?:one|the same|a single|this) ((?:ip )?address|client|device|ip|session|visitor|network|host|browser)\b/i;

/** `203.0.113.77: 4120 failed logins`: no version, no port, no part of an address or a path. */
const BARE_ADDRESS = /(?<![\w.:/=-])(\d{1,3}(?:\.\d{1,3}){3})(?=:? |,|\)|$)/;

/** Who tries it, where no word before it says so: an address, a network, a device, or only `one address`. */
export function originIn(text: string): string {
  const [bare = ''] = BARE_ADDRESS.exec(text) ?? [];
  const [system = ''] = AUTONOMOUS_SYSTEM.exec(text) ?? [];
  const [, client = ''] = NAMED_CLIENT.exec(text) ?? [];
  const [, kind = ''] = ONE_CLIENT.exec(text) ?? [];
  return bare || system || client || (kind === '' ? '' : `one ${kind}`);
}

/** The account that a line of tries names by its address; else empty. */
export function emailIn(text: string): string {
  return EMAIL.exec(text)?.[0] ?? '';
}
