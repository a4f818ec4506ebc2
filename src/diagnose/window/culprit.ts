/**
 * Which service is at fault for what a window shows, from its differences to the baseline. Earlier causes are weighed
 * first: a saturated CPU explains slow calls, slow calls explain timeouts, timeouts explain log lines, and log lines
 * locate a fault better than requests that stop early. A pod that does not run explains all of that, and so does a node
 * on which everything is sick, or a server of a store that is under strain alone. A new version that does worse than the old one beside it comes before all of them: whatever
 * both share is not the reason. A change right before explains log lines and calls, but not whose network is slow; one
 * that only its time makes suspect comes last. Each kind of evidence explains only what the earlier ones left.
 */
import { MOVED_SIGNS, type MovedSeries } from '#diagnose/window/moved-series.ts';
import type { NamedCallees } from '#diagnose/window/named-callees.ts';
import type { NewFailure } from '#diagnose/window/new-failures.ts';
import type { SeenSuspect } from '#diagnose/window/seen-findings.ts';
import { kindOfSlow, nameOfSlow } from '#diagnose/window/slow-kinds.ts';
import type { SlowSuspect } from '#diagnose/window/slow-places.ts';
import { kindOfSlower } from '#diagnose/window/slower-lines.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import { saidIn } from '#model/logs/log-sighting.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';

export type Suspect = Readonly<{
  service: string;
  kind: string;
  operation: string;
  /** The strongest evidence: the detector that names its finding. */
  detector: string;
  /** How many kinds of evidence point to it. */
  kinds: number;
  /** The strongest evidence may come from the users' requests: only one operation has more to do. */
  isAskedFor: boolean;
  /** The strongest evidence is calls that stop: requests that need fewer calls look the same. */
  mayBeFewerAsked: boolean;
  /**
   * The chance that random variation gives such evidence, for the strongest evidence; 0 where it does not come from a
   * comparison.
   */
  chance: number;
  /** The share of this service in all suspicion; the rest up to 1 means that nothing is wrong. */
  score: number;
}>;

/** At half of its headroom used, a CPU begins to cause waiting. */
const HEADROOM_GATE = 0.5;
/** Users notice a tenth on top of the usual latency. */
const SLOWNESS_GATE = 0.1;
/** Seven to one. */
const NATS_GATE = 2;
/** A tenth of the requests. */
const CUT_GATE = 0.1;
/** The weight of the service called last, relative to the service that stopped: the latter comes first. */
const LAST_CALLED = 0.9;

type Accused = Pick<Suspect, 'service' | 'kind' | 'operation' | 'score'> &
  Readonly<{
    detector?: string;
    chance?: number;
    /** It is no independent evidence. */
    restates?: boolean;
    isAskedFor?: boolean;
    mayBeFewerAsked?: boolean;
    /** It shows that a version is at fault, and not what it does wrong. */
    isOfVersion?: boolean;
    /** Its failures give a reason in words. */
    isSaid?: boolean;
    /** Only a caller says so: one sign, which does not name what is wrong. */
    isHeard?: boolean;
  }>;
type Weighed = Readonly<{ belief: number; by: readonly Accused[] }>;

/** Weaker evidence does not count as one more kind. */
const SPEAKS = 0.05;

/** Lower than any share: what a service shows itself replaces the words of its callers. */
const HEARD = -1;

type Scored = { -readonly [Key in keyof Suspect]: Suspect[Key] } & { best: number; isOfVersion: boolean };

/** Services that only show what another one has. */
type Others = Readonly<{
  /** Their processor is full because a full one before them gets far more requests, or a volume of their callee is full. */
  passed: ReadonlySet<string>;
  /** Their lines name the callees that failed. */
  named: NamedCallees;
  /** Their processor is at its limit, and their new lines only warn: of queues, of threads in use. */
  warned?: ReadonlySet<string>;
  /** Their processor has room and is not the reason: see `idle-processors.ts`. */
  idle?: ReadonlySet<string>;
}>;

const NOBODY: ReadonlySet<string> = new Set();

/** Best first. */
export function suspectsOf(
  signs: WindowSigns,
  seen: readonly SeenSuspect[],
  detectors: Detectors,
  { passed, named: callees, warned = NOBODY, idle = NOBODY }: Others,
): readonly Suspect[] {
  const scores = new Map<string, Scored>();
  let left = 1;
  const named = (sign: JudgedSign) => detectors.named(sign).id;
  const refused = signs.failures.filter((failure) => isRefusedStatement(failure, signs));
  const others = { ...signs, failures: signs.failures.filter((failure) => !refused.includes(failure)) };
  const ladder: readonly (readonly [detector: string, weighed: Weighed])[] = [
    ['', ofSeen(seen, 'compared')],
    ['', ofSeen(seen, 'stopped')],
    ['', ofSeen(seen, 'apart')],
    [named(signs.node?.what === 'zone' ? 'sick-zone' : 'full-resource'), ofNode(signs, detectors)],
    [named('failure-origin'), ofResolver(signs)],
    [named('full-resource'), ofHeadroom(signs, passed, idle, detectors)],
    [named('failing-requests'), ofFailures({ ...signs, failures: refused }, detectors, callees)],
    [named('slow-answers'), ofSlowness(signs, false, detectors)],
    [named('failing-requests'), ofFailures(others, detectors, callees)],
    ['', ofSeen(seen, 'change')],
    [named('new-lines'), ofSwitches(signs, { passed, named: callees, warned }, detectors)],
    [named('lost-call'), ofLost(signs, detectors)],
    [named('cut-calls'), ofCuts(signs)],
    [named('slow-answers'), ofSlowness(signs, true, detectors)],
    ['', ofSeen(seen, 'mechanism')],
    ['', ofMoved(signs, detectors, idle)],
    ['', ofSeen(seen, 'described')],
    ['', ofSeen(seen, 'near')],
  ];
  for (const [detector, { belief, by }] of ladder) {
    const total = by.reduce((sum, { score }) => sum + score, 0);
    if (total === 0 || belief === 0) continue;
    for (const one of by) accuse(scores, { detector, ...one }, { part: belief * (one.score / total), left });
    left *= 1 - belief;
  }
  const suspects = [...scores.values()].map(({ best: _, isOfVersion: __, ...suspect }) => suspect);
  return suspects.sort((a, b) => b.score - a.score || (a.service < b.service ? -1 : 1));
}

/** `part`: of the suspicion of this kind of evidence. `left`: what earlier kinds left to explain. */
function accuse(
  scores: Map<string, Scored>,
  accused: Accused & Pick<Suspect, 'detector'>,
  { part, left }: Readonly<{ part: number; left: number }>,
): void {
  const { service, chance = 0, restates, isSaid, isHeard, score: _, ...what } = accused;
  const share = left * part;
  const one = { isAskedFor: false, mayBeFewerAsked: false, isOfVersion: false, ...what };
  const known = scores.get(service) ?? { service, ...one, score: 0, kinds: 0, chance: 1, best: HEARD };
  scores.set(service, known);
  known.score += share;
  if (part >= SPEAKS && restates !== true) {
    known.kinds += 1;
    known.chance = Math.min(known.chance, chance);
  }
  if (isHeard === true) return;
  if (isFirst(known, { share, part, isSaid })) Object.assign(known, one);
  known.best = Math.max(known.best, share);
}

/** Whether new evidence names the suspect from now on. What a version does wrong says more than which version does it. */
function isFirst(
  { best, isOfVersion }: Scored,
  { share, part, isSaid }: Readonly<{ share: number; part: number; isSaid: boolean | undefined }>,
): boolean {
  return share > best || (isOfVersion && isSaid === true && part >= SPEAKS);
}

/** From 0 to 1; a half at the gate. */
function gated(value: number, gate: number): number {
  return value ** 2 / (value ** 2 + gate ** 2);
}

/** How often such a node is at fault, from that evidence alone. */
const NODE_BELIEF = 0.9;

function ofNode({ node }: WindowSigns, detectors: Detectors): Weighed {
  if (node === undefined) return { belief: 0, by: [] };
  const kind = node.what === 'zone' ? detectors.named('sick-zone').id : 'node';
  const accused = { service: node.node, kind, operation: '', score: 1, chance: node.chance };
  const part = node.full === undefined ? node.services.length / node.of : 1;
  return { belief: NODE_BELIEF * part, by: [accused] };
}

/** How often a resolver is at fault that says so itself while others ask in vain. */
const RESOLVER_BELIEF = 0.9;

function ofResolver({ resolver }: WindowSigns): Weighed {
  if (resolver === undefined) return { belief: 0, by: [] };
  return {
    belief: RESOLVER_BELIEF,
    by: [{ service: resolver.service, kind: 'dependency', operation: '', score: 1, chance: 0 }],
  };
}

/** How much a processor counts that only does what a service before it passes on. */
const PASSED_ON = 0.1;

function ofHeadroom(
  { headroom: all }: WindowSigns,
  passed: ReadonlySet<string>,
  idle: ReadonlySet<string>,
  detectors: Detectors,
): Weighed {
  const headroom = all.filter(({ service }) => !idle.has(service));
  return {
    belief: gated(headroom[0]?.share ?? 0, HEADROOM_GATE) ** 2,
    by: headroom.map(({ service, share, isOther = false }) => {
      const kind = isOther ? detectors.named('full-resource').id : 'cpu';
      return { service, kind, operation: '', score: weightOf(share) * (passed.has(service) ? PASSED_ON : 1) };
    }),
  };
}

function weightOf(share: number): number {
  return share * gated(share, HEADROOM_GATE) ** 2;
}

/** Different requests of users do not double the latency of all requests. */
const DOUBLED = 1;

/** One operation works longer and nothing else is slow: users may give it more to do. */
function mayBeAskedFor({ trouble, places }: SlowSuspect, addedShare: number): boolean {
  return trouble === 'itself' && places.length === 1 && places[0]?.place.isOfStore === false && addedShare < DOUBLED;
}

/**
 * A store refuses a statement for its quota, and the same statement takes longer: clients repeat it until it is allowed. So
 * the refusal explains the time, and not the time the refusal.
 */
function isRefusedStatement({ service, operation, said }: NewFailure, { slowness }: WindowSigns): boolean {
  const isSlow = slowness.suspects.some(
    (one) =>
      one.service === service && one.places.some(({ place }) => place.isOfStore && place.operation === operation),
  );
  return isSlow && reachedLimit(said)?.resource === 'quota';
}

/** Suspects that users' requests may explain account for no failure and no line, so they come last. */
function ofSlowness(signs: WindowSigns, areAskedFor: boolean, detectors: Detectors): Weighed {
  const { slowness, addedShare } = signs;
  const own = slowness.suspects.filter((suspect) => mayBeAskedFor(suspect, addedShare) === areAskedFor);
  const sum = (suspects: readonly SlowSuspect[]) => suspects.reduce((total, { score }) => total + score, 0);
  return {
    belief: own.length === 0 ? 0 : gated(addedShare, SLOWNESS_GATE) ** 2 * (sum(own) / sum(slowness.suspects)),
    by: own.map((suspect) => {
      const { service, score, chance, places } = suspect;
      return {
        service,
        kind: nameOfSlow(kindOfSlow(suspect, signs), detectors),
        operation: places[0]?.place.operation ?? '',
        score,
        chance,
        isAskedFor: areAskedFor,
      };
    }),
  };
}

/** A call that fails in a service without spans is that service's failure, if its caller's lines name it. */
function ofFailures({ failures }: WindowSigns, detectors: Detectors, callees: NamedCallees): Weighed {
  const most = failures.reduce((nats, failure) => Math.max(nats, failure.nats), 0);
  const callers = new Set<string>();
  return {
    belief: logistic(most - NATS_GATE),
    by:
      most === 0
        ? []
        : failures.flatMap((failure): Accused[] => {
            const { service, operation, said, early, excess, nats, chance } = failure;
            // A message that says what failed makes it more than a status that is passed on.
            const named = said === '' ? 'error-return' : detectors.named('failure-origin').id;
            const kind = early === undefined ? named : detectors.named('early-timeout').id;
            const score = excess * logistic(nats - NATS_GATE);
            const failed = failingCallees(failure, callees);
            if (failed.length > 0) {
              const restates = callers.has(service);
              callers.add(service);
              return failed.map((callee) => heard(callee, { chance, score: score / failed.length, restates }));
            }
            return [{ service, kind, operation, chance, isSaid: said !== '', score }];
          }),
  };
}

/** What fails behind a caller: callees without spans that its lines name, or the callee that answers too late. */
function failingCallees({ service, isUnanswered, late, early }: NewFailure, callees: NamedCallees): readonly string[] {
  if (isUnanswered) return ends(service, callees);
  return late === '' || early !== undefined ? [] : [late];
}

/** The callees that a service names, without those that name others in turn. */
function ends(service: string, callees: NamedCallees): readonly string[] {
  return (callees.get(service) ?? []).filter((callee) => !callees.has(callee));
}

/** What a caller says of its callee. */
function heard(service: string, weighed: Pick<Required<Accused>, 'chance' | 'score' | 'restates'>): Accused {
  return { service, kind: 'exception', operation: '', isHeard: true, ...weighed };
}

function ofSwitches(
  { switches: all, failures }: WindowSigns,
  { passed, named: callees, warned = NOBODY }: Others,
  detectors: Detectors,
): Weighed {
  const switches = all.filter(({ service }) => !passed.has(service));
  const most = switches.reduce((nats, one) => Math.max(nats, one.nats), 0);
  const kinds = new Map<string, string>();
  for (const { service, change } of switches.filter(({ nats }) => nats >= NATS_GATE / 2)) {
    const known = kinds.get(service);
    kinds.set(service, known === undefined || known === change ? change : 'both');
  }
  const best = new Map<string, Accused>();
  for (const { service, operation, nats, chance, change, example } of switches) {
    if (best.has(service)) continue;
    const slower = change === 'began' ? kindOfSlower(saidIn(example)) : undefined;
    const other = kinds.get(service) === 'both' ? 'error-return' : 'exception';
    const kind = slower === undefined ? other : nameOfSlow(slower, detectors);
    best.set(service, { service, kind, operation, chance, score: nats * logistic(2 * (nats - NATS_GATE)) });
  }
  // Requests that fail in a caller and its lines are one sign.
  const isSeen = (service: string) => failures.some((failure) => failure.service === service && failure.isUnanswered);
  const by = [...best.values()].flatMap((one): Accused[] => {
    // What a full processor leads to names nothing more than the processor does.
    if (warned.has(one.service)) return [{ ...one, isHeard: true, restates: true }];
    if (!callees.has(one.service)) return [one];
    const { service, score, chance = 0 } = one;
    const failed = ends(service, callees);
    return failed.map((callee) => heard(callee, { chance, score: score / failed.length, restates: isSeen(service) }));
  });
  return { belief: by.length === 0 ? 0 : logistic(2 * (most - NATS_GATE)), by };
}

function ofCuts({ cuts, requests }: WindowSigns): Weighed {
  const by: Accused[] = [];
  const mayBeFewerAsked = true;
  for (const { service, operation, last, excess, chance } of cuts) {
    by.push({
      service,
      kind: last === '' ? 'error-return' : 'exception',
      operation,
      chance,
      score: excess,
      mayBeFewerAsked,
    });
    if (last !== '' && last !== service)
      by.push({
        service: last,
        kind: 'exception',
        operation: '',
        chance,
        score: LAST_CALLED * excess,
        mayBeFewerAsked,
      });
  }
  const cut = cuts.reduce((sum, { excess }) => sum + excess, 0);
  return { belief: requests === 0 ? 0 : gated(Math.min(1, cut / requests), CUT_GATE), by };
}

function ofLost({ lost, requests }: WindowSigns, detectors: Detectors): Weighed {
  const kind = detectors.named('lost-call').id;
  // What stopped before its last call is weighed as a cut.
  const own = lost.filter(({ isLast }) => !isLast);
  const sum = own.reduce((total, { excess }) => total + excess, 0);
  return {
    belief: requests === 0 ? 0 : gated(Math.min(1, sum / requests), CUT_GATE),
    by: own.map(({ service, operation, excess, chance }) => ({ service, operation, kind, chance, score: excess })),
  };
}

/** Memory and CPU have no detector that names them. */
const KINDS: Readonly<Record<MovedSeries['measures'], JudgedSign | 'memory' | 'cpu'>> = {
  connections: 'full-pool',
  memory: 'memory',
  cpu: 'cpu',
  latency: 'slow-answers',
  errors: 'failing-requests',
};
/** Half of the weight that one series can have. */
const MOVED_GATE = 0.5;

function ofMoved({ moved: all, requests }: WindowSigns, detectors: Detectors, idle: ReadonlySet<string>): Weighed {
  const moved = all.filter(({ service, measures }) => !(measures === 'cpu' && idle.has(service)));
  if (requests > 0) return { belief: 0, by: [] };
  const by = [...Map.groupBy(moved, ({ service }) => service)].map(([service, own]) => {
    const score = own.reduce((sum, one) => sum + one.score, 0);
    const measures = own[0]?.measures ?? 'latency';
    const sign = KINDS[measures];
    const kind = sign === 'memory' || sign === 'cpu' ? sign : detectors.named(sign).id;
    return { service, kind, detector: detectors.named(MOVED_SIGNS[measures]).id, operation: '', score };
  });
  return { belief: gated(Math.min(1, moved[0]?.score ?? 0), MOVED_GATE), by };
}

function ofSeen(seen: readonly SeenSuspect[], role: SeenSuspect['role']): Weighed {
  const own = seen.filter((one) => one.role === role);
  return {
    belief: own[0]?.weight ?? 0,
    by: own.map(({ service, kind, operation, detector, weight, restates }) => ({
      service,
      kind,
      operation,
      detector,
      restates,
      isOfVersion: role === 'compared',
      score: weight,
    })),
  };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
