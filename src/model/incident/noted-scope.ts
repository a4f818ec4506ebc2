/** What people say of whom it hits without a count: everyone, half of the logins, 1/8 of the apps; and numbers that they take back. */
import type { TimelineEntry } from '#model/incident/incident.ts';
import { HARMED } from '#model/incident/said-sentences.ts';

const THINGS =
  'users?|customers?|clients?|visitors?|guests?|players?|members?|people|shops?|stores?|sites?|locations?|regions?|zones?|tenants?|services?|systems?|apps?|pages?|logins?|sign-?ins?|orders?|payments?|bookings?|calls?|requests?|uploads?|mails?|messages?|searche?s?|devices?|terminals?';
const WHOLE = '(?:half|a third|a quarter|two thirds|three quarters|most|nearly all|almost all|all|every|each)';

/** Needs a harm in the sentence: `photo uploads fail for everyone`, `half of the logins with code fail`. */
export const SCOPE = new RegExp(
  `^(?=.{0,200}(?<!\\p{L})(?:${HARMED}|times? out|abused|NXDOMAIN|SERVFAIL|5\\d\\ds?)(?!\\p{L})).{0,200}?(?<!\\p{L})(?<unit>for (?:everyone|everybody|(?:most|all|every|nearly all|almost all) (?:of )?(?:the |our )?\\p{L}{3,20})|${WHOLE} (?:of )?(?:the |our |its |your )?(?:${THINGS})|(?:nearly |almost )?everywhere)(?!\\p{L})`,
  'iu',
);
/** `only apps on shard 5, thats 1/8 of them` */
export const FRACTION = /(?<![\d/])(?<unit>[1-9]\/[1-9]\d{0,2} of (?:them|all|the|our))(?!\p{L})/iu;
/** `we lose 5 min, 06:56 to 07:01` */
export const LOSS =
  /(?<!\p{L})(?:lose|lost|losing|missing) (?:about |up to |the last )?\d{1,4} ?(?:s|sec|seconds|min|minutes?|h|hours?|days?)(?!\p{L})/iu;
/** What an act brought down tells how high it was: `errors 71 % -> 24 %`. */
export const FALLING =
  /(?<!\p{L})(?:errors?|fail\p{L}{0,5}|rejects?|timeouts?|losse?s?)(?: \p{L}{1,15}){0,2} \d{1,3}(?:[.,]\d)? ?% ?(?:->|→|to) ?\d{1,3}(?:[.,]\d)? ?%/iu;
/** What is left over is no measure of the whole. */
export const REMAINDER =
  /(?<!\p{L})(?:what['’]?s left|left over|remaining|the (?:rest|others?)(?! (?:is |are |was |were )?(?:fine|ok|okay|good|well|works?|not affected)\b)|only \d{1,7} left|still to do)(?!\p{L})/iu;

export type CorrectedNumber = Readonly<{ wrong: string; right: string; entry: TimelineEntry }>;

const NUM = '\\d{1,3}(?:[,. ]\\d{3}){1,3}|\\d{1,9}(?:[.,]\\d{1,2})?';
const INSTEAD = new RegExp(
  `(?<![\\d.,])(?<right>${NUM})(?: ?%| \\p{L}{1,20})?,? (?:and not|not|nicht|et non|y no|e não) (?<wrong>${NUM})(?![\\d])`,
  'iu',
);

/**
 * The numbers that a later note replaces: `it was 421,000 not 412,000`, `not 1,870. 58 were tests, so 1,812`, `sorry 38k was
 * with the test devices, its 36,500`, `viewers: it's 184,000, many were counted twice`.
 */
export function numbersCorrected(entries: readonly TimelineEntry[]): readonly CorrectedNumber[] {
  return entries.flatMap((entry, at): readonly CorrectedNumber[] => {
    const { right, wrong } = INSTEAD.exec(entry.text)?.groups ?? {};
    if (right !== undefined && wrong !== undefined) return [{ right, wrong, entry }];
    if (entry.kind !== 'note' && entry.kind !== 'message') return [];
    return recounted(entry, entries.slice(0, at));
  });
}

/** Where the words say that a count was wrong, and give another one: the earlier number is one that people wrote before. */
function recounted(entry: TimelineEntry, before: readonly TimelineEntry[]): readonly CorrectedNumber[] {
  const right = RIGHT.exec(entry.text)?.groups?.right;
  if (right === undefined || !RECOUNTED.test(entry.text)) return [];
  const own = numbersOf(entry.text);
  const earlier = before.flatMap(({ text }) => numbersOf(text).map((number) => ({ number, text })));
  const named = earlier.findLast(
    ({ number }) => own.some((one) => amountOf(one) === amountOf(number)) && number !== right,
  );
  const unit = UNIT.exec(entry.text)?.groups?.unit?.toLowerCase();
  const alike =
    unit === undefined
      ? undefined
      : earlier.findLast(({ number, text }) => text.toLowerCase().includes(`${number.toLowerCase()} ${unit}`));
  const wrong = (named ?? alike)?.number;
  return wrong === undefined || amountOf(wrong) === amountOf(right) ? [] : [{ right, wrong, entry }];
}

/** Before or behind the number that counts now. */
const RIGHT = new RegExp(
  `(?:\\b(?:it['’]?s|its|it is|it was|so|really|actually|in fact|make (?:it|that)|now|rather|es sind|also|donc|en fait|son|en realidad|são|na verdade|sono|in realtà)|正しくは|实际(?:是|为)?) ?(?:only |just |about |nur |que )?(?<right>${NUM})(?! ?[:%]|\\d)`,
  'iu',
);
const RECOUNTED =
  /\b(?:sorry|correction|corrected|recount(?:ed)?|counted (?:twice|double|again|in both|wrong)|were counted|miscounted|not \d[\d.,]*k?|(?:was|were) (?:with|without|including|tests?)|(?:test|own) (?:\p{L}{2,15} )?(?:orders?|devices?|accounts?|people|users?))\b|(?<!\p{L})(?:Korrektur|verzählt|doppelt gezählt|compté(?:s|es)? (?:deux fois|en double)|rectification|contad[oa]s (?:dos|duas) veces|corrección|correção|correzione|contati due volte)(?!\p{L})|訂正|重複|更正|重复/iu;
const UNIT = /^(?<unit>\p{L}{3,20}): /u;
const ANY_NUMBER = new RegExp(`(?<![\\d.,:])(?:${NUM})(?: ?k(?!\\p{L}))?(?![\\d:])`, 'giu');

function numbersOf(text: string): readonly string[] {
  return text.match(ANY_NUMBER) ?? [];
}

/** `38k` and `38,000` are the same. */
function amountOf(number: string): number {
  const digits = number.replace(/[,. ](?=\d{3}(?!\d))/g, '');
  return Number.parseFloat(digits.replace(',', '.')) * (/k$/i.test(number) ? 1_000 : 1);
}

/** The right number in square brackets, as editors mark what they put into a quotation of `quoted`. */
export function withCorrections(
  text: string,
  corrected: readonly CorrectedNumber[],
  quoted?: TimelineEntry,
): Readonly<{ text: string; by: readonly TimelineEntry[] }> {
  const by: TimelineEntry[] = [];
  let said = text;
  for (const { wrong, right, entry } of corrected) {
    // The note that corrects says both.
    if (entry === quoted || (quoted !== undefined && quoted.atUs > entry.atUs)) continue;
    const changed = said.replace(wholeNumber(wrong), `[${right}]`);
    if (changed !== said) by.push(entry);
    said = changed;
  }
  return { text: said, by };
}

function wholeNumber(number: string): RegExp {
  return new RegExp(`(?<![\\d.,])${number.replaceAll('.', '\\.')}(?![\\d]|[.,]\\d)`, 'gu');
}
