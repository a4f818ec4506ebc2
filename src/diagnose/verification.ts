/**
 * Whether a fix worked, from traces before and after it.
 *
 *  before   fault fault fault  –   fault        the verdict of these traces: the cause, its service, its call
 *  after      –     –     –    –    –    –      1. its finding is gone           2. the call is back to its old
 *  duration
 *                                               3. nothing else got worse        4. there are enough traces to say so
 *
 * How many are enough: if nothing had changed, the next trace would show the fault with the chance of Laplace's rule of
 * succession (k of n before: (k + 1) of (n + 2)), and so on for each further trace. Once the chance that none shows it
 * is below one in twenty, it is not luck: five after one before, two after ten of ten.
 */

import type { Sides } from '#diagnose/compared-call.ts';
import { ENOUGH, middle } from '#diagnose/differs.ts';
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
import { type Fault, type NewCall, newCalls, workOf } from '#diagnose/replaced-calls.ts';
import { commonestCause } from '#diagnose/window/commonest-cause.ts';
import { requestCauses } from '#diagnose/window/request-causes.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { Comparison, FaultCount, Verification } from '#model/requests/comparison.ts';

export type { JudgedTrace };

/** As a share of the load before: with less load, a fault that needs load may not appear. */
const LEAST_LOAD = 1 / 3;
const US_PER_MINUTE = 60_000_000;

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
  const samplesBefore = (call: CallIndex) => sides.calls.healthy(call).filter((_, at) => shows[at]);
  const faultBefore = faultCount(before, cause, faultUs(samplesBefore, fault, []));
  const facts = {
    cause: cause && {
      kind: cause.finding.detector,
      problem: input.detectors.of(cause.finding.detector).title,
      service: cause.finding.service,
      operation: cause.finding.operation,
      title: cause.finding.title,
    },
    before: faultBefore,
    after: faultCount(after, cause, faultUs(sides.calls.failing, fault, added)),
    chance: chances({ times: faultBefore.withFault, of: faultBefore.traces }, after.length)[0] ?? 1,
    needed: tracesNeeded(faultBefore),
    failures: {
      before: wereFailing.times,
      after: areFailing.times,
      chance: chanceOfAsMany(wereFailing, areFailing),
      isWorse: isMore(wereFailing, areFailing),
    },
    whole: wholeOf(input),
    load: loadOf(before, after),
    worse: gotWorse({ ...input, fault, newCalls: added }),
  };
  const faulty = input.before.filter((_, at) => isFaulty[at]);
  return { ...facts, ...resultOf(facts, isSlow(faulty)) };
}

type Facts = Omit<Verification, 'result' | 'reason'>;
type Result = Pick<Verification, 'result' | 'reason'>;

function resultOf({ cause, before, after, chance, load, worse }: Facts, isTime: boolean): Result {
  if (after.traces === 0) return { result: 'too-few', reason: 'no-traces' };
  if (cause === undefined) return { result: 'not-confirmed', reason: 'no-fault-before' };
  if (after.withFault > 0) return { result: 'not-confirmed', reason: 'remains' };
  if (isTime && after.us > before.us / 2) return { result: 'not-confirmed', reason: 'not-back' };
  if (worse.some(({ told }) => told === 'clear')) return { result: 'not-confirmed', reason: 'worse' };
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

function faultCount(traces: readonly JudgedTrace[], cause: Cause | undefined, us: number): FaultCount {
  return { traces: traces.length, withFault: traces.filter((one) => hasFault(one, cause)).length, us };
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

/** The time of the call at fault, with its replacements. */
function faultUs(
  samplesOf: (call: CallIndex) => readonly (CallSample | undefined)[],
  fault: Fault | undefined,
  added: readonly NewCall[],
): number {
  if (fault === undefined) return 0;
  const inPlace = added.filter(({ isInPlace }) => isInPlace).map(({ call }) => samplesOf(call));
  return middle(
    samplesOf(fault.call).map((sample, at) =>
      inPlace.reduce((us, samples) => us + (samples[at]?.durationUs ?? 0), sample?.durationUs ?? 0),
    ),
  );
}

function isSlow(before: readonly JudgedTrace[]): boolean {
  const slow = before.filter(({ judgement }) => judgement.symptom.kind === 'slow').length;
  return slow > before.length / 2;
}

/** A fault in one of a thousand requests would take a thousand. */
const MOST_NEEDED = 10_000;

function tracesNeeded(before: FaultCount): number {
  let chance = 1;
  let more = 0;
  for (; chance > LUCK && more < MOST_NEEDED; more += 1) {
    chance *= (before.traces - before.withFault + 1 + more) / (before.traces + 2 + more);
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
  return spanUs <= 0 ? undefined : ((traces.length - 1) * US_PER_MINUTE) / spanUs;
}
