import type { ChangeKind } from '#model/changes/change.ts';
import type { Candidate, JudgedFinding } from '#model/finding/finding.ts';

/** The problem of the subject, before any cause is named. */
export type Symptom = Readonly<{
  kind: 'failed' | 'slow' | 'degraded' | 'none';
  /** One clause: `GET /orders took 2.3 s`, `POST /checkout failed with 500`. */
  text: string;
}>;

export type Status = 'confirmed' | 'likely' | 'inconclusive';

/**
 * What a verdict's confidence is computed from, beside the precision of its kind. Each signal is 0 to 1. For a verdict
 * on many requests: the lead of the first suspect; 1 where failures, lines or metrics name it; the number of requests;
 * the number of agreeing kinds of evidence; 0 where it rests on calls that stop; 1 where requests were compared.
 */
export type Signals = Readonly<{
  /** How much more of the symptom the finding explains than any other independent finding. */
  lead: number;
  /**
   * 1 where an event, an attribute, a status or a log line names the cause, 0 where only the shape of the trace
   * suggests it.
   */
  said: number;
  /** The share of the request's time that spans cover. */
  seen: number;
  /** The share of the calls to other services that have the callee's span. */
  answered: number;
  /** 1 where every span has its place, 0 where the parents of some spans are missing. */
  intact: number;
  /**
   * 1 where it rests on spans; 0 where it rests on a call whose callee sent none, or on time without spans where spans
   * are lost.
   */
  shown: number;
}>;

export type Diagnosis = Readonly<{
  /** One sentence: service, operation, cause, size. */
  verdict: string;
  status: Status;
  /** The reason for this status, as a clause. */
  statusReason: string;
  /** The probability that the verdict names the right cause in the right service, 0 to 1; see docs/accuracy.md. */
  confidence: number;
  signals: Signals;
  /** The share of the symptom that the finding explains, 0 to 1. */
  share: number;
  /** The detector of the verdict's finding. */
  kind: string;
  service: string;
  operation: string;
  /** The change that caused it; missing where no change did. */
  change?: Readonly<{ id: string; kind: ChangeKind; service: string; atUs: number }> | undefined;
  /** Best first. */
  ranking: readonly Readonly<{ service: string; operation: string; kind: string; score: number }>[];
  /** Indexes into the findings: `finding` happened because of `because`. */
  chain: readonly Readonly<{ finding: number; because: number }>[];
  ruledOut: readonly Readonly<{ kind: string; service: string; why: string }>[];
  /** Where nothing recorded names the cause: all possible causes. Missing otherwise. */
  couldBe?: readonly Candidate[] | undefined;
  /** What would prove the verdict wrong. */
  check: string;
  /** What to do first; where the verdict leaves much unexplained, also where else to look. */
  remedy: string;
  runbook: string;
}>;

/**
 * The judgement of one trace by `diagnose/`. Findings are best first; no diagnosis means that nothing wrong was found.
 */
export type Judgement = Readonly<{
  symptom: Symptom;
  findings: readonly JudgedFinding[];
  diagnosis: Diagnosis | undefined;
  /**
   * Where nothing is wrong with the request, but the trace shows little: the share of the request's time that spans
   * cover, 0 to 1.
   */
  seenShare: number | undefined;
}>;

/** The problem without any number, equal for requests that fail in the same way; empty where nothing is wrong. */
export function kindOfTrouble({ symptom, diagnosis }: Judgement): string {
  if (diagnosis === undefined) return symptom.kind === 'none' ? '' : `${symptom.kind}, and the cause is unknown`;
  const { kind, service, operation } = diagnosis;
  return operation === '' ? `${kind} in ${service}` : `${kind} in ${service}, ${operation}`;
}
