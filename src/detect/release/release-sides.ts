/**
 * The two sides that are compared after a rollout. Where both versions run, the same minutes are compared. Else the time
 * before the rollout is moved over the time after it, so that the same rules compare them.
 *
 *   canary     v1  ●●●●●●●●●●●●●●          rolled out    v1  ●●●●●●●
 *              v2        ●●●●●●●●                        v2         ●●●●●●●
 *                        └ compared                          └──────►  moved
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { SeenRelease, TwoVersions } from '#detect/signs/versions/releases-seen.ts';
import type { VersionAnswer, VersionLine } from '#detect/signs/versions/version-counts.ts';
import type { VersionSeries } from '#detect/signs/versions/version-series.ts';
import type { InstanceVersion } from '#model/platform/instance-version.ts';

export type Sides<One> = Readonly<{
  way: 'beside' | 'after';
  versions: TwoVersions;
  /** The evidence of both sides. What came before the rollout has the time to which it was moved. */
  all: readonly One[];
}>;

/** When the rollout began, until when it is judged, and how much of the time before is compared. */
export type RolloutTime = Readonly<{ atUs: number; untilUs: number; beforeUs: number }>;

/** How one kind of evidence is read and moved. */
type Kind<One> = Readonly<{
  timesOf(one: One): Iterable<number>;
  /** What lies in `[fromUs, toUs)`, moved by `byUs`, as if `who` had done it; undefined if nothing lies there. */
  part(one: One, fromUs: number, toUs: number, byUs: number, who: InstanceVersion): One | undefined;
}>;

type Single = Pick<VersionAnswer | VersionLine, 'who' | 'atUs'>;

function ofSingles<One extends Single>(): Kind<One> {
  return {
    timesOf: ({ atUs }) => [atUs],
    part: (one, fromUs, toUs, byUs, who) =>
      one.atUs >= fromUs && one.atUs < toUs ? { ...one, who, atUs: one.atUs + byUs } : undefined,
  };
}

/** Only whole minutes: the minute of the rollout has requests of both versions. */
const OF_SERIES: Kind<VersionSeries> = {
  timesOf: ({ values }) => [...values.keys()].map((minute) => minute * MINUTE_US),
  part(one, fromUs, toUs, byUs, who) {
    const [from, to, by] = [Math.ceil(fromUs / MINUTE_US), Math.floor(toUs / MINUTE_US), Math.round(byUs / MINUTE_US)];
    const moved = (values: ReadonlyMap<number, number>) =>
      new Map([...values].flatMap(([at, value]) => (at >= from && at < to ? [[at + by, value] as const] : [])));
    const values = moved(one.values);
    return values.size === 0 ? undefined : { ...one, who, values, counts: one.counts && moved(one.counts) };
  },
};

type Own<One> = Readonly<{ all: readonly One[]; seen: SeenRelease | undefined; family: string; minMinutes: number }>;

export function sidesOfSeries(own: Own<VersionSeries>, time: RolloutTime): Sides<VersionSeries> {
  return sidesOf(OF_SERIES, own, time);
}

export function sidesOfSingles<One extends Single>(own: Own<One>, time: RolloutTime): Sides<One> {
  return sidesOf(ofSingles<One>(), own, time);
}

/** The least share of the new version’s minutes in which the old one ran, too. */
const MOST = 0.5;

function sidesOf<One extends Readonly<{ who: InstanceVersion }>>(
  kind: Kind<One>,
  own: Own<One>,
  time: RolloutTime,
): Sides<One> {
  const { seen, all, family, minMinutes } = own;
  if (seen === undefined) return moved(kind, own, time);
  const minutesOf = (is: SeenRelease['isNew']) =>
    new Set(
      all.flatMap((one) =>
        is(one.who)
          ? [...kind.timesOf(one)].flatMap((us) =>
              us >= seen.fromUs - MINUTE_US && us <= time.untilUs ? [Math.floor(us / MINUTE_US)] : [],
            )
          : [],
      ),
    );
  const [now, old] = [minutesOf(seen.isNew), minutesOf(seen.isOld)];
  const shared = now.intersection(old);
  if (shared.size < minMinutes || shared.size < MOST * now.size) return moved(kind, own, time);
  const endUs = (Math.max(...shared) + 1) * MINUTE_US;
  const until = all.flatMap((one) => kind.part(one, Number.NEGATIVE_INFINITY, endUs, 0, one.who) ?? []);
  return { way: 'beside', versions: { ...seen, family }, all: until };
}

const BEFORE = 'before';
const AFTER = 'after';

function moved<One extends Readonly<{ who: InstanceVersion }>>(
  kind: Kind<One>,
  { all, seen, family }: Own<One>,
  { atUs, untilUs, beforeUs }: RolloutTime,
): Sides<One> {
  const take = (
    name: string,
    fromUs: number,
    toUs: number,
    byUs: number,
    isOther: SeenRelease['isNew'] | undefined,
  ) => {
    const found = all.flatMap((one) => {
      const as = { ...one.who, version: name, names: [name] };
      const part = kind.part(one, fromUs, toUs, byUs, as);
      return part === undefined ? [] : [{ part, isOther: isOther?.(one.who) ?? false }];
    });
    // A rollout takes minutes: what still runs of the other version is left out, unless there is nothing else.
    const own = found.filter((one) => !one.isOther);
    return (own.length > 0 ? own : found).map(({ part }) => part);
  };
  return {
    way: 'after',
    versions: {
      family,
      bornUs: atUs,
      fromUs: atUs,
      isNew: ({ version }) => version === AFTER,
      isOld: ({ version }) => version === BEFORE,
    },
    all: [
      ...take(BEFORE, atUs - beforeUs, atUs, beforeUs, seen?.isNew),
      ...take(AFTER, atUs, untilUs + 1, 0, seen?.isOld),
    ],
  };
}
