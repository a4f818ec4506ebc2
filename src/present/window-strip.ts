/** What the strip of a window shows, before it is drawn: requests over time, the healthy time beside them, parts of both. */
import type { SeenWindow, WindowSubject } from '#model/finding/analysis.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';

/** One stretch of the time axis. Instants in microseconds since the epoch; `from` and `to` of its width are 0 to 1. */
export type Stretch = Readonly<{ fromUs: number; toUs: number; from: number; to: number; name: string }>;

export type Dot = Readonly<{ at: number; us: number; failed: boolean }>;

/** A part of the time: how many of its requests failed, and how long half of them took at least. */
export type Part = Readonly<{ from: number; to: number; failedShare: number; medianUs: number }>;

export type Strip = Readonly<{
  stretches: readonly Stretch[];
  dots: readonly Dot[];
  parts: readonly Part[];
  /** Where the onset lies; undefined where nobody knows it. */
  onset: number | undefined;
  /** Where changes lie, by their places in the list; those of the time that is shown. */
  changes: readonly Readonly<{ at: number; index: number }>[];
  /** Longer durations are drawn at the upper edge. */
  topUs: number;
}>;

export const PARTS = 30;
/** Fewer requests in a part say nothing of it. */
const FEWEST = 3;
/** Of a healthy time that lies elsewhere: its share of the width, and the gap beside it. */
const BESIDE = 0.3;
const BETWEEN = 0.03;
/** Two times that are nearer follow one another. */
const NEAR_US = 60_000_000;
/** Above what nearly all take, with room. */
const HIGHEST = 0.97;
const ROOM = 1.15;

export function stripOf({ fromUs, toUs, onset }: WindowSubject, { requests, healthy, changes }: SeenWindow): Strip {
  const all = [...healthy, ...requests];
  const stretches = stretchesOf(extentOf(healthy), withinOf(extentOf(requests), { fromUs, toUs }));
  const placeOf = (us: number) => place(stretches, us);
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
    topUs: rank(durations, HIGHEST) * ROOM,
  };
}

type Time = Readonly<{ fromUs: number; toUs: number }>;

function extentOf(requests: readonly SeenRequest[]): Time {
  return {
    fromUs: requests.reduce((us, { startUs }) => Math.min(us, startUs), Number.POSITIVE_INFINITY),
    toUs: requests.reduce((us, { startUs }) => Math.max(us, startUs), Number.NEGATIVE_INFINITY),
  };
}

/** What was asked about, where somebody said what, as far as there are requests. */
function withinOf(seen: Time, asked: Time): Time {
  return {
    fromUs: Math.min(seen.fromUs, Number.isFinite(asked.fromUs) ? Math.max(asked.fromUs, seen.fromUs) : seen.fromUs),
    toUs: seen.toUs,
  };
}

function stretchesOf(healthy: Time, window: Time): readonly Stretch[] {
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

function place(stretches: readonly Stretch[], us: number): number {
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
        medianUs: rank(durations, 0.5),
      },
    ];
  });
}

/** The nearest rank: a duration that was measured, never one between two. 0 of none. */
function rank(sorted: readonly number[], quantile: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)] ?? 0;
}
