import type { ReportedFinding } from '#model/incident/postmortem.ts';

/** A finding in the service `orders`, whose texts all come from its title. */
export function reportedFinding(detector: string, title: string): ReportedFinding {
  return {
    detector,
    service: 'orders',
    operation: 'GET /',
    title,
    explanation: `It is ${title}.`,
    remedy: `Mend ${title}.`,
    check: `${title} is gone.`,
    runbook: '',
    evidence: [],
  };
}
