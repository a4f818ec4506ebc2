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
 * What the strength of a verdict's evidence is computed from, beside the precision of its kind. Each signal is 0 to 1.
 * For a verdict on many requests, whose confidence is computed from it: the lead of the first suspect; 1 where failures, lines or metrics name it; the number of requests;
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

/**
 * What the confidence of a verdict on one request is computed from; no kind of detector is among it. Each is 0 to 1, and
 * more is better.
 */
export type Grounds = Readonly<{
  /** 1 where words name the cause; as in `Signals`. */
  said: number;
  /** 0 where it says only where the time goes, or that a number is odd. */
  reason: number;
  /** 1 where somebody waits for the end of the request, or words name the cause. */
  awaited: number;
  /** 1 where the request failed or answered with less, or took at most ten seconds. */
  watched: number;
  /** 1 where another finding follows from it. */
  backed: number;
  /** 0 where something recorded speaks of another cause; see `diagnose/doubts.ts`. */
  clear: number;
  /** 1 where it explains at least half of the symptom. */
  most: number;
  /** As in `Signals`, and so are the last two. */
  lead: number;
  shown: number;
  intact: number;
}>;

/** Time of one operation, all its spans together, of the whole request's. In microseconds. */
export type Elsewhere = Readonly<{ service: string; operation: string; us: number; ofUs: number }>;

/** `nearness`: only its time leads to it, and nothing in it or in what it runs. */
export type KnownBy = 'evidence' | 'nearness';

/** The change that a verdict names, and how it is known. */
export type NamedChange = Readonly<{ id: string; kind: ChangeKind; service: string; atUs: number; knownBy: KnownBy }>;

export type Diagnosis = Readonly<{
  /** One sentence: service, operation, cause, size. */
  verdict: string;
  status: Status;
  /** The reason for this status, as a clause. */
  statusReason: string;
  /** The probability that the verdict names the right cause in the right service, 0 to 1; see docs/accuracy.md. */
  confidence: number;
  signals: Signals;
  /** Missing for a verdict on many requests, on log lines, or on the trace data itself. */
  grounds?: Grounds | undefined;
  /** The share of the symptom that the finding explains, 0 to 1. */
  share: number;
  /** The detector of the verdict's finding. */
  kind: string;
  service: string;
  operation: string;
  /** The change that caused it, or may have; missing where no change did. */
  change?: NamedChange | undefined;
  /** Best first. */
  ranking: readonly Readonly<{ service: string; operation: string; kind: string; score: number }>[];
  /** Indexes into the findings: `finding` happened because of `because`. */
  chain: readonly Readonly<{ finding: number; because: number }>[];
  /** `passedOn`: the service only passed on the failure of another one. */
  ruledOut: readonly Readonly<{ kind: string; service: string; why: string; passedOn?: true }>[];
  /** Detectors that the verdict names beside its own, where no finding does. */
  names?: readonly string[] | undefined;
  /** Where one operation outside of the finding takes more of a slow request than the finding explains. */
  elsewhere?: Elsewhere | undefined;
  /** Where nothing recorded names the cause: all possible causes. Missing otherwise. */
  couldBe?: readonly Candidate[] | undefined;
  /** Many requests show where it is wrong, and only the reason is open. Missing otherwise. */
  isPlaceSure?: boolean | undefined;
  /** What would prove the verdict wrong. */
  check: string;
  /** What to do first; where the verdict leaves much unexplained, also where else to look. */
  remedy: string;
  runbook: string;
}>;

/**
 * How sure it is that the named change led to the cause. Words may prove a cause, and never a change; without a sure cause
 * nothing is behind it for sure, and time alone proves nothing.
 */
export function changeStatus({ status, change }: Pick<Diagnosis, 'status' | 'change'>): Exclude<Status, 'confirmed'> {
  return status === 'inconclusive' || change?.knownBy !== 'evidence' ? 'inconclusive' : 'likely';
}

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
