/**
 * Which finding explains the complaints of a log, where no trace shows the effect on a request?
 *
 *   symptom          how many of the lines report a failure
 *   share            how many of those belong to the finding and to all that follows from it
 *   confidence       the share, times how often such findings were right in generated logs with known answers
 *
 * Lines alone never confirm a cause: they do not show what would have happened without it.
 */

import type { Because } from '#diagnose/chain.ts';
import { isDescription, type RunDetectors } from '#diagnose/finding-kinds.ts';
import { logPrecisionOf } from '#diagnose/log-calibration.ts';
import { logChainOf, namesNoFailure, withoutCoveredLines } from '#diagnose/log-chain.ts';
import { placedIn, rankedFindings, withConfidence } from '#diagnose/order.ts';
import { logSeverityOf, SEVERITIES, withEffects } from '#diagnose/severity.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { LIKELY, type Standing } from '#diagnose/status.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement, Symptom } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { type LogLine, lineCount } from '#model/logs/log-line.ts';
import { clockText } from '#model/logs/log-times.ts';
import { compareTexts } from '#model/text/compare-texts.ts';
import { counted, countText } from '#model/text/count-text.ts';

/** `service` is the service in question; empty where only a time was given. */
export type LogFacts = RunDetectors & Readonly<{ service: string }>;

export function judgeLogs(logs: readonly LogLine[], found: readonly Finding[], facts: LogFacts): Judgement {
  const findings = withoutCoveredLines(found, facts);
  const failing = failingLines(logs, findings, facts);
  const symptom = symptomOfLogs(logs, failing, facts.service);
  const chain = logChainOf(logs, findings, facts);
  const severities = withEffects(
    findings.map((finding) => logSeverityOf(finding, facts)),
    chain,
  );
  const weighed = findings.map((finding, i): Weighed => {
    const following = chain.filter(({ because }) => because === i).flatMap((link) => findings[link.finding] ?? []);
    const ofAttack = findings.filter((other) => isOfOneAttack(finding, other, facts));
    const explained = new Set([finding, ...following, ...ofAttack].flatMap(({ lines = [] }) => lines));
    const share = isDescription(finding.detector, facts) ? 0 : explained.size / Math.max(1, failing.size);
    return { ...finding, share: Math.min(1, share), wonUs: 0, severity: severities[i] ?? 'low' };
  });
  const order = findings.map((_, i) => i).sort((a, b) => compare(weighed, chain, facts, a, b));
  const placed = placedIn(order, chain);
  const ordered = order.flatMap((i) => weighed[i] ?? []);
  const [first] = ordered;
  const confidence = first === undefined ? 0 : first.share * logPrecisionOf(first.detector);
  const judged = withConfidence(ordered, confidence);
  return { symptom, findings: judged, diagnosis: diagnosisOf(judged, placed, facts), seenShare: undefined };
}

type Weighed = Omit<JudgedFinding, 'confidence'>;

/** Who attacks from several addresses is found once for each of them. */
function isOfOneAttack(one: Finding, other: Finding, detectors: Detectors): boolean {
  const { field, coverage } = detectors.of(one.detector);
  const isAttack = field === 'security' && coverage !== 'harmless-lines';
  return isAttack && other.detector === one.detector && other.service === one.service;
}

/** Positions of the lines that report a failure, or that support a finding. */
function failingLines(
  logs: readonly LogLine[],
  findings: readonly Finding[],
  detectors: Detectors,
): ReadonlySet<number> {
  const failing = new Set<number>();
  logs.forEach((line, place) => {
    if (tellsOfFailure(line)) failing.add(place);
  });
  for (const { detector, lines = [] } of findings)
    if (detectors.of(detector).coverage !== 'harmless-lines') for (const place of lines) failing.add(place);
  return failing;
}

/** `checkout: 412 of 2,000 lines report a failure, since 14:31:07 UTC` */
function symptomOfLogs(logs: readonly LogLine[], failing: ReadonlySet<number>, asked: string): Symptom {
  const of = counted(lineCount(logs), 'line');
  const [first] = [...failing].sort((a, b) => a - b);
  if (first === undefined) {
    const whose = asked === '' ? '' : `${asked}: `;
    return { kind: 'none', text: `${whose}none of ${of} reports a failure` };
  }
  const services = Map.groupBy(failing, (place) => logs[place]?.service ?? '');
  const [[most = ''] = []] = [...services].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const others = services.size > 1 ? ` and ${counted(services.size - 1, 'other service')}` : '';
  const who = asked || `${most || 'the log'}${others}`;
  const many = lineCount([...failing].flatMap((place) => logs[place] ?? []));
  const report = many === 1 ? 'reports' : 'report';
  const since = clockText(logs[first]?.timeNs ?? '0');
  return {
    kind: 'degraded',
    text: `${who}: ${countText(many)} of ${of} ${report} a failure, since ${since}`,
  };
}

/**
 * Causes before effects, then the more severe, then those with a mechanism, then the larger share; ties are broken by
 * rule.
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
  const follows = (i: number) => Number(chain.some(({ finding }) => finding === i));
  const saysLess = (finding: Weighed) => Number(namesNoFailure(finding, detectors));
  return (
    follows(a) - follows(b) ||
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    saysLess(one) - saysLess(other) ||
    other.share - one.share ||
    (other.lines?.length ?? 0) - (one.lines?.length ?? 0) ||
    (one.lines?.[0] ?? 0) - (other.lines?.[0] ?? 0) ||
    compareTexts(one.detector, other.detector) ||
    compareTexts(one.service, other.service) ||
    compareTexts(one.title, other.title)
  );
}

function diagnosisOf(
  findings: readonly JudgedFinding[],
  chain: readonly Because[],
  facts: LogFacts,
): Diagnosis | undefined {
  const [root] = findings;
  if (root === undefined) return undefined;
  const { status, reason } = logStatusOf(root, isDescription(root.detector, facts));
  const next = findings.find((_, i) => i > 0 && !chain.some(({ finding }) => finding === i));
  return {
    verdict: root.title,
    status,
    statusReason: reason,
    confidence: root.confidence,
    signals: { ...NO_SIGNALS, lead: Math.max(0, root.share - (next?.share ?? 0)), said: 1 },
    share: root.share,
    kind: root.detector,
    service: root.service,
    operation: root.operation,
    ranking: rankedFindings(findings).ranked,
    chain,
    ruledOut: facts.cleared,
    check: root.check,
    remedy: root.remedy,
    runbook: root.runbook,
  };
}

/** With less than a third explained, two thirds lie elsewhere, as for a trace. */
const LEAST_SHARE = 1 / 3;

function logStatusOf({ confidence, share }: JudgedFinding, describes: boolean): Standing {
  if (describes) return { status: 'inconclusive', reason: 'the log lines say how long it takes, but not why' };
  if (share < LEAST_SHARE)
    return { status: 'inconclusive', reason: 'most log lines that report a failure report another one' };
  if (confidence < LIKELY)
    return {
      status: 'inconclusive',
      reason: 'with log lines like these, such a verdict is wrong more often than right',
    };
  return { status: 'likely', reason: 'log lines say so, but no trace shows how it affected a request' };
}
