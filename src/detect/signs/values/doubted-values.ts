/**
 * Lines in which a service doubts a value of the request that it serves, while no call fails:
 *
 *   quote 311: VAT 0.19 % instead of 19 %, sent to the customer          it should be another one
 *   player 9 has 4294967241 points (counter went below zero)             it cannot be
 *   order 818 paid twice                                                 it is there too often
 *   latitude and longitude look swapped                                  it belongs elsewhere
 *   price is NULL in 38 % of the rows                                    it is missing
 *
 * Nobody warns of a value that is as it should be; so one such sign is enough in a warning. Words of calls, times and
 * resources mean other trouble.
 */

/** It cannot be, or nobody has seen it before. */
const IMPOSSIBLE =
  /\b(?:implausib\w{1,4}|improbabl\w{1,2}|unlikely|unrealistic|impossibl\w{1,2}|nonsens\w{0,6}|absurd\w{0,2}|insane|bogus|garbage|negative|not plausible|not possible|cannot (?:be|exist)|can ?not be right|can['’]t be|out of (?:range|bounds)|NaN|-?Infinity|not a number|(?:below|under|less than|smaller than) (?:zero|0)|in the future|overflow(?:s|ed)?|underflow(?:s|ed)?|wrap(?:s|ped)? around|(?:un)?signed|suspicious(?:ly)? (?:\w{1,20} )?(?:value|price|amount|total|high|low|large|small|many|few)|sanity|plausib\w{1,4}|never (?:been )?(?:seen|so)|record (?:is|was|so far)|(?:widest|largest|highest|lowest|smallest|longest|shortest|heaviest|oldest|youngest|biggest|most|best|fastest) (?:\w{1,20} )?(?:ever|so far|known|on record|possible)|more than (?:ever|there (?:are|is)|exist\w{0,2}|possible|the whole)|above 100 ?%|over 100 ?%|off by|way (?:too|off)|far too|too (?:high|low|large|small|big|old|young|heavy|light|cheap|expensive|good))\b|\b(?:0001|1900|1970)-01-01\b|\b\d{4}-(?:02-3\d|(?:04|06|09|11)-31)(?!\d)|\b(?:[2-9]\d{2}|\d{4,6})(?:\.\d{1,3})? ?%/i;
/** It is another one than it should be. */
const OTHER =
  /\b(?:instead of|rather than|expected|should (?:be|have|read)|ought to|supposed to|differs?|disagrees?|deviates?|mismatch(?:es|ed)?|inconsistent|contradicts?|do(?:es)? not (?:match|agree|add up|fit|belong)|doesn['’]t (?:match|agree|add up|fit|belong)|(?:does|is|are|was) not (?:the same|equal)|not equal|discrepanc(?:y|ies)|diverg(?:es?|ed))\b/i;
/** Beside a number: what it is compared with. */
const COMPARED =
  /\b(?:recipe|contract|catalog(?:ue)?|list price|spec(?:ification)?|sensor|meter|scale|label|yesterday|last (?:week|month|year|time|night|run)|usual(?:ly)?|normal(?:ly)?|average|median|typical(?:ly)?|ever|so far|record|at (?:most|least)(?! \d{1,6} ?(?:ms|s|secs?|seconds?|min|mins|minutes?|h|hours?|days?)\b)|max(?:imum)?|(?<!\d ?)min(?:imum)?|whole|harvest|capacity|wanted|got|vs|versus|whereas|but)\b|(?<![\w.-])-\d/i;
/** It is there, or was done, too often. */
const TOO_OFTEN =
  /\b(?:twice|two times|three times|thrice|doubl(?:e|ed|y)|duplicat(?:e|ed|es|ion)|two (?:\w{1,20} )?(?:with|for|of|have|share|got) (?:the |one |a )?(?:same|single)|same \w{1,20} (?:\w{1,20} )?(?:issued|sold|given|assigned|booked|used|charged) (?:to|for|by) (?:two|\d)|\d{1,9} times (?:too|the|as|more|less|its))\b/i;
/** It was taken for another one, or belongs to somebody else. */
const MIXED =
  /\b(?:swapped|mixed up|mix-?up|confused|transposed|revers(?:ed|es)|the wrong way round|upside down|shifted (?:by|to)|taken (?:for|as)|mistaken for|(?:read|parsed|stored|interpreted|treated|counted|converted|rounded|sent|written|decoded) (?:as|with|in|to|for) |truncat(?:ed|es)|cut (?:off|to|at)|mojibake|garbled|wrong (?:unit|sign|scale|currency|time ?zone|encoding|tenant|locale|factor|language|customer|user|person|patient|account|place|column|row|field|year|day|date|month|hour|side|order|version|value|price|amount|number|way|one|result|answer)|of (?:another|a different|a foreign|someone else['’]?s?|somebody else['’]?s?) (?:tenant|customer|user|account|person|patient|organi[sz]ation|company|shop|order|region|member|guest|club|school|client)|belongs? to (?:another|a different|someone|somebody|tenant|customer|user|account|\d)|renamed|no such (?:day|date|month|place|colou?r|size)|does not exist|do not exist|unit(?:s)? (?:mix|mismatch)|stale|out ?dated|orphan\w{0,2})\b/i;
/** A part of it is not there. */
const MISSING =
  /\b(?:NULLs?|null|empty|missing|lost|blank|zero|without (?:a |an )?(?:price|value|name|date|unit|amount|address|total|id)|0\.00)\b/i;

/** Somebody got it, or it was kept. */
const WENT_ON =
  /\b(?:stored|saved|writt?en|wrote|accepted|kept|sent|sold|printed|published|imported|used|booked|charged|paid|shipped|posted|applied|passed on|delivered|cached|indexed|answered|ordered|mixed|ranked|shown|displayed|billed|invoiced|taken|issued|given|assigned|extrapolated|computed|calculated|released|signed|dispensed|poured|started|went out|going out|committed|inserted|registered|confirmed|approved|all the same|anyway|nevertheless|nonetheless|regardless|even so|as it is|unchecked)\b/i;

/** Trouble of calls, times and resources, not of values. */
const OF_CALLS =
  /\b(?:\w{2,60}(?:Error|Exception)|panic(?:ked)?|SQLSTATE|ORA-\d{5}|SoapFault|answered after|last answered|retr(?:y|ies|ied|ying)|(?:try|trying|tries) (?:again|another|\d)|attempts?|again|time[sd]?[ -]?outs?|deadline|connect(?:ion|ions|ed|ing)?|reconnect\w{0,3}|pools?|queued?|queues|back-?logs?|\w{0,4}undelivered\w{0,12}|unacked\w{0,12}|published|threads?|workers?|heap|memory|disk|cpu|latency|slow(?:er|ly)?|lag(?:s|ging)?|throttl\w{1,3}|rate[ -]?limit\w{0,3}|back-?pressure|circuit|breaker|leases?|locks?|locked|deadlock|unavailable|unreachable|refused|fall(?:s|ing)? ?back|fallback|deprecated|deprecation|health|probe|restart\w{0,3}|shutting down|GC|garbage collect\w{0,3}|logins?|passwords?|signatures?|certificates?|permissions?|denied|forbidden|unauthori[sz]ed|executors?|decommission\w{0,3}|spot instance|pods?|replicas?|nodes?|brokers?|leaders?|cache (?:miss(?:es)?|hit)|evict\w{0,3}|timed|blocked|waf|jwt|oauth|crawler|bots?|scanner|schema version|version number|conflict\w{0,3}|concurren\w{1,4}|optimistic|waited|writers?|exceptions?|traceback|stack ?trace|migration|config(?:uration|ured)?|misconfigur\w{1,5}|answered [45]\d\d|status(?: code)?:? [45]\d\d|HTTP ?[45]\d\d|(?:GET|POST|PUT|PATCH|DELETE) \/)\b|\b\d{1,9}(?:\.\d+)? ?ms\b/i;
/** Whoever refuses or mends a wrong value keeps the data right. */
const MENDED =
  /\b(?:reject(?:ed|s|ing)?|refus(?:ed|es|ing)|ignor(?:ed|es|ing)|skipp(?:ed|ing)|discard(?:ed|s|ing)?|dropp(?:ed|ing)|correct(?:ed|s|ing)|fixed|repaired|mended|clamp(?:ed|s)|quarantined?|declin(?:ed|es)|abort(?:ed|s|ing)?|rolled back|not (?:stored|saved|written|sent|accepted|booked|charged|printed)|nothing (?:stored|saved|written|sent|charged|lost|missing)|invalid request|bad request|asked to|held back|on purpose|by design|as (?:intended|ordered|planned|agreed|always|usual|designed|expected|wanted)|on request|overwritten|deduplicated|known|test (?:data|account|order)|drill|simulat\w{1,4}|shadow|mirror|dry[ -]?run|comparison)\b/i;

const NUMBER = /\d/;
const LONGEST_READ = 1_000;

/** Whether a warning speaks of a wrong value that nobody held back. `message`: without ids and fields. */
export function doubtsValue(message: string): boolean {
  const text = message.slice(0, LONGEST_READ);
  if (OF_CALLS.test(text) || MENDED.test(text)) return false;
  if (IMPOSSIBLE.test(text) || OTHER.test(text) || TOO_OFTEN.test(text)) return NUMBER.test(text);
  const isOdd = MIXED.test(text) || MISSING.test(text) || COMPARED.test(text);
  return isOdd && WENT_ON.test(text) && NUMBER.test(text);
}
