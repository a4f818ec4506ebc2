/**
 * A refusal that two clocks explain: the callee says that a token or a signature is not valid yet, and the spans show
 * that its clock and its caller's differ. Or a line of the callee's host says that its clock is wrong, and nothing else is
 * found. Elsewhere a clock describes only the record, and is no verdict.
 */
import { isAboutTrace, isFailure, type RunDetectors } from '#diagnose/finding-kinds.ts';
import { ledBy, verdictOf } from '#diagnose/lead.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { LIKELY } from '#diagnose/status.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

export function withClock(trace: Trace, judgement: Judgement, detectors: RunDetectors): Judgement {
  const { findings, diagnosis } = judgement;
  const [first] = findings;
  const at = findings.findIndex((finding) => saysRefusedForTime(finding, detectors));
  const clock = findings[at];
  if (clock === undefined) return withAdmitted(judgement, detectors);
  if (first === undefined || diagnosis === undefined) return judgement;
  if (!isFailure(first.detector, detectors) || !isOfCall(trace, clock, first)) return judgement;
  const without = (index: number) => (index > at ? index - 1 : index);
  const rest: Judgement = {
    ...judgement,
    findings: findings.toSpliced(at, 1),
    diagnosis: {
      ...diagnosis,
      chain: diagnosis.chain.map(({ finding, because }) => ({ finding: without(finding), because: without(because) })),
    },
  };
  return ledBy(rest, {
    finding: clock,
    confidence: first.confidence,
    status: 'likely',
    statusReason: 'the refusal speaks of a time that is not reached yet, and these clocks differ',
  });
}

/** Its own host says that the clock is wrong, the spans show the same, and nothing else is the cause of anything. */
function withAdmitted(judgement: Judgement, detectors: RunDetectors): Judgement {
  const { diagnosis, findings } = judgement;
  if (diagnosis !== undefined && !isAboutTrace(diagnosis.kind, detectors)) return judgement;
  const clock = findings.find(({ facts }) => typeof facts.admitted === 'string' && facts.admitted !== '');
  if (clock === undefined) return judgement;
  const { whyNotFirst: _, ...own } = clock;
  const root: JudgedFinding = { ...own, confidence: LIKELY };
  return {
    ...judgement,
    findings: [root, ...findings.filter((one) => one !== clock)],
    diagnosis: {
      ...verdictOf(root),
      status: clock.facts.fits === true ? 'likely' : 'inconclusive',
      statusReason:
        clock.facts.fits === true
          ? 'a line of its host says so, and the spans show about as much; the request itself was answered'
          : 'a line says that nothing sets this clock, and the request itself was answered',
      signals: { ...NO_SIGNALS, said: 1 },
      ranking: [{ service: root.service, operation: root.operation, kind: root.detector, score: root.confidence }],
      chain: [],
      ruledOut: diagnosis?.ruledOut ?? detectors.cleared,
    },
  };
}

/** Clocks that differ, and between them a refusal that speaks of a time: nobody meant to refuse that request. */
export function saysRefusedForTime({ detector, facts }: Finding, detectors: Detectors): boolean {
  return detectors.of(detector).field === 'clock' && typeof facts.said === 'string' && facts.said !== '';
}

/** The failure lies in a call between these two clocks, or above it. */
function isOfCall(trace: Trace, clock: JudgedFinding, failure: JudgedFinding): boolean {
  return clock.spans.some((span) =>
    failure.spans.some((failed) => failed === span || trace.isUnder(span, failed) || trace.isUnder(failed, span)),
  );
}
