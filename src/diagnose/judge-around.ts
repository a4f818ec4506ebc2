/**
 * Joins the judgement of one request with findings about the time around it: metrics, pods, machines. A finding that
 * explains the first one comes before it. Every other one is listed, and changes nothing.
 */
import type { RunDetectors } from '#diagnose/finding-kinds.ts';
import { standingOfKill } from '#diagnose/killed.ts';
import { eitherOf, ledBy } from '#diagnose/lead.ts';
import { fullResource } from '#diagnose/rules/full-resource.ts';
import { isNeverUp, killedCallee } from '#diagnose/rules/killed-callee.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import { stateBehind } from '#diagnose/rules/state-behind.ts';
import { AGAINST_BASELINE } from '#diagnose/rules/unusual.ts';
import { LIKELY, MOST_INFERRED } from '#diagnose/status.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Candidate, Finding, JudgedFinding } from '#model/finding/finding.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';

/** How often a window's finding about a pod, or about another mechanism, is right by itself: see `seen-findings.ts`. */
export const PRECISION = { pod: 0.9, mechanism: 0.6 } as const;

export function judgeAround(
  trace: Trace,
  judgement: Judgement,
  around: readonly Finding[],
  detectors: RunDetectors,
): Judgement {
  const [first] = judgement.findings;
  if (first === undefined || judgement.diagnosis === undefined) return withListed(judgement, around);
  const pairs = around.map((cause) => ({ trace, cause, effect: first, detectors }));
  for (const { cause } of pairs) {
    const callee = isOfItsPod(trace, cause) ? killedCallee({ trace, cause, effect: first, detectors }) : undefined;
    if (callee === undefined || !wasDown(trace, cause, first)) continue;
    const finding = { ...cause, service: callee.service };
    const standing = standingOfKill(callee, first, PRECISION.pod);
    const reason = isNeverUp(cause) ? { statusReason: `no instance of ${callee.service} was up at that time` } : {};
    const led = ledBy(judgement, { finding, ...standing, ...reason });
    return withListed(led, without(around, cause));
  }
  const ofState = withState(judgement, first, pairs);
  if (ofState !== undefined) return withListed(ofState.judgement, without(around, ofState.cause));
  const full = pairs.find(fullResource)?.cause;
  // A comparison says that it got slower, the full resource says why.
  const isOpen = judgement.diagnosis.status === 'inconclusive' || AGAINST_BASELINE.has(first.detector);
  if (full === undefined || !isOpen) return withListed(judgement, around);
  const confidence = eitherOf(Math.min(first.confidence, MOST_INFERRED), PRECISION.mechanism);
  const led = ledBy(judgement, {
    finding: { ...full, service: first.service },
    confidence,
    status: confidence >= LIKELY ? 'likely' : 'inconclusive',
    statusReason: 'the request loses its time in this service, and its metrics show why: two independent signs',
  });
  return withListed(led, without(around, full));
}

type Joined = Readonly<{ judgement: Judgement; cause: Finding }>;

/**
 * The state of an object of the cluster, as a possible cause. With words of the request that fit, there are two signs, and
 * it leads; without them the verdict stays open and names it.
 */
function withState(judgement: Judgement, first: JudgedFinding, pairs: readonly Pair[]): Joined | undefined {
  const fitting = pairs.flatMap((pair) => {
    const behind = stateBehind(pair);
    return behind === undefined ? [] : [{ ...behind, cause: pair.cause }];
  });
  const said = fitting.find(({ shownBy }) => shownBy === 'words');
  if (said !== undefined) {
    const led = ledBy(judgement, {
      finding: { ...said.cause, service: said.cause.service || said.service },
      confidence: eitherOf(Math.min(first.confidence, MOST_INFERRED), PRECISION.mechanism),
      status: 'likely',
      statusReason: `the error of the request fits the state of ${said.service}: two independent signs`,
    });
    return { judgement: led, cause: said.cause };
  }
  const [open] = fitting;
  if (open === undefined || judgement.diagnosis?.status !== 'inconclusive') return undefined;
  return { judgement: withCandidate(judgement, open.cause), cause: open.cause };
}

/** The cause stays listed behind the verdict. It is recorded, so it comes before what only could be. */
function withCandidate(judgement: Judgement, cause: Finding): Judgement {
  const { diagnosis, findings } = judgement;
  const [first, ...others] = findings;
  if (diagnosis === undefined || first === undefined) return judgement;
  const shownBy = 'the request is quick again once that has ended';
  const couldBe: readonly Candidate[] = [{ what: cause.title, shownBy }, ...(first.couldBe ?? [])];
  const listed: JudgedFinding = {
    ...unweighed(cause),
    whyNotFirst: 'it may slow this service; nothing in the request says so',
  };
  return {
    ...judgement,
    findings: [{ ...first, couldBe }, ...others, listed],
    diagnosis: { ...diagnosis, couldBe },
  };
}

function unweighed(finding: Finding): JudgedFinding {
  return { ...finding, share: 0, wonUs: 0, confidence: 0, severity: 'low' };
}

function without(around: readonly Finding[], one: Finding): readonly Finding[] {
  return around.filter((each) => each !== one);
}

/** The request may name the pod that served it: the end of another pod of the same service did not break its call. */
function isOfItsPod(trace: Trace, { service, evidence = [], facts }: Finding): boolean {
  const own = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1)
    if (trace.service(span) === service) own.add(canonicalText(trace.resource(span), 'k8s.pod.name'));
  own.delete('');
  if (own.size === 0) return true;
  const texts = [String(facts.pods ?? ''), ...evidence.flatMap(({ ref, text }) => [ref, text])];
  return [...own].some((pod) => texts.some((text) => text.includes(pod)));
}

/** Clocks of a cluster differ by less, and the kubelet writes whole seconds. */
const SLACK_US = 5e6;
/** A container restarts after ten seconds, then after twice as long each time, up to five minutes. */
const RESTARTING_US = 5 * 60e6;

/** It ended during the call, or shortly before it and may not have been back. Without a time nobody knows. */
function wasDown(trace: Trace, { facts }: Finding, { spans }: Pick<JudgedFinding, 'spans'>): boolean {
  const sinceUs = Number(facts.sinceUs ?? Number.NaN);
  const [span = trace.root] = spans;
  const endUs = trace.startEpochUs + trace.endUs(span) + SLACK_US;
  if (!Number.isFinite(sinceUs)) return true;
  if (sinceUs > endUs) return false;
  const isLasting = String(facts.over ?? '') === '' && facts.ready === 0;
  return isLasting || sinceUs >= trace.startEpochUs + trace.startUs(span) - RESTARTING_US;
}

function withListed(judgement: Judgement, around: readonly Finding[]): Judgement {
  if (around.length === 0) return judgement;
  const listed = around.map((finding): JudgedFinding => ({ ...unweighed(finding), whyNotFirst: NOT_TIED }));
  return { ...judgement, findings: [...judgement.findings, ...listed] };
}

const NOT_TIED = 'it is true of that time, but nothing shows that it affected this request';
