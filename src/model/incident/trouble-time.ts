/** Times with a known problem; none of them is a baseline. */

/** Microseconds since the epoch. */
export type Stretch = Readonly<{ fromUs: number; toUs: number }>;

export type TroubleTime = Stretch &
  Readonly<{
    /** As a clause: `the alert “Orders fail” was firing`, `INC-7 was open`. */
    what: string;
    /** Nobody said what it is about: it may have nothing to do with the services in question. */
    ofUnknownService?: boolean;
  }>;

/** Finds the known problems of these services, and those of unknown services, in a time. */
export type KnownTroubles = (
  asked: Stretch & Readonly<{ services: readonly string[] }>,
) => Promise<readonly TroubleTime[]>;

/** Rules wait before they fire: the problem began minutes before the alert. */
const LEAD_US = 15 * 60 * 1_000_000;
/** Queues drain, and pools and caches fill, after an alert has ended. */
const TAIL_US = 5 * 60 * 1_000_000;

/** The known problems with some time before and after them. */
export function withMargins(troubles: readonly TroubleTime[]): readonly TroubleTime[] {
  return troubles.map((one) => ({ ...one, fromUs: one.fromUs - LEAD_US, toUs: one.toUs + TAIL_US }));
}

/** The rest of a time without these, in order. */
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
