/**
 * A refusal that two clocks explain: the callee says that a token or a signature is not valid yet, and the spans show
 * that its clock and its caller's differ. Elsewhere a clock describes only the record, and is no verdict.
 */
import { isFailure } from '#diagnose/finding-kinds.ts';
import { ledBy } from '#diagnose/lead.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

export function withClock(trace: Trace, judgement: Judgement, detectors: Detectors): Judgement {
  const { findings, diagnosis } = judgement;
  const [first] = findings;
  const at = findings.findIndex((finding) => saysRefusedForTime(finding, detectors));
  const clock = findings[at];
  if (first === undefined || clock === undefined || diagnosis === undefined) return judgement;
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
