/** Lines that make a refusal of a client a fault of the service. */
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import { KEY_UNKNOWN, KEYS_NOT_FETCHED, OWN_LOGIN_REFUSED, SIGNATURE_REFUSED } from '#model/instruments/key-words.ts';
import { REPLICA_BEHIND } from '#model/instruments/replica-words.ts';
import { saysOtherType } from '#model/instruments/type-words.ts';
import { isCertain, isOfRequest } from '#model/logs/log-correlation.ts';
import { isErrorLevel } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';
import { SATISFIES_US } from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

export const UNAUTHENTICATED = 401;

/** The service's own error line: a replica did not have yet what was written before. Undefined where none says so. */
export function staleLine(trace: Trace, lines: LinesBySpan): LogLine | undefined {
  const { root } = trace;
  const status = trace.httpStatus(root);
  if (status < 400 || status >= 500 || trace.kind(root) !== 'server') return undefined;
  const own = lines.get(trace.spanId(root)) ?? [];
  return own.find(({ level, line }) => isErrorLevel(level) && REPLICA_BEHIND.test(line));
}

/**
 * A service on the way refuses a token for its key, or a message for its signature, and reports that as an error of many:
 * one forged token is none. Stripe's and GitHub's examples answer 400 to a wrong signature, others 401 or 403.
 */
function keylessLine(trace: Trace, logs: readonly LogLine[]): LogLine | undefined {
  return keylessRefusal(trace, logs)?.line;
}

/** The line, and the span of the service that refused the token; undefined where no line says that it refuses many. */
export function keylessRefusal(
  trace: Trace,
  logs: readonly LogLine[],
): Readonly<{ line: LogLine; span: SpanIndex }> | undefined {
  const refusing = refusingSpans(trace);
  if (refusing.size === 0) return undefined;
  const errors = logs.filter(({ service, level }) => refusing.has(service) && isErrorLevel(level));
  const line = errors.find(
    ({ line, service }) =>
      (KEY_UNKNOWN.test(line) || SIGNATURE_REFUSED.test(line)) &&
      (OF_ALL.test(line) ||
        errors.some((beside) => beside.service === service && refusesAll(beside)) ||
        logs.some((beside) => beside.service === service && countsAll(beside))),
  );
  const span = refusing.get(line?.service ?? '');
  return line === undefined || span === undefined ? undefined : { line, span };
}

/** For each service that refused this request on its way: its last span with that status. Empty where the user got no refusal. */
function refusingSpans(trace: Trace): ReadonlyMap<string, SpanIndex> {
  const refusing = new Map<string, SpanIndex>();
  if (!REFUSALS.has(trace.httpStatus(trace.root))) return refusing;
  for (let span = 0; span < trace.spanCount && span < MOST_READ; span += 1)
    if (trace.kind(span) === 'server' && REFUSALS.has(trace.httpStatus(span))) refusing.set(trace.service(span), span);
  return refusing;
}

/** A line about this request that says of all of them what another one says of one. */
function refusesAll(line: LogLine): boolean {
  return isOfRequest(line) && OF_ALL.test(line.line) && REFUSED.test(line.line);
}

/** A count says so at any level: `1,204 of 1,204 tokens refused`. */
function countsAll(line: LogLine): boolean {
  return isOfRequest(line) && ALL_OF_THEM.test(line.line) && REFUSED.test(line.line);
}

const ALL_OF_THEM =
  /\b(\d[\d,]{1,12}) (?:of|out of) (?:all )?\1 (?:\w{1,20} ){0,2}(?:tokens?|requests?|logins?|signatures?)\b/i;

const REFUSED = /\b(?:refus|reject|den(?:y|ied)|invalid|unauthori[sz]ed|fail)/i;

const REFUSALS: ReadonlySet<number> = new Set([400, UNAUTHENTICATED, 403]);
/** A refusal is passed on by a few services. */
const MOST_READ = 1_000;

/** More than one token, or since when. */
const OF_ALL =
  /\b(?:all|every|each|many|\d{2,9}) (?:\w{1,20} ){0,2}(?:tokens?|requests?|logins?|users?|sessions?|webhooks?|events?|deliveries|signatures?|callbacks?)\b|\bsince\b/i;

/** The error line in which the service that refused the request says that it could not fetch the keys of its issuer. */
export function keysLine(trace: Trace, logs: readonly LogLine[]): LogLine | undefined {
  const { root } = trace;
  if (trace.httpStatus(root) !== UNAUTHENTICATED) return undefined;
  const by = trace.service(root);
  return logs.find(({ service, level, line }) => service === by && isErrorLevel(level) && KEYS_NOT_FETCHED.test(line));
}

/**
 * A service that refuses a request asked the issuer of tokens in its own name, was refused itself, and reports that as an
 * error: its secret is wrong, so it can let nobody in. Undefined where it only passed on what a client sent.
 */
export function refusedLogin(
  trace: Trace,
  logs: readonly LogLine[],
): Readonly<{ span: SpanIndex; item: EvidenceItem }> | undefined {
  const refusing = refusingSpans(trace);
  if (refusing.size === 0) return undefined;
  const calls = failedSpans(trace).filter(
    (call) => trace.kind(call) === 'client' && trace.childCount(call) === 0 && refusing.has(trace.service(call)),
  );
  for (const span of calls.slice(0, MOST_READ).filter((call) => REFUSALS.has(trace.httpStatus(call)))) {
    const item = ofLine(logs.find((line) => line.service === trace.service(span) && saysOwnLogin(line)));
    if (item !== undefined) return { span, item };
  }
  return undefined;
}

function saysOwnLogin(line: LogLine): boolean {
  return isCertain(line) && isErrorLevel(line.level) && OWN_LOGIN_REFUSED.test(line.line.slice(0, LONGEST_READ));
}

/** The caller's answer stands for the fault that it got. */
export function reachingRoot(trace: Trace, carried: Sighting): Sighting {
  const symptom = `${trace.operation(trace.root)} of ${trace.service(trace.root)}`;
  return { ...carried, facts: { ...carried.facts, symptom, reachedRoot: true, isBeside: false, isFault: true } };
}

/** What the code of the caller sent wrong: form, rights, address, state, size. A person has no part in it. */
const OF_CALLER: ReadonlySet<number> = new Set([400, 403, 404, 409, 412, 413, 415, 422]);
/** A failed call is logged at once. A tenth of a second is what people do not notice. */
const LOGGED_WITHIN_US = 100_000;

/**
 * A store or a system without spans refused what a service sent to it, the service passes the refusal on, and reports it
 * as an error of its own: a field of another type, a right that is missing. A wrong input of a person is no such error.
 */
function refusedByStore(trace: Trace, logs: readonly LogLine[]): LogLine | undefined {
  const errors = logs.filter((line) => isCertain(line) && isErrorLevel(line.level));
  if (errors.length === 0) return undefined;
  for (const call of failedSpans(trace).slice(0, MOST_READ)) {
    const caller = trace.parent(call);
    if (caller === undefined || trace.kind(call) !== 'client' || trace.childCount(call) > 0) continue;
    if (!OF_CALLER.has(trace.httpStatus(call)) || trace.isDatabaseCall(call)) continue;
    if (!OF_CALLER.has(trace.httpStatus(caller)) || !trace.isOfOneService(call, caller)) continue;
    const line = errors.find((each) => {
      const afterUs = epochUsOf(each) - trace.startEpochUs - trace.endUs(call);
      return each.service === trace.service(call) && Math.abs(afterUs) <= LOGGED_WITHIN_US;
    });
    if (line !== undefined) return line;
  }
  return undefined;
}

/**
 * While it worked on the request, the refusing service wrote an error that says what it lacks: it cannot keep a session, so it
 * sends people to the login page.
 */
function lackingLine(trace: Trace, logs: readonly LogLine[]): LogLine | undefined {
  const { root } = trace;
  const status = trace.httpStatus(root);
  if (status < 400 || status >= 500 || trace.durationOfUs(root) > SATISFIES_US) return undefined;
  return logs.find((line) => {
    const atUs = epochUsOf(line) - trace.startEpochUs;
    if (atUs < trace.startUs(root) || atUs > trace.endUs(root)) return false;
    if (line.service !== trace.service(root) || !isErrorLevel(line.level)) return false;
    const lacked = reachedLimit(line.line)?.resource;
    return lacked !== undefined && lacked !== 'quota';
  });
}

/** RFC 9110: the content is not as the service wants it. */
const OF_CONTENT: ReadonlySet<number> = new Set([400, 422]);

/**
 * A program of ours sent a value of another type than the service reads, as the error line of the service says. People type
 * wrong values, but their types come from the code.
 */
function otherTypeLine(trace: Trace, logs: readonly LogLine[]): LogLine | undefined {
  const { root } = trace;
  if (trace.kind(root) !== 'client' || !OF_CONTENT.has(trace.httpStatus(root))) return undefined;
  return logs.find(
    (line) =>
      isCertain(line) &&
      isErrorLevel(line.level) &&
      line.service !== trace.service(root) &&
      trace.services.includes(line.service) &&
      saysOtherType(line.line.slice(0, LONGEST_READ)),
  );
}

const LONGEST_READ = 2_000;

/** The line that makes the refusal of the request a fault of a service; undefined where it was right to refuse it. */
export function lineOfFault(trace: Trace, logs: readonly LogLine[], lines: LinesBySpan): LogLine | undefined {
  return (
    keylessLine(trace, logs) ??
    staleLine(trace, lines) ??
    keysLine(trace, logs) ??
    refusedByStore(trace, logs) ??
    otherTypeLine(trace, logs) ??
    lackingLine(trace, logs)
  );
}

/** The finding as a fault, with the line where it has no words of its own. */
export function asFault(found: Sighting, line: EvidenceItem): Sighting {
  const { facts, evidence = [] } = found;
  const isSaid = facts.message !== '';
  return {
    ...found,
    facts: { ...facts, isFault: true, ...(!isSaid && { message: line.text }) },
    evidence: isSaid ? evidence : [...evidence, line],
  };
}

export function ofLine(line: LogLine): EvidenceItem;
export function ofLine(line: LogLine | undefined): EvidenceItem | undefined;
export function ofLine(line: LogLine | undefined): EvidenceItem | undefined {
  return line && { kind: 'log', ref: line.timeNs, text: logMessage(line) };
}
