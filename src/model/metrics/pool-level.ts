/** How full a pool of connections was around a time, by its metrics. */

/** Shares of its size in use, 0 to 1, or how many wait for a connection. */
export type PoolLevel = Readonly<{
  measures: 'share' | 'waiting';
  service: string;
  /** The pod or process; empty where the labels name none. */
  instance: string;
  /** The metric's name in its store. */
  metric: string;
  /** Microseconds since the epoch, ascending. */
  atUs: Float64Array;
  values: Float64Array;
}>;

export type PoolAt = Readonly<{ is: 'full' | 'free'; metric: string; text: string }>;

/** All connections: the same as what `resource-saturation` calls critical. */
const FULL = 0.98;
/** A pool with 80 % in use is normal (Coroot). */
const FREE = 0.8;
/** Scrapes are 15 to 60 seconds apart. Points further away say nothing about this time. */
const NEAR_US = 60e6;
/** A pool that is free this shortly before and after a wait may have been full between, but only as briefly. */
const BESIDE_US = 15e6;

type Asked = Readonly<{ service: string; instance: string; fromUs: number; toUs: number }>;

/** Undefined where no point is near, or the level is between. The pools of one instance count together. */
export function poolAt(levels: readonly PoolLevel[], asked: Asked): PoolAt | undefined {
  const ofService = levels.filter(({ service }) => service === asked.service);
  const ofInstance = ofService.filter(({ instance }) => instance !== '' && instance === asked.instance);
  const own = ofInstance.length > 0 ? ofInstance : ofService;
  const near = own.map((level) => ({ level, ...pointsNear(level, asked) }));
  for (const { level, most } of near) {
    const isFull = level.measures === 'share' ? most >= FULL : most >= 1;
    if (isFull) return { is: 'full', metric: level.metric, text: textOf(level, most) };
  }
  const shares = near.filter(({ level, most }) => level.measures === 'share' && Number.isFinite(most));
  const [first] = shares;
  const areFree = shares.length > 0 && shares.every(({ most, isClose }) => most <= FREE && isClose);
  if (first === undefined || !areFree) return undefined;
  return { is: 'free', metric: first.level.metric, text: textOf(first.level, first.most) };
}

/** The points within the time, the last one before it and the first one after it. */
function pointsNear({ atUs, values }: PoolLevel, { fromUs, toUs }: Asked) {
  let most = Number.NEGATIVE_INFINITY;
  let [isWithin, isBefore, isAfter] = [false, false, false];
  for (let at = 0; at < atUs.length; at += 1) {
    const us = atUs[at] ?? 0;
    const isLastBefore =
      us < fromUs && us >= fromUs - NEAR_US && !((atUs[at + 1] ?? Number.POSITIVE_INFINITY) < fromUs);
    const isFirstAfter = us > toUs && us <= toUs + NEAR_US && !((atUs[at - 1] ?? Number.NEGATIVE_INFINITY) > toUs);
    const isInside = us >= fromUs && us <= toUs;
    if (!isInside && !isLastBefore && !isFirstAfter) continue;
    most = Math.max(most, values[at] ?? Number.NEGATIVE_INFINITY);
    isWithin ||= isInside;
    isBefore ||= isLastBefore && us >= fromUs - BESIDE_US;
    isAfter ||= isFirstAfter && us <= toUs + BESIDE_US;
  }
  return { most, isClose: isWithin || (isBefore && isAfter) };
}

function textOf({ measures, metric, instance, service }: PoolLevel, most: number): string {
  const where = instance === '' || instance === service ? '' : ` (${instance})`;
  const level = measures === 'share' ? `${Math.round(most * 100)} % in use` : `${Math.round(most)} waiting`;
  return `${metric}${where}: ${level}`;
}
