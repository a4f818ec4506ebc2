/**
 * Whether a fix worked, from traces before and after it.
 *
 *   before   fault fault fault  –   fault        the verdict of these traces: what, in which service, at which call
 *   after      –     –     –    –    –    –      1. its finding does not fire  2. the call is back to its time
 *                                                3. nothing else got worse     4. there are enough of them to say so
 *
 * How many are enough: had nothing changed, the next trace would show the fault with the chance that Laplace's rule of
 * succession gives (with k of n before: (k + 1) of (n + 2)), and so on for each further one that does not. Below one in
 * twenty, that none shows it is no luck any more: five after one before, two after ten of ten.
 */

import { ENOUGH, middle } from '#diagnose/differs.ts';
import { ABOUT_THE_TRACE } from '#diagnose/finding-kinds.ts';
import { sharedVerdict } from '#diagnose/shared-verdict.ts';
import type { AlignedCalls, CallIndex } from '#model/aligned-calls.ts';
import type { Comparison, FaultCount, Telling, Told, Verification } from '#model/comparison.ts';
import type { Judgement } from '#model/diagnosis.ts';
import type { JudgedFinding } from '#model/finding.ts';
import { operationTemplate } from '#model/operation-template.ts';
import type { Trace } from '#model/trace.ts';

export type JudgedTrace = Readonly<{ trace: Trace; judgement: Judgement }>;

/** The usual limit of chance. */
const LUCK = 0.05;
/** Of the load before: with less, what a fault of load needs may be missing. */
const LEAST_LOAD = 1 / 3;
const US_PER_MINUTE = 60_000_000;

export type VerifyInput = Readonly<{
  before: readonly JudgedTrace[];
  after: readonly JudgedTrace[];
  /** Of before as the healthy side with after as the failing one. */
  comparison: Pick<Comparison, 'structure' | 'durations' | 'responses' | 'logs' | 'whole'>;
  calls: AlignedCalls;
  /** Detectors that describe and accuse nobody. */
  descriptive: ReadonlySet<string>;
}>;

export function verificationOf(input: VerifyInput): Verification {
  const { before, after } = input;
  const cause = causeOf(before);
  const faultBefore = faultCount(before, 'healthy', cause, input.calls);
  const faultAfter = faultCount(after, 'failing', cause, input.calls);
  const worse = worseThings(input, cause);
  const facts = {
    cause: cause && {
      kind: cause.finding.detector,
      service: cause.finding.service,
      operation: cause.finding.operation,
      title: cause.finding.title,
    },
    before: faultBefore,
    after: faultAfter,
    chance: chances(faultBefore, faultAfter.traces)[0] ?? 1,
    needed: tracesNeeded(faultBefore),
    failures: failuresOf(before, after),
    load: loadOf(before, after),
    worse,
    newFindings: newFindings(input, cause),
  };
  return { ...facts, ...resultOf(facts, isSlow(before)) };
}

type Facts = Omit<Verification, 'result' | 'reason'>;
type Result = Pick<Verification, 'result' | 'reason'>;

function resultOf(
  { cause, before, after, chance, load, failures, worse, newFindings }: Facts,
  isTime: boolean,
): Result {
  if (after.traces === 0) return { result: 'too-few', reason: 'no-traces' };
  if (cause === undefined) return { result: 'not-confirmed', reason: 'no-fault-before' };
  if (after.withFault > 0) return { result: 'not-confirmed', reason: 'remains' };
  if (isTime && after.us > before.us / 2) return { result: 'not-confirmed', reason: 'not-back' };
  if (failures.isWorse || worse.length > 0 || newFindings.length > 0)
    return { result: 'not-confirmed', reason: 'worse' };
  if (chance > LUCK) return { result: 'too-few', reason: 'chance' };
  if (load !== undefined && load.after < LEAST_LOAD * load.before) return { result: 'too-few', reason: 'load' };
  return { result: 'confirmed', reason: 'gone' };
}

/** A finding of one of the traces before, by its number. */
type Cause = Readonly<{ finding: JudgedFinding; at: number }>;

/** The finding that most of the traces before are explained by. */
function causeOf(before: readonly JudgedTrace[]): Cause | undefined {
  const shared = sharedVerdict(
    before.map(({ trace, judgement }, at) => ({
      traceId: String(at),
      durationUs: trace.durationUs,
      diagnosis: judgement.diagnosis,
    })),
  );
  if (shared?.shared === undefined) return undefined;
  const { kind, service } = shared.shared;
  const at = Number(shared.representative);
  const representative = before[at]?.judgement;
  const { operation = '' } = representative?.diagnosis ?? {};
  const alike = (representative?.findings ?? []).filter(
    (finding) => finding.detector === kind && finding.service === service,
  );
  const finding = alike.find((one) => one.operation === operation) ?? alike[0];
  return finding && { finding, at };
}

function isSameFault(finding: JudgedFinding, cause: JudgedFinding): boolean {
  return (
    finding.detector === cause.detector &&
    finding.service === cause.service &&
    operationTemplate(finding.operation) === operationTemplate(cause.operation)
  );
}

function faultCount(
  traces: readonly JudgedTrace[],
  side: 'healthy' | 'failing',
  cause: Cause | undefined,
  calls: AlignedCalls,
): FaultCount {
  const having = traces.filter(
    ({ judgement }) => cause !== undefined && judgement.findings.some((one) => isSameFault(one, cause.finding)),
  );
  return { traces: traces.length, withFault: having.length, us: faultUs(calls, side, cause) };
}

/** Always of the call that the finding names in the traces before. */
function faultUs(calls: AlignedCalls, side: 'healthy' | 'failing', cause: Cause | undefined): number {
  const call = faultyCall(calls, cause);
  if (call === undefined) return 0;
  const samples = side === 'healthy' ? calls.healthy(call) : calls.failing(call);
  return middle(samples.map((sample) => sample?.durationUs ?? 0));
}

function faultyCall(calls: AlignedCalls, cause: Cause | undefined): CallIndex | undefined {
  const span = cause?.finding.spans[0];
  return span === undefined ? undefined : calls.callOf('healthy', cause?.at ?? 0, span);
}

function isSlow(before: readonly JudgedTrace[]): boolean {
  const slow = before.filter(({ judgement }) => judgement.symptom.kind === 'slow').length;
  return slow > before.length / 2;
}

/**
 * By number of faulty ones, how likely it is that just so many of `more` traces are, if they were as frequent as before: an
 * urn into which each draw is put back with one more of its kind (Pólya), which begins as the rule of succession has it.
 */
function chances({ traces, withFault }: Pick<FaultCount, 'traces' | 'withFault'>, more: number): number[] {
  let likely = [1];
  for (let drawn = 0; drawn < more; drawn += 1) {
    const next = new Array<number>(drawn + 2).fill(0);
    for (const [faulty, chance] of likely.entries()) {
      const again = (withFault + 1 + faulty) / (traces + 2 + drawn);
      next[faulty] = (next[faulty] ?? 0) + chance * (1 - again);
      next[faulty + 1] = chance * again;
    }
    likely = next;
  }
  return likely;
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

function failuresOf(before: readonly JudgedTrace[], after: readonly JudgedTrace[]): Verification['failures'] {
  const failed = (traces: readonly JudgedTrace[]) => traces.filter(({ trace }) => trace.failed(trace.root)).length;
  const [were, are] = [failed(before), failed(after)];
  const chance = chances({ traces: before.length, withFault: were }, after.length)
    .slice(are)
    .reduce((sum, one) => sum + one, 0);
  return { before: were, after: are, chance, isWorse: are * before.length > were * after.length && chance <= LUCK };
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

/** What differs clearly and for the worse, but for what was at fault itself. */
function worseThings(input: VerifyInput, cause: Cause | undefined): Telling[] {
  const { comparison, calls } = input;
  const { structure, durations, responses, logs = [], whole } = comparison;
  const isSure = sureness(input);
  const faulty = faultyCall(calls, cause);
  const isLonger = whole !== undefined && whole.failingUs.median > whole.healthyUs.median;
  return [
    ...structure
      .filter(({ change, told }) => change === 'failing' || (change === 'more' && isSure(told) && isLonger))
      .map((change): Telling => ({ kind: 'structure', change })),
    ...durations
      .filter(({ told, pathUs, at }) => isSure(told) && pathUs > 0 && at.call !== faulty)
      .map((change): Telling => ({ kind: 'duration', change })),
    ...responses
      .filter(({ told, failing, healthy }) => isSure(told) && failing < healthy.median / 2)
      .map((change): Telling => ({ kind: 'response', change })),
    ...logs
      .filter(({ change, level, told }) => change === 'appeared' && isSure(told) && IS_ERROR.test(level))
      .map((change): Telling => ({ kind: 'log', change })),
  ];
}

/** After a single trace before, what many show after it is all that there is to go by. */
function sureness({ before, after }: VerifyInput): (told: Told) => boolean {
  const isOneSided = before.length < ENOUGH && after.length >= ENOUGH;
  return (told) => told === 'clear' || isOneSided;
}

const IS_ERROR = /^(?:error|fatal|critical)$/;

/** Where most of the time was at fault before, other detectors see what is left: it is new only where it grew. */
function newFindings(input: VerifyInput, cause: Cause | undefined): string[] {
  const { before, after, calls, comparison, descriptive } = input;
  const isSure = sureness(input);
  const known = [
    ...before.flatMap(({ judgement }) => judgement.findings),
    ...(cause === undefined ? [] : [cause.finding]),
  ];
  const differing = [...comparison.durations, ...comparison.structure].filter(({ told }) => isSure(told));
  const grown = new Set(differing.map(({ at }) => at.call));
  const isWorse = (call: CallIndex) => grown.has(call) || calls.healthy(call).every((sample) => sample === undefined);
  const isNew = (finding: JudgedFinding) =>
    !known.some((one) => isSameFault(one, finding)) &&
    !descriptive.has(finding.detector) &&
    !ABOUT_THE_TRACE.has(finding.detector);
  const found = new Map<string, string>();
  for (const [at, { judgement }] of after.entries()) {
    for (const finding of judgement.findings.filter(isNew)) {
      const [span] = finding.spans;
      if (span === undefined || !isWorse(calls.callOf('failing', at, span))) continue;
      found.set(`${finding.detector}\n${finding.service}`, finding.title);
    }
  }
  return [...found.values()].sort();
}
