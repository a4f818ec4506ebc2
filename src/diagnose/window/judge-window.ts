/**
 * What is at fault in a window of time, from many requests beside those of a healthy time, the log lines of both, and
 * metrics. See `culprit.ts` for how the kinds of evidence stand to one another. Any of them may be missing.
 */
import { LIKELY } from '#diagnose/status.ts';
import { blamedChange, SUSPECT_CHANGE } from '#diagnose/window/blamed-change.ts';
import { callTimesOf } from '#diagnose/window/call-times.ts';
import { type Suspect, suspectsOf, type WindowSigns } from '#diagnose/window/culprit.ts';
import { type Cut, cutCalls } from '#diagnose/window/cut-calls.ts';
import { type Execution, executionsOf } from '#diagnose/window/executions.ts';
import { windowFindings } from '#diagnose/window/findings.ts';
import { headroomUsed } from '#diagnose/window/headroom.ts';
import { type LogSwitch, logSwitches, serviceSwitches } from '#diagnose/window/log-switches.ts';
import { movedSeries } from '#diagnose/window/moved-series.ts';
import { newFailures } from '#diagnose/window/new-failures.ts';
import { slowness } from '#diagnose/window/slow-places.ts';
import type { Diagnosis, Judgement, Signals, Symptom } from '#model/diagnosis.ts';
import { durationText } from '#model/duration.ts';
import type { Finding, JudgedFinding } from '#model/finding.ts';
import type { LogLine } from '#model/log-line.ts';
import { maskedText } from '#model/log-template-mask.ts';
import type { Series } from '#model/series.ts';
import type { Trace } from '#model/trace.ts';

/** Times in microseconds since the epoch. */
export type WindowEvidence = Readonly<{
  service: string;
  fromUs: number;
  toUs: number;
  traces: readonly Trace[];
  healthyTraces: readonly Trace[];
  logs: readonly LogLine[];
  healthyLogs: readonly LogLine[];
  series: readonly Series[];
  /** What detectors of windows found. */
  seen: readonly Finding[];
  /** Ids of those that describe what is odd without naming a mechanism. */
  descriptive?: ReadonlySet<string>;
}>;

/** `ofLogs` is what the lines alone say: it is told where the requests do not say more. */
export function judgeWindow(evidence: WindowEvidence, ofLogs: Judgement): Judgement {
  const { traces, healthyTraces, series } = evidence;
  const [before, now] = [
    executionsOf(healthyTraces, evidence.healthyLogs, callSite),
    executionsOf(traces, evidence.logs, callSite),
  ];
  const switches = [
    ...logSwitches(before, now),
    ...serviceSwitches(evidence.healthyLogs, evidence.logs, callSite),
  ].sort((a, b) => b.nats - a.nats);
  const signs: WindowSigns = {
    headroom: headroomUsed(series, evidence),
    ...slownessOf(evidence),
    failures: newFailures(healthyTraces, traces),
    switches,
    cuts: heardOut(cutCalls(healthyTraces, traces), before, now, switches),
    moved: movedSeries(series, evidence),
    requests: traces.length,
  };
  const differing = suspectsOf(signs);
  const own = windowFindings(signs);
  const seen = mechanismsFirst(evidence).filter((finding) => !own.some((other) => isSame(finding, other)));
  const suspects = withSeen(differing, seen, evidence);
  const findings = judgedFindings(changesFirst([...own, ...seen]), suspects);
  const symptom = symptomOf(evidence, ofLogs.symptom);
  const change = blamedChange(evidence.seen);
  const found = diagnosisOf(rankedWith(suspects, traces), findings);
  const diagnosis = found && { ...found, change };
  // Where requests were compared and none differs, lines have to be sure of what they say.
  const least = Math.max(traces.length > 0 ? LIKELY : 0, diagnosis?.confidence ?? 0);
  // A change that is about what the lines complain of explains them.
  if (change === undefined && (ofLogs.diagnosis?.confidence ?? 0) > least)
    return { ...ofLogs, symptom, findings: [...ofLogs.findings, ...findings] };
  const beside = ofLogs.findings.map((finding) => ({ ...finding, share: 0, confidence: 0 }));
  return { symptom, findings: [...findings, ...beside], diagnosis, seenShare: undefined };
}

function slownessOf({ traces, healthyTraces }: WindowEvidence): Pick<WindowSigns, 'slowness' | 'addedShare'> {
  const slow = slowness(callTimesOf(healthyTraces), callTimesOf(traces));
  const healthyUs = meanUs(healthyTraces);
  return { slowness: slow, addedShare: healthyUs === 0 ? 0 : slow.addedUs / traces.length / healthyUs };
}

/** Where lines of both times are there and tell of nothing, requests that stop ask for less, more likely than not. */
const UNSAID = 0.25;

function heardOut(
  cuts: readonly Cut[],
  before: readonly Execution[],
  now: readonly Execution[],
  switches: readonly LogSwitch[],
): readonly Cut[] {
  const heard = (all: readonly Execution[]) =>
    new Set(all.filter(({ said }) => said.size > 0).map(({ service }) => service));
  const [healthy, told] = [heard(before), heard(now)];
  const changed = new Set(switches.filter(({ nats }) => nats >= 1).map(({ service }) => service));
  return cuts.map((cut) => {
    const isHeard = healthy.has(cut.service) && told.has(cut.service);
    return isHeard && !changed.has(cut.service) && !changed.has(cut.last)
      ? { ...cut, excess: cut.excess * UNSAID }
      : cut;
  });
}

function meanUs(traces: readonly Trace[]): number {
  if (traces.length === 0) return 0;
  return traces.reduce((sum, trace) => sum + trace.durationOfUs(trace.root), 0) / traces.length;
}

/** Where in the code a line is written: loggers that say so say it as `Class#12`, `file.go:12` or `File.java:12`; else its first words without what differs from line to line. */
function callSite({ line, level }: LogLine): string {
  const site = CALL_SITE.exec(line)?.[0];
  return `${level} ${site ?? maskedText(line.slice(0, MOST_READ)).split(/\s+/, FIRST_WORDS).join(' ')}`;
}

const FIRST_WORDS = 12;
const MOST_READ = 400;

/** It begins where such a word begins, and nowhere inside of it: else a long word of a hostile line is read once for each of its letters. */
const CALL_SITE = /(?<![\w.$<>/-])[\w.$<>/-]+(?:#|\.(?:go|java|kt|py|js|ts|rb|cs|rs|php|scala|c|cc|cpp):)\d+\b/;

/** `requests through frontend take 1.2 s, 310 ms in health; 40 of 200 fail, 2 of 150 in health` */
function symptomOf({ service, traces, healthyTraces, logs }: WindowEvidence, ofLogs: Symptom): Symptom {
  if (traces.length === 0 && ofLogs.kind !== 'none') return ofLogs;
  if (traces.length === 0) return { kind: 'degraded', text: `${service || 'the system'} in that time` };
  const [now, before] = [meanUs(traces), meanUs(healthyTraces)];
  const failed = (all: readonly Trace[]) => all.filter((trace) => trace.failed(trace.root)).length;
  const fails = failed(traces) * Math.max(1, healthyTraces.length) > failed(healthyTraces) * traces.length;
  const kind = fails ? 'failed' : before > 0 && now > before ? 'slow' : 'degraded';
  const through = service === '' ? 'requests' : `requests through ${service}`;
  const health = healthyTraces.length === 0 ? '' : `, ${durationText(before)} in health`;
  const failures = failed(traces) === 0 ? '' : `; ${failed(traces)} of ${traces.length} fail`;
  const lines = logs.length === 0 ? '' : `, with ${logs.length} log lines`;
  return { kind, text: `${through} take ${durationText(now)} on average${health}${failures}${lines}` };
}

function mechanismsFirst({ seen, descriptive }: WindowEvidence): readonly Finding[] {
  const isDescription = ({ detector }: Finding) => Number(descriptive?.has(detector) ?? false);
  return seen.toSorted((a, b) => isDescription(a) - isDescription(b));
}

/** A change before what it led to. */
function changesFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => Number(b.detector === SUSPECT_CHANGE) - Number(a.detector === SUSPECT_CHANGE));
}

/** Told already by what the service's own signs say. */
function isSame(a: Finding, b: Finding): boolean {
  return a.detector === b.detector && a.service === b.service;
}

/** A change explains what is wrong with its service; trouble in another one that is surer than the change is believed first. */
function withSeen(
  differing: readonly Suspect[],
  seen: readonly Finding[],
  evidence: WindowEvidence,
): readonly Suspect[] {
  const change = seen.find(({ detector }) => detector === SUSPECT_CHANGE);
  if (change === undefined)
    return differing.length > 0 ? differing : seen.slice(0, 1).map((finding) => asSuspect(finding, evidence));
  const { service } = change;
  const [first] = differing;
  const own = differing.find((one) => one.service === service);
  const score = Math.max(Number(change.facts.confidence), own?.score ?? 0);
  if (first !== undefined && first.service !== service && first.score >= score) return differing;
  const kind = change.facts.kind === 'config' ? 'config' : 'change';
  const others = differing.filter((one) => one !== own).map((one) => ({ ...one, score: one.score * (1 - score) }));
  return [{ service, kind, operation: '', score }, ...others];
}

/** More likely right than wrong is all that may be said where nothing was compared, and less of what only describes. */
function asSuspect({ service, operation, detector }: Finding, { descriptive }: WindowEvidence): Suspect {
  return { service, kind: detector, operation, score: descriptive?.has(detector) ? LIKELY / 2 : LIKELY };
}

/** Those of the first suspect first, and each suspect's by what speaks most for it. */
function judgedFindings(findings: readonly Finding[], suspects: readonly Suspect[]): readonly JudgedFinding[] {
  const place = new Map(suspects.map(({ service }, at) => [service, at]));
  const of = ({ service }: Finding) => place.get(service) ?? suspects.length;
  const ordered = findings
    .map((finding, at) => ({ finding, at }))
    .sort((a, b) => of(a.finding) - of(b.finding) || a.at - b.at)
    .map(({ finding }) => finding);
  const told = new Set<string>();
  return ordered.map((finding) => {
    const score = suspects[of(finding)]?.score ?? 0;
    const isFirst = !told.has(finding.service);
    told.add(finding.service);
    const severity = of(finding) === 0 ? 'high' : score >= LIKELY / 2 ? 'medium' : 'low';
    return { ...finding, severity, wonUs: 0, share: isFirst ? score : 0, confidence: isFirst ? score : 0 };
  });
}

/** Every service has its rank; what nothing speaks against comes last, by name. */
function rankedWith(suspects: readonly Suspect[], traces: readonly Trace[]): readonly Suspect[] {
  const known = new Set(suspects.map(({ service }) => service));
  const others = new Set(traces.flatMap(({ services }) => services).filter((service) => !known.has(service)));
  return [...suspects, ...[...others].sort().map((service) => ({ service, operation: '', kind: '', score: 0 }))];
}

const OF_MANY: Signals = { lead: 0, said: 0, seen: 0, answered: 0, intact: 0, shown: 0 };

function diagnosisOf(suspects: readonly Suspect[], findings: readonly JudgedFinding[]): Diagnosis | undefined {
  const [first, second] = suspects;
  const root = findings.find(({ service }) => service === first?.service);
  if (first === undefined || first.score === 0 || root === undefined) return undefined;
  const isLikely = first.score >= LIKELY;
  return {
    verdict: root.title,
    status: isLikely ? 'likely' : 'inconclusive',
    statusReason: isLikely
      ? 'it differs from health just where trouble in this service would show'
      : 'what differs from health speaks for others as well, or for chance',
    confidence: first.score,
    signals: { ...OF_MANY, lead: first.score - (second?.score ?? 0) },
    share: first.score,
    kind: first.kind,
    service: first.service,
    operation: first.operation,
    ranking: suspects,
    chain: [],
    ruledOut: [],
    check: root.check,
    remedy: root.remedy,
    runbook: root.runbook,
  };
}
