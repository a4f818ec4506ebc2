/**
 * A harmless line in which a service says why something takes its time, or what it gave instead of what failed. In 141
 * requests of `requests-35` to `requests-48` that are faulty or open, and where no span explains the time or the failure,
 * no line says so: services tell of trouble in warnings, or only that they are done.
 */
import { usPerLongUnit } from '#model/trace/wait-amounts.ts';

/** Then the line tells of what is in the way, and no plan. */
const TROUBLE =
  /\b(?:time[sd]?[ -]?outs?|deadline|retr(?:y|ies|ied|ying)|attempts?|back(?:ing)?[ -]?off|locks?|locked|mutex|semaphore|pools?|connections?|threads?|backlog|slow(?:er|est|ly|s|ed)?|GC|garbage|fail(?:s|ed|ing|ure|ures)?|errors?|lost|unavailable|unreachable|stuck|stall(?:s|ed|ing)?|block(?:s|ed|ing)|starv(?:ed|es|ing|ation)|exhausted|overload(?:ed|s|ing)?|refused|denied|missing|missed|late|later|overdue|not|never|exceed(?:s|ed|ing)?|unable|busy|contention|conflict(?:s|ed|ing)?|paused|suspended|got|but|oom|memory|hang(?:s|ing)?|hung)\b/i;

/** `nothing missing`, `closed slowly`: the words occur, and all is well. */
const NO_TROUBLE =
  /\b(?:nothing|none|no(?:body)?|without|0) (?:is |was |are |were |of them )?(?:lost|missing|missed|late|failed|dropped|errors?|loss)\b|\b(?:slowly|slow (?:speed|mode|motion|pace|ramp))\b/gi;
const ON_PURPOSE =
  /\b(?:on purpose|by (?:design|policy|rule|rules|law|contract|agreement|procedure|regulation)|so that|to spare|one at a time|once (?:a|an|per|each|every)|until|up to|at most|expected|estimated (?:wait|time|duration)|requires?|required|needs?|needed|agreed|allow(?:s|ed)|contract|policy|budget|promis(?:e|es|ed)|warm(?:s|ed|ing|er)?[ -]?up|warm(?:ing|er))\b/i;
const AS_MEANT =
  /\bas (?:\w{1,20} as )?(?:always|usual|ever|promised|required|requested|asked|agreed|specified|configured|planned|designed|intended|chosen|every)\b/i;
/** `until the surgeon ends the session`, `chosen by the pupil`, `the user asked for it`, `closed by the client`. */
const OF_PERSON =
  /\b(?:by|while|when|until|for) the (?:\w{1,20} )?(?:users?|clients?|customers?|callers?|operators?|visitors?|players?|people|person|staff|team|desk)\b|\b(?:user|client|customer|caller|operator|visitor|player) (?:asked|asks|requested|requests|chose|wants|closed|left|cancelled|canceled|aborted|disconnected)\b/i;
/** A machine, a person or an hour is waited for. An answer or a turn is somebody else’s slowness. */
const WAITS_FOR =
  /\b(?:wait(?:s|ed|ing)?|held|hold(?:s|ing)?|kept|keeps|queued|countdown|observ(?:es|ing)|collect(?:s|ing)) (?:\d\S{0,8} (?:ms|s|sec|min|h) )?(?:in|for|of|at|by|room)\b(?! (?:a |an |the |its )?(?:repl|respon|answer|result|call-?back|server|service|database|db\b|queue|worker|slot|turn|upstream|capacity|partner|quorum|leader|replica|node|broker|ack))/i;
/** `resumed after its timer of 30 s`, `message was set invisible for 60 s`, `delivery scheduled for 09:00`: somebody set the time. */
const SET_TIMER =
  /\b(?:after|by|on|when) (?:its|the|a|their) (?:own )?timer\b|\btimer (?:of|was|set to) \d|\b(?:set|made|kept|hidden) (?:as )?(?:invisible|hidden|delayed) for \d|\b(?:message|delivery|job|task|work|run|mail)s? (?:was |were |is )?(?:scheduled|deferred|postponed) (?:for|until|to|by) \d|\b(?:cooling[- ]off|reflection|cancellation) (?:time|period|window)\b|\btime to (?:cancel|undo|withdraw|change)\b/i;

/** Long lines are dumps. */
const LONGEST_READ = 2_000;

/** The line gives a reason for the time: a plan, a limit, a person, a machine. */
export function givesReason(message: string): boolean {
  const text = message.slice(0, LONGEST_READ).replaceAll(NO_TROUBLE, ' ');
  if (TROUBLE.test(text)) return false;
  return [ON_PURPOSE, AS_MEANT, OF_PERSON, WAITS_FOR, SET_TIMER].some((words) => words.test(text));
}

const DURATION = /\b(\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?|min|minutes?)\b/gi;
/** Of something that can be counted or weighed: `44 pages`, `1.4 MB`, `920 m`. */
const COUNTED =
  /\b\d{1,12}(?:\.\d{1,3})? ?(?:(?!ms\b|secs\b|seconds\b|minutes\b)[a-z]{1,20}s|[kMGT]i?B|m|km|g|kg|t|l|fps)\b/;
/** What a service writes about each request. */
const OF_ACCESS = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|HTTP|grpc|rpc|request|status|sent \d{3})\b/i;
const LEAST = 0.8;
const MOST = 1.25;

/** `launch of 36.4 s, rope 920 m`, `chromium printed 44 pages in 5.7 s`: so much work, in about that time. */
export function tellsWorkOf(message: string, us: number): boolean {
  const text = message.slice(0, LONGEST_READ);
  if (TROUBLE.test(text) || OF_ACCESS.test(text)) return false;
  const times = Array.from(text.matchAll(DURATION), ([, amount, unit = '']) => Number(amount) * usPerLongUnit(unit));
  const isAbout = (each: number) => each >= LEAST * us && each <= MOST * us;
  const isListed = times.length > 2 && isAbout(times.reduce((sum, each) => sum + each, 0));
  return isListed || (times.some(isAbout) && COUNTED.test(text));
}

const EXPORT = /\b(?:export(?:s|ed|ing)?|dump(?:s|ed)?|backup|audit|archiv(?:e|es|ed|ing)|migrat(?:es|ed|ing|ion))\b/i;
const MANY = /\b(\d{5,12}) [a-z]{3,20}s\b/i;

/** `yearly audit export of all 2811002 bills`: how many were to be read; 0 where the line tells of no export. */
export function exportedIn(message: string): number {
  const text = message.slice(0, LONGEST_READ);
  return EXPORT.test(text) && !TROUBLE.test(text) ? Number(MANY.exec(text)?.[1] ?? 0) : 0;
}

const INSTEAD =
  /\binstead\b|\bstale\b|\b[a-z]{3,20} from (?:the |a )?(?:[a-z]{1,20} )?(?:cache|copy|snapshot|database|replica|store)\b|\b(?:cached|last known|local) (?:copy|value|picture|answer|version|result)\b|\bfall(?:s|ing|en)? ?back\b|\bleft out\b|\boptional\b|\bas (?:designed|configured|expected|intended|planned)\b|\bby design\b|\bon purpose\b/i;
/** People get less than they asked for. */
const LESS =
  /\b(?:empty|none|nothing|without|unavailable|dropped|dropping|ignor(?:ed|es|ing)|discard(?:ed|s|ing)|skipp(?:ed|ing)|lost|not|never|missing|fail(?:s|ed|ing|ures?)?|echo(?:es|ed|ing)?)\b/i;

/** The line says what was given instead of what failed, and that nobody got less. */
export function givesSubstitute(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return INSTEAD.test(text) && !LESS.test(text);
}

/** One of several does the work, and the others wait for it or find it done. */
const ONE_OF_THEM =
  /\b(?:only|just|exactly|at most) one\b|\bone (?:at a time|after (?:the |an)?other)\b|\bonly once\b|\bsingle[- ](?:runner|instance|leader|writer|flight)\b|\b(?:by|for|behind) (?:the|an) ?other (?:runner|instance|worker|node|replica|process|pod|run|job)\b/i;
const TROUBLE_WITH_LOCK =
  /\b(?:time[sd]?[ -]?outs?|deadlock\w{0,3}|retr(?:y|ies|ied|ying)|stuck|stale|orphan\w{0,3}|leak\w{0,3}|still|slow\w{0,3}|too long|longer|fail\w{0,5}|errors?|contention|hang\w{0,3}|hung|not|never|lost|crash\w{0,3}|dead|blocked|unexpected\w{0,2})\b/i;

/** The line says that a lock lets one at a time do the work, and tells of no trouble with it. */
export function givesTurn(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return ONE_OF_THEM.test(text) && !TROUBLE_WITH_LOCK.test(text);
}

/** `lot 80 numbered at attempt 2`, `24 horses at try 2`, `stored on the second try`, `retry succeeded`. */
const AT_LATER_ATTEMPT =
  /\b(?:at|on|in|with|by|after) (?:the |its |our )?(?:(?:try|attempt|retry) (?:no\. ?|#)?[2-9]|(?:second|third|fourth|fifth|next|2nd|3rd|4th|5th) (?:try|attempt|retry|time)|(?:one|two|three|\d) (?:retry|retries|more tries|more attempts))\b|\b(?:second|third|next|2nd|3rd|last) (?:try|attempt|retry)\b[^.;\n]{0,30}\b(?:ok|worked|succeeded|fine|went through|stored|answered|done)\b|\bretr(?:y|ied)\b[^.;\n]{0,20}\b(?:ok|worked|succeeded|went through|done)\b/i;
const STILL_FAILS =
  /\b(?:fail(?:s|ed|ing|ure|ures)?|errors?|giv(?:es?|ing|en) up|gave up|abort(?:s|ed|ing)?|exhausted|unavailable|rejected|refused|not|never|in vain|again in|retrying)\b/i;

/** The line says that a later attempt did the work. */
export function saysLaterAttempt(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  return AT_LATER_ATTEMPT.test(text) && !STILL_FAILS.test(text);
}
