/**
 * Proposes the severity of an incident from the urgency of its alert and from the measured share of failed and slow
 * requests. If both say something, the more severe one counts. A person confirms or changes it.
 */
import { SEVERITIES, type Severity } from '#model/incident/incident.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import { shareInterval } from '#model/stats/proportion.ts';

/** `because`: a clause. */
export type ProposedSeverity = Readonly<{ severity: Severity; because: string }>;

/** `urgency`: in the words of the alerting system. Undefined where neither says anything. */
export function proposedSeverity({
  urgency,
  affected,
}: Readonly<{ urgency: string; affected: RequestCounts | undefined }>): ProposedSeverity | undefined {
  const said = bySystem(urgency);
  const measured = affected && byRequests(affected);
  const both = [said, measured].filter((one) => one !== undefined);
  const severity = SEVERITIES.find((one) => both.some((proposed) => proposed.severity === one));
  return severity && { severity, because: both.map(({ because }) => because).join(', and ') };
}

/** What systems call the urgency of an alert. `P1` is a team's own word for it. */
const URGENCIES: readonly (readonly [RegExp, Severity])[] = [
  [/^(?:critical|crit|fatal|emergency|emerg|disaster|highest|urgent|page|blocker)$/, 'P1'],
  [/^(?:error|err|high|major|severe|medium|moderate|average)$/, 'P2'],
  [/^(?:warning|warn|low|lowest|minor|info|informational|information|notice)$/, 'P3'],
];

function bySystem(urgency: string): ProposedSeverity | undefined {
  const words = urgency.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const level = words.map((word) => /^(?:p|sev)(\d)$/.exec(word)?.[1]).find((digit) => digit !== undefined);
  const numbered = level === undefined ? undefined : SEVERITIES[Math.min(Number(level), SEVERITIES.length - 1)];
  const severity = numbered ?? URGENCIES.find(([names]) => words.some((word) => names.test(word)))?.[1];
  return severity && { severity, because: `its alert says ${urgency.trim()}` };
}

/**
 * GitLab's scale of affected users (its handbook: S1 from 50 %, S2 from 25 %, S3 below, S4 under 5 %). The lower end of
 * the 95 % interval counts, so that a few requests propose nothing dramatic.
 */
const SHARES: readonly (readonly [atLeast: number, Severity])[] = [
  [0.5, 'P0'],
  [0.25, 'P1'],
  [0.05, 'P2'],
  [0, 'P3'],
];

function byRequests({ requests, failed, slow }: RequestCounts): ProposedSeverity | undefined {
  const hit = failed + (slow ?? 0);
  if (requests === 0 || hit === 0) return undefined;
  const byFailures = byShare(failed, requests);
  // A slow request has its answer, so slowness alone proposes no P0.
  const byAll = byShare(hit, requests);
  const severity = byFailures !== 'P0' && byAll === 'P0' ? 'P1' : byAll;
  const what = (slow ?? 0) === 0 ? 'failed' : failed === 0 ? 'were slow' : 'failed or were slow';
  return { severity, because: `${hit} of ${requests} requests ${what}` };
}

function byShare(times: number, of: number): Severity {
  const { low } = shareInterval({ times, of });
  return SHARES.find(([atLeast]) => low >= atLeast)?.[1] ?? 'P3';
}
