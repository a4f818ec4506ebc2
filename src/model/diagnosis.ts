import type { JudgedFinding } from '#model/finding.ts';

/** What is wrong with the subject, before any cause is named. */
export type Symptom = Readonly<{
  kind: 'failed' | 'slow' | 'degraded' | 'none';
  /** One clause: `GET /orders took 2.34 s`, `POST /checkout failed with 500`. */
  text: string;
}>;

export type Status = 'confirmed' | 'likely' | 'inconclusive';

export type Diagnosis = Readonly<{
  /** One sentence: service, operation, cause, size. */
  verdict: string;
  status: Status;
  /** See `JudgedFinding.confidence`. */
  confidence: number;
  /** The detector of the finding that the verdict is made of. */
  kind: string;
  service: string;
  operation: string;
  /** Best first. */
  ranking: readonly Readonly<{ service: string; operation: string; kind: string; score: number }>[];
  /** Indexes into the findings: `finding` happened because of `because`. */
  chain: readonly Readonly<{ finding: number; because: number }>[];
  ruledOut: readonly Readonly<{ kind: string; service: string; why: string }>[];
  /** What would prove the verdict wrong. */
  check: string;
  /** What to do first. */
  remedy: string;
  runbook: string;
}>;

/** What `diagnose/` says of one trace. Findings are best first; no diagnosis means that nothing wrong was found. */
export type Judgement = Readonly<{
  symptom: Symptom;
  findings: readonly JudgedFinding[];
  diagnosis: Diagnosis | undefined;
}>;
