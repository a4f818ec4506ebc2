/**
 * Which finding explains the symptom? The answer is what would have to change for the symptom to go away.
 *
 *   symptom          the request failed, was degraded, or took its time
 *   chain            a finding happened because of another (see chain.ts)
 *   root             the finding at the end of a chain that explains the largest part of the symptom
 *
 * The explained share decides the order. `calibration.ts` computes how probable it is that the first finding is right.
 * The same evidence gives the same answer: ties are broken by rule.
 */
import { withLogFindings } from '#diagnose/beside-trace.ts';
import { kindOfEvidence, probabilityOf } from '#diagnose/calibration.ts';
import { type Because, chainOf } from '#diagnose/chain.ts';
import { uncovered } from '#diagnose/coverage.ts';
import { withFailure } from '#diagnose/failed-request.ts';
import { givesNoReason, isAboutTrace, isDescription, isFailure, type RunDetectors } from '#diagnose/finding-kinds.ts';
import { withNextLook } from '#diagnose/look-next.ts';
import { withoutNamed } from '#diagnose/named-kinds.ts';
import { rivalFailures, verdictWith, withRivals } from '#diagnose/rival-failures.ts';
import { isRefusal, isUnawaited, isUnnoticed, withoutDesigned } from '#diagnose/rules/by-design.ts';
import { hiddenOrigins } from '#diagnose/rules/hidden-origin.ts';
import { SEVERITIES, severityOf, withEffects } from '#diagnose/severity.ts';
import { saysIt, signalsOf } from '#diagnose/signals.ts';
import { MOST_INFERRED, statusOf } from '#diagnose/status.ts';
import { symptomOf } from '#diagnose/symptom.ts';
import { costUs, timeToWin, whatIsNext } from '#diagnose/time-to-win.ts';
import { isThin, seenShare } from '#diagnose/unseen.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement, Signals, Symptom } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding, Severity } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathByOperation } from '#model/trace/views/critical-path.ts';

export function judge(trace: Trace, found: readonly Finding[], detectors: RunDetectors): Judgement {
  const isOfLog = ({ detector }: Finding) => detectors.isOfLogs(detector);
  const ofTrace = judgeTrace(
    trace,
    found.filter((finding) => !isOfLog(finding)),
    detectors,
  );
  const judged = withFailure(trace, withLogFindings(ofTrace, found.filter(isOfLog), detectors), detectors);
  return withoutNamed(judged, detectors);
}

function judgeTrace(trace: Trace, found: readonly Finding[], detectors: RunDetectors): Judgement {
  const meant = withoutDesigned(trace, found, (finding) => saysIt(finding, detectors), detectors);
  const findings = withoutCovered(trace, meant, detectors);
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
  const order = findings.map((_, i) => i).sort((a, b) => compare(weighed, chain, detectors, a, b));
  const place = new Map(order.map((from, to) => [from, to]));
  const placed = chain
    .map(({ finding, because }) => ({ finding: place.get(finding) ?? 0, because: place.get(because) ?? 0 }))
    .sort((a, b) => a.finding - b.finding || a.because - b.because);
  const inOrder = order.flatMap((i) => weighed[i] ?? []);
  const rivals = rivalFailures(inOrder, placed);
  const ordered = rivals.length === 0 ? inOrder : withRivals(trace, inOrder, rivals);
  const signals = signalsOf(trace, ordered, placed, detectors);
  const judged = withConfidence(ordered, signals);
  const [first = -1] = order;
  const [root, rootToWin] = [findings[first], toWin[first]];
  const next = root === undefined || rootToWin === undefined ? '' : whatIsNext(trace, root, rootToWin);
  if (root !== undefined && isUnnoticed(trace, root, detectors)) return withoutVerdict(symptom, judged);
  if (root !== undefined && isRefusal(trace, root, detectors))
    return withoutVerdict(
      symptom,
      judged.filter((finding) => !isRefusal(trace, finding, detectors)),
    );
  const diagnosis = diagnosisOf(trace, judged, { chain: placed, signals, next, rivals }, detectors);
  const seen = symptom.kind === 'none' && isThin(trace) ? seenShare(trace) : undefined;
  return { symptom, findings: withReasons(judged, placed, rivals, detectors), diagnosis, seenShare: seen };
}

/** Nothing is wrong with the service. What was found stays beside it. */
function withoutVerdict(symptom: Symptom, findings: readonly JudgedFinding[]): Judgement {
  return { symptom: { ...symptom, kind: 'none' }, findings, diagnosis: undefined, seenShare: undefined };
}

type Weight = Readonly<{ share: number; severity: Severity }>;
const NO_WEIGHT: Weight = { share: 0, severity: 'low' };
/** Severity follows from the cost of a finding; the order follows from the time that fixing it saves. */
type Weighed = Omit<JudgedFinding, 'confidence'> & Readonly<{ winnable: Weight }>;

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

/** Divides the remaining confidence among the others, and the unknown rest, by their shares. */
function withConfidence(findings: readonly Weighed[], signals: Signals): JudgedFinding[] {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  const probability = probabilityOf(kindOfEvidence(first), signals);
  const among = 1 + Number(first.facts.rivals ?? 0);
  const confidence = first.inferred ? Math.min(probability, MOST_INFERRED, 1 / among) : probability;
  // Where nothing distinguishes several causes, none is more certain than the first.
  const most = first.inferred ? confidence : 1;
  const shares = others.reduce((sum, { share }) => sum + share, 0);
  const all = shares + Math.max(0, 1 - first.share - shares);
  return [
    { ...first, confidence },
    ...others.map((other) => {
      return { ...other, confidence: all === 0 ? 0 : Math.min(most, ((1 - confidence) * other.share) / all) };
    }),
  ];
}

/**
 * Removes what another finding accounts for: a description of time, and the origin of an error that was handled on the
 * spot.
 */
function withoutCovered(trace: Trace, findings: readonly Finding[], detectors: Detectors): Finding[] {
  const describes = ({ detector, facts }: Finding) => isDescription(detector, detectors) || facts.guessed === true;
  const described = uncovered(
    trace,
    findings.filter(describes),
    findings.filter((finding) => !describes(finding) && !isAboutTrace(finding.detector, detectors)),
    detectors,
  );
  const hidden = hiddenOrigins(findings);
  return findings.filter((finding) => !hidden.has(finding) && (!describes(finding) || described.includes(finding)));
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
    return Math.max(...reaching.map(({ facts }) => 1 / (1 + Number(facts.rivals ?? 0))));
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

/**
 * Findings about the request before those about its trace, reasons before owners of time, causes before effects, then
 * by how much fixing it helps, by severity and by share; ties are broken by rule.
 */
function compare(
  findings: readonly Weighed[],
  chain: readonly Because[],
  detectors: Detectors,
  a: number,
  b: number,
): number {
  const one = findings[a];
  const other = findings[b];
  if (one === undefined || other === undefined) return 0;
  const difference = (is: typeof isAboutTrace) =>
    Number(is(one.detector, detectors)) - Number(is(other.detector, detectors));
  const isEffect =
    Number(chain.some(({ finding }) => finding === a)) - Number(chain.some(({ finding }) => finding === b));
  return (
    difference(isAboutTrace) ||
    difference(givesNoReason) ||
    isEffect ||
    isBesideRefusal(one, other) ||
    SEVERITIES.indexOf(one.winnable.severity) - SEVERITIES.indexOf(other.winnable.severity) ||
    other.winnable.share - one.winnable.share ||
    other.wastedUs - one.wastedUs ||
    byName(one.detector, other.detector) ||
    byName(one.service, other.service) ||
    (one.spans[0] ?? 0) - (other.spans[0] ?? 0)
  );
}

/** The response to the user comes before failures that were tolerated on the way. */
function isBesideRefusal(one: Finding, other: Finding): number {
  const isBeside = (a: Finding, b: Finding) => Number(a.facts.refused === true && b.facts.reachedRoot === false);
  return isBeside(other, one) - isBeside(one, other);
}

function byName(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

type Concluded = Readonly<{
  chain: readonly Because[];
  signals: Signals;
  next: string;
  rivals: readonly Finding[];
}>;

function diagnosisOf(
  trace: Trace,
  findings: readonly JudgedFinding[],
  { chain, signals, next, rivals }: Concluded,
  detectors: RunDetectors,
): Diagnosis | undefined {
  const [root] = findings;
  if (root === undefined) return undefined;
  const { status, reason } = statusOf(root, signals, { detectors, isUnawaited: isUnawaited(trace) });
  const remedy = status === 'inconclusive' ? withNextLook(trace, root, detectors) : root.remedy;
  return {
    verdict: verdictWith(trace, root, rivals),
    status,
    statusReason: reason,
    confidence: root.confidence,
    signals,
    share: root.share,
    kind: root.detector,
    service: root.service,
    operation: root.operation,
    ranking: ranking(trace, findings, detectors),
    chain,
    ruledOut: withCleared(passedOn(trace, root), detectors),
    check: root.check,
    remedy: (next === '' ? remedy : `${remedy} ${next}`).trim(),
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
  const ranked = new Map<string, Diagnosis['ranking'][number]>();
  let least = 1;
  for (const { service, operation, detector, confidence } of findings) {
    const score = Math.min(least, confidence);
    const key = `${service}\n${operation}\n${detector}`;
    if (!ranked.has(key)) ranked.set(key, { service, operation, kind: detector, score });
    least = score * 0.99;
  }
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
    .sort(([a, us], [b, otherUs]) => otherUs - us || byName(a, b))
    .map(([service, us]) => ({ service, operation: '', kind, score: (least * us) / total }));
  return [...ranked.values(), ...rest];
}

/**
 * Services that failed only because something below them failed: the ones that an alert names and that people check
 * first.
 */
function passedOn(trace: Trace, root: JudgedFinding): Diagnosis['ruledOut'] {
  if (root.facts.reachedRoot !== true || root.inferred) return [];
  const services: string[] = [];
  let above = trace.parent(root.spans[0] ?? trace.root);
  while (above !== undefined) {
    const service = trace.service(above);
    if (trace.failed(above) && service !== root.service && !services.includes(service)) services.push(service);
    above = trace.parent(above);
  }
  return services.map((service) => ({
    kind: root.detector,
    service,
    why: `it only passed on the failure of ${root.service}`,
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
  if (isAboutTrace(detector, detectors)) return 'it describes the trace data, not the request';
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
