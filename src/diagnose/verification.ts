/**
 * Whether a fix worked, from traces before and after it.
 *
 *  before   fault fault fault  –   fault        the verdict of these traces: the cause, its service, its call
 *  after      –     –     –    –    –    –      1. its finding is gone           2. the call is made, and fast again
 *                                               3. nothing else got worse        4. there are enough traces to say so
 *
 * A call that is no longer made proves nothing: a cache answers, a flag is off, the request ends before it. So only the
 * traces that make the call count.
 *
 * How many are enough: if nothing had changed, the next trace would show the fault with the chance of Laplace's rule of
 * succession (k of n before: (k + 1) of (n + 2)), and so on for each further trace. Once the chance that none shows it
 * is below one in twenty, it is not luck: five after one before, two after ten of ten.
 */

import { MINUTE_US } from '#core/time-units.ts';
import type { Sides } from '#diagnose/compared-call.ts';
import { ENOUGH, middle } from '#diagnose/differs.ts';
import { isDescription } from '#diagnose/finding-kinds.ts';
import {
  chanceOfAsMany,
  chances,
  type Elsewhere,
  failedOf,
  gotWorse,
  isMore,
  isSameFault,
  type JudgedTrace,
  LUCK,
  wholeOf,
} from '#diagnose/got-worse.ts';
import { callsInPlace, type Fault, newCalls, workOf } from '#diagnose/replaced-calls.ts';
import { commonestCause } from '#diagnose/window/commonest-cause.ts';
import { requestCauses } from '#diagnose/window/request-causes.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { Comparison, FaultCount, Verification } from '#model/requests/comparison.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';

export type { JudgedTrace };

/** As a share of the load before: with less load, a fault that needs load may not appear. */
const LEAST_LOAD = 1 / 3;

export type VerifyInput = Readonly<{
  before: readonly JudgedTrace[];
  after: readonly JudgedTrace[];
  /** Compares before as the healthy side with after as the failing one. */
  comparison: Pick<Comparison, 'structure' | 'durations' | 'responses' | 'logs'>;
  sides: Sides;
  /** For each trace before: it was chosen because it shows the fault. */
  isFaulty: readonly boolean[];
  /** For each trace before: it was sampled, so it counts for how often requests had the fault. */
  isSampled: readonly boolean[];
  detectors: Detectors;
  /** Failures of other requests. */
  elsewhere: Elsewhere;
}>;

export function verificationOf(input: VerifyInput): Verification {
  const { after, sides, isFaulty, isSampled } = input;
  const cause = causeOf(input.before, isFaulty, input.detectors);
  const fault = faultOf(sides, cause);
  const added = newCalls(sides, fault);
  const before = input.before.filter((_, at) => isSampled[at]);
  const [wereFailing, areFailing] = [failedOf(before), failedOf(after)];
  const shows = input.before.map((one) => hasFault(one, cause));
  const place = placeOf(sides, fault, cause, input.detectors);
  const madeIn = ({ calls }: Sides, at: Fault | undefined) => ({
    before: timesMade(calls.healthy, at === undefined ? [] : [at.call]),
    after: timesMade(calls.failing, at === undefined ? [] : callsInPlace(sides, at)),
  });
  const [made, timed] = [place && madeIn(sides, place), madeIn(sides, fault)];
  const faultBefore = {
    ...faultCount(
      before,
      cause,
      made?.before.filter((_, at) => isSampled[at]),
    ),
    us: middleOf(timed.before.filter((_, at) => shows[at])),
  };
  const faultAfter = { ...faultCount(after, cause, made?.after), us: middleOf(timed.after) };
  const facts = {
    cause: cause && {
      kind: cause.finding.detector,
      problem: input.detectors.of(cause.finding.detector).title,
      service: cause.finding.service,
      operation: cause.finding.operation,
      title: cause.finding.title,
    },
    before: faultBefore,
    after: faultAfter,
    chance: chances({ times: faultBefore.withFault, of: faultBefore.made }, faultAfter.made)[0] ?? 1,
    needed: tracesNeeded(faultBefore),
    failures: {
      before: wereFailing.times,
      after: areFailing.times,
      chance: chanceOfAsMany(wereFailing, areFailing),
      isWorse: isMore(wereFailing, areFailing),
    },
    whole: wholeOf(input),
    load: loadOf(before, after),
    added: added
      .filter(({ isInPlace }) => !isInPlace)
      .map(({ service, operation, us }) => ({ service, operation, us })),
    worse: gotWorse({ ...input, fault, newCalls: added }),
  };
  const faulty = input.before.filter((_, at) => isFaulty[at]);
  return { ...facts, ...resultOf(facts, isSlow(faulty)) };
}

type Facts = Omit<Verification, 'result' | 'reason'>;
type Result = Pick<Verification, 'result' | 'reason'>;

/** As a share of the requests that made the call before. */
const LEAST_MADE = 1 / 2;

function resultOf({ cause, before, after, chance, load, worse }: Facts, isTime: boolean): Result {
  if (after.traces === 0) return { result: 'too-few', reason: 'no-traces' };
  if (cause === undefined) return { result: 'not-confirmed', reason: 'no-fault-before' };
  if (after.withFault > 0) return { result: 'not-confirmed', reason: 'remains' };
  if (isTime && after.us > before.us / 2) return { result: 'not-confirmed', reason: 'not-back' };
  if (worse.some(({ told }) => told === 'clear')) return { result: 'not-confirmed', reason: 'worse' };
  if (after.made < (LEAST_MADE * before.made * after.traces) / before.traces || after.made === 0)
    return { result: 'not-confirmed', reason: 'not-made' };
  if (worse.length > 0) return { result: 'too-few', reason: 'maybe-worse' };
  if (chance > LUCK) return { result: 'too-few', reason: 'chance' };
  if (load !== undefined && load.after < LEAST_LOAD * load.before) return { result: 'too-few', reason: 'load' };
  return { result: 'confirmed', reason: 'gone' };
}

/** `at`: an index into the traces before the fix. That trace shows the finding best. */
type Cause = Readonly<{ finding: JudgedFinding; at: number }>;

/** The finding that explains most of the faulty traces before the fix. */
function causeOf(
  before: readonly JudgedTrace[],
  isFaulty: readonly boolean[],
  detectors: Detectors,
): Cause | undefined {
  const faulty = before.filter((_, at) => isFaulty[at]);
  const causes = requestCauses({ requests: faulty, healthy: [] }, [], detectors);
  const most = commonestCause(causes, detectors);
  if (most === undefined) return undefined;
  return { finding: most.finding, at: before.findIndex(({ trace }) => trace === most.shownBy) };
}

/** `made`: by trace, the time of the call at fault, if it makes it; undefined where the fault is no call. */
function faultCount(
  traces: readonly JudgedTrace[],
  cause: Cause | undefined,
  made: readonly (number | undefined)[] | undefined,
): Pick<FaultCount, 'traces' | 'withFault' | 'made'> {
  const withFault = traces.filter((one) => hasFault(one, cause)).length;
  const making = made?.filter((us) => us !== undefined).length ?? traces.length;
  return { traces: traces.length, withFault, made: Math.max(making, withFault) };
}

function hasFault({ judgement }: JudgedTrace, cause: Cause | undefined): boolean {
  return cause !== undefined && judgement.findings.some((one) => isSameFault(one, cause.finding));
}

/** The call that the finding names, in the traces before. */
function faultOf({ calls, healthy }: Sides, cause: Cause | undefined): Fault | undefined {
  const [span, trace] = [cause?.finding.spans[0], healthy[cause?.at ?? 0]];
  if (cause === undefined || span === undefined || trace === undefined) return undefined;
  return { call: calls.callOf('healthy', cause.at, span), work: workOf(trace, span) };
}

/**
 * Where to look whether the work is still done. A pause, a wait (also for a connection) or an exception may have a span
 * only while it is the problem: then its caller is the call that must be made.
 */
function placeOf(
  { calls, healthy }: Sides,
  fault: Fault | undefined,
  cause: Cause | undefined,
  detectors: Detectors,
): Fault | undefined {
  if (fault === undefined || cause === undefined || isDescription(cause.finding.detector, detectors)) return fault;
  let place = fault;
  while (place.work.whom === '' || isConnectionWait(calls.operation(place.call))) {
    const parent = calls.parent(place.call);
    const span = parent === undefined ? undefined : calls.healthy(parent)[cause.at]?.spans[0];
    const trace = healthy[cause.at];
    if (parent === undefined || span === undefined || trace === undefined) break;
    place = { call: parent, work: workOf(trace, span) };
  }
  return place;
}

/** By trace, the time of all spans of these calls; undefined for a trace that makes none of them. */
function timesMade(
  samplesOf: (call: CallIndex) => readonly (CallSample | undefined)[],
  calls: readonly CallIndex[],
): readonly (number | undefined)[] {
  const times: (number | undefined)[] = [];
  for (const call of calls) {
    for (const [at, sample] of samplesOf(call).entries())
      times[at] = sample === undefined ? times[at] : (times[at] ?? 0) + sample.durationUs;
  }
  return times;
}

function middleOf(times: readonly (number | undefined)[]): number {
  const made = times.filter((us) => us !== undefined);
  return made.length === 0 ? 0 : middle(made);
}

function isSlow(before: readonly JudgedTrace[]): boolean {
  const slow = before.filter(({ judgement }) => judgement.symptom.kind === 'slow').length;
  return slow > before.length / 2;
}

/** A fault in one of a thousand requests would take a thousand. */
const MOST_NEEDED = 10_000;

/** Traces that make the call. */
function tracesNeeded(before: FaultCount): number {
  let chance = 1;
  let more = 0;
  for (; chance > LUCK && more < MOST_NEEDED; more += 1) {
    chance *= (before.made - before.withFault + 1 + more) / (before.made + 2 + more);
  }
  return more;
}

function loadOf(before: readonly JudgedTrace[], after: readonly JudgedTrace[]): Verification['load'] {
  const [one, other] = [perMinute(before), perMinute(after)];
  return one === undefined || other === undefined ? undefined : { before: one, after: other };
}

/** From the first start to the last one. */
function perMinute(traces: readonly JudgedTrace[]): number | undefined {
  if (traces.length < ENOUGH) return undefined;
  const starts = traces.map(({ trace }) => trace.startEpochUs);
  const spanUs =
    starts.reduce((us, start) => Math.max(us, start), 0) -
    starts.reduce((us, start) => Math.min(us, start), Number.POSITIVE_INFINITY);
  return spanUs <= 0 ? undefined : ((traces.length - 1) * MINUTE_US) / spanUs;
}
