/** Small stories of changes: a cause that was found, what was changed before it, and which change is suspected. */
import { suspectChange } from '#detect/changes/suspect-change.ts';
import { runDetector } from '#detect/run.ts';
import { symptomsWithoutRequest } from '#detect/signs/symptoms/request-symptoms.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import type { Finding } from '#model/finding/finding.ts';
import { usAt } from '#test/changes.ts';

/** `said`: a line of the failure. */
export type FoundCause = Readonly<{ cause: string; title: string; said?: string; symptom?: 'failed' | 'slow' }>;

/** A finding about checkout. */
function found({ cause, title, said }: FoundCause): Finding {
  return {
    detector: cause,
    runbook: 'runbooks/x.md',
    service: 'checkout',
    operation: '',
    spans: [],
    wastedUs: 0,
    facts: {},
    title,
    explanation: '',
    remedy: '',
    check: '',
    ...(said !== undefined && { evidence: [{ kind: 'log', ref: '', text: said }] }),
  };
}

/** At 14:30 of the drawn day, as many requests show it. */
export function symptomsOf(cause: FoundCause): ChangeSymptoms {
  const { symptom = 'slow' } = cause;
  const seen = { first: found(cause), symptom, nearLines: [], baselineLogs: [] };
  return { ...symptomsWithoutRequest(seen, usAt(0)), isDated: true };
}

export function suspectedBehind(symptoms: ChangeSymptoms, changes: readonly Change[]): readonly Finding[] {
  const window = { service: 'web', fromUs: usAt(-300), toUs: usAt(600) };
  const outcome = runDetector(suspectChange, { window, changes, symptoms });
  if (outcome.kind === 'broken') throw outcome.error;
  return outcome.kind === 'found' ? outcome.findings : [];
}

/** Those that something in the change leads to, and not only its time. */
export function fittingBehind(symptoms: ChangeSymptoms, changes: readonly Change[]): readonly Finding[] {
  return suspectedBehind(symptoms, changes).filter(({ facts }) => facts.isNear !== true);
}

/** The id of the change that is named; undefined where none is, or one of two. */
export function namedBehind(symptoms: ChangeSymptoms, changes: readonly Change[]): unknown {
  const [first] = suspectedBehind(symptoms, changes);
  return first?.facts.tiedWith === '' ? first.facts.id : undefined;
}
