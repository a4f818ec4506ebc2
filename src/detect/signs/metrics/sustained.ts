/** A share of requests, or a metric, that stays beyond a limit for a given time. */
import { firstPlace } from '#core/first-place.ts';
import { type Share, shareInterval, shareOf } from '#model/stats/proportion.ts';
import type { Points } from '#model/stats/trend.ts';

/** The start of a request (microseconds since the epoch), and whether it is affected. */
export type Moment = Readonly<{ us: number; suffers: boolean }>;

export type Spell = Readonly<{ fromUs: number; untilUs: number; share: Share }>;

/**
 * The first time of at least `forUs` in which more than `least` of the requests are affected. The lower end of Wilson's
 * interval must exceed `least`, the share must exceed it in both halves, and the time must not end long before: one burst
 * does not count. It continues while this holds. Moments come in order of time; each lasts until the next, the last one
 * until `endUs`.
 */
export function sustainedSpell(
  moments: readonly Moment[],
  endUs: number,
  { forUs, least }: Readonly<{ forUs: number; least: number }>,
): Spell | undefined {
  const { until, holds, among } = countsOf(moments, endUs, least);
  let last = 0;
  for (const [first, { us, suffers }] of moments.entries()) {
    while (last < moments.length && until(last) - us < forUs) last += 1;
    if (last === moments.length) return undefined;
    if (!suffers || !holds(first, last + 1, us + forUs / 2)) continue;
    const later = moments.keys().filter((at) => at > last && holds(first, at + 1, until(at) - forUs / 2));
    const end = later.reduce((_, at) => at, last);
    return { fromUs: us, untilUs: until(end), share: among(first, end + 1) };
  }
  return undefined;
}

function countsOf(moments: readonly Moment[], endUs: number, least: number) {
  const before = [0];
  const lastBefore = [0];
  for (const [at, { suffers }] of moments.entries()) {
    before.push((before.at(-1) ?? 0) + Number(suffers));
    lastBefore.push(suffers ? at : (lastBefore.at(-1) ?? 0));
  }
  const until = (at: number) => moments[at + 1]?.us ?? Math.max(endUs, moments[at]?.us ?? endUs);
  const among = (from: number, to: number): Share => ({
    times: (before[to] ?? 0) - (before[from] ?? 0),
    of: to - from,
  });
  const holds = (from: number, to: number, halfUs: number): boolean => {
    const half = placeOf(moments, halfUs);
    const whole = among(from, to);
    if (shareInterval(whole).low <= least || hasEnded(shareOf(whole), to - 1 - (lastBefore[to] ?? 0))) return false;
    return [among(from, half), among(half, to)].every((share) => shareOf(share) > least);
  };
  return { until, among, holds };
}

/** At this share, chance does not explain so many unaffected requests in a row. */
function hasEnded(share: number, well: number): boolean {
  return (1 - share) ** well < MOST_CHANCE;
}

const MOST_CHANCE = 0.05;

/** The first place at or after that time. */
function placeOf(moments: readonly Moment[], us: number): number {
  return firstPlace(moments.length, (at) => (moments[at]?.us ?? 0) >= us);
}

export type Run = Readonly<{ fromUs: number; untilUs: number; values: readonly number[] }>;

/** The longest run of points that all match, if it lasts for `forUs`. A point covers the time since the one before. */
export function sustainedRun(
  { atUs, values }: Points,
  is: (value: number, us: number) => boolean,
  forUs: number,
): Run | undefined {
  let longest: { fromUs: number; untilUs: number; values: number[] } | undefined;
  let run: typeof longest;
  for (let at = 0; at < values.length; at += 1) {
    const [us, value] = [atUs[at] ?? 0, values[at] ?? 0];
    if (!is(value, us)) {
      run = undefined;
      continue;
    }
    const beforeUs = at > 0 ? (atUs[at - 1] ?? us) : us;
    run ??= { fromUs: beforeUs, untilUs: us, values: [] };
    run.untilUs = us;
    run.values.push(value);
    const lasted = run.untilUs - run.fromUs;
    if (lasted >= forUs && lasted > (longest === undefined ? 0 : longest.untilUs - longest.fromUs)) longest = run;
  }
  return longest;
}
