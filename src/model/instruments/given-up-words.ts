/**
 * Words by which an application itself says that it gave up one job or message. No library owns them:
 *
 *   message 18 dead-lettered: no VAT rate                       it lies where nobody works
 *   gave up on job 18 after 5 tries: cannot decode              nobody tries it again
 *   message 18 skipped: already processed                       meant: nothing is lost
 *
 * `job-words.ts` has the words of job systems.
 */

/** What a queue carries, in the words of people. */
const WORK =
  /(?<![\w/.])(?:jobs?|tasks?|messages?|msgs?|events?|records?|orders?|e-?mails?|mails?|letters?|sms|deliver(?:y|ies)|webhooks?|callbacks?|notifications?|push(?:es)?|exports?|import(?:s|ing)?|uploads?|invoices?|receipts?|payouts?|payments?|refunds?|reports?|feeds?|items?|batch(?:es)?|commands?|work ?items?)\b/i;

const LIES_ASIDE =
  /\bdead.?letter(?:ed|ing)\b|\bquarantin(?:ed|ing) (?:the )?(?:job|task|message|msg|event|record)\b|\b(?:to|into|in|aside) [^.;\n]{0,40}?(?:\bdead.?letter|\bdl[qtx]\b|[-_.]dl[qtx]\b|\bparking.?lot\b|[-_ ]poison\b|\berror.?queue\b|\bfailed.?(?:jobs|queue|messages)\b|\bgraveyard\b|\bquarantine\b)/i;
/** A worker gives up locks, leases and its turn, too. */
const GIVES_UP =
  /\b(?:gave|giving|given) up\b(?! (?:(?:the|its|a|an|our|my) )?(?:\w{1,20} )?(?:lock|lease|leadership|mastership|slot|seat|turn|connection|partitions?|role|cpu|control|ownership|claim|reservation|time ?slice|memory|token)\b)/i;
/** Nothing follows. */
const NO_MORE =
  /\b(?:will not|won['’]t|cannot) be (?:retried|tried again|attempted again)\b|\bno (?:more|further) (?:retries|attempts|tries|deliveries)\b|\bno (?:retries|attempts|tries) (?:left|remain\w{0,3})\b|\bout of (?:retries|attempts|tries)\b|\b(?:retries|attempts|tries) (?:are |were )?(?:exhausted|used up|spent)\b|\bexhausted (?:all |its )?(?:\d{1,4} )?(?:retries|attempts|tries)\b/i;
/** How it was tried before. */
const TRIED =
  /\bafter (?:all |the )?(?:\w{1,12} )?(?:failed |unsuccessful |consecutive )?(?:attempts?|tries|retries|redeliver(?:y|ies)|deliver(?:y|ies)|releases|crashes|failures|restarts)\b|\bhours of (?:retries|retrying)\b|\b(?:max(?:imum)?|limit)\b[^.;\n]{0,20}\b(?:retries|attempts|tries|deliveries)\b|\b(?:retry|attempt|redelivery|delivery|nak|requeue) limit\b|\bnot retrying|\bwill not retry\b|\btried \d{1,4} times\b|\bon every (?:try|attempt|retry)\b|\blast (?:attempt|try|retry)\b|\bfor good\b|\bpermanently\b|\bunrecoverabl[ey]\b/i;
const DROPPED =
  /\b(?:abandon(?:ed|ing)|discard(?:ed|ing)|dropp(?:ed|ing)|buried|burying|parked|parking|failed|failing|fails|undeliverable|dead|stopped|exceed(?:ed|s)|reached|exhausted|hit|skipped|removed|deleted|terminat(?:ed|ing))\b/i;
/** Nothing is lost, or it is not yet, or it is about all jobs and none in particular. */
const MEANT =
  /\b(?:breaker|circuit|listening|subscribed|bound|binding|polling|consum(?:er|ing)s? (?:of|from|on)|connected|already|duplicat\w{1,4}|stale|expired|outdated|obsolete|superseded|older than|retention|ttl|opted out|opt-?out|unsubscribed|cancel+ed|by (?:the |its |an? )?(?:user|customer|author|operator|admin|client)|(?:user|customer|visitor|guest) (?:abandoned|discarded|dropped)|on (?:request|purpose)|by design|as (?:configured|intended|planned|designed|expected|usual|agreed)|allowed|nothing (?:to do|lost)|dry[- ]?run|test (?:message|job|event|order|mail)s?|drill|would|(?:will|shall|may|might|to) (?:give up|dead-?letter|discard|drop|move)|gives up|(?:before|without|instead of|not) (?:giving up|dead.?lettering|discarding)|(?:0|no|none of the|never) (?:job|task|message|event|order|record)s? (?:was|were|been|dead|moved|dropped|discarded|failed)|(?:retry|try)(?:ing)? (?:again )?in \d|next (?:try|attempt|retry)|(?:second|third|fourth|fifth|next|\d(?:st|nd|rd|th)) (?:\w{3,8} )?in \d|(?:trying|tried) again|re-?queue[ds]|re-?scheduled|re-?play(?:ed|ing)|(?:fresh|newer|next) (?:one|version|copy|run|report)|re-?driv\w{1,3}|re-?process(?:ed|ing)|re-?publish(?:ed|ing)|from (?:the |its )?(?:\S{1,40} )?(?:dead.?letter|dlq|parking.?lot)|back to|(?:is|are|was) (?:empty|declared|configured)|declared|created|configured|set to|limit is|filtered|flush(?:ed|ing)|not for this|flag is off|disabled|suppressed|succeeded|successful(?:ly)?|(?:delivered|completed|finished|done|processed|sent|ok) after|attempts left: [1-9]|cache|draft)\b/i;

const LONGEST_READ = 1_000;

/** Whether the message says that one job, message or the like was given up for good. `message`: without ids and fields. */
export function saysGivenUp(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  if (MEANT.test(text)) return false;
  if (LIES_ASIDE.test(text)) return true;
  if (!WORK.test(text)) return false;
  return GIVES_UP.test(text) || NO_MORE.test(text) || (TRIED.test(text) && DROPPED.test(text));
}
