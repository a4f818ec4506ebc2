/**
 * A harmless line in which a service says that its time is as it should be: within a target or a budget, as long as
 * always, or a pause that somebody chose.
 *
 *   sent within the target of 6 s                    the target counts
 *   batch done in 10m40s (yesterday 10m52s)          the usual time counts
 *   4120 rows in 9.1 s, same as every night          the line's own time has to be about that of the request
 */
import { plainDurations } from '#model/text/plain-durations.ts';
import { KEEPS_ATTENTION_US } from '#model/trace/views/request-nature.ts';
import { usPerLongUnit } from '#model/trace/wait-amounts.ts';

const LONGEST_READ = 2_000;

export const NOT_MEANT =
  /\b(?:not|never|no longer|isn['’]t|wasn['’]t|than)\b.{0,30}\b(?:as|by|on|intended|expected|planned|usual|within)\b/i;

const UNIT = '(ms|milliseconds?|s|secs?|seconds?|min|minutes?|h|hours?|d|days?)';
const NUMBER = String.raw`(\d{1,6}(?:\.\d{1,3})?) ?${UNIT}\b`;
const ABOUT =
  '(?:about |around |up to |at most |under |below |less than |no more than |within |unter |höchstens |moins de |menos de |meno di |max\\.? |< ?|<= ?|≤ ?|~ ?|≈ ?)?';
const LOW = String.raw`(?:\d{1,6}(?:\.\d{1,3})? ?(?:ms|s|min|h)? ?(?:-|–|to|\.\.) ?)?`;
const UP_TO = '(?:takes?|lasts?|needs?) up to ?|(?:may|can|is allowed to) (?:take|last|need|run)(?: for)? ?';
const IS = '(?: (?:is|was|of|are))?[ :=]{0,3}';

/**
 * `target 90 s`, `SLO: 2 s`, `objective of 500 ms`, `the start takes up to 2 s`, `within its 5 s`, `(budget 60 s)`,
 * `SLA 15 min`, `inside its window of 2 h`, `planned 45 s`, `ETA 9 min`, `allowance 30 s`.
 */
const TARGET = new RegExp(
  String.raw`\b(?:(?:target|objective|SLO|SLA|OLA|budget|allowance|ETA|estimated?|planned|scheduled for|allotted|time ?box)(?: (?:time|duration|latency|runtime))?${IS}|${UP_TO}|(?:within|inside|under|below) (?:its|their|our|his|the (?:agreed|allowed)|the)(?: \w{3,12})?(?: (?:limit|objective|budget|window|slot|SLA|quota))?(?: of)? ?)${ABOUT}${LOW}${NUMBER}`,
  'i',
);
/** `(expected 5-8 s)`, `expected duration: 40 s`, `is expected to take 2 to 3 min`: the longest time counts. */
const EXPECTED = new RegExp(
  String.raw`\b(?:expected|expects?|expectation|forecast)(?: (?:time|duration|runtime))?(?: is| of|:)?(?: to (?:take|need|last|run)(?: for)?)?[:,]? ?${ABOUT}${LOW}${NUMBER}`,
  'i',
);
/** `(last week 2.5s)`, `usual 55 to 65 s`, `typically takes 40 s`, `median of 30 runs 9 s`: the longest time counts. */
const USUAL_TIME = new RegExp(
  String.raw`\b(?:usual(?:ly)?|typical(?:ly)?|normal(?:ly)?|average|avg|mean|median|p\d{2}|baseline|reference|last (?:week|month|quarter|night|year|time|run|one|\w{3,6}day)|(?:the )?(?:previous|prior|last) (?:run|night|day|week|month|time|one)|the (?:night|day|week|month|run) before|before|prev|yesterday|as (?:\w{1,12} )?(?:always|ever))(?: (?:of|over|in|for) (?:the )?(?:last |past )?\d{1,3} (?:days?|runs?|weeks?|nights?|months?))?(?: (?:time|duration|runtime|it|this|that|took|takes?|was|were|needed|is|of)){0,3}[:=]? ?${ABOUT}${LOW}${NUMBER}`,
  'i',
);

/** `closed in 25 min, window 2 h`: of many windows, only one beside the line's own time is that of the work. */
const WINDOW = new RegExp(String.raw`\b(?:window|slot)${IS}${ABOUT}${NUMBER}`, 'i');

/** `quicker than the night before`, `no slower than yesterday`, `a little under the median`: no longer than always. */
const NO_LONGER =
  /\b(?:(?:quicker|faster|shorter|sooner|earlier) than|(?:no|not) (?:slower|longer|later|worse) than|(?:below|under|at|near|close to|in line with|on par with|comparable (?:to|with)|similar to|matches|within \d{1,2} ?% of)) (?:(?:on|in|the|its|our|all|most|that|of) ){0,3}(?:usual|normal|always|ever|before|average|median|mean|p\d{2}|baseline|(?:last|previous|prior|other|earlier) (?:runs?|nights?|days?|weeks?|months?|quarters?|years?|times?|ones?|\w{3,6}day)|yesterday|(?:night|day|week|month|quarter|run|time)s? before|history)\b/i;
/** `same as every night`, `as always`, `takes this long each quarter`, `nothing unusual`, `usual for month end`. */
const ALWAYS_SO =
  /\b(?:as|like|same as|same (?:time|duration) as) (?:(?:long|much|on|in|at|it (?:is|was|does|did)|it takes|with) ){0,3}(?:always|ever|usual|before|yesterday|(?:every|each) \w{3,10}|(?:last|the last|the previous|all other|the other) (?:runs?|nights?|days?|weeks?|months?|quarters?|years?|times?|ones?|\w{3,6}day))\b|\b(?:always|every (?:time|night|day|week|month|quarter|year)|each (?:time|night|day|week|month|quarter|year)) (?:takes?|took|needs?|needed|lasts?) (?:so|this|that|as|about|the)\b|\b(?:takes?|took|needs?|needed|lasts?|lasted) (?:so|this|that|as) (?:long|much) (?:always|(?:every|each) \w{3,10})\b|\bnothing (?:unusual|out of the ordinary|special|new)\b|\b(?:usual|normal|typical|customary|expected|ordinary|standard) (?:time|duration|run ?time|length|range|speed|pace|for (?:a |an |the |this |that |its |such )?\w{2,20})\b|\bbusiness as usual\b|\bpar for the course\b|\b(?:the )?usual (?:run|length|thing)\b|\b(?:comme (?:d[’']habitude|toujours|chaque \w{3,10})|wie (?:immer|üblich|gewohnt|jede[nrs]? \w{3,10})|como (?:siempre|de costumbre|cada \w{3,10}))\b|\busual ?$/i;
/** `within budget`, `inside the maintenance window`, `on schedule`, `in time`, `ahead of its deadline`: somebody set it, and it was kept. */
const KEPT =
  /\b(?:(?:within|inside|under|in|meets|met|kept|well (?:within|inside|under)) (?:(?:the|its|our|their|agreed|time|batch|nightly|maintenance|night|allowed) ){0,3}(?:budget|SLA|SLO|SLAs|window|slot|target|allowance|bounds|tolerance|limits?|time ?box|schedule)|on schedule|according to (?:plan|schedule)|ahead of (?:the |its |our )?(?:schedule|plan)|(?:done|ended|finished|ready|there|delivered) (?:in|on) time|(?:well )?before (?:the|its|our) (?:deadline|cut-?off|opening|morning|window (?:ends|closes)))\b/i;
/** `rebuilt (once a day, 0.6 s)`: the first one of a day works for all others. */
const ONCE =
  /\bonce (?:a|per|every|each) (?:day|night|week|month|quarter|year)\b|\beinmal (?:am Tag|pro (?:Tag|Nacht|Woche|Monat|Jahr)|in der (?:Nacht|Woche)|im (?:Monat|Jahr|Quartal)|täglich)\b|\bune (?:seule )?fois par (?:jour|nuit|semaine|mois|an)\b|\buna (?:sola )?(?:vez (?:al|por|a la) (?:día|noche|semana|mes|año)|volta (?:al|alla|per) (?:giorno|notte|settimana|mese|anno))\b|\buma vez por (?:dia|noite|semana|mês|ano)\b|\beens? per (?:dag|nacht|week|maand)\b/i;
/** As a remark of its own: `1204 rows, as usual`. In `the usual 2 s` a number follows, which others compare. */
const USUAL = /[,;:(] ?(?:as )?usual ?(?:$|[,;.)])/i;

/** `sitemap written, same as every night`. */
const OWN_REMARK =
  /[,;:(] ?(?:the )?(?:same )?(?:as|like) (?:(?:on|in) )?(?:always|ever|usual|(?:every|each) \w{3,10}) ?(?:$|[,;.)])/i;

/** It took longer, or the usual time is that of another thing. */
const LONGER =
  /\b(?:(?<!\bno |\bnot )(?:slower|longer|later|worse)|more (?:time )?than|times (?:as|the|longer|slower)|over (?:the |its |our )?(?:budget|SLA|SLO|limit|target|window)|exceed\w{0,3}|breach\w{0,3}|overr[au]n\w{0,4}|un(?:usual|expected|planned)(?:ly)?|un[a-z]{4,12} long|too (?:long|slow)|except|instead of|should (?:be|take|have)|used to|hardly|barely|almost out|missed)\b/i;
const HINDERS = String.raw`time[ -]?outs?|timed out|retr(?:y|ies|ying|ied)|back(?:ing)?[ -]?off|locks?|locked|pools?|throttl\w{1,4}|GC|garbage|stuck|overdue|hang\w{0,3}|hung`;
/** The line names something that slowed the work, or a failure. */
const OF_TROUBLE = new RegExp(
  String.raw`\b(?:${HINDERS}|deadline exceeded|connect(?:ion|ing)?s?|queue[ds]?|fail(?:s|ed|ure)?|errors?|lost|unavailable|miss(?:ed|ing)|wait(?:s|ed|ing)?|blocked|but|although|however|despite|slow(?:ly)?)\b`,
  'i',
);
/** The line names the time of a lock, a retry or the like, and not that of the work. To open a connection is work. */
const IN_THE_WAY = new RegExp(
  String.raw`\b(?:${HINDERS}|(?<!\b(?:opening|opens|first|new) (?:the |a |an )?)connections?)\b`,
  'i',
);

/** The request took no longer than it may, by the line. `us`: its time in microseconds. */
export function tellsInTime(line: string, us: number): boolean {
  const message = withSettings(plainDurations(line.slice(0, LONGEST_READ)));
  const isQuiet = !OF_TROUBLE.test(message) && !LONGER.test(message);
  const text = isQuiet ? message.replace(NO_LONGER, SAME) : message;
  if (NOT_MEANT.test(text)) return false;
  const target = TARGET.exec(text) ?? EXPECTED.exec(text);
  if (target !== null) return isKept(text, target, { us, most: 1 });
  const window = isQuiet ? WINDOW.exec(text) : null;
  if (window !== null && timesIn(text).length > 1) return isKept(text, window, { us, most: 1 });
  const usual = USUAL_TIME.exec(text);
  if (usual !== null) return isKept(text, usual, { us, most: MOST_OF_USUAL });
  return USUAL.test(text) || (isQuiet && isRemark(text, us)) || takesOnPurpose(text, us);
}

/** A part of the request took no longer than that part may, and the line names both times. */
export function tellsPartInTime(line: string, us: number): boolean {
  const text = plainDurations(line.slice(0, LONGEST_READ));
  const target = NOT_MEANT.test(text) ? null : EXPECTED.exec(text);
  if (target === null) return false;
  const rest = `${text.slice(0, target.index)} ${text.slice(target.index + target[0].length)}`;
  return timesIn(rest).length > 0 && isKept(text, target, { us, most: 1 });
}

const SAME = 'as always';

/** The time is at most `most` times the one found, and the line names no other time than this one and that. */
function isKept(text: string, found: RegExpExecArray, { us, most }: Readonly<{ us: number; most: number }>): boolean {
  if (IN_THE_WAY.test(text) || us > most * Number(found[1]) * usPerLongUnit(found[2] ?? '')) return false;
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`;
  return timesIn(rest).length === 0 || isOwnTime(rest, us);
}

/** A remark without a number is about this time, if the line names a time at all. */
function isRemark(text: string, us: number): boolean {
  if (OWN_REMARK.test(text) && timesIn(text).length === 0) return true;
  if (us <= KEEPS_ATTENTION_US && ONCE.test(text)) return isOwnTime(text, us);
  return (ALWAYS_SO.test(text) || KEPT.test(text)) && isOwnTime(text, us);
}

function isOwnTime(text: string, us: number): boolean {
  return timesIn(text).some((each) => us <= MOST_OF_USUAL * each && us >= LEAST_OF_SET * each);
}

function timesIn(text: string): readonly number[] {
  return Array.from(text.matchAll(AMOUNT), ([, amount, unit = '']) => Number(amount) * usPerLongUnit(unit));
}

/**
 * The line names a time that a person, a machine or a protocol takes on purpose, and it is about as long: `3 s pause that the
 * pupil chose`, `countdown of 4 s`, `blocking query returned after wait=10s`.
 */
function takesOnPurpose(message: string, us: number): boolean {
  return OF_PURPOSE.test(message) && !TROUBLE_WITH_PAUSE.test(message) && isOwnTime(message, us);
}

/** `REVEAL_SECONDS=5`: a setting of the service, by its name a number of seconds. */
const SETTING = /\b([A-Z][A-Z\d_]{2,40})_(SECONDS|SECS|SEC|MILLIS|MS|MINUTES)=(\d{1,6})\b/g;
const OF_LIMIT = /TIME_?OUT|RETRY|LOCK|BACKOFF|LIMIT|MAX|TTL|DEADLINE|POLL|EXPIR|ACQUIRE|CONNECT/;
const SETTING_UNITS: Readonly<Record<string, string>> = { MILLIS: 'ms', MS: 'ms', MINUTES: 'min' };

function withSettings(text: string): string {
  return text.replace(SETTING, (whole, name: string, unit: string, amount: string) =>
    OF_LIMIT.test(name) ? whole : `pause of ${amount} ${SETTING_UNITS[unit] ?? 's'}`,
  );
}

const OF_PURPOSE =
  /\b(?:pauses?|count-?down|think(?:ing)? time|ramp(?:s|ed|-?up)?|exercise|blocking quer(?:y|ies)|long[- ]?poll\w{0,4}|wait(?:_?time\w{0,7})?=|dwell\w{0,3}|exposure|soak(?:s|ed|ing)?|settling time|(?:took|brought up|moves?|moved|lowered|raised|opened|closed) slowly|(?:that|as) (?:\w{1,20} ){1,4}(?:chose|chosen|demands?|wanted|asked for|ordered)|animation|meditation|metronome|suspense|drum ?roll|rest between)\b/i;
const TROUBLE_WITH_PAUSE =
  /\b(?:time[ -]?outs?|timed out|deadline|retr(?:y|ies|ying|ied)|back(?:ing)?[ -]?off|locks?|locked|pools?|connect(?:ion|ing)?s?|throttl\w{1,4}|queue[ds]?|slow(?:er)?|GC|garbage|fail(?:s|ed|ure)?|lost|unavailable|stuck|late|overdue|exceed\w{0,3}|miss(?:ed|ing)|safepoint|stop[- ]the[- ]world|instead|longer|debug|sleep(?:s|ing)?)\b/i;
const AMOUNT = /\b(\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?|min|minutes?|h|hours?)\b/gi;
/** A request has little work around such a time. */
const LEAST_OF_SET = 0.75;
/** Nobody calls a quarter more a change. */
const MOST_OF_USUAL = 1.25;
