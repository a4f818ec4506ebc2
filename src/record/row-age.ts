/**
 * How old a row is, for limits such as "a day". A clock that was behind and is corrected would make every waiting row old
 * at once, and it would be given up untried. So time only counts as far as this process has seen it pass. Time in which no
 * process ran counts by the clock.
 */
import type { Store } from '#record/store.ts';

type Anchor = Readonly<{ nowUs: number; elapsedUs: number }>;

/**
 * Two anchors, a day apart: after a correction, the older one knows for at least a day what happened before it. That is as
 * long as a row may wait. After a clock that was behind, new rows may wait longer, by as much, until both are renewed.
 */
const ANCHOR_EVERY_US = 24 * 3_600 * 1_000_000;
const ANCHORS = 2;

const anchorsOf = new WeakMap<Store, readonly Anchor[]>();

/** In microseconds. `nowUs` is the store's. */
export function ageUs(store: Store, { nowUs, sinceUs }: Readonly<{ nowUs: number; sinceUs: number }>): number {
  const elapsedUs = store.clock.elapsedUs();
  const seenUs = noteTime(store, nowUs).map((anchor) => anchor.nowUs + elapsedUs - anchor.elapsedUs);
  return Math.min(nowUs, ...seenUs) - sinceUs;
}

/** `mendFutureTimes` calls it at the start and every minute: only what happens after the first call is seen. */
export function noteTime(store: Store, nowUs: number): readonly Anchor[] {
  const known = anchorsOf.get(store) ?? [];
  const elapsedUs = store.clock.elapsedUs();
  const latest = known.at(-1);
  if (latest !== undefined && elapsedUs - latest.elapsedUs < ANCHOR_EVERY_US) return known;
  const anchors = [...known, { nowUs, elapsedUs }].slice(-ANCHORS);
  anchorsOf.set(store, anchors);
  return anchors;
}
