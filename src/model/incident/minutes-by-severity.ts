/** How long somebody is waited for: the same at all severities, or longer at some of them. */
import { SEVERITIES, type Severity } from '#model/incident/incident.ts';

export type MinutesBySeverity = Readonly<{
  /** 0 is never. */
  minutes: number;
  /** The same for one severity, in place of that. */
  minutesBySeverity?: Readonly<Partial<Record<Severity, number | undefined>>> | undefined;
}>;

/** In minutes; 0 is never. Severities outside of `general` have only minutes of their own. */
export function minutesFor(
  { minutes, minutesBySeverity = {} }: MinutesBySeverity,
  severity: Severity,
  general: readonly Severity[] = SEVERITIES,
): number {
  return minutesBySeverity[severity] ?? (general.includes(severity) ? minutes : 0);
}
