/**
 * An availability zone whose services answer no more: calls of them end without an answer, and every answer that does
 * come is from another zone. No span of such a call says where it went, so only the answers that are missing show it.
 *
 *              answers before        answers since 03:17
 *   zone-a     rates 9   rooms 8     rates 21   rooms 18
 *   zone-b     rates 8   rooms 9     rates  0   rooms  0      and 14 calls of rates, 11 of rooms fail without an answer
 *
 * Kubernetes spreads the pods of a service over zones, and a balancer keeps sending to a zone until its health checks
 * fail (kubernetes.io, "Running in multiple zones"; AWS, "Static stability using Availability Zones": gray failures of
 * one zone). A service that moved away from a zone answers from elsewhere, and nothing fails.
 */
import { answeredBy } from '#diagnose/window/call-times.ts';
import { chanceAmong, chanceOfRise, MOST_CHANCE } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';

/**
 * `before`: the answers from the zone, of all answers of the service outside the silence. `elsewhere`: its answers during
 * the silence, none of them from the zone.
 */
export type SilentService = Readonly<{ service: string; before: Counted; elsewhere: number; unanswered: number }>;

export type SilentZone = Readonly<{
  zone: string;
  /** By name. */
  services: readonly SilentService[];
  /** How many services used to answer from there. */
  of: number;
  chance: number;
}>;

/** One silent service may have moved. */
const FEWEST_SERVICES = 2;
/** This share of the services of the zone must be silent. */
const LEAST_SHARE = 2 / 3;
/** Fewer answers do not show how many come from a zone. */
const FEWEST_ANSWERS = 10;
/** One or two calls without an answer happen in every hour. */
const FEWEST_UNANSWERED = 3;
/** The silence begins with one of the first calls without an answer; a stray one may come before. */
const MOST_BEGINNINGS = 20;

export type ZoneOf = (trace: Trace, span: SpanIndex) => string;

type Answer = Readonly<{ service: string; zone: string; atUs: number }>;
type Lost = Readonly<{ service: string; atUs: number }>;

/** `zoneOf`: the zone of a span's process; empty where nobody recorded it. */
export function silentZone(
  traces: readonly Trace[],
  healthyTraces: readonly Trace[],
  zoneOf: ZoneOf,
): SilentZone | undefined {
  const now = traces.flatMap((trace) => answersIn(trace, zoneOf));
  const before = healthyTraces.flatMap((trace) => answersIn(trace, zoneOf));
  const zones = [...new Set([...before, ...now].map(({ zone }) => zone))];
  const lost = unansweredIn(traces, new Set([...before, ...now].map(({ service }) => service)));
  if (zones.length < 2 || lost.length < FEWEST_UNANSWERED) return undefined;
  const beginnings = lost.slice(0, MOST_BEGINNINGS);
  const toUs = lost.at(-1)?.atUs ?? 0;
  const found = zones.flatMap((zone) => {
    const silences = beginnings.flatMap(({ atUs }) => silenceOf(zone, { now, before, lost }, [atUs, toUs]) ?? []);
    const [best] = silences.sort((a, b) => a.chance - b.chance);
    if (best === undefined) return [];
    const chance = chanceAmong(best.chance, beginnings.length * zones.length);
    return chance <= MOST_CHANCE ? [{ ...best, chance }] : [];
  });
  // Two silent zones are no fault of one zone.
  return found.length === 1 ? found[0] : undefined;
}

type Seen = Readonly<{ now: readonly Answer[]; before: readonly Answer[]; lost: readonly Lost[] }>;

/** What the zone answers from the first moment to the second, against what its share of all answers should give. */
function silenceOf(
  zone: string,
  { now, before, lost }: Seen,
  [fromUs, toUs]: readonly [number, number],
): SilentZone | undefined {
  const isWithin = ({ atUs }: Readonly<{ atUs: number }>) => atUs >= fromUs && atUs <= toUs;
  const inside = Map.groupBy(now.filter(isWithin), ({ service }) => service);
  const outside = Map.groupBy([...before, ...now.filter((one) => !isWithin(one))], ({ service }) => service);
  const unanswered = Map.groupBy(lost.filter(isWithin), ({ service }) => service);
  const known = [...outside].flatMap(([service, answers]) => {
    const share: Counted = [answers.filter((one) => one.zone === zone).length, answers.length];
    if (share[0] === 0 || share[1] < FEWEST_ANSWERS) return [];
    const own = inside.get(service) ?? [];
    const fromHere = own.filter((one) => one.zone === zone).length;
    const calls = unanswered.get(service)?.length ?? 0;
    return [{ fromHere, service, before: share, elsewhere: own.length - fromHere, unanswered: calls }];
  });
  const silent = known.filter(({ fromHere }) => fromHere === 0);
  const failing = silent.filter((one) => one.unanswered > 0);
  if (silent.length < LEAST_SHARE * known.length || !areEnough(failing)) return undefined;
  // The silent ones were chosen among those that are known.
  const chosen = 2 ** (known.length - silent.length);
  const chance = silent.reduce((product, one) => product * chanceOfNone(one), chosen);
  const services = failing.map(({ fromHere: _, ...one }) => one).sort((a, b) => (a.service < b.service ? -1 : 1));
  return { zone, services, of: known.length, chance };
}

function areEnough(failing: readonly SilentService[]): boolean {
  const calls = failing.reduce((sum, { unanswered }) => sum + unanswered, 0);
  return failing.length >= FEWEST_SERVICES && calls >= FEWEST_UNANSWERED;
}

/** The chance that all answers come from elsewhere, at the share of before. */
function chanceOfNone({ before: [here, of], elsewhere }: Pick<SilentService, 'before' | 'elsewhere'>): number {
  return elsewhere === 0 ? 1 : chanceOfRise([of - here, of], [elsewhere, elsewhere]).chance;
}

/** The answers that a caller recorded a call for. Users may come to a zone for their own reasons. */
function answersIn(trace: Trace, zoneOf: ZoneOf): Answer[] {
  const answers: Answer[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    const answered = answeredBy(trace, span);
    const zone = answered === undefined ? '' : zoneOf(trace, answered);
    if (answered !== undefined && zone !== '')
      answers.push({ service: trace.service(answered), zone, atUs: trace.startEpochUs + trace.startUs(answered) });
  }
  return answers;
}

/** The failing calls of these services that have no span of the callee, in order. */
function unansweredIn(traces: readonly Trace[], services: ReadonlySet<string>): Lost[] {
  const named = serviceNamed([...services]);
  return traces.flatMap((trace) => lostIn(trace, services, named)).sort((a, b) => a.atUs - b.atUs);
}

function lostIn(trace: Trace, services: ReadonlySet<string>, named: ReturnType<typeof serviceNamed>): Lost[] {
  const failed = errorOrigins(trace).flatMap(({ spans }) => [...spans]);
  return failed.flatMap((span) => {
    const called = callee(trace, span);
    const service = services.has(called) ? called : (named(called) ?? '');
    const isLost = service !== '' && service !== trace.service(span) && trace.childCount(span) === 0;
    return isLost ? [{ service, atUs: trace.startEpochUs + trace.startUs(span) }] : [];
  });
}
