/**
 * Findings of window detectors as evidence on their service: how reliably such a finding names a cause, how much of it
 * another one explains, and whether the reported problem can come from there.
 *
 *   stopped     a pod does not run, and no other one of its kind does: its callers cannot work
 *   change      somebody changed it right before; the finding says itself how certain that is
 *   mechanism   a limit that was reached, a leak, a failure that spreads
 *   described   an unusual number: something is wrong, here or in a service that this one waits for
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
  /** It repeats what requests or numbers show already, and is no independent evidence. */
  restates: boolean;
}>;

type Role = 'stopped' | 'change' | 'mechanism' | 'described';

/** How often the service is at fault in such findings, from a finding alone. */
const WEIGHTS: Readonly<Record<Role, number>> = { stopped: 0.9, change: 0.5, mechanism: 0.6, described: 0.2 };
/** The share that remains for a service that waits for a sicker one. */
const EXPLAINED = 0.5;
/** The weight of a service that no affected service waits for. */
const ASIDE = 0.5;

export type SeenEvidence = Readonly<{
  seen: readonly Finding[];
  detectors: Detectors;
  /** The affected service; empty where nobody named one. */
  service: string;
}>;

/** The most certain first, one for each service and role. */
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
    // With other ready pods, it works with less capacity, or goes on with the previous version.
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

/** A callee that is at least as sick explains its caller, unless it became sick later. */
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
