/** Times in which something was known to be wrong: none of them may stand for health. */

/** Microseconds since the epoch. */
export type Stretch = Readonly<{ fromUs: number; toUs: number }>;

export type TroubleTime = Stretch &
  Readonly<{
    /** As a clause: `the alert “Orders fail” was firing`, `INC-7 was open`. */
    what: string;
  }>;

/** Of these services, or of nobody knows whose, between these instants. */
export type KnownTroubles = (
  asked: Stretch & Readonly<{ services: readonly string[] }>,
) => Promise<readonly TroubleTime[]>;

/** Alerts wait for their rule's `for` and its evaluation: what they speak of has been going on for minutes. */
const LEAD_US = 15 * 60 * 1_000_000;
/** Queues are drained, and pools and caches filled, after a rule is content. */
const TAIL_US = 5 * 60 * 1_000_000;

/** The whole of what nothing may be compared with. */
export function withMargins(troubles: readonly TroubleTime[]): readonly TroubleTime[] {
  return troubles.map((one) => ({ ...one, fromUs: one.fromUs - LEAD_US, toUs: one.toUs + TAIL_US }));
}

/** What is left of a time without these, in order. */
export function stretchesWithout(time: Stretch, troubles: readonly Stretch[]): readonly Stretch[] {
  const left: Stretch[] = [];
  let { fromUs } = time;
  for (const trouble of troubles.toSorted((a, b) => a.fromUs - b.fromUs)) {
    if (trouble.toUs < fromUs || trouble.fromUs > time.toUs) continue;
    if (trouble.fromUs > fromUs) left.push({ fromUs, toUs: trouble.fromUs - 1 });
    fromUs = Math.max(fromUs, trouble.toUs + 1);
  }
  return fromUs < time.toUs ? [...left, { fromUs, toUs: time.toUs }] : left;
}

export function overlaps(a: Stretch, b: Stretch): boolean {
  return a.fromUs <= b.toUs && b.fromUs <= a.toUs;
}
