/**
 * Which finding explains the symptom? The answer is what would have to change for the symptom to go away.
 *
 *   symptom          the request failed, was degraded, or took its time
 *   chain            a finding happened because of another (see chain.ts)
 *   root             the finding at the end of a chain that explains the largest part of the symptom
 *
 * The explained share decides the order. `sureness.ts` computes how probable it is that the first finding is right.
 * The same evidence gives the same answer: ties are broken by rule.
 */

import { withLogFindings } from '#diagnose/beside-trace.ts';
import { type Because, chainOf } from '#diagnose/chain.ts';
import { saysRefusedForTime, withClock } from '#diagnose/clock-behind.ts';
import { uncovered } from '#diagnose/coverage.ts';
import { withFailure } from '#diagnose/failed-request.ts';
import {
  givesNoReason,
  isAboutTrace,
  isDescription,
  isFailure,
  OF_THE_TRACE,
  type RunDetectors,
} from '#diagnose/finding-kinds.ts';
import { elsewhereOf, withNextLook } from '#diagnose/look-next.ts';
import { withoutNamed } from '#diagnose/named-kinds.ts';
import { orderOf, placedIn, rankedFindings, type Weighed, type Weight, withConfidence } from '#diagnose/order.ts';
import { rivalFailures, verdictWith, withRivals } from '#diagnose/rival-failures.ts';
import {
  isAccountedFor,
  isHardlyNoticed,
  isPasswordHash,
  isPlanOfEngine,
  isQuickScatter,
  isRefusal,
  isShortStart,
  isShortTurn,
  isShortWait,
  isShortWaitOfFailed,
  isUnnoticed,
  withoutDesigned,
} from '#diagnose/rules/by-design.ts';
import { hiddenOrigins } from '#diagnose/rules/hidden-origin.ts';
import { isAfterMended } from '#diagnose/rules/mended-attempt.ts';
import { isRecordedWork } from '#diagnose/rules/recorded-work.ts';
import { AGAINST_BASELINE } from '#diagnose/rules/unusual.ts';
import { severityOf, withEffects } from '#diagnose/severity.ts';
import { saysIt } from '#diagnose/signals.ts';
import { asUnsure, LEAST_SHARE } from '#diagnose/status.ts';
import { type Sureness, surenessOf } from '#diagnose/sureness.ts';
import { symptomOf } from '#diagnose/symptom.ts';
import { costUs, timeToWin, whatIsNext } from '#diagnose/time-to-win.ts';
import { isThin, seenShare } from '#diagnose/unseen.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement, Symptom } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { compareTexts } from '#model/text/compare-texts.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathByOperation } from '#model/trace/views/critical-path.ts';
import { KEEPS_THOUGHT_US } from '#model/trace/views/request-nature.ts';

export function judge(trace: Trace, all: readonly Finding[], detectors: RunDetectors): Judgement {
  const found = all.filter(({ facts }) => facts.isTold !== true);
  const judged = judgeAll(trace, found, detectors);
  // What only a line tells, without a word on the kind, counts where nothing else is a verdict.
  if (judged.diagnosis !== undefined || found.length === all.length) return judged;
  const told = judgeAll(trace, all, detectors);
  const isRemark = all.every(({ facts }) => facts.isTold !== true || facts.isRemark === true);
  return isRemark ? withoutVerdict(told.symptom, told.findings) : told;
}

function judgeAll(trace: Trace, found: readonly Finding[], detectors: RunDetectors): Judgement {
  const isOfLog = ({ detector }: Finding) => detectors.isOfLogs(detector);
  const ofTrace = judgeTrace(
    trace,
    found.filter((finding) => !isOfLog(finding)),
    detectors,
  );
  const judged = withFailure(trace, withLogFindings(trace, ofTrace, found.filter(isOfLog), detectors), detectors);
  return withoutNamed(withClock(trace, judged, detectors), detectors);
}

function judgeTrace(trace: Trace, found: readonly Finding[], detectors: RunDetectors): Judgement {
  const meant = withoutDesigned(trace, found, (finding) => saysIt(finding, detectors), detectors);
  const findings = withoutTolerated(trace, withoutCovered(trace, meant, detectors), detectors);
  const symptom = symptomOf(trace, findings, detectors);
  const chain = chainOf(trace, findings, detectors);
  const costs = findings.map(costUs);
  const toWin = findings.map((finding) => timeToWin(trace, finding));
  const won = toWin.map(({ us }) => us);
  const suffered = weights(trace, findings, chain, symptom, costs, detectors);
  const winnable = weights(trace, findings, chain, symptom, won, detectors);
  const weighed = findings.map((finding, i): Weighed => {
    return { ...finding, ...(suffered[i] ?? NO_WEIGHT), wonUs: won[i] ?? 0, winnable: winnable[i] ?? NO_WEIGHT };
  });
  const order = orderOf(weighed, chain, detectors);
  const placed = placedIn(order, chain);
  const inOrder = order.flatMap((i) => weighed[i] ?? []);
  const rivals = rivalFailures(inOrder, placed);
  const ordered = rivals.length === 0 ? inOrder : withRivals(trace, inOrder, rivals);
  const sureness = surenessOf(trace, ordered, { chain: placed, symptom }, detectors);
  // Where nothing distinguishes several causes, none is more certain than the first.
  const most = ordered[0]?.inferred ? sureness?.confidence : 1;
  const judged = sureness === undefined ? [] : withConfidence(withDoubt(ordered, sureness), sureness.confidence, most);
  const [first = -1] = order;
  const [root, rootToWin] = [findings[first], toWin[first]];
  const next = root === undefined || rootToWin === undefined ? '' : whatIsNext(trace, root, rootToWin);
  // A short wait is no verdict, and must not hide the failure beside it.
  if (root !== undefined && isBesideFailure(root, findings, detectors))
    return judgeTrace(
      trace,
      found.filter((one) => one !== root),
      detectors,
    );
  if (root !== undefined && (isLossOnly(findings) || isMeant(trace, root, findings, detectors)))
    return withoutVerdict(symptom, judged);
  if (root !== undefined && isOnlyRefused(trace, root, findings, detectors))
    return withoutRefusals(trace, symptom, judged, detectors);
  const diagnosis = sureness && diagnosisOf(trace, judged, { chain: placed, sureness, next, rivals }, detectors);
  const seen = symptom.kind === 'none' && isThin(trace) ? seenShare(trace) : undefined;
  return { symptom, findings: withReasons(judged, placed, rivals, detectors), diagnosis, seenShare: seen };
}

function isOnlyRefused(trace: Trace, root: Finding, findings: readonly Finding[], detectors: Detectors): boolean {
  return isRefusal(trace, root, detectors) && !findings.some((one) => saysRefusedForTime(one, detectors));
}

/** A refusal that is meant is no fault; that it came late may be one. */
function withoutRefusals(
  trace: Trace,
  symptom: Symptom,
  judged: readonly JudgedFinding[],
  detectors: RunDetectors,
): Judgement {
  const others = judged.filter((finding) => !isRefusal(trace, finding, detectors));
  const isLate = others.some((one) => one.wastedUs >= KEEPS_THOUGHT_US && saysIt(one, detectors));
  if (!isLate) return withoutVerdict(symptom, others);
  return asUnsure(judgeTrace(trace, others, detectors), 'the request was refused, and it also took its time');
}

function isBesideFailure(root: Finding, findings: readonly Finding[], detectors: Detectors): boolean {
  if (isShortWait(root) && findings.some((one) => failsRequest(one, detectors))) return true;
  return findings.some((one) => isFailure(one.detector, detectors) && isShortWaitOfFailed(root, one));
}

function failsRequest({ detector, facts }: Finding, detectors: Detectors): boolean {
  return isFailure(detector, detectors) && facts.reachedRoot === true;
}

/** The first finding, with all that it could be instead. */
function withDoubt<Each extends Finding>(findings: readonly Each[], { reason, doubt }: Sureness): readonly Each[] {
  const [first, ...others] = findings;
  const couldBe = first?.couldBe ?? (reason === doubt?.reason ? doubt.couldBe : undefined);
  return first === undefined || couldBe === undefined ? findings : [{ ...first, couldBe }, ...others];
}

/** Spans did not arrive, and those that did show nothing wrong: a note, no verdict on the request. */
function isLossOnly(findings: readonly Finding[]): boolean {
  return findings.every(({ facts }) => facts.isLoss === true);
}

/** The verdict would name what nobody has to mend. */
function isMeant(trace: Trace, root: Finding, findings: readonly Finding[], detectors: Detectors): boolean {
  const isAlone = findings.every((other) => other === root || isAboutTrace(other.detector, detectors));
  return (
    isUnnoticed(trace, root, detectors) ||
    isAfterMended(trace, root, detectors) ||
    isAccountedFor(trace, root, detectors) ||
    isRecordedWork(trace, root, detectors) ||
    isPasswordHash(trace, root, detectors) ||
    isQuickScatter(trace, root) ||
    isPlanOfEngine(trace, root, detectors) ||
    isShortWait(root) ||
    isShortTurn(trace, root) ||
    isShortStart(trace, root) ||
    isHardlyNoticed(trace, root, { isSaid: saysIt(root, detectors), isAlone }, detectors)
  );
}

/** Nothing is wrong with the service. What was found stays beside it. */
function withoutVerdict(symptom: Symptom, findings: readonly JudgedFinding[]): Judgement {
  return { symptom: { ...symptom, kind: 'none' }, findings, diagnosis: undefined, seenShare: undefined };
}

const NO_WEIGHT: Weight = { share: 0, severity: 'low' };

/** For each finding, its weight by its share of the request's time. */
function weights(
  trace: Trace,
  findings: readonly Finding[],
  chain: readonly Because[],
  symptom: Symptom,
  timesUs: readonly number[],
  detectors: Detectors,
): Weight[] {
  const timeShares = findings.map((finding, i) => timeShare(trace, finding, timesUs[i] ?? 0));
  const own = findings.map((finding, i) => severityOf(trace, finding, timeShares[i] ?? 0, detectors));
  return withEffects(own, chain).map((severity, i) => ({
    severity,
    share: explainedShare(findings, chain, { symptom, timeShares, detectors }, i),
  }));
}

/**
 * Removes what another finding accounts for: a description of time, and the origin of an error that was handled on the
 * spot.
 */
function withoutCovered(trace: Trace, findings: readonly Finding[], detectors: Detectors): Finding[] {
  const describes = ({ detector, facts }: Finding) => isDescription(detector, detectors) || facts.guessed === true;
  const others = findings.filter((finding) => !describes(finding) && !isAboutTrace(finding.detector, detectors));
  const backed = uncovered(trace, findings.filter(isBacked), others.filter(givesReason), detectors);
  const plain = findings.filter((finding) => describes(finding) && !isBacked(finding));
  const described = uncovered(trace, plain, [...others, ...backed], detectors);
  const hidden = hiddenOrigins(findings);
  return findings.filter(
    (finding) =>
      !hidden.has(finding) && (!describes(finding) || described.includes(finding) || backed.includes(finding)),
  );
}

/** A failure that its caller counts on, and that took nothing from the answer, stands behind every other cause. */
function withoutTolerated(trace: Trace, found: readonly Finding[], detectors: Detectors): readonly Finding[] {
  const tolerated = found.filter(({ facts }) => facts.refused === true && facts.reachedRoot === false);
  const calls = tolerated.flatMap(({ spans }) => spans);
  const isOfOne = (span: SpanIndex) =>
    calls.some((call) => span === call || trace.isUnder(span, call) || trace.isUnder(call, span));
  // The same failure, seen at its callee.
  const findings = found.filter(
    (finding) =>
      tolerated.includes(finding) ||
      !isFailure(finding.detector, detectors) ||
      finding.facts.reachedRoot !== false ||
      !finding.spans.every(isOfOne),
  );
  const others = findings.filter(({ facts }) => facts.refused !== true || facts.reachedRoot !== false);
  // The same failure, seen at its callee, is no other cause.
  const isCause = ({ detector, facts }: Finding) =>
    !isDescription(detector, detectors) &&
    !isAboutTrace(detector, detectors) &&
    !(isFailure(detector, detectors) && facts.reachedRoot === false);
  return others.some(isCause) ? others : findings;
}

/** A guess with a second sign: a full pool by its metrics. That the time is unusual does not account for it. */
function isBacked({ facts, inferred }: Finding): boolean {
  return facts.guessed === true && inferred !== true;
}

function givesReason({ detector }: Finding): boolean {
  return !AGAINST_BASELINE.has(detector);
}

function explainedShare(
  findings: readonly Finding[],
  chain: readonly Because[],
  {
    symptom,
    timeShares,
    detectors,
  }: Readonly<{
    symptom: Symptom;
    timeShares: readonly number[];
    detectors: Detectors;
  }>,
  i: number,
): number {
  const effects = chain.filter(({ because }) => because === i).map(({ finding }) => finding);
  const own = findings[i];
  if (own === undefined || isAboutTrace(own.detector, detectors)) return 0;
  const reaching = [i, ...effects].flatMap((each) =>
    findings[each]?.facts.reachedRoot === true ? findings[each] : [],
  );
  if (symptom.kind === 'failed' && reaching.length > 0) {
    // Not each detector counts the other failures that may be the reason.
    const rivals = reaching.flatMap(({ facts }) => (facts.rivals === undefined ? [] : Number(facts.rivals)));
    return 1 / (1 + Math.min(...(rivals.length === 0 ? [0] : rivals)));
  }
  if (own.facts.refused === true) return 1;
  if (symptom.kind === 'degraded') {
    const hidden = hiddenBy(findings, effects.includes(i) ? effects : [i, ...effects]);
    return Math.max(hidden / Math.max(1, hiddenBy(findings, findings.keys())), timeShares[i] ?? 0);
  }
  return timeShares[i] ?? 0;
}

/** As a share of the request's time, or of that plus the late work after it. */
function timeShare(trace: Trace, { lateUs = 0 }: Finding, us: number): number {
  const rootUs = trace.durationOfUs(trace.root);
  const late = lateUs === 0 ? 0 : lateUs / (lateUs + rootUs);
  return Math.max(late, rootUs === 0 ? 0 : Math.min(1, us / rootUs));
}

/** How many failures that did not reach the root these findings explain. */
function hiddenBy(findings: readonly Finding[], of: Iterable<number>): number {
  const hidden = new Set<SpanIndex>();
  for (const at of of) {
    const finding = findings[at];
    if (finding?.facts.reachedRoot === false) for (const span of finding.spans) hidden.add(span);
  }
  return hidden.size;
}

type Concluded = Readonly<{
  chain: readonly Because[];
  sureness: Sureness;
  next: string;
  rivals: readonly Finding[];
}>;

function diagnosisOf(
  trace: Trace,
  findings: readonly JudgedFinding[],
  { chain, sureness, next, rivals }: Concluded,
  detectors: RunDetectors,
): Diagnosis | undefined {
  const [root] = findings;
  if (root === undefined) return undefined;
  const { status, reason, strength, signals, grounds } = sureness;
  const elsewhere = status === 'inconclusive' ? elsewhereOf(trace, root, detectors) : undefined;
  const remedy = status === 'inconclusive' ? withNextLook(root, strength, elsewhere, detectors) : root.remedy;
  const isLarger = elsewhere !== undefined && root.share < LEAST_SHARE && elsewhere.us > root.wastedUs;
  return {
    verdict: verdictWith(trace, root, rivals),
    status,
    statusReason: reason,
    confidence: root.confidence,
    signals,
    grounds,
    share: root.share,
    kind: root.detector,
    service: root.service,
    operation: root.operation,
    ranking: ranking(trace, findings, detectors),
    chain,
    ruledOut: withCleared(passedOn(trace, root, findings), detectors),
    check: root.check,
    remedy: (next === '' ? remedy : `${remedy} ${next}`).trim(),
    ...(isLarger && { elsewhere }),
    ...(root.couldBe && { couldBe: root.couldBe }),
    runbook: root.runbook,
  };
}

/** Unchanged, it stays the list that many traces of a file share. */
function withCleared(ruledOut: Diagnosis['ruledOut'], { cleared }: RunDetectors): Diagnosis['ruledOut'] {
  return ruledOut.length === 0 ? cleared : [...ruledOut, ...cleared];
}

/** The findings, then every other service by its share of the critical path, always below the lowest finding. */
function ranking(trace: Trace, findings: readonly JudgedFinding[], detectors: Detectors): Diagnosis['ranking'] {
  const { ranked, least } = rankedFindings(findings);
  const named = new Set(findings.map(({ service }) => service));
  const ownUs = new Map<string, number>(trace.services.map((service) => [service, 0]));
  for (const { first, ownUs: us } of pathByOperation(trace)) {
    const service = trace.service(first);
    ownUs.set(service, (ownUs.get(service) ?? 0) + us);
  }
  const total = Math.max(1, trace.durationOfUs(trace.root));
  const kind = detectors.named('own-time').id;
  const rest = [...ownUs]
    .filter(([service]) => !named.has(service))
    .sort(([a, us], [b, otherUs]) => otherUs - us || compareTexts(a, b))
    .map(([service, us]) => ({ service, operation: '', kind, score: (least * us) / total }));
  return [...ranked, ...rest];
}

/**
 * Services that failed only because something below them failed: the ones that an alert names and that people check
 * first. A service that another call shows to fail by itself is not one of them.
 */
function passedOn(trace: Trace, root: JudgedFinding, findings: readonly JudgedFinding[]): Diagnosis['ruledOut'] {
  if (root.facts.reachedRoot !== true || root.inferred) return [];
  const failedItself = new Set(
    findings.filter(({ detector }) => detector === root.detector).map(({ service }) => service),
  );
  const services = new Set<string>();
  let above = trace.parent(root.spans[0] ?? trace.root);
  while (above !== undefined) {
    const service = trace.service(above);
    if (service !== '' && trace.failed(above) && !failedItself.has(service)) services.add(service);
    above = trace.parent(above);
  }
  return Array.from(services, (service) => ({
    kind: root.detector,
    service,
    why: `it only passed on the failure of ${root.service}`,
    passedOn: true,
  }));
}

/** Adds why each finding is not the verdict, except for those that the verdict or its chain names. */
function withReasons(
  findings: readonly JudgedFinding[],
  chain: readonly Because[],
  rivals: readonly Finding[],
  detectors: Detectors,
): readonly JudgedFinding[] {
  const [root] = findings;
  if (root === undefined) return findings;
  const told = new Set([0, ...chain.flatMap(({ finding, because }) => [finding, because])]);
  const names = new Set([...told].map((at) => nameOf(findings[at])));
  for (const rival of rivals) names.add(nameOf(rival));
  return findings.map((finding) =>
    names.has(nameOf(finding)) ? finding : { ...finding, whyNotFirst: whyLess(root, finding, detectors) },
  );
}

function nameOf(finding: Finding | undefined): string {
  return finding === undefined ? '' : `${finding.detector}\n${finding.service}`;
}

/** Why an independent finding is not the verdict. */
function whyLess(
  root: JudgedFinding,
  { detector, facts, wastedUs, wonUs }: JudgedFinding,
  detectors: Detectors,
): string {
  if (isAboutTrace(detector, detectors)) return OF_THE_TRACE;
  if (givesNoReason(detector, detectors)) return 'it says where the time goes, but not why';
  if (root.facts.reachedRoot === true && facts.reachedRoot !== true) {
    return isFailure(detector, detectors)
      ? 'it failed, but the request did not fail because of it'
      : 'it made the request slower, but nothing recorded shows that it made the request fail';
  }
  if (wonUs > root.wonUs) return 'it cost time, but it explains less of the problem';
  if (wastedUs === 0) return 'it cost the request no time';
  return `it explains only ${durationText(wonUs)}`;
}
