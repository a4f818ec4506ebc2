/**
 * The service answered well and left work undone, and only a log line of it says so:
 *
 *   [ POST api/thumbs  202 ]
 *     error  thumbs of photo 881 not made, task dropped
 *
 * No span failed, or the failure is an answer that its caller may count on (404, 410).
 *
 * Any other complaint is a remark: it stands below the answer that nothing wrong was found. Of 16 verdicts that rested on a
 * warning or an error alone, one was right at first contact.
 */
import { attackIn } from '#detect/signs/attacks/attack-in.ts';
import { attemptThatSucceeded } from '#detect/signs/attempts/later-attempts.ts';
import { requestFacts } from '#detect/signs/request-share.ts';
import { doubtsValue } from '#detect/signs/values/doubted-values.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { saysGivenUp } from '#model/instruments/given-up-words.ts';
import { isOfTooling } from '#model/instruments/tooling-words.ts';
import { blamesClient } from '#model/logs/client-mistakes.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { ERROR, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine, namesSpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { loginAttempt } from '#model/logs/login-attempt.ts';
import { saysPersonRefused } from '#model/logs/stated-reasons.ts';
import { inWords, quoteInWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** `isRemark`: the line complains, and says of nothing that people asked for that it was lost. */
type ToldLoss = Readonly<{ entry: SpanIndex; line: LogLine; message: string; isRemark: boolean }>;

/** Something did not happen. */
const UNDONE =
  /\b(?:not|never|nobody|nothing|no one|without|lost|losing|dropp(?:ed|ing)|discard(?:ed|ing)|missing|(?:given|gave|giving) up(?! (?:(?:the|its|a|an) )?(?:\w{1,20} )?(?:lock|lease|leadership|slot|turn|connection|partitions?|role|cpu|ownership|claim)\b)|fail(?:s|ed|ure)?|could not|cannot|unable|suspended|undelivered|unsent|incomplete|partial(?:ly)?|only \d{1,9} of \d{1,9}|(?<done>\d{1,9}) of (?!\k<done>\b)\d{1,9}(?: [a-z]{3,20})? (?:written|stored|sent|done|read|loaded|pages|rows))\b/i;
/** `0 rows (yesterday 18211)`, `mart.hail truncated and empty`: the input or the outcome is empty, and never was before. */
const EMPTIED =
  /\b(?:0|no|zero) [a-z]{3,20} ?[(,;:] ?(?:yesterday|the day before|last \w{3,9}|before|previous(?:ly)?|usual(?:ly)?|expected|instead of|normally)[ :=]{0,2}(?:\w{1,10} )?[1-9]\d{0,11}\b|\b(?:truncated|emptied|overwritten|cleared),? and (?:is |now |left ){0,2}empty\b|\b(?:is|are) (?:now )?empty (?:now|instead|after (?:the|this))\b/i;
/** It was tried again, somebody else did it, it goes on, or it is meant. */
const MENDED =
  /\b(?:again|another|retr(?:y|ies|ied|ying)|re-?(?:connect|send|sent|deliver|queue|start|open|load|build|new)\w{0,4}|repeat\w{0,3}|instead|fall(?:s|ing)? ?back|fallback|replaced|substitute|later|ongoing|still (?:running|working|processing|busy)|next (?:run|time|try)|optional|best[- ]effort|on purpose|by design|opted out|opt-?out|unsubscribed|(?:this|that|which) is (?:fine|ok(?:ay)?|normal|harmless|all right)|harmless|defaults? (?:\w{1,20} )?(?:is |are |was )?used|(?:using|uses|taking|with) (?:the )?defaults?|as (?:intended|planned|usual|agreed|expected|designed|always)|in the (?:usual|normal|ordinary|regular|foreseen) (?:way|manner|course)|(?<!\bnicht )wie (?:üblich|vorgesehen|geplant|gewohnt)|(?<!\bpas )comme (?:prévu|d[’']habitude)|(?<!\bno (?:fue )?)como (?:previsto|de costumbre)|expected|ignored|skipp(?:ed|ing)|reject(?:ed|s)|refused|declined|denied|informed|allowed|meant|not (?:needed|required|used|configured|necessary|critical|supported|enabled|set)|no longer|deprecat\w{1,5}|nothing (?:lost|missing|to do)|mirror|shadow|comparison|dry[- ]?run|experiment|test|probe|health|cache|keys? missed|evict\w{0,3}|slow|took|late|timeout|config\w{0,9})\b/i;
/** The line itself names what took the place of the missing thing, or what its service did about it. */
const REPLACED =
  /[,;:(–—-] ?(?:so |therefore |we |it |now )?(?:(?:[\w+"'“”.-]{1,24} ){0,3}(?:used|assumed|taken|generated|drawn|kept|created|corrected)\b(?! (?:up|without|wrong|off))|(?:using|assuming|treated as|treating|creating|generating|asking|asked|forwarding|forwarded|redirecting|flushing|full handshake)\b)/i;
/** What a client may leave out, and what only decorates an answer. */
const LEFT_TO_CLIENT =
  /\b(?:cookies?|headers?|(?:query )?param(?:eter)?s?|accept-\w{1,12}|if-\w{3,10}-\w{3,10}|user[- ]agent|referr?er|etag|locales?|translations?|time ?zones?|correlation ids?|request ids?|tls session|alt texts?|favicon|source ?maps?|country code|geolocation|http\/[12][.\d]{0,2})\b/i;
/** Who had asked went away, or asked for nothing or for a part. */
const NOTHING_ASKED =
  /\bclient (?:has )?(?:disconnected|closed|went away|gone|aborted)\b|\bno (?:changes?|results?|matches|rows|hits)\b|\breturned nothing\b|\bnothing (?:found|charged|changed|written|new)\b|\bpartial content\b|\bidle (?:for|since)\b|\b\d ?(?:s|min) idle\b|\bnot (?:the )?leader\b|\bnot .{1,20} yet\b|\b(?:onboarding|unknown event|unhandled event)\b/i;
/** `not readable, passage goes to the reading room`: the next ones in the work get it, people as a rule. */
const HANDED_ON =
  /[,;:(–—-] ?(?:so |therefore )?(?:(?:the|this|its|it|a) )?(?:\w{2,20} ){0,2}(?:goes|handed|passed|referred|escalated|routed) (?:on |over )?to (?:(?:the|a|an|our|their) )?\w/i;
const DEAD_END =
  /\b(?:dead|dlq|dlx|poison\w{0,3}|parking|trash|bin|dump|nowhere|\/dev\/null|waste|error queue|lost)\b/i;
/** A library tells its developers how to use it better, whatever this request did. Hibernate, EF Core, Rails, HikariCP. */
const ADVICE =
  /\b(?:does not|do not|doesn['’]t|don['’]t|need not) (?:(?:need|have) to )?be (?:specified|set|configured|given|declared|called|used|defined|passed)\b|\b(?:may|might|could|can) (?:lead to|result in|cause|produce) (?:an? )?(?:unpredictable|unexpected|non-?deterministic|inconsistent|poor|bad|slow|degraded|performance|different)\b|\b(?:please |possibly |you (?:should|may) )?consider (?:using|adding|setting|enabling|removing|specifying|calling|an?|the)\b|\b(?:is|are) (?:not recommended|discouraged)\b/i;
/** Beside advice, the line tells what did not happen to somebody's data. */
const OF_DATA =
  /\b(?:lost|losing|dropp(?:ed|ing)|discard(?:ed|ing)|given up|gave up|could not|cannot|unable|undelivered|unsent|incomplete|not (?:been )?(?:sent|written|stored|saved|delivered|processed|charged|booked|paid|published|committed|updated|created|made|printed))\b|\b\d{1,9} of \d{1,9}\b/i;
/** A warning is about the work itself only where it names what did not become of it, or who was not reached. */
const LOST_WORK =
  /\b(?:lost|losing|dropp(?:ed|ing)|discard(?:ed|ing)|given up|gave up|undelivered|unsent|incomplete|partial(?:ly)?|suspended|nobody|no one)\b|\b(?:not|never) (?:been )?(?:sent|written|stored|saved|kept|delivered|processed|charged|booked|paid|published|committed|updated|created|made|printed|placed|applied|issued|generated|rendered|shipped|queued|scheduled|indexed|imported|exported|reserved|assigned|billed|refunded|notified|informed|told|reached|copied|synced|synchroni[sz]ed|recorded|added|removed|deleted|moved|loaded|uploaded|sold|done|there)\b|\b(?:sent|written|stored|saved|shown|answered|rendered|printed|delivered|finished|completed) without\b|\b(?:could not|cannot|unable to|failed to) (?:be )?(?:sen[dt]|writ(?:e|ten)|stored?|saved?|deliver(?:ed)?|process(?:ed)?|charged?|book(?:ed)?|pa(?:y|id)|publish(?:ed)?|commit(?:ted)?|updated?|created?|ma(?:k|d)e|print(?:ed)?|placed?|appl(?:y|ied)|generated?|render(?:ed)?|ship(?:ped)?|index(?:ed)?|import(?:ed)?|reserved?|assign(?:ed)?|bill(?:ed)?|refund(?:ed)?|notify|notified|inform(?:ed)?|tell|reach(?:ed)?|record(?:ed)?)\b|\b(?:goes|forward(?:ed|ing|s)|moved|sent|routed|parked|published) (?:\w{1,20} ){0,2}(?:to|in|on) (?:the |a )?[\w.-]{0,60}(?:dead[-_. ]?letter|dlq|dlx|parking|poison)|\b(?:only )?\d{1,9} of \d{1,9}\b/i;
/** A helper was lost, and whoever lost it has others: Spark's executors, brokers' members, a database's connections. */
const LOST_HELPER =
  /\blost (?:the |its |an? )?(?:executor|worker|node|connection|leader|leadership|lock|lease|contact|session|peer|member|task|race)s?\b|\b(?:executor|worker|node|connection|peer|member)s? (?:is |was |were )?lost\b/gi;
/** What an error line names, so that it is more than the end of something. */
const FAULT =
  /\b(?:time[sd]?[ -]?outs?|den(?:y|ied)|expired|crash(?:ed|es)?|abort(?:ed|s)?|refused|corrupt\w{0,3}|violat\w{1,4}|exceed(?:ed|s)|exhausted|full|invalid|illegal|panic(?:ked)?|fatal|errors?|exceptions?|dead|stuck)\b|_(?:DENIED|EXCEEDED|EXHAUSTED|UNAVAILABLE|FAILED|ERROR)\b/i;
/** A pool tests a connection before it lends it, and makes a new one in place of a dead one: HikariCP, DBCP, SQLAlchemy. */
const DEAD_IN_POOL =
  /\bfailed to validate (?:a |the )?connection\b|\bpre-?ping\b|\binvalidated? (?:a |the )?(?:dead|stale|closed) connection\b/i;

/** What replaces the answer of a failed call is worse than it. */
const FAILED =
  /\b(?:fail\w{0,4}|unavailable|not available|unreachable|not reachable|refused|could not|cannot|unable|down|errors?|exceptions?|lost|gone|is open)\b|\b[45]\d\d\b/i;
const LONGEST_READ = 1_000;

/** Undefined where the request failed, or where no line of it tells of such a loss. */
export function toldLoss(trace: Trace, logs: readonly LogLine[]): ToldLoss | undefined {
  if (trace.failed(trace.root) || trace.httpStatus(trace.root) >= 400) return undefined;
  let remark: ToldLoss | undefined;
  for (const line of logs) {
    const told = toldBy(trace, line);
    if (told?.isRemark === false) return told;
    remark ??= told;
  }
  return remark;
}

/** What a warning or an error of this request tells, where its service answered well. */
function toldBy(trace: Trace, line: LogLine): ToldLoss | undefined {
  const isOfRequest = isCertain(line) && severityOf(line.level) >= WARN && !isAboutRepeated(trace, line);
  const entry = isOfRequest ? entryOf(trace, line) : undefined;
  if (entry === undefined) return undefined;
  const message = logMessage(line).slice(0, LONGEST_READ);
  if (!tellsOfLoss(line, message) || blamesClient(message, trace.kind(entry) === 'server')) return undefined;
  if (doubtsValue(message) || loginAttempt(line)?.failed === true || attackIn(line) !== undefined) return undefined;
  return { entry, line, message, isRemark: !namesLostWork(line, message) };
}

/** The line was written between a failed call and the attempt that repaired it. */
function isAboutRepeated(trace: Trace, line: LogLine): boolean {
  const atUs = epochUsOf(line) - trace.startEpochUs;
  return failedSpans(trace).some((span) => {
    if (trace.service(span) !== line.service || atUs < trace.startUs(span)) return false;
    const next = attemptThatSucceeded(trace, span);
    return next !== undefined && atUs <= trace.startUs(next);
  });
}

/** A job that was given up stays so, whatever was tried before. */
function tellsOfLoss({ level }: LogLine, message: string): boolean {
  if (saysGivenUp(message) || EMPTIED.test(message)) return true;
  if (saysMended(message)) return false;
  return severityOf(level) >= ERROR || (UNDONE.test(message) && !isHarmless(message));
}

/** It was done later or instead, or a person was refused rightly. */
export function saysMended(message: string): boolean {
  return MENDED.test(message) || saysPersonRefused(message);
}

/** People lost something, by the words of the line. An error says so with fewer words than a warning. */
function namesLostWork({ level }: LogLine, text: string): boolean {
  if (isOfTooling(text)) return false;
  const message = text.replaceAll(LOST_HELPER, ' ');
  if (LOST_WORK.test(message) || EMPTIED.test(message) || (HANDED_ON.test(message) && DEAD_END.test(message)))
    return true;
  if (severityOf(level) < ERROR) return REPLACED.test(message) && FAILED.test(message);
  return UNDONE.test(message) || THROWN.test(message) || FAULT.test(message);
}

/** A warning about something that only was not there. */
function isHarmless(message: string): boolean {
  if (LEFT_TO_CLIENT.test(message) || NOTHING_ASKED.test(message) || DEAD_IN_POOL.test(message)) return true;
  if (ADVICE.test(message) && !OF_DATA.test(message)) return true;
  return (REPLACED.test(message) || (HANDED_ON.test(message) && !DEAD_END.test(message))) && !FAILED.test(message);
}

/** An exception or a panic, and no remark on one that was handled. */
const THROWN =
  /\b\w{2,60}(?:Error|Exception)\b|\bpanic(?:ked)?\b|\bfatal error\b|\bunhandled\b|\buncaught\b|\bTraceback\b/;

/** An exception in work that nobody waits for: its span has no mark, and only the error line of its service tells of it. */
export function toldFailure(
  trace: Trace,
  logs: readonly LogLine[],
): Readonly<{ span: SpanIndex; item: EvidenceItem; surety?: Readonly<{ inferred: true }> }> | undefined {
  for (const line of logs) {
    if (!isCertain(line) || severityOf(line.level) < ERROR) continue;
    const span = entryOf(trace, line);
    const message = logMessage(line).slice(0, LONGEST_READ);
    if (span === undefined || span === trace.root || isAnswered(trace, span) || !THROWN.test(message)) continue;
    if (!MENDED.test(message)) return { span, item: { kind: 'log', ref: line.timeNs, text: message } };
  }
  return undefined;
}

/** Its caller, or the root, waits for its end. */
function isAnswered(trace: Trace, span: SpanIndex): boolean {
  const caller = trace.parent(span);
  return caller === undefined || (trace.kind(span) !== 'consumer' && trace.startUs(span) < trace.endUs(caller));
}

/** The span that the line names, else the first one of its service; undefined where that did not go well. */
function entryOf(trace: Trace, line: LogLine): SpanIndex | undefined {
  let first: SpanIndex | undefined;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.service(span) !== line.service || trace.isDatabaseCall(span)) continue;
    if (namesSpan(line, trace.spanId(span))) return wentWell(trace, span);
    first ??= span;
  }
  return first === undefined ? undefined : wentWell(trace, first);
}

function wentWell(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  return trace.failed(span) || trace.httpStatus(span) >= 400 ? undefined : span;
}

export function sightingOfLoss(trace: Trace, { entry, line, message, isRemark }: ToldLoss): Sighting {
  return {
    inferred: true,
    service: trace.service(entry),
    operation: trace.operation(entry),
    spans: [entry],
    wastedUs: 0,
    facts: {
      isTold: true,
      isRemark,
      reachedRoot: false,
      message,
      answered: trace.httpStatus(entry) || 'without an error',
      ...requestFacts(trace),
    },
    evidence: [{ kind: 'log', ref: line.timeNs, text: line.line }],
  };
}

export function wordsOfLoss({ service, operation, answered, message, isRemark }: Facts): Words {
  const who = inWords(String(service));
  return {
    title: `${service}: ${operation} answered ${answered}, and its own line ${isRemark === true ? 'complains' : 'says that something was left undone'}: “${message}”`,
    headline: { what: `${who} leaves something undone`, why: quoteInWords(message) },
    explanation: `The request went well for its caller. No span says what the line of ${service} says.`,
    remedy: `Find the code of ${service} that writes this line. Let it fail, or say in the answer what is missing, and count it.`,
    check: 'The same line stands in the log at times when nothing is missing.',
    couldBe: [
      { what: `work that ${service} left undone`, shownBy: 'what the line names is not there afterwards' },
      { what: 'something that was done later', shownBy: 'it is there a while after the request' },
    ],
  };
}
