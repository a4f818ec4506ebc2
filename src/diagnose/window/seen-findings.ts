/**
 * Findings of window detectors as evidence on their service: how reliably such a finding names a cause, how much of it
 * another one explains, and whether the reported problem can come from there.
 *
 *   compared    a new version does worse than the old one in the same minutes
 *   stopped     a pod does not run, and no other one of its kind does: its callers cannot work
 *   apart       a server is under strain, and the others of its kind are as before: no caller is the reason
 *   change      somebody changed it right before; the finding says itself how certain that is
 *   near        somebody changed it right before, and nothing but the time leads to it
 *   mechanism   a limit that was reached, a leak, a failure that spreads
 *   described   an unusual number: something is wrong, here or in a service that this one waits for
 */
import { isDescription } from '#diagnose/finding-kinds.ts';
import {
  COLLECTS,
  saysAlertFires,
  saysLocksWait,
  saysWhatIsAsked,
  saysWhyAllWait,
} from '#diagnose/rules/seen-by-many.ts';
import { isOfChange, isOnlyNear, isTied } from '#diagnose/window/blamed-change.ts';
import type { CallGraph } from '#diagnose/window/call-graph.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isOfResources } from '#model/metrics/metric-names.ts';

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

type Role = 'compared' | 'stopped' | 'apart' | 'change' | 'mechanism' | 'described' | 'near';

/** How often the service is at fault in such findings, from a finding alone. */
const WEIGHTS: Readonly<Record<Role, number>> = {
  compared: 0.9,
  stopped: 0.9,
  apart: 0.8,
  change: 0.5,
  mechanism: 0.6,
  described: 0.2,
  near: 0.5,
};
/** The share that remains for a service that waits for a sicker one. All that wait for one stopped service share it. */
const EXPLAINED = 0.5;
/** The weight of a service that no affected service waits for. */
const ASIDE = 0.5;

/** The findings that speak of the suspect: of its detector and its service. */
export function findingsOf(
  { detector, service }: Pick<Finding, 'detector' | 'service'>,
  seen: readonly Finding[],
): readonly Finding[] {
  return seen.filter(
    (finding) => finding.detector === detector && finding.service === service && !saysAlertFires(finding),
  );
}

export type SeenEvidence = Readonly<{
  seen: readonly Finding[];
  detectors: Detectors;
  /** The affected service; empty where nobody named one. */
  service: string;
  /** Services whose processors are full now and were not before, or whose own work takes longer. */
  full?: ReadonlySet<string>;
  /** Without them only metrics show what services wait for. */
  areRequests?: boolean;
}>;

/** The most certain first, one for each service and role. */
export function seenSuspects(evidence: SeenEvidence, calls: CallGraph): readonly SeenSuspect[] {
  const { detectors } = evidence;
  const said = evidence.seen.filter((finding) => !saysAlertFires(finding));
  const all = said.map((finding) => ({ finding, ...roleIn(finding, evidence, calls) }));
  const suspects = new Map<string, SeenSuspect>();
  const shares = explainedShares(all, calls);
  const growths = new Map([...shareOfGrowth(evidence.seen), ...shareOfRefused(evidence.seen)]);
  for (const one of all) {
    const { finding, role } = one;
    const { service, operation } = finding;
    const grown = role === 'described' ? (growths.get(finding) ?? 1) * nearnessToCause(finding, evidence) : 1;
    const isEffect = failsAfterWaits(finding, evidence) || isBacklog(finding, evidence);
    const part = (isAside(finding, evidence, calls) ? ASIDE : 1) * (isEffect ? EXPLAINED : 1);
    const weight = one.weight * grown * (shares.get(finding) ?? 1) * part;
    const key = `${service}\n${role}`;
    if (service === '' || (suspects.get(key)?.weight ?? 0) >= weight) continue;
    suspects.set(key, {
      service,
      operation,
      detector: finding.detector,
      kind: kindOf(finding, evidence),
      role,
      weight,
      restates: detectors.of(finding.detector).coverage === 'requests' || role === 'described' || role === 'near',
    });
  }
  return [...suspects.values()].sort((a, b) => b.weight - a.weight || (a.service < b.service ? -1 : 1));
}

/** Work that waits for a thread says why answers are late; a processor that only does more does not. */
const SAYS_WHY = 1.5;

function nearnessToCause({ facts }: Finding, { seen, areRequests = true }: SeenEvidence): number {
  if (areRequests || !seen.some((one) => one.facts.isFelt === true)) return 1;
  if (facts.concept === 'waiting' && facts.isAbove === true) return SAYS_WHY;
  return isOfResources(String(facts.concept ?? '')) ? ASIDE : 1;
}

function roleIn(finding: Finding, evidence: SeenEvidence, calls: CallGraph): Omit<Weighed, 'finding'> {
  if (isOfCallee(finding, evidence, calls)) {
    const { weight } = roleOf(finding, evidence.detectors, evidence.full);
    return { role: 'near', weight: weight * EXPLAINED };
  }
  if (finding.facts.form === 'strained') return roleOfStrain(finding, evidence);
  // It says where the messages go, or who stops the requests, and not only that there are fewer.
  if (finding.facts.form === 'moved' || finding.facts.form === 'blocked')
    return { role: 'apart', weight: WEIGHTS.mechanism };
  return isHeldUp(finding, evidence)
    ? { role: 'mechanism', weight: WEIGHTS.mechanism }
    : roleOf(finding, evidence.detectors, evidence.full);
}

/**
 * The old instances of a release were gone, so it was compared with the minutes before, and what began with it may have
 * another cause: what it calls fails requests itself since then, or has used up a resource.
 */
export function isOfCallee(
  { service, facts }: Finding,
  { seen, detectors }: Pick<SeenEvidence, 'seen' | 'detectors'>,
  calls: CallGraph,
): boolean {
  if (facts.isSideBySide !== true || facts.form !== 'after') return false;
  const failing = detectors.named('failing-requests').id;
  const isInTime = (one: Finding) => Number(one.facts.sinceUs) <= Number(facts.sinceUs) + TOGETHER_US;
  return seen.some(
    (one) =>
      one.service !== service &&
      (saysWhyAllWait(one) || one.detector === failing) &&
      isInTime(one) &&
      calls.waitsFor(service, one.service),
  );
}

/** A whole store under strain explains what requests show; without requests it stands for itself. */
function roleOfStrain({ facts }: Finding, { areRequests = true }: SeenEvidence): Omit<Weighed, 'finding'> {
  if (facts.isApart === true) return { role: 'apart', weight: WEIGHTS.apart };
  return { role: areRequests ? 'mechanism' : 'apart', weight: WEIGHTS.mechanism };
}

/** Sessions of a database wait for a lock, answers take longer, and no requests show what they wait for. */
function isHeldUp(finding: Finding, { seen, detectors, areRequests = true }: SeenEvidence): boolean {
  const slow = detectors.named('slow-answers').id;
  return (
    !areRequests && saysLocksWait(finding) && seen.some((one) => one.detector === slow && one.facts.isFelt === true)
  );
}

/**
 * A caller adds the wait for a slow service to a longer answer of its own: the service at fault grows most, as a multiple of
 * what it was. For numbers that say how long answers take.
 */
function shareOfGrowth(seen: readonly Finding[]): ReadonlyMap<Finding, number> {
  const growths = new Map<Finding, number>();
  for (const finding of seen) {
    const { facts } = finding;
    const [now, usual] = facts.concept === 'latency' ? [facts.value, facts.expected] : [facts.p95Us, facts.usualUs];
    const isOfNumbers = facts.concept === 'latency' || facts.form === 'metric';
    const growth = isOfNumbers ? Number(now) / Number(usual) : Number.NaN;
    if (growth > 1 && Number.isFinite(growth)) growths.set(finding, growth);
  }
  const most = Math.max(1, ...growths.values());
  return new Map([...growths].map(([finding, growth]) => [finding, Math.sqrt(growth / most)]));
}

/** A caller passes a refusal on, among its other answers: who refuses the largest share of its requests refuses first. */
function shareOfRefused(seen: readonly Finding[]): ReadonlyMap<Finding, number> {
  const refused = Map.groupBy(
    seen.filter(({ facts }) => facts.form === 'refused' && Number(facts.share) > 0),
    ({ facts }) => facts.status,
  );
  return new Map(
    [...refused.values()].flatMap((own) => {
      const most = Math.max(...own.map(({ facts }) => Number(facts.share)));
      return own.map((finding): [Finding, number] => [finding, Math.sqrt(Number(finding.facts.share) / most)]);
    }),
  );
}

type Weighed = Readonly<{ finding: Finding; role: Role; weight: number }>;

function roleOf(finding: Finding, detectors: Detectors, full: ReadonlySet<string> = NOBODY): Omit<Weighed, 'finding'> {
  const { detector, facts } = finding;
  const { coverage } = detectors.of(detector);
  if (coverage === 'pod') {
    // The lists show it, but nothing shows that anybody suffers from it.
    if (facts.sure === false) return { role: 'described', weight: WEIGHTS.described };
    // With other ready pods, it works with less capacity, or goes on with the previous version.
    // Requests do not wait for a job.
    const { isBeside: isJob, ready } = facts;
    const isLess = typeof ready === 'number' && ready > 0;
    const isBeside = isJob === true || (isLess && !isShort(finding, full));
    const role = isBeside ? 'mechanism' : 'stopped';
    return { role, weight: WEIGHTS[role] };
  }
  if (coverage === 'change') return roleOfChange(finding);
  // Near its limit, a resource is not at it: work does not wait yet.
  const isDescribed = isDescription(detector, detectors) || saysWhatIsAsked(finding) || facts.critical === false;
  const role = isDescribed ? 'described' : 'mechanism';
  return { role, weight: WEIGHTS[role] };
}

function roleOfChange(finding: Finding): Omit<Weighed, 'finding'> {
  const { confidence, isSideBySide } = finding.facts;
  const weight = typeof confidence === 'number' ? Math.min(1, Math.max(0, confidence)) : WEIGHTS.change;
  if (isSideBySide === true) return { role: 'compared', weight };
  return { role: isOnlyNear(finding) && !isTied(finding) ? 'near' : 'change', weight };
}

/**
 * The pods that run are at their limit or take longer, and at least as many do not run: the work of all of them is left to
 * a few.
 */
function isShort({ service, facts }: Finding, full: ReadonlySet<string>): boolean {
  const { ready, missing } = facts;
  return full.has(service) && typeof ready === 'number' && typeof missing === 'number' && missing >= ready;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Prometheus asks each minute by default, and a rate needs two values: numbers that close began together. */
const TOGETHER_US = 120e6;

/** Numbers show that the service took long first, and that some of its requests failed only later: they wait in vain. */
function failsAfterWaits({ detector, service, facts }: Finding, { seen, detectors }: SeenEvidence): boolean {
  if (detector !== detectors.named('failing-requests').id || facts.form !== 'metric') return false;
  const slow = detectors.named('slow-answers').id;
  return seen.some(
    (one) =>
      one.detector === slow &&
      one.service === service &&
      one.facts.isFelt === true &&
      Number(one.facts.sinceUs) + TOGETHER_US <= Number(facts.sinceUs),
  );
}

/** All that left its past in a broker is what waits in its queues, and somebody who takes from one cannot keep up. */
function isBacklog({ facts }: Finding, { seen }: SeenEvidence): boolean {
  const isGrowing = (one: Finding) =>
    saysWhyAllWait(one) && one.facts.queue !== undefined && one.facts.critical !== false;
  return facts.isOfQueues === true && seen.some(isGrowing);
}

/** A server of a store that does not run: what others depend on is gone. No node of the cluster is at fault. */
export const LOST_SERVER = 'dependency';

/** A node at fault is one kind of fault, whether its pods or its requests show it. */
function kindOf(finding: Finding, evidence: SeenEvidence): string {
  const { detectors } = evidence;
  const { facts } = finding;
  if (facts.isOfLocks === true || isHeldUp(finding, evidence)) return detectors.named('lock-wait').id;
  if (facts.resource === 'garbage collection') return COLLECTS;
  if (facts.kind === 'node') return 'node';
  if (facts.isGone === true) return LOST_SERVER;
  // Its container was never made, so it is no loop.
  if (facts.isNeverMade === true) return detectors.named('never-made').id;
  if (!isOfChange(finding, detectors)) return kindNamed(finding);
  return facts.kind === 'config' ? 'config' : 'change';
}

/**
 * A shorter time is no resource that ran out, and neither is a disk that is mounted read-only, nor a server that shows only
 * how many of its answers are errors, that the other servers of its set miss, or that has no leader.
 */
export function kindNamed({ detector, facts }: Pick<Finding, 'detector' | 'facts'>): string {
  if (facts.isTimeLimit === true) return 'config';
  if (facts.isOfErrors === true || facts.isMissed === true || facts.isLeaderless === true) return LOST_SERVER;
  return facts.isReadOnly === true ? 'disk' : detector;
}

/** For each finding that another one explains, the share of its weight that remains. */
function explainedShares(all: readonly Weighed[], calls: CallGraph): ReadonlyMap<Finding, number> {
  const causes = new Map<Finding, Weighed>();
  for (const one of all) {
    const cause = all.find((other) => explains(other, one, calls));
    if (cause !== undefined) causes.set(one.finding, cause);
  }
  const waiting = new Map<string, Set<string>>();
  for (const [{ service }, { finding, role }] of causes) {
    if (role !== 'stopped') continue;
    waiting.set(finding.service, (waiting.get(finding.service) ?? new Set()).add(service));
  }
  return new Map(
    [...causes].map(([effect, { finding, role }]) => {
      const among = role === 'stopped' ? (waiting.get(finding.service)?.size ?? 1) : 1;
      return [effect, EXPLAINED / among];
    }),
  );
}

/** A callee that is at least as sick explains its caller, unless it became sick later. */
function explains(cause: Weighed, effect: Weighed, calls: CallGraph): boolean {
  if (effect.role === 'change' || effect.role === 'near' || effect.role === 'compared' || cause.weight < effect.weight)
    return false;
  const [began, followed] = [cause.finding.facts.sinceUs, effect.finding.facts.sinceUs];
  const isLater = typeof began === 'number' && typeof followed === 'number' && began > followed;
  return !isLater && calls.waitsFor(effect.finding.service, cause.finding.service);
}

/** Who asks the affected service more often harms it from above. */
function isAside({ service, facts }: Finding, evidence: SeenEvidence, calls: CallGraph): boolean {
  const asked = evidence.service;
  if (typeof facts.asks === 'string' && facts.asks !== '' && calls.waitsFor(service, asked)) return false;
  return (
    asked !== '' && asked !== service && calls.knows(asked) && calls.knows(service) && !calls.waitsFor(asked, service)
  );
}
