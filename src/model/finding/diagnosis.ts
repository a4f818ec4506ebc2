import type { ChangeKind } from '#model/changes/change.ts';
import type { Candidate, JudgedFinding } from '#model/finding/finding.ts';

/** What is wrong with the subject, before any cause is named. */
export type Symptom = Readonly<{
  kind: 'failed' | 'slow' | 'degraded' | 'none';
  /** One clause: `GET /orders took 2.34 s`, `POST /checkout failed with 500`. */
  text: string;
}>;

export type Status = 'confirmed' | 'likely' | 'inconclusive';

/**
 * What a verdict's confidence is made of, beside how often verdicts of its kind are right. Each is 0 to 1. Of a verdict on
 * many requests: by how much the first suspect leads; 1 where failures, lines or metrics name it; how many requests there
 * are; how many kinds of evidence agree; 0 where it rests on calls that stop; 1 where requests were compared.
 */
export type Signals = Readonly<{
  /** By how much more of the symptom the finding explains than any other that does not follow from it. */
  lead: number;
  /** 1 where an event, an attribute, a status or a log line names the cause, 0 where the shape of the trace suggests it. */
  said: number;
  /** Of the request's time, how much spans tell of. */
  seen: number;
  /** Of the calls to other services, how many have the callee's side. */
  answered: number;
  /** 1 where every span has its place, 0 where the parents of some never arrived. */
  intact: number;
  /** 1 where it rests on spans; 0 where on a call whose callee sent none, or on time without spans where spans are lost. */
  shown: number;
}>;

export type Diagnosis = Readonly<{
  /** One sentence: service, operation, cause, size. */
  verdict: string;
  status: Status;
  /** Why it is this status and no other, as a clause. */
  statusReason: string;
  /** How probable it is that the verdict names the right cause in the right service, 0 to 1; see docs/accuracy.md. */
  confidence: number;
  signals: Signals;
  /** Of the symptom, how much the finding explains, 0 to 1. */
  share: number;
  /** The detector of the finding that the verdict is made of. */
  kind: string;
  service: string;
  operation: string;
  /** What somebody changed and thereby caused it; missing where no change did. */
  change?: Readonly<{ id: string; kind: ChangeKind; service: string; atUs: number }> | undefined;
  /** Best first. */
  ranking: readonly Readonly<{ service: string; operation: string; kind: string; score: number }>[];
  /** Indexes into the findings: `finding` happened because of `because`. */
  chain: readonly Readonly<{ finding: number; because: number }>[];
  ruledOut: readonly Readonly<{ kind: string; service: string; why: string }>[];
  /** Where nothing recorded tells what it is: everything that it could be. Missing where something does. */
  couldBe?: readonly Candidate[] | undefined;
  /** What would prove the verdict wrong. */
  check: string;
  /** What to do first; where the verdict leaves much unexplained, also where else to look. */
  remedy: string;
  runbook: string;
}>;

/** What `diagnose/` says of one trace. Findings are best first; no diagnosis means that nothing wrong was found. */
export type Judgement = Readonly<{
  symptom: Symptom;
  findings: readonly JudgedFinding[];
  diagnosis: Diagnosis | undefined;
  /** Where nothing is wrong with the request, as far as a trace shows that tells little: the part of the request's time that spans tell of, 0 to 1. */
  seenShare: number | undefined;
}>;

/** What is wrong without any number, equal for requests that fail in one way; empty where nothing is wrong. */
export function kindOfTrouble({ symptom, diagnosis }: Judgement): string {
  if (diagnosis === undefined) return symptom.kind === 'none' ? '' : `${symptom.kind}, and the cause is unknown`;
  const { kind, service, operation } = diagnosis;
  return operation === '' ? `${kind} in ${service}` : `${kind} in ${service}, ${operation}`;
}
