/** When a postmortem should be reviewed. */
import { DAY_US } from '#core/time-units.ts';
import type { Incident } from '#model/incident/incident.ts';

/** Memories fade: on-call guides ask for three days after the end at P0, and five working days at P1. */
export function reviewByUs({ severity, resolvedUs }: Pick<Incident, 'severity' | 'resolvedUs'>): number | undefined {
  if (resolvedUs === undefined) return undefined;
  if (severity === 'P0') return resolvedUs + 3 * DAY_US;
  return severity === 'P1' ? workingDaysAfter(resolvedUs, 5) : undefined;
}

function workingDaysAfter(fromUs: number, days: number): number {
  let atUs = fromUs;
  for (let left = days; left > 0; ) {
    atUs += DAY_US;
    const weekday = (Math.floor(atUs / DAY_US) + 4) % 7; // the epoch was a Thursday; 0 is Sunday
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  return atUs;
}
