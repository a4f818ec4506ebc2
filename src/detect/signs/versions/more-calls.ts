/**
 * Each answer of a new version makes many times as many calls of one callee as those of the old version.
 *
 *   feed v1   GET /feed ─ catalogue                        12 ms
 *   feed v2   GET /feed ─ catalogue ×8                     ← catalogue gets slower for all its callers
 *
 * How often it calls for one request depends on its code and not on the load, so that answers of the old version count from
 * any time. More calls alone are no fault: the callee, or the answers of the new version, have to be worse for it.
 */
import { familyKey, type TwoVersions } from '#detect/signs/versions/releases-seen.ts';
import {
  type CountedDifference,
  type CountLimits,
  failingAnswers,
  quarter,
  sidesAmong,
  slowAnswers,
  type VersionAnswer,
} from '#detect/signs/versions/version-counts.ts';
import { medianOf } from '#model/stats/robust.ts';
import { callee } from '#model/trace/views/call-numbers.ts';

/** The answers of all services, in the window and in a healthy time; of a callee the version does not matter. */
type Around = Readonly<{ now: () => readonly VersionAnswer[]; healthy: () => readonly VersionAnswer[] }>;

/** `own`: the answers of the service. */
export function moreCalls(
  release: TwoVersions,
  own: readonly VersionAnswer[],
  around: Around,
  limits: CountLimits,
): CountedDifference | undefined {
  const found = [...Map.groupBy(own, ({ operation }) => operation).values()].flatMap((same) =>
    moreInOperation(release, same, limits),
  );
  return found
    .toSorted((a, b) => perAnswer(b.now) - perAnswer(a.now) || (a.operation < b.operation ? -1 : 1))
    .find(({ operation }) => isHarmed(operation, release, own, around, limits));
}

function perAnswer({ times, of }: CountedDifference['now']): number {
  return times / of;
}

/** The callee stands as the operation of what is found. */
function moreInOperation(
  release: TwoVersions,
  same: readonly VersionAnswer[],
  { minRequests, minTimes }: CountLimits,
): readonly CountedDifference[] {
  const { news, olds } = sidesAmong({ ...release, fromUs: Number.NEGATIVE_INFINITY }, same);
  if (news.length < minRequests || olds.length < minRequests) return [];
  const now = news.map(callsBelow);
  const old = olds.map(callsBelow);
  const callees = new Set(now.flatMap((calls) => [...calls.keys()]));
  return [...callees].flatMap((operation): CountedDifference[] => {
    const timesIn = (side: typeof now) => side.map((calls) => calls.get(operation) ?? 0).sort((a, b) => a - b);
    const [times, before] = [timesIn(now), timesIn(old)];
    // A single call more may be any small step; without any before, it is a new one.
    const least = minTimes * Math.max(1, medianOf(before));
    if (medianOf(times) < least || quarter(times, 1) <= quarter(before, 3)) return [];
    return [
      {
        measure: 'calls',
        operation,
        now: { times: sum(times), of: times.length },
        old: { times: sum(before), of: before.length },
        nowUs: 0,
        oldUs: 0,
        sinceUs: release.fromUs,
        answers: news,
        places: [],
      },
    ];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** By callee, what the service calls for one answer. Repeated statements have detectors of their own, which say more. */
function callsBelow({ trace, span }: VersionAnswer): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  const waiting = [...trace.children(span)];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (!trace.isOfOneService(span, one)) continue;
    if (trace.isCall(one) && !trace.isDatabaseCall(one)) {
      const name = callee(trace, one);
      if (name !== '') calls.set(name, (calls.get(name) ?? 0) + 1);
    }
    waiting.push(...trace.children(one));
  }
  return calls;
}

/** Since the release the callee is slower or fails more than in the healthy time, or the new version itself is slower. */
function isHarmed(
  called: string,
  release: TwoVersions,
  own: readonly VersionAnswer[],
  around: Around,
  limits: CountLimits,
): boolean {
  if (slowAnswers({ ...release, fromUs: Number.NEGATIVE_INFINITY }, own, limits) !== undefined) return true;
  const isOfCallee = ({ service }: VersionAnswer) => familyKey(service) === familyKey(called);
  const now = around.now().filter((one) => isOfCallee(one) && one.atUs >= release.fromUs);
  const before = around.healthy().filter(isOfCallee);
  const named = (some: readonly VersionAnswer[], version: string) =>
    some.map((one) => ({ ...one, who: { ...one.who, version } }));
  const answers = [...named(now, NOW), ...named(before, BEFORE)];
  const both: TwoVersions = {
    ...release,
    fromUs: Number.NEGATIVE_INFINITY,
    isNew: ({ version }) => version === NOW,
    isOld: ({ version }) => version === BEFORE,
  };
  return slowAnswers(both, answers, limits) !== undefined || failingAnswers(both, answers, 1, limits) !== undefined;
}

const NOW = 'now';
const BEFORE = 'before';
