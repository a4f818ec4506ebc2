/** How a new version of a service does against the one before it. */
import type { Change } from '#model/changes/change.ts';
import type { Gap } from '#model/finding/gap.ts';

/** `too few`: there is too little on one side, or nothing on one. */
export type Judged = 'better' | 'same' | 'worse' | 'too few';

/** One side of a comparison. `times` of `of` where requests or lines are counted; `value` in the row's unit. */
export type SideOfRelease = Readonly<{
  value: number;
  times?: number;
  of?: number;
  /** Where `value` is a median. */
  p90?: number;
}>;

export type ReleaseRow = Readonly<{
  measure: 'answers' | 'latency' | 'errors' | 'new error' | 'restarts' | 'memory' | 'cpu' | 'start';
  unit: 'share' | 'seconds' | 'bytes' | 'cores' | 'times';
  /** `requests`, `lines`, or the metric's name. */
  by: string;
  /** `beside`: both versions in the same minutes; `after`: the time after the rollout against the time before it. */
  way: 'beside' | 'after';
  before: SideOfRelease | undefined;
  after: SideOfRelease | undefined;
  judged: Judged;
  /** Whether the release is called worse for it. More CPU or memory alone harms nobody. */
  isHarm: boolean;
  sinceUs: number;
  /** The message of a new error, the operation of slow answers, the instance that stopped; else empty. */
  said: string;
}>;

export type ReleaseVerdict = 'worse' | 'nothing wrong' | 'too early' | 'no rollout';

/** Times in microseconds since the epoch. */
export type JudgedRelease = Readonly<{
  service: string;
  verdict: ReleaseVerdict;
  /** For people: `v2`, `7c5f94b75d`; empty where nothing names it. Equal if the same version was deployed again. */
  version: string;
  versionBefore: string;
  change: Change | undefined;
  /** When the rollout began; NaN without one. */
  atUs: number;
  /** Until when the new version was compared, and how much of the time before. */
  untilUs: number;
  beforeUs: number;
  /** Where a rollout was looked for. */
  lookedFromUs: number;
  lookedToUs: number;
  /** The worst for people first. */
  rows: readonly ReleaseRow[];
  gaps: readonly Gap[];
}>;
