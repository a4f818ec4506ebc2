/**
 * The cause of a problem in a window: its differences from the baseline (`window-signs.ts`), the findings of window
 * detectors (`seen-findings.ts`), how they relate (`culprit.ts`), and how certain that is (`window-confidence.ts`).
 */
import { LIKELY } from '#diagnose/status.ts';
import { blamedChange, isOfChange } from '#diagnose/window/blamed-change.ts';
import { type CallGraph, callGraphOf } from '#diagnose/window/call-graph.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { type Suspect, suspectsOf } from '#diagnose/window/culprit.ts';
import { windowFindings } from '#diagnose/window/findings.ts';
import { availableIn } from '#diagnose/window/missing-signals.ts';
import { ruledOut } from '#diagnose/window/ruled-out.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import { seenSuspects } from '#diagnose/window/seen-findings.ts';
import type { SickNode } from '#diagnose/window/sick-nodes.ts';
import { type Available, mostConfidence, windowConfidence, windowSignals } from '#diagnose/window/window-confidence.ts';
import { type BothTimes, meanUs, windowSigns } from '#diagnose/window/window-signs.ts';
import { shortChangeId } from '#model/changes/change.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement, Symptom } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { durationText } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';

export type WindowEvidence = BothTimes &
  Readonly<{
    /** Findings of window detectors. */
    seen: readonly Finding[];
    detectors: Detectors;
  }>;

/** Where the compared requests do not differ, log lines need this confidence: every day may have such lines. */
const SURE_LINES = 0.9;

/** `ofLogs` is the judgement of the lines alone, used where the requests do not say more. */
export function judgeWindow(evidence: WindowEvidence, ofLogs: Judgement): Judgement {
  const { traces, healthyTraces, detectors } = evidence;
  const calls = callGraphOf([...healthyTraces, ...traces]);
  const signs = windowSigns(evidence);
  const suspects = suspectsOf(signs, seenSuspects(evidence, calls), detectors);
  const available = availableIn(evidence);
  const [first] = suspects;
  const signals = windowSignals(suspects, available, detectors);
  const confidence =
    first === undefined
      ? 0
      : Math.min(mostConfidence(first, available), windowConfidence(first.score, signals, available));
  const own = windowFindings(signs, detectors);
  const seen = evidence.seen.filter((finding) => !own.some((other) => isSame(finding, other)));
  const findings = judgedFindings([...own, ...seen], suspects, confidence);
  const symptom = symptomOf(evidence, ofLogs.symptom);
  const change = blamedChange(evidence.seen, detectors);
  const root = findings[0];
  const blamed = findings.find((finding) => isOfChange(finding, detectors));
  const diagnosis: Diagnosis | undefined =
    first === undefined || root === undefined || root.service !== first.service
      ? undefined
      : {
          ...standingOf(confidence, calls, suspects, available),
          verdict: verdictOf(root, blamed),
          confidence,
          signals,
          share: first.score,
          kind: first.kind,
          service: first.service,
          operation: first.operation,
          change,
          ranking: rankedWith(suspects, traces),
          chain: chainOf(findings, calls, signs.node, detectors),
          ruledOut: ruledOut(suspects, signs, { ...available, detectors }, calls),
          check: root.check,
          remedy: remedyOf(root, blamed),
          runbook: blamed?.runbook ?? root.runbook,
        };
  const least = Math.max(traces.length > 0 ? SURE_LINES : 0, confidence);
  // A change that matches the complaints of the lines explains them.
  if (change === undefined && isNewsOf(ofLogs, evidence) && (ofLogs.diagnosis?.confidence ?? 0) > least)
    return { ...ofLogs, symptom, findings: [...ofLogs.findings, ...findings] };
  const beside = ofLogs.findings.map((finding) => ({ ...finding, share: 0, confidence: 0 }));
  return { symptom, findings: [...findings, ...beside], diagnosis, seenShare: undefined };
}

/** Includes the change behind it, because some people read only one line. */
function verdictOf(root: JudgedFinding, blamed: JudgedFinding | undefined): string {
  if (blamed === undefined || blamed === root) return root.title;
  const { kind, id, gap } = blamed.facts;
  const when = gap === 'as' ? 'as it began' : `${gap} it began`;
  return `${root.title}; ${kind} ${shortChangeId(String(id))} came ${when}`;
}

/** The change is rolled back first: that is faster than any repair. */
function remedyOf(root: JudgedFinding, blamed: JudgedFinding | undefined): string {
  return blamed === undefined || blamed === root
    ? root.remedy
    : `${blamed.remedy} If the change is not the cause: ${root.remedy}`;
}

/** Three to one. */
const NEWS_NATS = 1;

/**
 * A complaint that is as frequent in the baseline is not the current problem. Without lines of the service in the
 * baseline, nobody knows.
 */
function isNewsOf({ diagnosis }: Judgement, { logs, healthyLogs }: WindowEvidence): boolean {
  const complaints = (lines: readonly LogLine[]): Counted => {
    const own = lines.filter(({ service }) => service === diagnosis?.service);
    return [own.filter(({ level }) => severityOf(level) >= severityOf('warn')).length, own.length];
  };
  const before = complaints(healthyLogs);
  return before[1] === 0 || riseInNats(before, complaints(logs)) >= NEWS_NATS;
}

/** Removes what a metric repeats from the requests. */
function isSame(a: Finding, b: Finding): boolean {
  return a.detector === b.detector && a.service === b.service;
}

/** The status and its reason, with the effect of missing evidence. */
function standingOf(
  confidence: number,
  calls: CallGraph,
  [first, second]: readonly Suspect[],
  available: Available,
): Pick<Diagnosis, 'status' | 'statusReason'> {
  const lack = lackOf(available);
  if (confidence >= LIKELY)
    return {
      status: 'likely',
      statusReason: `the differences from the baseline are exactly where a fault in this service would show${lack}`,
    };
  const isClose = first !== undefined && second !== undefined && second.score >= first.score / 2;
  if (!isClose)
    return {
      status: 'inconclusive',
      statusReason: `with so little evidence, such a verdict is wrong as often as right${lack}`,
    };
  const waits = calls.waitsFor(first.service, second.service) || calls.waitsFor(second.service, first.service);
  const both = waits ? ', and one of them waits for the other' : '';
  return { status: 'inconclusive', statusReason: `${second.service} is almost as likely the cause${both}${lack}` };
}

function lackOf({ areRequests, areLines, areMetrics }: Available): string {
  if (!areRequests) return '; no requests were compared, so it is unknown which service affects which';
  if (!areLines && !areMetrics) return '; without log lines and metrics, nothing shows why';
  return '';
}

/** `requests through frontend take 1.2 s, 310 ms in the baseline; 40 of 200 fail, 2 of 150 in the baseline` */
function symptomOf({ service, traces, healthyTraces, logs }: WindowEvidence, ofLogs: Symptom): Symptom {
  if (traces.length === 0 && ofLogs.kind !== 'none') return ofLogs;
  if (traces.length === 0) return { kind: 'degraded', text: `${service || 'the system'} in that time window` };
  const [now, before] = [meanUs(traces), meanUs(healthyTraces)];
  const failed = (all: readonly Trace[]) => all.filter((trace) => trace.failed(trace.root)).length;
  const fails = failed(traces) * Math.max(1, healthyTraces.length) > failed(healthyTraces) * traces.length;
  const kind = fails ? 'failed' : before > 0 && now > before ? 'slow' : 'degraded';
  const through = service === '' ? 'requests' : `requests through ${service}`;
  const health = healthyTraces.length === 0 ? '' : `, ${durationText(before)} in the baseline`;
  const failures = failed(traces) === 0 ? '' : `; ${failed(traces)} of ${traces.length} fail`;
  const lines = logs.length === 0 ? '' : `, with ${logs.length} log lines`;
  return { kind, text: `${through} take ${durationText(now)} on average${health}${failures}${lines}` };
}

/** Findings of the first suspect first, its strongest evidence before the others; then those of the next suspects. */
function judgedFindings(
  findings: readonly Finding[],
  suspects: readonly Suspect[],
  confidence: number,
): readonly JudgedFinding[] {
  const place = new Map(suspects.map(({ service }, at) => [service, at]));
  const of = ({ service }: Finding) => place.get(service) ?? suspects.length;
  const isMost = (finding: Finding) => suspects[of(finding)]?.detector === finding.detector;
  const ordered = findings
    .map((finding, at) => ({ finding, at }))
    .sort(
      (a, b) => of(a.finding) - of(b.finding) || Number(isMost(b.finding)) - Number(isMost(a.finding)) || a.at - b.at,
    )
    .map(({ finding }) => finding);
  // The remaining confidence is divided by suspicion.
  const others = suspects.slice(1).reduce((sum, { score }) => sum + score, 0);
  const told = new Set<string>();
  return ordered.map((finding) => {
    const score = suspects[of(finding)]?.score ?? 0;
    const isFirst = !told.has(finding.service);
    told.add(finding.service);
    const severity = of(finding) === 0 ? 'high' : score >= LIKELY / 2 ? 'medium' : 'low';
    const left = others === 0 ? 0 : Math.min(1, score / others) * Math.min(score, 1 - confidence);
    const sure = of(finding) === 0 ? confidence : left;
    return { ...finding, severity, wonUs: 0, share: isFirst ? score : 0, confidence: isFirst ? sure : 0 };
  });
}

/** Every service has a rank; services without evidence come last, by name. */
function rankedWith(suspects: readonly Suspect[], traces: readonly Trace[]): Diagnosis['ranking'] {
  const known = new Set(suspects.map(({ service }) => service));
  const others = new Set(traces.flatMap(({ services }) => services).filter((service) => !known.has(service)));
  return [
    ...suspects.map(({ service, operation, kind, score }) => ({ service, operation, kind, score })),
    ...[...others].sort().map((service) => ({ service, operation: '', kind: '', score: 0 })),
  ];
}

/**
 * What the first finding explains: the findings of services that wait for its service, and the other findings of its
 * own service. A change explains the first finding.
 */
function chainOf(
  findings: readonly JudgedFinding[],
  calls: CallGraph,
  node: SickNode | undefined,
  detectors: Detectors,
): Diagnosis['chain'] {
  const [root] = findings;
  if (root === undefined) return [];
  const onNode = new Set(node?.node === root.service ? node.services.map(({ service }) => service) : []);
  const follows = ({ service }: Finding) =>
    onNode.has(service) || [root.service, ...onNode].some((sick) => calls.waitsFor(service, sick));
  return findings.flatMap((finding, at) => {
    if (at === 0) return [];
    if (finding.service !== root.service) return follows(finding) ? [{ finding: at, because: 0 }] : [];
    return isOfChange(finding, detectors) ? [{ finding: 0, because: at }] : [{ finding: at, because: 0 }];
  });
}
