/** Puts a finding from beside the request (its log, its platform, its metrics) before those of its spans. */
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';

export type Lead = Readonly<{
  finding: Finding;
  /** The probability that it is the cause, 0 to 1. */
  confidence: number;
}> &
  Pick<Diagnosis, 'status' | 'statusReason'>;

/** The first finding becomes its effect. A judgement without a diagnosis stays as it is. */
export function ledBy(judgement: Judgement, { finding, confidence, status, statusReason }: Lead): Judgement {
  const { diagnosis, findings } = judgement;
  const [first] = findings;
  if (diagnosis === undefined || first === undefined) return judgement;
  const { share, severity } = first;
  const lead: JudgedFinding = { ...finding, share, wonUs: 0, confidence, severity };
  const left = Math.max(0, 1 - confidence);
  const others = diagnosis.ranking.map((one) => ({ ...one, score: one.score * left }));
  return {
    ...judgement,
    findings: [lead, ...findings.map((each) => ({ ...each, confidence: each.confidence * left }))],
    diagnosis: {
      ...diagnosis,
      ...verdictOf(lead),
      status,
      statusReason,
      grounds: undefined,
      ranking: [
        { service: lead.service, operation: lead.operation, kind: lead.detector, score: confidence },
        ...others,
      ],
      chain: [
        { finding: 1, because: 0 },
        ...diagnosis.chain.map((link) => ({ finding: link.finding + 1, because: link.because + 1 })),
      ],
    },
  };
}

export function verdictOf(root: JudgedFinding) {
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

/** The probability that one of two independent signs is right. */
export function eitherOf(one: number, other: number): number {
  return 1 - (1 - one) * (1 - other);
}
