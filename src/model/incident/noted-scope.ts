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
  /(?<!\p{L})(?:what['’]?s left|left over|remaining|the (?:rest|others?)|only \d{1,7} left|still to do)(?!\p{L})/iu;

export type CorrectedNumber = Readonly<{ wrong: string; right: string; entry: TimelineEntry }>;

const NUM = '\\d{1,3}(?:[,. ]\\d{3}){1,3}|\\d{1,9}(?:[.,]\\d{1,2})?';
const INSTEAD = new RegExp(
  `(?<![\\d.,])(?<right>${NUM})(?: ?%| \\p{L}{1,20})?,? (?:and not|not|nicht|et non|y no|e não) (?<wrong>${NUM})(?![\\d])`,
  'iu',
);

/** The numbers that a later note replaces: `it was 421,000 not 412,000`. */
export function numbersCorrected(entries: readonly TimelineEntry[]): readonly CorrectedNumber[] {
  return entries.flatMap((entry) => {
    const { right, wrong } = INSTEAD.exec(entry.text)?.groups ?? {};
    return right === undefined || wrong === undefined ? [] : [{ right, wrong, entry }];
  });
}

/** The right number in square brackets, as editors mark what they put into a quotation. */
export function withCorrections(
  text: string,
  corrected: readonly CorrectedNumber[],
): Readonly<{ text: string; by: readonly TimelineEntry[] }> {
  const by: TimelineEntry[] = [];
  let said = text;
  for (const { wrong, right, entry } of corrected) {
    const changed = said.replace(wholeNumber(wrong), `[${right}]`);
    if (changed !== said) by.push(entry);
    said = changed;
  }
  return { text: said, by };
}

function wholeNumber(number: string): RegExp {
  return new RegExp(`(?<![\\d.,])${number.replaceAll('.', '\\.')}(?![\\d]|[.,]\\d)`, 'gu');
}
