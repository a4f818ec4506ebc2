/**
 * Places findings from a trace's own log lines beside the findings from its spans. They come after the span findings,
 * because no line says how much of the time or the failure it explains. They come first where the spans show only where
 * the time went and the log of that service names a mechanism, or where they show a broken connection and a line says
 * that the callee was killed.
 */

import { isDescription, type RunDetectors } from '#diagnose/finding-kinds.ts';
import { standingOfKill } from '#diagnose/killed.ts';
import { eitherOf, ledBy, verdictOf } from '#diagnose/lead.ts';
import { logPrecisionOf } from '#diagnose/log-calibration.ts';
import { namesNoFailure, withoutCoveredLines } from '#diagnose/log-chain.ts';
import { isAttackInFailure } from '#diagnose/rules/attack-in-failure.ts';
import { isUnawaited } from '#diagnose/rules/by-design.ts';
import { isBehindFullCallee } from '#diagnose/rules/full-callee.ts';
import { isOfKill, killedCallee, killedWorker } from '#diagnose/rules/killed-callee.ts';
import { isMendedRequest } from '#diagnose/rules/mended-attempt.ts';
import { logSeverityOf, SEVERITIES } from '#diagnose/severity.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { LIKELY, MOST_INFERRED } from '#diagnose/status.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import { laterSiblings } from '#model/trace/views/answered-elsewhere.ts';
import { SATISFIES_US } from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

export function withLogFindings(
  trace: Trace,
  ofTrace: Judgement,
  found: readonly Finding[],
  detectors: RunDetectors,
): Judgement {
  const ofLog = withoutCoveredLines(found, detectors)
    .map((finding): JudgedFinding => {
      return { ...finding, share: 0, wonUs: 0, confidence: 0, severity: logSeverityOf(finding, detectors) };
    })
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const { diagnosis, findings } = ofTrace;
  const [first] = findings;
  if (ofLog.length === 0) return ofTrace;
  if (diagnosis === undefined || first === undefined) return besideHealthyRequest(trace, ofTrace, ofLog, detectors);
  const ofKill = killed(trace, ofTrace, ofLog, detectors);
  if (ofKill !== undefined) return ofKill;
  const ofFull = full(trace, ofTrace, ofLog, detectors);
  if (ofFull !== undefined) return ofFull;
  const ofAttack = attacked(ofTrace, ofLog);
  if (ofAttack !== undefined) return ofAttack;
  const reason = isDescription(first.detector, detectors)
    ? ofLog.find((finding) => saysWhyItTakesTime(finding, detectors) && isOrWaitsFor(first.service, finding))
    : undefined;
  if (reason === undefined) return { ...ofTrace, findings: [...findings, ...ofLog] };
  return beside(
    ledBy(ofTrace, {
      finding: reason,
      confidence: first.share * logPrecisionOf(reason.detector),
      status: 'inconclusive',
      statusReason: 'the log of the service names it, and the trace shows only where the time goes',
    }),
    ofLog.filter((each) => each !== reason),
  );
}

function beside(judgement: Judgement, others: readonly JudgedFinding[]): Judgement {
  return { ...judgement, findings: [...judgement.findings, ...others] };
}

/** The callee of the failed call was killed, according to a line of its process or its machine. */
function killed(
  trace: Trace,
  ofTrace: Judgement,
  ofLog: readonly JudgedFinding[],
  detectors: RunDetectors,
): Judgement | undefined {
  const [first] = ofTrace.findings;
  if (first === undefined) return undefined;
  const kills = ofLog.filter(isOfKill).length;
  for (const cause of ofLog) {
    const pair = { trace, cause, effect: first, detectors };
    const callee = killedCallee(pair) ?? (kills === 1 ? killedWorker(pair) : undefined);
    if (callee === undefined) continue;
    const finding = { ...cause, service: callee.service };
    const led = ledBy(ofTrace, { finding, ...standingOfKill(callee, first, logPrecisionOf(cause.detector)) });
    return beside(
      led,
      ofLog.filter((each) => each !== cause),
    );
  }
  return undefined;
}

/** The callee of the call that hung or failed says what it lacks. */
function full(
  trace: Trace,
  ofTrace: Judgement,
  ofLog: readonly JudgedFinding[],
  detectors: RunDetectors,
): Judgement | undefined {
  const [first] = ofTrace.findings;
  const cause = first && ofLog.find((each) => isBehindFullCallee({ trace, cause: each, effect: first, detectors }));
  return ledByLines(ofTrace, cause, {
    ofLog,
    statusReason: `${cause?.service} says so at that time, and the call to it says nothing else`,
  });
}

function attacked(ofTrace: Judgement, ofLog: readonly JudgedFinding[]): Judgement | undefined {
  const [first] = ofTrace.findings;
  const cause = first && ofLog.find((each) => isAttackInFailure(first, each));
  return ledByLines(ofTrace, cause, {
    ofLog,
    statusReason: 'the error that the failed statement reports holds the attack',
  });
}

/** A finding of lines leads, with the sureness of the request's own first finding or of such lines. */
function ledByLines(
  ofTrace: Judgement,
  cause: JudgedFinding | undefined,
  { ofLog, statusReason }: Readonly<{ ofLog: readonly JudgedFinding[]; statusReason: string }>,
): Judgement | undefined {
  const [first] = ofTrace.findings;
  if (first === undefined || cause === undefined) return undefined;
  const confidence = eitherOf(Math.min(first.confidence, MOST_INFERRED), logPrecisionOf(cause.detector));
  const status = confidence >= LIKELY ? 'likely' : 'inconclusive';
  return beside(
    ledBy(ofTrace, { finding: cause, confidence, status, statusReason }),
    ofLog.filter((each) => each !== cause),
  );
}

/** The service itself lacks something, or it says that what it asks does. */
function isOrWaitsFor(service: string, finding: Finding): boolean {
  return finding.service === service || finding.facts.saidBy === service;
}

/** Attacks and credentials do not slow a request, and a line that reports a failure says nothing about time. */
function saysWhyItTakesTime(finding: Finding, detectors: Detectors): boolean {
  return !namesNoFailure(finding, detectors) && detectors.of(finding.detector).field !== 'security';
}

/**
 * The request was quick and went well, and its own lines say nothing: others had the trouble. An attack on whom it calls
 * concerns everybody.
 */
function isOfOthers(trace: Trace, findings: readonly JudgedFinding[], detectors: Detectors): boolean {
  if (trace.failed(trace.root) || trace.durationOfUs(trace.root) > SATISFIES_US) return false;
  return findings.every(
    ({ detector, service, evidence = [] }) =>
      evidence.length > 0 &&
      evidence.every(({ unsure }) => unsure === true) &&
      !(detectors.of(detector).field === 'security' && isCalled(trace, service)),
  );
}

/** Work that nobody waits for met a quota, came again later, and got what it asked for. */
function wasWaitedOut(trace: Trace, findings: readonly JudgedFinding[]): boolean {
  if (trace.failed(trace.root) || !isUnawaited(trace)) return false;
  const refused = failedSpans(trace);
  return (
    refused.length > 0 &&
    findings.every(({ facts }) => facts.resource === 'quota') &&
    refused.every((call) =>
      laterSiblings(trace, call).some(
        (later) => trace.operation(later) === trace.operation(call) && !trace.failed(later),
      ),
    )
  );
}

function isCalled(trace: Trace, service: string): boolean {
  for (let span = 0; span < trace.spanCount; span += 1)
    if (trace.peer(span) === service || trace.text(span, 'server.address') === service) return true;
  return false;
}

/** The line is about an attempt that failed, and the next one gave the answer. An attack stays one. */
function wasMended(trace: Trace, { detector, service }: Finding, detectors: Detectors): boolean {
  if (detectors.of(detector).field === 'security' || !isMendedRequest(trace)) return false;
  return failedSpans(trace).some((span) => trace.service(span) === service);
}

function besideHealthyRequest(
  trace: Trace,
  ofTrace: Judgement,
  [first, ...others]: readonly JudgedFinding[],
  detectors: RunDetectors,
): Judgement {
  if (first === undefined) return ofTrace;
  const isPast = wasWaitedOut(trace, [first, ...others]) || wasMended(trace, first, detectors);
  if (isPast || isOfOthers(trace, [first, ...others], detectors))
    return { ...ofTrace, findings: [...ofTrace.findings, first, ...others] };
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
      ruledOut: detectors.cleared,
    },
  };
}
