/** The data of a window's strip: requests over time, the baseline before or beside them, and statistics of time slots. */

import type { SeenWindow, WindowSubject } from '#model/finding/analysis.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { nearestRank } from '#model/stats/nearest-rank.ts';

/** One part of the time axis. Instants in microseconds since the epoch; `from` and `to` are 0 to 1 of the width. */
export type Stretch = Readonly<{ fromUs: number; toUs: number; from: number; to: number; name: string }>;

export type Dot = Readonly<{ at: number; us: number; failed: boolean }>;

/** A time slot: the share of failed requests, and the median duration. */
export type Part = Readonly<{ from: number; to: number; failedShare: number; medianUs: number }>;

export type Strip = Readonly<{
  stretches: readonly Stretch[];
  dots: readonly Dot[];
  parts: readonly Part[];
  /** The place of the onset; undefined where it is unknown. */
  onset: number | undefined;
  /** The places of the changes within the shown time, with their index in the list. */
  changes: readonly Readonly<{ at: number; index: number }>[];
  /** Longer durations are drawn at the upper edge. */
  topUs: number;
}>;

export const PARTS = 30;
/** A slot with fewer requests is left out. */
const FEWEST = 3;
/** For a baseline at another time: its share of the width, and the gap after it. */
const BESIDE = 0.3;
const BETWEEN = 0.03;
/** Times nearer than this are drawn as one axis. */
const NEAR_US = 60_000_000;
/** The scale ends above this quantile of the durations, with room. */
const HIGHEST = 0.97;
const ROOM = 1.15;

export function stripOf({ fromUs, toUs, onset }: WindowSubject, { requests, healthy, changes }: SeenWindow): Strip {
  const all = [...healthy, ...requests];
  const stretches = stretchesOf(extentOf(healthy), withinOf(extentOf(requests), { fromUs, toUs }));
  const placeOf = (us: number) => placeIn(stretches, us);
  const dots = all
    .map(({ startUs, durationUs, failed }) => ({ at: placeOf(startUs), us: durationUs, failed }))
    .sort((a, b) => a.at - b.at);
  const durations = dots.map(({ us }) => us).sort((a, b) => a - b);
  return {
    stretches,
    dots,
    parts: partsOf(dots),
    onset: onset && placeOf(onset.atUs),
    changes: changes.flatMap(({ atUs }, index) =>
      stretches.some((stretch) => atUs >= stretch.fromUs && atUs <= stretch.toUs) ? [{ at: placeOf(atUs), index }] : [],
    ),
    topUs: nearestRank(durations, HIGHEST) * ROOM,
  };
}

type Time = Readonly<{ fromUs: number; toUs: number }>;

function extentOf(requests: readonly SeenRequest[]): Time {
  return {
    fromUs: requests.reduce((us, { startUs }) => Math.min(us, startUs), Number.POSITIVE_INFINITY),
    toUs: requests.reduce((us, { startUs }) => Math.max(us, startUs), Number.NEGATIVE_INFINITY),
  };
}

/** The requested time window, limited to the requests seen. */
function withinOf(seen: Time, asked: Time): Time {
  return {
    fromUs: Math.min(seen.fromUs, Number.isFinite(asked.fromUs) ? Math.max(asked.fromUs, seen.fromUs) : seen.fromUs),
    toUs: seen.toUs,
  };
}

/** The baseline and the window: as one axis where one follows the other, else side by side. */
export function stretchesOf(healthy: Time, window: Time): readonly Stretch[] {
  if (
    healthy.toUs <= window.fromUs &&
    window.fromUs - healthy.toUs < Math.max(NEAR_US, (window.toUs - healthy.fromUs) / 10)
  )
    return [{ fromUs: healthy.fromUs, toUs: window.toUs, from: 0, to: 1, name: '' }];
  return [
    { ...healthy, from: 0, to: BESIDE, name: 'healthy' },
    { ...window, from: BESIDE + BETWEEN, to: 1, name: 'now' },
  ];
}

/** 0 to 1 of the width; at the edge for an instant outside of all. */
export function placeIn(stretches: readonly Stretch[], us: number): number {
  const stretch = stretches.find(({ fromUs, toUs }) => us >= fromUs && us <= toUs) ?? stretches.at(-1);
  if (stretch === undefined) return 0;
  const { fromUs, toUs, from, to } = stretch;
  const share = toUs === fromUs ? 0 : (us - fromUs) / (toUs - fromUs);
  return from + Math.min(1, Math.max(0, share)) * (to - from);
}

function partsOf(dots: readonly Dot[]): readonly Part[] {
  const parts = Map.groupBy(dots, ({ at }) => Math.min(PARTS - 1, Math.floor(at * PARTS)));
  return [...parts].flatMap(([part, own]) => {
    if (own.length < FEWEST) return [];
    const durations = own.map(({ us }) => us).sort((a, b) => a - b);
    return [
      {
        from: part / PARTS,
        to: (part + 1) / PARTS,
        failedShare: own.filter(({ failed }) => failed).length / own.length,
        medianUs: nearestRank(durations, 0.5),
      },
    ];
  });
}
