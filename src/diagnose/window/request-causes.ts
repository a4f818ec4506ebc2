/**
 * What single requests name as their cause, counted over the requests of a window and of its baseline, or over a handful
 * of requests without one.
 *
 *   slow-query in orders   18 of 20 affected requests, 0 of 40 in the baseline   explains 0.9 of their problem
 *   N+1 in catalog         20 of 20, 38 of 40 in the baseline                    every request has it: no cause
 *   lock-contention        2 of 3, no baseline                                   as sure as the request that shows it
 */
import { isAboutTrace, isDescription } from '#diagnose/finding-kinds.ts';
import { saysIt } from '#diagnose/signals.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Judgement, Status } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { maskedText } from '#model/logs/log-template-mask.ts';
import { requestKind, type UsualDuration, usualDurations } from '#model/requests/affected-requests.ts';
import type { Trace } from '#model/trace/trace.ts';

/** One request of the window, judged on its own. */
export type JudgedRequest = Readonly<{ trace: Trace; judgement: Judgement }>;

/** What was found in a healthy request: its kind of request, and `kindKey` of each finding. */
export type HealthyRequest = Readonly<{ kind: string; found: ReadonlySet<string> }>;

export type RequestCause = Readonly<{
  /** As in the request that shows it best. */
  finding: JudgedFinding;
  shownBy: Trace;
  /** When the first affected request with it began, in microseconds since the epoch. */
  sinceUs: number;
  /** The status of the verdict of that request, where it is the verdict there; else inconclusive. */
  status: Status;
  /** The reason for that status, as a clause; empty where it is not the verdict there. */
  statusReason: string;
  /** Of how many affected requests it is the verdict. */
  verdicts: number;
  /** The parts of the problems that it explains, added up; half where another finding is the verdict: for the order. */
  weight: number;
  /** How many of all examined requests have it, in the window and in the baseline. */
  now: Counted;
  before: Counted;
  /** How many of the affected requests have it. */
  affected: Counted;
  /** The part of the problem of all affected requests that it explains, 0 to 1. */
  share: number;
  /** Words in the evidence name it. */
  isSaid: boolean;
  /** Whether requests have it more often than in the baseline, beyond chance; true where there is no baseline. */
  isNew: boolean;
  /** It names the place better than all requests together do, and is as unsure. */
  staysOpen?: boolean;
}>;

export function kindKey({ detector, service }: Pick<Finding, 'detector' | 'service'>): string {
  return `${detector}\n${service}`;
}

/** Seven to one. */
const NEWS_NATS = 2;
/** A smaller part of one request's problem is beside the point. */
const LEAST_EXPLAINED = 0.25;

/**
 * The one that explains most first; what only says where the time goes comes last, and only without a baseline: all
 * requests together show it better. None where no request is affected.
 */
export function requestCauses(
  { requests, healthy }: Readonly<{ requests: readonly JudgedRequest[]; healthy: readonly HealthyRequest[] }>,
  healthyTraces: readonly Trace[],
  detectors: Detectors,
): readonly RequestCause[] {
  const usual = usualDurations(healthyTraces);
  const rare = longestByKind(healthyTraces);
  const affected = requests.flatMap((request) => affectedOf(request, usual, rare) ?? []);
  const places = new Map<string, Place[]>();
  for (const one of affected) {
    for (const place of placesIn(one, healthy.length > 0, detectors)) {
      const key = kindKey(place.finding);
      const known = places.get(key);
      // A request with two findings of one kind in one service counts once, by the larger one.
      if (known === undefined) places.set(key, [place]);
      else if (known.at(-1)?.of !== one) known.push(place);
    }
  }
  return [...places]
    .map(([key, own]) => causeOf(key, own, { requests, healthy, affected: affected.length, detectors }))
    .sort(
      (a, b) =>
        Number(isDescription(a.finding.detector, detectors)) - Number(isDescription(b.finding.detector, detectors)) ||
        b.weight - a.weight ||
        b.finding.confidence - a.finding.confidence ||
        a.sinceUs - b.sinceUs ||
        (kindKey(a.finding) < kindKey(b.finding) ? -1 : 1),
    );
}

type Affected = JudgedRequest & Readonly<{ /** How much longer than usual; 0 where it failed. */ excessUs: number }>;

type Place = Readonly<{ of: Affected; finding: JudgedFinding; isVerdict: boolean; explained: number }>;

/** Undefined for a request that got its response in the usual time, and whose messages were not late. */
function affectedOf(
  request: JudgedRequest,
  usual: ReadonlyMap<string, UsualDuration>,
  rare: ReadonlyMap<string, number>,
): Affected | undefined {
  const { symptom, diagnosis, findings } = request.judgement;
  if (symptom.kind === 'failed' || symptom.kind === 'degraded') return { ...request, excessUs: 0 };
  const excessUs = excessOf(request, usual, rare);
  if (excessUs !== undefined) return { ...request, excessUs };
  // Nobody waits for it in the request itself, but somebody does: a message that is late.
  return diagnosis !== undefined && isLate(findings[0]) ? { ...request, excessUs: 0 } : undefined;
}

/** Undefined where the request took no longer than usual. */
function excessOf(
  { trace, judgement }: JudgedRequest,
  usual: ReadonlyMap<string, UsualDuration>,
  rare: ReadonlyMap<string, number>,
): number | undefined {
  const us = trace.durationOfUs(trace.root);
  const known = usual.get(requestKind(trace));
  if (known !== undefined) return us > known.p95Us ? us - known.medianUs : undefined;
  const longestUs = rare.get(requestKind(trace));
  if (longestUs !== undefined) return us > longestUs ? us - longestUs : undefined;
  return judgement.diagnosis === undefined ? undefined : us;
}

function isLate(finding: JudgedFinding | undefined): boolean {
  return (finding?.lateUs ?? 0) > 0;
}

/** In microseconds: the longest healthy request of each kind, where there are too few of it for a quantile. */
function longestByKind(healthyTraces: readonly Trace[]): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const trace of healthyTraces) {
    const kind = requestKind(trace);
    longest.set(kind, Math.max(longest.get(kind) ?? 0, trace.durationOfUs(trace.root)));
  }
  return longest;
}

/**
 * Findings that no other finding of the request explains, and that explain enough. Without a baseline every finding is
 * kept, because nothing else shows it; an effect of another one, or a description, explains nothing by itself.
 */
function placesIn(of: Affected, isCompared: boolean, detectors: Detectors): readonly Place[] {
  const { diagnosis, findings } = of.judgement;
  const effects = new Set(diagnosis?.chain.map(({ finding }) => finding));
  return findings.flatMap((finding, at) => {
    const { detector } = finding;
    if (isAboutTrace(detector, detectors)) return [];
    const place = { of, finding, isVerdict: at === 0 && diagnosis !== undefined };
    const isEffect = effects.has(at) || isDescription(detector, detectors);
    const explained = isEffect ? 0 : explainedBy(finding, of.excessUs, isCompared);
    return isCompared && explained < LEAST_EXPLAINED ? [] : [{ ...place, explained }];
  });
}

/** The part of the request's problem, 0 to 1. */
function explainedBy(finding: JudgedFinding, excessUs: number, isCompared: boolean): number {
  // Compared with healthy requests, a late message makes the work late, and not the response: its share of both counts.
  const isOfWork = isCompared && isLate(finding);
  return excessUs === 0 || isOfWork ? finding.share : Math.min(1, finding.wonUs / excessUs);
}

type Among = Readonly<{
  requests: readonly JudgedRequest[];
  healthy: readonly HealthyRequest[];
  affected: number;
  detectors: Detectors;
}>;

/** Where a request judged on its own puts something else first, this counts half. */
const NOT_FIRST = 0.5;

function causeOf(
  key: string,
  places: readonly Place[],
  { requests, healthy, affected, detectors }: Among,
): RequestCause {
  const [best] = mostAlike(places).toSorted(byStrength);
  if (best === undefined) throw new Error('a cause without a request');
  const has = ({ judgement }: JudgedRequest) => judgement.findings.some((finding) => kindKey(finding) === key);
  const now: Counted = [requests.filter(has).length, requests.length];
  const before: Counted = [healthy.filter(({ found }) => found.has(key)).length, healthy.length];
  const sum = (part: (place: Place) => number) => places.reduce((total, place) => total + part(place), 0);
  const { diagnosis } = best.of.judgement;
  return {
    finding: best.finding,
    shownBy: best.of.trace,
    sinceUs: steadySinceUs(places.map(({ of }) => of.trace.startEpochUs)),
    status: best.isVerdict ? (diagnosis?.status ?? 'inconclusive') : 'inconclusive',
    statusReason: best.isVerdict ? (diagnosis?.statusReason ?? '') : '',
    verdicts: places.filter(({ isVerdict }) => isVerdict).length,
    weight: sum(({ explained, isVerdict }) => explained * (isVerdict ? 1 : NOT_FIRST)),
    now,
    before,
    affected: [places.length, affected],
    share: sum(({ explained }) => explained) / Math.max(1, affected),
    isSaid: saysIt(best.finding, detectors),
    isNew: before[1] === 0 || riseOf(key, requests, healthy) >= NEWS_NATS,
  };
}

/** Fewer show no usual distance. */
const FEWEST_STEADY = 5;
/** By chance so long a distance comes once in 20 times, where requests come at random. */
const LONE_DISTANCES = 3;

/** When they began to come one after another, in microseconds since the epoch: a single one long before is chance. */
function steadySinceUs(times: readonly number[]): number {
  const [first = Number.POSITIVE_INFINITY, second, ...later] = times.toSorted((a, b) => a - b);
  const last = later.at(-1);
  if (second === undefined || last === undefined || times.length < FEWEST_STEADY) return first;
  return second - first > (LONE_DISTANCES * (last - second)) / later.length ? second : first;
}

/** Those that quote the message that most of them quote: a stray failure of the same service is not what they share. */
function mostAlike(places: readonly Place[]): readonly Place[] {
  const messageOf = ({ finding: { facts } }: Place) =>
    typeof facts.message === 'string' ? maskedText(facts.message) : '';
  return [...Map.groupBy(places, messageOf).values()].reduce<readonly Place[]>(
    (most, own) => (own.length > most.length ? own : most),
    [],
  );
}

/** Fewer healthy requests of a kind show nothing about it. */
const FEWEST_OF_KIND = 5;

/**
 * Compared within the kinds of requests that show it: where only more of them are sent, nothing is new. Where the
 * baseline has too few of these kinds, all requests are compared.
 */
function riseOf(key: string, requests: readonly JudgedRequest[], healthy: readonly HealthyRequest[]): number {
  const has = ({ judgement }: JudgedRequest) => judgement.findings.some((finding) => kindKey(finding) === key);
  const kinds = new Set(requests.filter(has).map(({ trace }) => requestKind(trace)));
  const alike = healthy.filter(({ kind }) => kinds.has(kind));
  const [ours, theirs] =
    alike.length < FEWEST_OF_KIND
      ? [requests, healthy]
      : [requests.filter(({ trace }) => kinds.has(requestKind(trace))), alike];
  const count = (all: readonly HealthyRequest[]) => all.filter(({ found }) => found.has(key)).length;
  return riseInNats([count(theirs), theirs.length], [ours.filter(has).length, ours.length]);
}

const STATUSES: readonly Status[] = ['confirmed', 'likely', 'inconclusive'];

/** The surest first; of equally sure ones the longest request, because it shows most. */
function byStrength(a: Place, b: Place): number {
  const status = ({ of, isVerdict }: Place) =>
    isVerdict ? STATUSES.indexOf(of.judgement.diagnosis?.status ?? 'inconclusive') : STATUSES.length;
  return (
    status(a) - status(b) ||
    b.finding.confidence - a.finding.confidence ||
    b.of.trace.durationUs - a.of.trace.durationUs ||
    (a.of.trace.traceId < b.of.trace.traceId ? -1 : 1)
  );
}
