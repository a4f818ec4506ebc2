/**
 * What is worse after a fix than before it, apart from the fault itself. Uncertain cases from few requests are reported
 * as well: a fix is not confirmed over them.
 *
 *   before   GET /page ──► 40 × items (at fault)      after   GET /page ──► items IN (…)    replaces the call at fault
 *                                                                       └──► tax             a new call, and its cost
 *
 * A failed request stopped early, so a request that does all of its work takes longer and calls more. Times and calls
 * are therefore compared with the successful requests before the fix.
 */

import { doubtedSlower } from '#diagnose/compare-durations.ts';
import type { Sides } from '#diagnose/compared-call.ts';
import { callDifferences } from '#diagnose/comparison.ts';
import { ENOUGH, middle } from '#diagnose/differs.ts';
import { isAboutTrace, isDescription } from '#diagnose/finding-kinds.ts';
import { type Fault, type NewCall, noLongerAsked } from '#diagnose/replaced-calls.ts';
import { chanceThatLarger } from '#diagnose/window/chance.ts';
import { worseBy } from '#diagnose/window/onset.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { JudgedFinding } from '#model/finding/finding.ts';
import type { CallIndex } from '#model/requests/aligned-calls.ts';
import type { Comparison, GotWorse, Telling, Told, Verification } from '#model/requests/comparison.ts';
import { areTooMany } from '#model/requests/failing-requests.ts';
import { seenRequest } from '#model/requests/seen-request.ts';
import { type Share, shareOf } from '#model/stats/proportion.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';

export type JudgedTrace = Readonly<{ trace: Trace; judgement: Judgement }>;

export type WorseInput = Readonly<{
  before: readonly JudgedTrace[];
  after: readonly JudgedTrace[];
  sides: Sides;
  /** For each trace before the fix: whether it was sampled at random, not chosen for its content. */
  isSampled: readonly boolean[];
  comparison: Pick<Comparison, 'structure' | 'durations' | 'responses' | 'logs'>;
  detectors: Detectors;
  elsewhere: Elsewhere;
  fault: Fault | undefined;
  newCalls: readonly NewCall[];
}>;

/** Other requests than the examined one, before and after. `request`: the one with the most failures after. */
export type Elsewhere = Readonly<{ before: Share; after: Share; request: string }>;

/** The usual limit of chance. */
export const LUCK = 0.05;
/** People notice a tenth more. */
const FELT = 1.1;
/** With too few requests to rule out chance, a quarter more is reported as uncertain. */
const DOUBTED = 1.25;
/** Below a millisecond times are noise. */
const NOISE_US = 1_000;
/** As a share of the longer request: less does not explain its length. */
const LEAST_SHARE = 0.02;

export function gotWorse(input: WorseInput): GotWorse[] {
  const usual = wentWell(input);
  const failing = [...failuresWorse(input), ...refusalsWorse(input)];
  const slower = usual === undefined ? [] : wholeWorse(usual);
  return [
    ...failing,
    ...slower,
    ...(usual === undefined ? [] : newCallsWorse(input, usual)),
    ...(usual === undefined || failing.length + slower.length > 0 ? [] : someWorse(usual)),
    ...(usual === undefined ? [] : callsWorse(input, usual)),
    ...(usual === undefined ? [] : fewerAsked(input, usual)),
    ...logsWorse(input),
    ...newFindings(input),
    ...elsewhereWorse(input),
  ];
}

/** The median durations of the whole request; undefined where every request before failed. */
export function wholeOf(input: Pick<WorseInput, 'before' | 'isSampled' | 'sides'>): Verification['whole'] {
  const usual = wentWell(input);
  return usual && { beforeUs: middle(rootsUs(usual.healthy)), afterUs: middle(rootsUs(usual.failing)) };
}

/** Both sides without the failed traces before; undefined where all of them failed. */
function wentWell({ before, isSampled, sides }: Pick<WorseInput, 'before' | 'isSampled' | 'sides'>): Sides | undefined {
  const isWhole = before.map(({ judgement }, at) => isSampled[at] === true && !CUT_SHORT.has(judgement.symptom.kind));
  if (isWhole.every((well) => well)) return sides;
  if (!isWhole.includes(true)) return undefined;
  const { calls } = sides;
  return {
    ...sides,
    healthy: sides.healthy.filter((_, at) => isWhole[at]),
    calls: { ...calls, healthy: (call) => calls.healthy(call).filter((_, at) => isWhole[at]) },
  };
}

const CUT_SHORT: ReadonlySet<Judgement['symptom']['kind']> = new Set(['failed', 'degraded']);

function rootsUs(traces: readonly Trace[]): number[] {
  return traces.map((trace) => trace.durationOfUs(trace.root));
}

/** Clearly more failures, or at least one in twenty where chance may explain them. */
function failuresWorse({ before: all, after, isSampled }: WorseInput): GotWorse[] {
  const before = all.filter((_, at) => isSampled[at]);
  const [were, are] = [failedOf(before), failedOf(after)];
  const more = { kind: 'failures', before: were, after: are, still: false } as const;
  if (isMore(were, are)) return [{ ...more, told: 'clear' }];
  if (!areTooMany(are)) return [];
  const wasFailure = before.filter(({ judgement }) => judgement.symptom.kind === 'failed').length > before.length / 2;
  if (wasFailure) return [{ ...more, told: 'clear', still: true }];
  return shareOf(are) > shareOf(were) ? [{ ...more, told: 'uncertain' }] : [];
}

export function failedOf(traces: readonly JudgedTrace[]): Share {
  return { times: traces.filter(({ trace }) => trace.failed(trace.root)).length, of: traces.length };
}

/** A service that refuses half of its requests is fast, but nothing is fixed. */
const MOST_REFUSED = 0.5;

function refusalsWorse({ before, after, isSampled }: WorseInput): GotWorse[] {
  const [were, are] = [refusedOf(before.filter((_, at) => isSampled[at])), refusedOf(after)];
  const told: Told | undefined = isMore(were, are) ? 'clear' : undefined;
  const doubted = shareOf(are) >= MOST_REFUSED && shareOf(are) > shareOf(were) ? 'uncertain' : undefined;
  const sure = told ?? doubted;
  return sure === undefined ? [] : [{ kind: 'refusals', before: were, after: are, told: sure }];
}

function refusedOf(traces: readonly JudgedTrace[]): Share {
  const isRefused = ({ trace }: JudgedTrace) => !trace.failed(trace.root) && trace.httpStatus(trace.root) >= 400;
  return { times: traces.filter(isRefused).length, of: traces.length };
}

/** The share grew, and chance does not explain it. */
export function isMore(before: Share, after: Share): boolean {
  return shareOf(after) > shareOf(before) && chanceOfAsMany(before, after) <= LUCK;
}

/**
 * By count, how likely it is that exactly so many of `more` traces match, if the rate is the same as before: a Pólya
 * urn that starts from Laplace's rule of succession.
 */
export function chances({ times, of }: Share, more: number): number[] {
  let likely = [1];
  for (let drawn = 0; drawn < more; drawn += 1) {
    const next = new Array<number>(drawn + 2).fill(0);
    for (const [drawnSo, chance] of likely.entries()) {
      const again = (times + 1 + drawnSo) / (of + 2 + drawn);
      next[drawnSo] = (next[drawnSo] ?? 0) + chance * (1 - again);
      next[drawnSo + 1] = chance * again;
    }
    likely = next;
  }
  return likely;
}

/** The chance of at least as many after, if nothing had changed. */
export function chanceOfAsMany(before: Share, after: Share): number {
  return chances(before, after.of)
    .slice(after.times)
    .reduce((sum, one) => sum + one, 0);
}

function wholeWorse({ healthy, failing }: Sides): GotWorse[] {
  const [were, are] = [rootsUs(healthy), rootsUs(failing)];
  const [beforeUs, afterUs] = [middle(were), middle(are)];
  if (afterUs < beforeUs + NOISE_US) return [];
  const isClear = chanceThatLarger(were, are) <= LUCK;
  if (afterUs < (isClear ? FELT : DOUBTED) * beforeUs) return [];
  return [{ kind: 'whole', beforeUs, afterUs, told: isClear ? 'clear' : 'uncertain' }];
}

/** The median may be as fast as before while some requests are slower. */
function someWorse({ healthy, failing }: Sides): GotWorse[] {
  const seen = (traces: readonly Trace[]) =>
    traces.map((trace) => seenRequest(trace, trace.service(trace.root), { source: '', sample: undefined }));
  const words = worseBy(seen(failing), seen(healthy));
  return words === '' ? [] : [{ kind: 'some', words, told: 'clear' }];
}

/** A new call that costs up to a tenth of the saved time is the price of the fix, such as a cache. */
const PRICE = 0.1;

function newCallsWorse({ newCalls }: WorseInput, usual: Sides): GotWorse[] {
  const [beforeUs, afterUs] = [middle(rootsUs(usual.healthy)), middle(rootsUs(usual.failing))];
  const leastUs = Math.max(NOISE_US, LEAST_SHARE * Math.max(beforeUs, afterUs), PRICE * (beforeUs - afterUs));
  const none = { times: 0, of: usual.healthy.length };
  return newCalls
    .filter(({ us, isInPlace }) => !isInPlace && us >= leastUs)
    .sort((a, b) => b.us - a.us || a.call - b.call)
    .map(({ service, operation, whom, us, made }) => {
      return { kind: 'new-call', service, operation, whom, us, made, told: isMore(none, made) ? 'clear' : 'uncertain' };
    });
}

function callsWorse(input: WorseInput, usual: Sides): GotWorse[] {
  const { sides, fault } = input;
  const { structure, durations, responses } = usual === sides ? input.comparison : callDifferences(usual);
  const sure = sureness(input);
  const [beforeUs, afterUs] = [middle(rootsUs(usual.healthy)), middle(rootsUs(usual.failing))];
  const leastUs = Math.max(NOISE_US, LEAST_SHARE * Math.max(beforeUs, afterUs));
  const known = new Set(durations.map(({ at }) => at.call));
  const differs = (telling: Telling): GotWorse => ({ kind: 'differs', telling, told: sure(telling.change.told) });
  return [
    ...structure
      .filter(({ change, pathUs }) => change === 'failing' || (change === 'more' && pathUs >= leastUs))
      .map((change) => differs({ kind: 'structure', change })),
    ...durations
      .filter(({ at, healthyOwnUs, failingOwnUs }) => failingOwnUs > healthyOwnUs && at.call !== fault?.call)
      .map((change) => differs({ kind: 'duration', change })),
    ...doubtedSlower(usual)
      .filter(({ at }) => !known.has(at.call) && at.call !== fault?.call)
      .map((change): GotWorse => ({ kind: 'differs', telling: { kind: 'duration', change }, told: 'uncertain' })),
    ...responses
      .filter(({ failing, healthy }) => failing < healthy.median / 2)
      .map((change) => differs({ kind: 'response', change })),
  ];
}

/** With few traces before and many after, the larger side decides. */
function sureness({ before, after }: Pick<WorseInput, 'before' | 'after'>): (told: Told) => Told {
  const isOneSided = before.length < ENOUGH && after.length >= ENOUGH;
  return (told) => (isOneSided ? 'clear' : told);
}

/** The request does less than before. */
function fewerAsked({ fault }: WorseInput, usual: Sides): GotWorse[] {
  return noLongerAsked(usual, fault).map(({ name, before, after }) => {
    const isClear = isMore(othersOf(before), othersOf(after));
    return { kind: 'no-longer-asked', name, before, after, told: isClear ? 'clear' : 'uncertain' };
  });
}

function othersOf({ times, of }: Share): Share {
  return { times: of - times, of };
}

const IS_ERROR = /^(?:error|fatal|critical)$/;

function logsWorse(input: WorseInput): GotWorse[] {
  const sure = sureness(input);
  return (input.comparison.logs ?? [])
    .filter(({ change, level }) => change === 'appeared' && IS_ERROR.test(level))
    .map((change) => ({ kind: 'differs', telling: { kind: 'log', change }, told: sure(change.told) }));
}

/**
 * Where most of the time was at fault before, other detectors see the rest afterwards: it is new only where it grew.
 */
function newFindings(input: WorseInput): GotWorse[] {
  const { before, after, sides, comparison, detectors } = input;
  const { calls } = sides;
  const sure = sureness(input);
  const known = before.flatMap(({ judgement }) => judgement.findings);
  const differing = [...comparison.durations, ...comparison.structure].filter(({ told }) => sure(told) === 'clear');
  const grown = new Set(differing.map(({ at }) => at.call));
  const isWorse = (call: CallIndex) => grown.has(call) || calls.healthy(call).every((sample) => sample === undefined);
  const isNew = (finding: JudgedFinding) =>
    !known.some((one) => isSameFault(one, finding)) &&
    !isDescription(finding.detector, detectors) &&
    !isAboutTrace(finding.detector, detectors);
  const found = new Map<string, string>();
  for (const [at, { judgement }] of after.entries()) {
    for (const finding of judgement.findings.filter(isNew)) {
      const [span] = finding.spans;
      if (span === undefined || !isWorse(calls.callOf('failing', at, span))) continue;
      found.set(`${finding.detector}\n${finding.service}`, finding.title);
    }
  }
  return [...found.values()].sort().map((title) => ({ kind: 'finding', title, told: 'clear' }));
}

export function isSameFault(finding: JudgedFinding, cause: JudgedFinding): boolean {
  return (
    finding.detector === cause.detector &&
    finding.service === cause.service &&
    operationTemplate(finding.operation) === operationTemplate(cause.operation)
  );
}

function elsewhereWorse({ elsewhere: { before, after, request } }: WorseInput): GotWorse[] {
  return isMore(before, after) ? [{ kind: 'elsewhere', request, before, after, told: 'clear' }] : [];
}
