import { type ActionItem, type IncidentStatus, isOver, type Severity } from '#model/incident/incident.ts';
import type { EndNote } from '#model/incident/incident-end.ts';

/** An earlier incident of the workspace that is similar, why, and what ended it. */
export type SimilarIncident = Readonly<{
  incidentId: string;
  /** `INC-4` */
  name: string;
  title: string;
  severity: Severity;
  status: IncidentStatus;
  declaredUs: number;
  verdict: string;
  /** The similarity, 0 to 1. */
  score: number;
  /** What agrees and what differs, in words. */
  same: readonly string[];
  different: readonly string[];
  /** People's notes when it was mitigated, fixed and resolved. */
  ended: readonly EndNote[];
  actionItems: readonly Readonly<Pick<ActionItem, 'text' | 'owner' | 'due' | 'state'>>[];
  /** Whether its postmortem was drafted. */
  hasPostmortem: boolean;
}>;

/** A person can still join it. */
export function isOpen(incident: Pick<SimilarIncident, 'status'>): boolean {
  return !isOver(incident);
}
