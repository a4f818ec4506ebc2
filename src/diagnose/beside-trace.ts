/**
 * Places findings from a trace's own log lines beside the findings from its spans. They come after the span findings,
 * because no line says how much of the time or the failure it explains. They come first where the spans show only where
 * the time went and the log of that service names a mechanism.
 */
import { isDescription, type RunDetectors } from '#diagnose/finding-kinds.ts';
import { logPrecisionOf } from '#diagnose/log-calibration.ts';
import { namesNoFailure, withoutCoveredLines } from '#diagnose/log-chain.ts';
import { logSeverityOf, SEVERITIES } from '#diagnose/severity.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';

export function withLogFindings(ofTrace: Judgement, found: readonly Finding[], detectors: RunDetectors): Judgement {
  const ofLog = withoutCoveredLines(found, detectors)
    .map((finding): JudgedFinding => {
      return { ...finding, share: 0, wonUs: 0, confidence: 0, severity: logSeverityOf(finding, detectors) };
    })
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const { diagnosis, findings } = ofTrace;
  const [first] = findings;
  if (ofLog.length === 0) return ofTrace;
  if (diagnosis === undefined || first === undefined) return besideHealthyRequest(ofTrace, ofLog, detectors.cleared);
  const reason = isDescription(first.detector, detectors)
    ? ofLog.find((finding) => saysWhyItTakesTime(finding, detectors) && finding.service === first.service)
    : undefined;
  if (reason === undefined) return { ...ofTrace, findings: [...findings, ...ofLog] };
  const confidence = first.share * logPrecisionOf(reason.detector);
  const lead: JudgedFinding = { ...reason, share: first.share, confidence, severity: first.severity };
  const left = Math.max(0, 1 - confidence);
  return {
    ...ofTrace,
    findings: [
      lead,
      ...findings.map((finding) => ({ ...finding, confidence: finding.confidence * left })),
      ...ofLog.filter((each) => each !== reason),
    ],
    diagnosis: {
      ...diagnosis,
      ...verdictOf(lead),
      status: 'inconclusive',
      statusReason: 'the log of the service names it, and the trace shows only where the time goes',
      chain: [
        { finding: 1, because: 0 },
        ...diagnosis.chain.map(({ finding, because }) => ({ finding: finding + 1, because: because + 1 })),
      ],
    },
  };
}

/** Attacks and credentials do not slow a request, and a line that reports a failure says nothing about time. */
function saysWhyItTakesTime(finding: Finding, detectors: Detectors): boolean {
  return !namesNoFailure(finding, detectors) && detectors.of(finding.detector).field !== 'security';
}

function besideHealthyRequest(
  ofTrace: Judgement,
  [first, ...others]: readonly JudgedFinding[],
  cleared: RunDetectors['cleared'],
): Judgement {
  if (first === undefined) return ofTrace;
  const root = { ...first, confidence: logPrecisionOf(first.detector) };
  return {
    ...ofTrace,
    findings: [root, ...others],
    diagnosis: {
      ...verdictOf(root),
      status: 'inconclusive',
      statusReason:
        ofTrace.symptom.kind === 'failed'
          ? 'a log line of the request says so, and nothing else shows why the request failed'
          : 'a log line says so, and the request itself shows nothing wrong',
      signals: { ...NO_SIGNALS, said: 1 },
      ranking: [{ service: root.service, operation: root.operation, kind: root.detector, score: root.confidence }],
      chain: [],
      ruledOut: cleared,
    },
  };
}

function verdictOf(root: JudgedFinding) {
  const { title, detector, service, operation, confidence, share, check, remedy, runbook, couldBe } = root;
  return {
    verdict: title,
    kind: detector,
    service,
    operation,
    confidence,
    share,
    couldBe,
    check,
    remedy,
    runbook,
  } satisfies Partial<Diagnosis>;
}
