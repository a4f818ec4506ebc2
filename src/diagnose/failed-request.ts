/** Names the failure of a request where no detector says why it failed. */

import { isAboutTrace, OF_THE_TRACE } from '#diagnose/finding-kinds.ts';
import { isLimitKept } from '#diagnose/rules/by-design.ts';
import { MOST_FAILED } from '#diagnose/rules/mended-attempt.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { LIKELY } from '#diagnose/status.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { saysClientError } from '#model/trace/views/error-origins.ts';
import { failureStatus } from '#model/trace/views/failure-text.ts';
import { endsAsMeant } from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/**
 * Adds the failure where the judgement names nothing, or only a flaw of the trace. A refused request (4xx) did not
 * fail.
 */
export function withFailure(trace: Trace, judgement: Judgement, detectors: Detectors): Judgement {
  const { root } = trace;
  const { diagnosis } = judgement;
  if (trace.spanCount === 0 || !trace.failed(root) || saysClientError(trace, root)) return judgement;
  if (endsAsMeant(trace) || isLimitKept(trace)) return judgement;
  if (diagnosis !== undefined && !isAboutTrace(diagnosis.kind, detectors)) return judgement;
  if (wasHandledLater(trace)) return { ...judgement, symptom: { ...judgement.symptom, kind: 'none' } };
  const findings = judgement.findings.map((finding) =>
    isAboutTrace(finding.detector, detectors) ? { ...finding, whyNotFirst: OF_THE_TRACE } : finding,
  );
  return { ...judgement, findings, diagnosis: diagnosisOf(trace, diagnosis?.ruledOut ?? [], detectors) };
}

/**
 * A queue delivered the message again, the last delivery went well, and nothing but the message's own work failed before.
 * Each delivery is a root where its sender left no span.
 */
function wasHandledLater(trace: Trace): boolean {
  const { root } = trace;
  if (trace.kind(root) !== 'consumer') return false;
  const isDelivery = (other: SpanIndex) =>
    trace.kind(other) === 'consumer' &&
    trace.isOfOneService(other, root) &&
    trace.operation(other) === trace.operation(root);
  const deliveries = trace.roots.filter(isDelivery).sort((a, b) => trace.startUs(a) - trace.startUs(b));
  const last = deliveries.at(-1);
  if (last === undefined || last === root || trace.startUs(last) < trace.endUs(root)) return false;
  const failed = failedSpans(trace);
  return failed.length <= MOST_FAILED && failed.every((span) => span !== last && deliveries.includes(span));
}

function diagnosisOf(trace: Trace, ruledOut: Diagnosis['ruledOut'], detectors: Detectors): Diagnosis {
  const { id: kind, runbook } = detectors.named('failure-origin');
  const { root, services } = trace;
  const [service, operation] = [trace.service(root), trace.operation(root)];
  const status = failureStatus(trace, root);
  // Any service that took part may be at fault, and so may a service without spans.
  const confidence = Math.min(LIKELY - 0.01, 1 / services.length);
  return {
    verdict: `${service}: ${operation} failed${status === '' ? '' : ` with ${status}`}, and nothing recorded says why`,
    status: 'inconclusive',
    statusReason: 'the request failed, and none of its spans shows where the failure began',
    confidence,
    signals: NO_SIGNALS,
    share: 1,
    kind,
    service,
    operation,
    ranking: [service, ...services.filter((name) => name !== service)].map((name) => {
      return { service: name, operation: name === service ? operation : '', kind, score: confidence };
    }),
    chain: [],
    ruledOut,
    check: 'The caller got the right response, and the error status is wrong.',
    remedy: `Look at the log lines of ${service} at that time, and at its calls that left no span.`,
    runbook,
  };
}
