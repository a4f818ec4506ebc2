/**
 * Pauses that the callee asked for: it answered 429 or 503 with `Retry-After`, and the caller came back after that time.
 *
 *   [ POST ✗ 429 ]~~~~~~~~~ Retry-After: 0.5 ~~~~~~~~~[ POST ]
 *
 * Without the header, a line of the caller may say how long it waits, which rate it keeps to, or how often it repeats.
 */

import { valuesOf } from '#detect/signs/calls/repeated-calls.ts';
import { neighbours } from '#detect/signs/path/free-time.ts';
import type { Stretch } from '#model/finding/finding.ts';
import { STEP_LIMITS } from '#model/instruments/agent-words.ts';
import { isCertain } from '#model/logs/log-correlation.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { KEEPS_THOUGHT_US, SATISFIES_US } from '#model/trace/views/request-nature.ts';
import { saidMeanwhile } from '#model/trace/views/said-meanwhile.ts';
import { usPerLongUnit, usPerUnit } from '#model/trace/wait-amounts.ts';

/** `http.response.header.retry-after`, Google's `retry_delay`; in seconds unless the name ends with a unit. */
const NAME = /(?:^|[._-])retry[._-](?:after|delay)(?:[._-](ms|s|seconds))?$/i;
/** Clients add jitter, by a quarter or a half of the pause. */
const JITTER = 1.5;
/** Apdex: users tolerate four times T. A longer pause is worth a look, whoever asked for it. */
const LONGEST_US = 4 * SATISFIES_US;

/**
 * The first request with this key is still at work (409, the IETF's draft on idempotency keys), somebody else holds it for
 * now (423), it came too early (425).
 */
const COME_AGAIN: ReadonlySet<number> = new Set([409, 423, 425]);

/** `said`: what the caller writes in that time. */
export function isAskedPause(trace: Trace, gap: Stretch, said: readonly string[] = []): boolean {
  const us = gap.endUs - gap.startUs;
  const { after, before } = neighbours(trace, gap);
  if (us > LONGEST_US || after === undefined || before === undefined) return false;
  if (!trace.failed(after) || trace.operation(after) !== trace.operation(before)) return false;
  if (us <= KEEPS_THOUGHT_US && COME_AGAIN.has(trace.httpStatus(after)) && !trace.failed(before)) return true;
  if (us <= KEEPS_THOUGHT_US && isUnavailable(trace, after) && !trace.failed(before)) return true;
  return us <= JITTER * Math.max(askedUs(trace, after), ...said.map(announcedUs));
}

/**
 * Clients wait after UNAVAILABLE or a limit and ask again: some hundred milliseconds by gRPC's policies (gRFC A6), up to a
 * second before the second attempt in AWS's SDKs.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
function isUnavailable(trace: Trace, span: SpanIndex): boolean {
  const status = trace.httpStatus(span);
  if (status === 503 || status === 429 || THROTTLED.test(trace.text(span, 'error.type'))) return true;
  return /^(?:14|UNAVAILABLE)$/i.test(trace.text(span, 'rpc.status_code'));
}

/** Errors of AWS's services, which have the status 400. */
const THROTTLED =
  /^(?:Throttl(?:ing|ed)\w{0,20}|TooManyRequestsException|SlowDown|ProvisionedThroughputExceeded\w{0,10})$/;

function askedUs(trace: Trace, span: SpanIndex): number {
  for (const [name, value] of Object.entries(trace.attributesFor(span, NAME))) {
    const told = NAME.exec(name);
    const amount = told === null ? 0 : Number(/\d+(?:\.\d+)?/.exec(String(value))?.[0] ?? 0);
    if (amount > 0) return amount * (told?.[1] === 'ms' ? 1_000 : 1_000_000);
  }
  return 0;
}

/**
 * SDKs write how long they wait before the next attempt: `Retrying request to /chat/completions in 0.9 seconds` (OpenAI,
 * Anthropic), `sleeping for 0.9 seconds` (botocore), `Retrying get in 2.0 seconds as it raised …` (tenacity), `The
 * operation will be retried after 900ms` (Entity Framework).
 */
const ANNOUNCED =
  /\b(?:retr(?:y(?:ing)?|ied)|try(?:ing)? again|back(?:ing)?[ -]?off|sleep(?:ing)?|wait(?:ing|ed)?)\b[^\n]{0,120}?\b(?:in|for|after)[ :=]{1,2}(\d{1,6}(?:\.\d{1,9})?) ?(ms|milliseconds?|s|secs?|seconds?)\b/i;

/** `Retry attempt #0. Sleeping 2s before the next attempt` (reqwest), `waiting 500ms before retry 2`, `backing off 1.5s, attempt 1`. */
const BEFORE_ATTEMPT =
  /\b(?:sleep(?:ing|s)?|wait(?:ing|s)?|paus(?:e|es|ing)|delay(?:ing|s)?|back(?:ing|s)?[ -]?off)[ :=]{1,2}(?:of |by )?(\d{1,6}(?:\.\d{1,9})?) ?(ms|milliseconds?|s|secs?|seconds?)\b/i;
const OF_ATTEMPTS = /\b(?:retr(?:y|ies|ying)|attempts?|tries|try)\b/i;

function announcedUs(line: string): number {
  const [, amount, unit = ''] =
    ANNOUNCED.exec(line) ?? (OF_ATTEMPTS.test(line) ? BEFORE_ATTEMPT.exec(line) : null) ?? [];
  return amount === undefined ? 0 : Number(amount) * (usPerUnit(unit) ?? 0);
}

/**
 * A time that somebody set on purpose: `cancellation window of 5 s is over`, `grace period 2 s elapsed`. A window in which
 * something failed, or that was missed, is none.
 */
const SET_TIME =
  /\b(?:undo|grace|cool(?:ing)?[ -]?(?:off|down)|cancel(?:l?ation)?|debounc\w+|objection|reflection|hold(?:ing)?|linger|batch(?:ing)?) (?:window|period|time|delay)(?: (?:of|was|is|:|=))? ?(\d{1,6}(?:\.\d{1,6})?) ?(ms|milliseconds?|s|secs?|seconds?)\b/i;
/** A gap has some own work around the time that was set. */
const LONGEST_OF_SET = 1.25;
const LEAST_OF_SET = 0.8;

/** The gap is a time that the service waits on purpose, by its own line. */
export function isSetTime({ startUs, endUs }: Pick<Stretch, 'startUs' | 'endUs'>, said: readonly string[]): boolean {
  const us = endUs - startUs;
  return said.some((line) => {
    const [, amount, unit = ''] = SET_TIME.exec(line.slice(0, LONGEST_READ)) ?? [];
    const setUs = amount === undefined ? 0 : Number(amount) * (usPerUnit(unit) ?? 0);
    return setUs > 0 && us <= LONGEST_OF_SET * setUs && us >= LEAST_OF_SET * setUs;
  });
}

/** It comes first, so that it tells what follows, and no duration that was measured. */
const EARLY = 0.1;
/** Limits of calls, and waits for what others hold, are announced, too. */
const OF_TROUBLE =
  /\b(?:time[ -]?outs?|deadline|retr(?:y|ies|ying|ied)|back(?:ing)?[ -]?off|locks?|locked|pool|connect(?:ion|ing)?s?|throttl\w+|queue[ds]?|slow|GC|fail(?:ed|ure)?|lost|unavailable|stuck|interval|every)\b/i;
const AMOUNT = /\b(\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?|min|minutes?)\b/gi;

/**
 * The service's own line, before most of the time has passed, says how long it will take, and it takes about as long:
 * `drying for 40 s`, `search limited to 3 s`. `us`: the time without a record.
 */
export function isAnnounced(trace: Trace, stretch: Stretch, us: number, logs: readonly LogLine[]): boolean {
  const latestUs = stretch.startUs + EARLY * (stretch.endUs - stretch.startUs);
  const early = saidMeanwhile(trace, stretch, logs).filter(({ atUs, item }) => item.kind === 'log' && atUs <= latestUs);
  const refs = new Set(early.map(({ item }) => item.ref));
  return logs.some((line) => {
    if (!refs.has(line.timeNs) || line.service !== trace.service(stretch.span) || !HARMLESS_LEVELS.has(line.level))
      return false;
    const message = logMessage(line).slice(0, LONGEST_READ);
    if (OF_TROUBLE.test(message)) return false;
    return message.matchAll(AMOUNT).some(([, amount, unit = '']) => {
      const setUs = Number(amount) * usPerLongUnit(unit);
      return us <= LONGEST_OF_SET * setUs && us >= LEAST_OF_SET * setUs;
    });
  });
}

/** `solved within its budget of 60 s`, `done inside the time limit (90 s)`. */
const WITHIN_BUDGET =
  /\b(?:within|inside|under) (?:its |the |a |our )?(?:\w{1,20} )?(?:budget|allowance|limit|target|SLO|objective)(?: (?:of|was|is) | ?[:=(] ?| )(\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?|min|minutes?)\b/i;

/** `unlocked after 23 s (garage, limit 45 s)`, `built in 12 min (budget 20 min)`: what it took, and what it may take. */
const BESIDE_BUDGET =
  /\b(?:after|in|took) (\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?|min|minutes?) \((?:[^()]{0,60}[ ,;])?(?:budget|allowance|limit|target|SLO|objective)(?: of|:|=)? ?(\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?|min|minutes?)\b/i;

/** The time that a line names as allowed, in microseconds, where it says that this was kept; 0 without one. */
function keptBudgetUs(message: string): number {
  const [, allowed, its = ''] = WITHIN_BUDGET.exec(message) ?? [];
  if (allowed !== undefined) return Number(allowed) * usPerLongUnit(its);
  const [, took, unit = '', limit, of = ''] = BESIDE_BUDGET.exec(message) ?? [];
  const limitUs = Number(limit ?? 0) * usPerLongUnit(of);
  return Number(took ?? 0) * usPerLongUnit(unit) <= limitUs ? limitUs : 0;
}

/** The service's own line of this request says which time it may take, and that it kept to it. */
export function keepsBudget(
  trace: Trace,
  { span }: Pick<Stretch, 'span'>,
  us: number,
  logs: readonly LogLine[],
): boolean {
  return logs.some((line) => {
    if (line.service !== trace.service(span) || !isCertain(line) || !HARMLESS_LEVELS.has(line.level)) return false;
    return us <= keptBudgetUs(logMessage(line).slice(0, LONGEST_READ));
  });
}

/** `rate limit 5/s`, `throttled to 10 requests per second`, `at 5/s (rate agreed)`, `max 120 calls/min`. */
const RATE =
  /\b(\d{1,6}(?:\.\d{1,3})?) ?(?:(?:req(?:uest)?s?|calls?|lookups?|items?) ?)?(?:\/|per ) ?(s|sec|second|m|min|minute)\b|\b(\d{1,6}) ?(rps)\b/i;
/** A line with a rate alone may only count: `12 requests/s served`. */
const KEPT_RATE =
  /\b(?:rate[ _-]?limit\w*|limit(?:ed)?|rate|throttl\w+|pac(?:ed|ing)|agreed|allowed|quota|at most|max(?:imum)?)\b/i;
/** Calls that wait for each other come a little less often than allowed; a timer that counts late, a little more often. */
const LEAST_OF_RATE = 0.7;
const MOST_OF_RATE = 1.15;
const LONGEST_READ = 2_000;

/** The caller's own line of this request names a rate, and the calls keep to it: they could come no quicker. */
export function keepsRate(trace: Trace, calls: readonly SpanIndex[], logs: readonly LogLine[]): boolean {
  return saidByCaller(trace, calls, logs).some((said) => KEPT_RATE.test(said) && isAtRate(trace, calls, rateIn(said)));
}

function rateIn(said: string): number {
  const [, amount, unit = '', rps] = RATE.exec(said) ?? [];
  return Number(amount ?? rps ?? 0) / (/^m/i.test(unit) ? 60 : 1);
}

/** The caller's own lines of this request. */
function saidByCaller(trace: Trace, [first]: readonly SpanIndex[], logs: readonly LogLine[]): readonly string[] {
  if (first === undefined) return [];
  const own = logs.filter((line) => line.service === trace.service(first) && isCertain(line));
  return own.map((line) => logMessage(line).slice(0, LONGEST_READ));
}

/** Whether about so many of the calls begin each second. */
function isAtRate(trace: Trace, calls: readonly SpanIndex[], rate: number): boolean {
  const [first] = calls;
  const last = calls.at(-1);
  if (first === undefined || last === undefined || first === last) return false;
  const perSecond = ((calls.length - 1) * 1_000_000) / (trace.startUs(last) - trace.startUs(first));
  return perSecond >= LEAST_OF_RATE * rate && perSecond <= MOST_OF_RATE * rate;
}

/** `60 samples at 10 Hz`, `10 samples/s`, `polled 10 times a second`, `sampled every 100 ms`. */
const SAMPLING =
  /\b(\d{1,5}(?:\.\d{1,3})?) ?(?:hz\b|(?:samples?|readings?|measurements?)(?:\/s| (?:per|a) second)\b|times (?:per|a) second\b)/i;
const SAMPLING_PERIOD =
  /\b(?:sampl|poll|measur|prob|scann?)\w{0,5} (?:\w{1,20} ){0,3}every (\d{1,6}(?:\.\d{1,3})?) ?(ms|milliseconds?|s|secs?|seconds?)\b/i;
/** `12 door cycles of 2.7 s`: a machine moves, or a test repeats one action. */
const CYCLES = /\b(\d{1,5}) (?:[a-z][\w-]{1,30} ){0,2}(?:cycles|repetitions|strokes|pulses)\b/i;
/** `8 pages of 1 MB`, `in 3 batches`: each piece is as large as the other side hands out. */
const PIECES = /\b(\d{1,5}) (?:pages|batches|ranges|chunks|segments)\b/i;
/** Cycles that are records: `loaded 12 billing cycles`. */
const LOADS = /\b(?:load|fetch|found|quer|list|read|import|export|updat|sav|render)\w{0,4}\b/i;

/**
 * One thing is sampled at a rate, or moved a number of times: the caller's own line of this request gives the rate that the
 * calls keep to, or counts just these calls. Calls whose addresses differ ask for elements.
 */
export function repeatsOnPurpose(trace: Trace, calls: readonly SpanIndex[], logs: readonly LogLine[]): boolean {
  if (calls.length < 2) return false;
  const addresses = new Set(calls.map((call) => trace.text(call, 'url.full') || trace.text(call, 'url.path')));
  if (addresses.size > 1 || valuesOf(trace, { calls }) === 'differ') return false;
  return saidByCaller(trace, calls, logs).some(
    (said) =>
      isAtRate(trace, calls, samplingRate(said)) ||
      Number(PIECES.exec(said)?.[1]) === calls.length ||
      (Number(CYCLES.exec(said)?.[1]) === calls.length && !LOADS.test(said)),
  );
}

/** Limits, plans and agreements, and a length that is nothing new. */
const MEANT =
  /\b(?:limit\w{0,4}|rate|throttl\w{1,4}|pac(?:ed|ing)|pauses?|apart|stagger\w{1,3}|polite\w{0,4}|robots|agreed|allowed|quota|budget|windows?|as (?:every|usual|planned|designed|intended|always|last|on)|usual(?:ly)?|average|median|yesterday|last (?:week|night|month|time|run)|plan(?:ned)?|on time|by design|on purpose|in (?:sequence|order|turn)|one (?:bus|line|at a time))\b/i;

/** The caller's own line of this request says why its calls keep an order or a pace, or that they always take so long. */
export function isPacedOnPurpose(trace: Trace, calls: readonly SpanIndex[], logs: readonly LogLine[]): boolean {
  const harmless = logs.filter(({ level }) => HARMLESS_LEVELS.has(level));
  return saidByCaller(trace, calls, harmless).some((said) => MEANT.test(said));
}

/** An agent repeated the calls until its framework stopped it, by the caller's own line of this request. */
export function isStoppedAgent(trace: Trace, calls: readonly SpanIndex[], logs: readonly LogLine[]): boolean {
  return saidByCaller(trace, calls, logs).some((said) => STEP_LIMITS.test(said));
}

/** In samples a second; 0 where the line names none. */
function samplingRate(said: string): number {
  const [, period, unit = ''] = SAMPLING_PERIOD.exec(said) ?? [];
  if (period !== undefined) return 1_000_000 / (Number(period) * (usPerUnit(unit) ?? Number.POSITIVE_INFINITY));
  return Number(SAMPLING.exec(said)?.[1] ?? 0);
}
