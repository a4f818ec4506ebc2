/** What people say of whom it hits without a count: everyone, half of the logins, 1/8 of the apps. */
import { HARMED } from '#model/incident/said-sentences.ts';

const THINGS =
  'users?|customers?|clients?|visitors?|guests?|players?|members?|people|shops?|stores?|sites?|locations?|regions?|zones?|tenants?|services?|systems?|apps?|pages?|logins?|sign-?ins?|orders?|payments?|bookings?|calls?|requests?|uploads?|mails?|messages?|searche?s?|devices?|terminals?';
const PART = '(?:half|a third|a quarter|a fifth|a tenth|two thirds|three quarters|most)';
const WHOLE = '(?:half|a third|a quarter|two thirds|three quarters|most|nearly all|almost all|all|every|each)';

/** What runs the system: that it fails is no count of those who are harmed. */
export const OF_SYSTEM =
  '(?:pods?|nodes?|servers?|containers?|workers?|threads?|connections?|replicas?|instances?|retries|lines?|checks?|errors?|probes?|queries|hosts?|brokers?|partitions?|shards?|tests?|disks?|cores?|times?|minutes?|hours?|seconds?|percent)';

/** Needs a harm in the sentence: `photo uploads fail for everyone`, `half of the logins with code fail`. */
export const SCOPE = new RegExp(
  `^(?=.{0,200}(?<!\\p{L})(?:${HARMED}|times? out|abused|NXDOMAIN|SERVFAIL|5\\d\\ds?)(?!\\p{L})).{0,200}?(?<!\\p{L})(?<unit>for (?:everyone|everybody|(?:most|all|every|nearly all|almost all) (?:of )?(?:the |our )?\\p{L}{3,20})|${WHOLE} (?:of )?(?:the |our |its |your )?(?:${THINGS})|${PART} of (?:the |our |all )?(?!${OF_SYSTEM}(?!\\p{L}))\\p{L}{3,20}s|(?:nearly |almost )?everywhere)(?!\\p{L})`,
  'iu',
);
/** `only apps on shard 5, thats 1/8 of them` */
export const FRACTION = /(?<![\d/])(?<unit>[1-9]\/[1-9]\d{0,2} of (?:them|all|the|our))(?!\p{L})/iu;
/** `reads miss about 1 of 5`; not `1 of 3 nodes is down`. */
export const ONE_OF = new RegExp(
  `^(?=.{0,200}(?<!\\p{L})(?:${HARMED}|miss(?:es)?)(?!\\p{L})).{0,200}?(?<![\\d.,:])(?<unit>(?:1|one) (?:of|in|out of) (?:every )?(?:[2-9]|[1-9]\\d{1,2}|two|three|four|five|six|seven|eight|nine|ten))(?![.,:]?\\d| ?%|\\p{L})(?! (?:\\p{L}{1,20} )?${OF_SYSTEM}(?!\\p{L}))`,
  'iu',
);
/** A pace beside the usual one: `around 12 trips an hour instead of 90`. */
export const SLOWER =
  /(?<![\d.,:])\d[\d.,]{0,9} (?:\p{L}{2,20} ){0,2}?(?:an?|per|each|every|pro|par|por|al) (?:s|sec|second|min|minute|h|hour|day|shift|Sekunde|Stunde|Tag|heure|jour|hora|día|dia|ora|giorno) (?:instead of|rather than|not|statt|au lieu de|en vez de|em vez de|invece di) (?:the usual )?\d/iu;
/** What waits: `backlog of 214 trips`. */
export const BACKLOG =
  /(?<!\p{L})(?:backlog|queue|pile|stack|heap|Rückstau|Rückstand|arriéré|retard|cola|fila|arretrato) (?:is |was |has |von |de |di )?(?:of |about |around )?(?<![\d.,])[1-9]\d{0,2}(?:[,. ]?\d{3}){0,3} (?<unit>\p{L}[\p{L}-]{2,20})(?![\p{L}-])/iu;
/** `we lose 5 min, 06:56 to 07:01` */
export const LOSS =
  /(?<!\p{L})(?:lose|lost|losing|missing) (?:about |up to |the last )?\d{1,4} ?(?:s|sec|seconds|min|minutes?|h|hours?|days?)(?!\p{L})/iu;
/** What an act brought down tells how high it was: `errors 71 % -> 24 %`. */
export const FALLING =
  /(?<!\p{L})(?:errors?|fail\p{L}{0,5}|rejects?|timeouts?|losse?s?)(?: \p{L}{1,15}){0,2} \d{1,3}(?:[.,]\d)? ?% ?(?:->|→|to) ?\d{1,3}(?:[.,]\d)? ?%/iu;
/** What is left over is no measure of the whole. */
export const REMAINDER =
  /(?<!\p{L})(?:what['’]?s left|left over|remaining|the (?:rest|others?)(?! (?:is |are |was |were )?(?:fine|ok|okay|good|well|works?|not affected)\b)|only \d{1,7} left|still to do|\d{1,7} (?:\p{L}{2,20} )?(?:still |will |do )?(?:stay|remain|go to|wait for)s?)(?!\p{L})/iu;
