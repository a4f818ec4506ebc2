/**
 * Why a verdict on many requests stays open although its differences from the baseline are large: they show where
 * something changed, and as many verdicts on such differences were wrong as right. Words in the requests or lines, or a
 * second measure, decide; see `join-causes.ts`.
 *
 *   full processor     the cause only where the work of the same service takes longer, and none of it fails
 *   slow store         a slow statement, a lock, a busy store and more calls look the same from outside
 *   new failures       requests that fail or stop, and new warnings, without a reason in words
 *   node or zone       the other nodes of the zone run too little to tell
 *
 * Measured on 351 first verdicts of `windows-1` to `windows-5` that were called likely or confirmed: with one of these
 * doubts 36 of 45 were wrong, without one 34 of 306.
 */

import type { Doubt } from '#diagnose/doubts.ts';
import type { Suspect } from '#diagnose/window/culprit.ts';
import { isNewComplaint, NEWS_NATS } from '#diagnose/window/log-switches.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import { CONNECTION_CUT } from '#model/instruments/cut-words.ts';

export type DoubtEvidence = Readonly<{
  signs: WindowSigns;
  seen: readonly Finding[];
  detectors: Detectors;
  /** Services whose own answers are timed. */
  timed?: ReadonlySet<string>;
}>;

/** The doubt about the first suspect; undefined where there is none. */
export function windowDoubt(first: Suspect | undefined, evidence: DoubtEvidence): Doubt | undefined {
  if (first === undefined) return undefined;
  if (first.kind === PROCESSOR) return isProcessor(first, evidence) ? undefined : FULL;
  return evidence.signs.requests === 0 ? undefined : doubtOfRequests(first, evidence);
}

function doubtOfRequests(first: Suspect, { signs, detectors }: DoubtEvidence): Doubt | undefined {
  const { node } = signs;
  if (first.service === node?.node && node.zone !== undefined) return nodeOrZone(node.node, node.zone);
  const isOf = (...named: readonly JudgedSign[]) => named.some((sign) => first.detector === detectors.named(sign).id);
  if (isOf('slow-answers')) return waitsForDatabase(first, signs, detectors) ? SLOW_STORE : undefined;
  if (isOf('failing-requests')) return doubtOfFailures(first, signs);
  if (isOf('new-lines')) return doubtOfLines(first, signs);
  return isOf('cut-calls') ? FAILING : undefined;
}

function doubtOfLines(first: Suspect, signs: WindowSigns): Doubt | undefined {
  const lines = newErrors(first, signs);
  if (lines.length === 0) return FAILING;
  return lines.every((line) => OUT_OF_TIME.test(line) && !NAMES_WAIT.test(line)) ? LATE : undefined;
}

function doubtOfFailures(first: Suspect, signs: WindowSigns): Doubt | undefined {
  if (riseInNats(signs.failing.before, signs.failing.now) === 0) return TOLERATED;
  if (!sayFailures(first, signs)) return FAILING;
  return sayOnlyLate(first, signs) && !isEarly(first, signs) ? LATE : undefined;
}

/** The limit ends calls that healthy requests waited for: the callee is no later than before. */
function isEarly({ service, operation }: Suspect, { failures }: WindowSigns): boolean {
  return failures.some((one) => one.service === service && one.operation === operation && one.early !== undefined);
}

/** The failures give a reason in words. That a connection broke says only that the other end went away. */
function sayFailures({ service, operation }: Suspect, { failures }: WindowSigns): boolean {
  const own = failures.filter((one) => one.service === service && one.operation === operation);
  return own.some(({ said }) => said !== '' && !CONNECTION_CUT.test(said));
}

/** A caller gave up: the answer may be late for any reason, or the limit may be short. */
function sayOnlyLate({ service, operation }: Suspect, { failures }: WindowSigns): boolean {
  const own = failures.filter((one) => one.service === service && one.operation === operation && one.said !== '');
  return own.every(({ said }) => OUT_OF_TIME.test(said) && !NAMES_WAIT.test(said));
}

/** Words of Go, Java, Node.js, Python and gRPC; see `detect/trace/timeout-cascade.ts`. */
const OUT_OF_TIME = /\btime(?:d|s)?[- ]?out\b|\bdeadline exceeded\b/i;
const NAMES_WAIT = /\b(?:lock|pool|statement|transaction)\b/i;

/** New lines that report an error. A warning goes with much that is meant, and a line that is missing says nothing. */
function newErrors({ service }: Suspect, { switches }: WindowSigns): readonly string[] {
  const own = switches.filter((one) => one.service === service && isNewComplaint(one, 'error'));
  return own.map(({ example }) => example.line);
}

/** The kind of a suspect whose processor is full. No detector names it. */
const PROCESSOR = 'cpu';

function isProcessor(first: Suspect, { signs, seen, detectors, timed }: DoubtEvidence): boolean {
  const isMeasured = first.detector === detectors.named('full-resource').id || signs.filled.has(first.service);
  return signs.requests === 0
    ? isWaitedFor(first, timed?.has(first.service) === true ? ofOwn(first, seen) : seen, detectors)
    : isFullAndSlow(first, signs, isMeasured);
}

/** Where its own answers are timed and are as before, others take longer for another reason. */
function ofOwn({ service }: Suspect, seen: readonly Finding[]): readonly Finding[] {
  return seen.filter((one) => one.service === service || one.facts.concept === 'requests');
}

/**
 * Without requests: metrics show that work waits or fails, and that the service is not asked more often than before. A
 * processor may be full on purpose, such as that of a job at night.
 */
function isWaitedFor({ service }: Suspect, seen: readonly Finding[], detectors: Detectors): boolean {
  const moved = seen.filter(({ facts }) => facts.concept !== undefined);
  const isAsked = moved.some(({ service: of, facts }) => of === service && facts.concept === 'requests');
  const shown = new Set<string>([detectors.named('failing-requests').id, detectors.named('slow-answers').id]);
  const isShown = seen.some(({ detector }) => shown.has(detector));
  return !isAsked && (isShown || moved.some(({ facts }) => OF_WAITS.has(String(facts.concept))));
}

/** Concepts of metrics that rise where work waits for a processor; see `metric-names.ts`. */
const OF_WAITS: ReadonlySet<string> = new Set(['latency', 'queue_depth', 'queue_age', 'waiting', 'cpu_throttled']);

/** Two signs agree, one of the processor and one of the requests, and nothing that fails speaks of another cause. */
function isFullAndSlow({ service }: Suspect, { slowness, failures }: WindowSigns, isMeasured: boolean): boolean {
  const isWorking = slowness.suspects.some(
    ({ service: of, trouble, places: [most] }) =>
      of === service && (trouble === 'itself' || trouble === 'cpu') && most?.place.isOfStore === false,
  );
  const isFailing = failures.some(({ service: of, nats }) => of === service && nats >= NEWS_NATS);
  return isMeasured && isWorking && !isFailing;
}

/** Most of the added time is in calls of a database, and no line says why. */
function waitsForDatabase({ service, kind }: Suspect, { slowness }: WindowSigns, detectors: Detectors): boolean {
  const [answers, statement] = [detectors.named('slow-answers').id, detectors.named('slow-statement').id];
  if (kind !== answers && kind !== statement) return false;
  const own = slowness.suspects.find((one) => one.service === service);
  return own?.places[0]?.place.isOfDatabase === true;
}

const FULL: Doubt = {
  reason: 'a full processor is as often an effect as the cause, and no second sign decides',
  couldBe: [
    { what: 'its own code computes more', shownBy: 'a profile shows new work, and each request takes longer in it' },
    { what: 'it is asked more often', shownBy: 'its calls a second rose as well' },
    {
      what: 'something else uses the processor',
      shownBy: 'other processes of the machine, or pauses for memory, rose',
    },
  ],
};

const SLOW_STORE: Doubt = {
  reason: 'its calls of the database take longer, and nothing recorded shows why',
  couldBe: [
    { what: 'a slow statement', shownBy: 'its plan reads many rows, and other statements are as fast as before' },
    { what: 'a wait for somebody else’s transaction', shownBy: 'the database’s list of waits names the statement' },
    { what: 'a busy database', shownBy: 'all its statements are slower, and its processor or disk is at its limit' },
  ],
};

const TOLERATED: Doubt = {
  reason: 'these calls fail, but no more requests fail than before',
  couldBe: [
    { what: 'a failure that its callers hide', shownBy: 'users get less than before: an empty part, or an old value' },
    { what: 'a failure that is repeated until it succeeds', shownBy: 'the same call follows at once and succeeds' },
    { what: 'calls that may fail', shownBy: 'nobody misses what they would have done' },
  ],
};

function nodeOrZone(node: string, zone: string): Doubt {
  return {
    reason: `the node or its whole zone ${zone} may be at fault: too little runs on the other nodes of the zone`,
    couldBe: [
      { what: `the node ${node}`, shownBy: `its pods are well once they run on another node of ${zone}` },
      { what: `the zone ${zone}`, shownBy: `other nodes of ${zone} do not reach other zones, or the provider says so` },
    ],
  };
}

const LATE: Doubt = {
  reason: 'its callers gave up, and nothing recorded shows why the answer is late',
  couldBe: [
    { what: 'a callee that takes longer', shownBy: 'its own spans, log or metrics of that time show longer work' },
    { what: 'a limit that is too short now', shownBy: 'the callee takes as long as before' },
    { what: 'a connection that nobody answers', shownBy: 'the callee records none of these calls' },
  ],
};

const FAILING: Doubt = {
  reason: 'it shows where requests fail or stop, but nothing recorded shows why',
  couldBe: [
    { what: 'a fault of its own', shownBy: 'its log of that time, or its last change, names it' },
    { what: 'something that it calls', shownBy: 'the failing requests end in the same call' },
    { what: 'requests that are different now', shownBy: 'the failing ones share a client, a version or a value' },
  ],
};
