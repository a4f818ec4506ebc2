/**
 * What detectors of windows found, as evidence on the service that it is about: how surely such a finding names a cause,
 * how much of that another one explains, and whether the trouble that was asked about can come from there.
 *
 *   stopped     a pod does not run, and none beside it does: what needs it cannot work
 *   change      somebody changed it right before; it says itself how sure that is
 *   mechanism   a limit that was reached, a leak, a failure that spreads
 *   described   a number is unusual: something is wrong, here or at somebody whom this one waits for
 */
import { isDescription } from '#diagnose/finding-kinds.ts';
import { isOfChange } from '#diagnose/window/blamed-change.ts';
import type { CallGraph } from '#diagnose/window/call-graph.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';

export type SeenSuspect = Readonly<{
  service: string;
  kind: string;
  operation: string;
  detector: string;
  role: Role;
  weight: number;
  /** It says what requests or numbers show already, and is no evidence of its own. */
  restates: boolean;
}>;

type Role = 'stopped' | 'change' | 'mechanism' | 'described';

/** Of how many such findings the service is at fault, as far as a finding alone can say. */
const WEIGHTS: Readonly<Record<Role, number>> = { stopped: 0.9, change: 0.5, mechanism: 0.6, described: 0.2 };
/** What one who waits for a sicker one has of its own. */
const EXPLAINED = 0.5;
/** Who is not waited for by those in trouble. */
const ASIDE = 0.5;

export type SeenEvidence = Readonly<{
  seen: readonly Finding[];
  detectors: Detectors;
  /** Whose trouble it is; empty where nobody said. */
  service: string;
}>;

/** The surest first, one for each service and role. */
export function seenSuspects(evidence: SeenEvidence, calls: CallGraph): readonly SeenSuspect[] {
  const { detectors } = evidence;
  const all = evidence.seen.map((finding) => ({ finding, ...roleOf(finding, detectors) }));
  const suspects = new Map<string, SeenSuspect>();
  for (const one of all) {
    const { finding, role } = one;
    const { service, operation } = finding;
    const isExplained = all.some((other) => explains(other, one, calls));
    const weight = one.weight * (isExplained ? EXPLAINED : 1) * (isAside(service, evidence, calls) ? ASIDE : 1);
    const key = `${service}\n${role}`;
    if (service === '' || (suspects.get(key)?.weight ?? 0) >= weight) continue;
    suspects.set(key, {
      service,
      operation,
      detector: finding.detector,
      kind: kindOf(finding, detectors),
      role,
      weight,
      restates: detectors.of(finding.detector).coverage === 'requests' || role === 'described',
    });
  }
  return [...suspects.values()].sort((a, b) => b.weight - a.weight || (a.service < b.service ? -1 : 1));
}

type Weighed = Readonly<{ finding: Finding; role: Role; weight: number }>;

function roleOf(finding: Finding, detectors: Detectors): Omit<Weighed, 'finding'> {
  const { detector, facts } = finding;
  const { coverage } = detectors.of(detector);
  if (coverage === 'pod') {
    // Where other pods of it are ready, it works with less, or goes on with what was there before.
    const role = typeof facts.ready === 'number' && facts.ready > 0 ? 'mechanism' : 'stopped';
    return { role, weight: WEIGHTS[role] };
  }
  if (coverage === 'change') {
    const sure = typeof facts.confidence === 'number' ? Math.min(1, Math.max(0, facts.confidence)) : WEIGHTS.change;
    return { role: 'change', weight: sure };
  }
  const role = isDescription(detector, detectors) ? 'described' : 'mechanism';
  return { role, weight: WEIGHTS[role] };
}

function kindOf(finding: Finding, detectors: Detectors): string {
  const { detector, facts } = finding;
  if (!isOfChange(finding, detectors)) return detector;
  return facts.kind === 'config' ? 'config' : 'change';
}

/** Whom one waits for and who is at least as sick explains it, unless that began later. */
function explains(cause: Weighed, effect: Weighed, calls: CallGraph): boolean {
  if (effect.role === 'change' || cause.weight < effect.weight) return false;
  const [began, followed] = [cause.finding.facts.sinceUs, effect.finding.facts.sinceUs];
  const isLater = typeof began === 'number' && typeof followed === 'number' && began > followed;
  return !isLater && calls.waitsFor(effect.finding.service, cause.finding.service);
}

function isAside(service: string, evidence: SeenEvidence, calls: CallGraph): boolean {
  const asked = evidence.service;
  return (
    asked !== '' && asked !== service && calls.knows(asked) && calls.knows(service) && !calls.waitsFor(asked, service)
  );
}
