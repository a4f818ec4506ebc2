/**
 * Memory grows steadily and is not released, until the container is killed.
 *
 *   limit  ─────────────────────────┬── in 2 h
 *                        ▁▂▃▄▅▆  ···
 *   used   ▁▁▂▂▃▃▄▄▅▅▆▆
 *
 * The floor after each garbage collection counts, not the peaks. Growth that levels off is a cache.
 */

import { defineDetector } from '#detect/detector.ts';
import {
  growthUntilRestart,
  isLongAfter,
  type MemoryGrowth,
  memoryGrowth,
} from '#detect/signs/runtime/memory-growth.ts';
import type { Change } from '#model/changes/change.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { metricEvidence, minuteText, shareText } from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { valuesIn } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { pointsBetween, trendOf } from '#model/stats/trend.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import { sizeText } from '#model/text/size-text.ts';

export const memoryLeak = defineDetector({
  id: 'memory-leak',
  title: 'Memory leak',
  why: 'A leak ends in an OOM kill, and a restart only delays it.',
  runbook: 'runbooks/memory-leak.md',
  clear: 'no memory grew steadily towards its limit',
  silent: [
    'It needs at least 30 minutes of metrics, better one or two hours; less where the growth ends at the limit with a restart.',
    'A cache that warms up looks like a leak until it levels off.',
    'Without a known limit it reports growth only if the CPU is busy and nothing was deployed.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'service',
  nextWhys: {
    unsaid: {
      ask: 'What keeps objects that are no longer needed?',
      lookAt:
        'A heap dump: the most frequent objects and what refers to them. Also the deploy before the growth began.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window', 'metrics'],
  uses: ['changes'],
  thresholds: {
    minGrowthMb: {
      default: 100,
      min: 0,
      unit: 'MB an hour',
      means: 'Growth, where the CPU is busy and nothing was deployed',
      why: 'The guide’s rule: more than 100 MB an hour with CPU use above 80 % and no recent deploy is likely a leak.',
    },
    minCpu: {
      default: 0.8,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'CPU use during the growth',
      why: 'The same rule: a garbage collector that can free nothing runs all the time.',
    },
    maxHoursToLimit: {
      default: 12,
      min: 0,
      unit: 'hours',
      means: 'How soon the limit, if there is one, is reached at this rate',
      why: 'Within a working day somebody has to act. A slower leak lasts until the next deploy restarts the service.',
    },
  },

  detect({ window, metrics, changes = [] }, thresholds) {
    const all = measured(metrics).map((one) => upTo(one, window));
    const deploys = changes.filter(({ kind }) => kind === 'deploy');
    const found = all.flatMap((one) => leakOf(one, { all, deploys }, thresholds));
    return [...Map.groupBy(found, ({ one }) => one.service).values()]
      .flatMap((of) => of.toSorted((a, b) => b.perHour - a.perHour).slice(0, 1))
      .sort((a, b) => (a.hoursLeft ?? MANY) - (b.hoursLeft ?? MANY) || b.perHour - a.perHour)
      .map(sightingOf);
  },

  say({ service, growth, since, left, reachedAt, share, cpu, instance, deploy }) {
    const where = instance === '' || instance === service ? '' : ` (${instance})`;
    const end =
      reachedAt !== ''
        ? `; it reached its limit at ${reachedAt}`
        : left === ''
          ? ''
          : left === '0 µs'
            ? '; it is at its limit'
            : `; at this rate its limit is reached in ${left}`;
    const ofLimit = Number(share) > 0 ? ` It uses ${shareText(Number(share))} of its limit.` : '';
    const after = deploy === '' ? '' : ` It was deployed shortly before (${deploy}): compare with what that changed.`;
    const busy = Number(cpu) > 0 ? ` Its CPU use is ${shareText(Number(cpu))}.` : '';
    return {
      title: `${service}: memory grows by ${growth} an hour since ${since}${end}${where}`,
      headline: {
        why: `the memory of ${inWords(service)} keeps growing${reachedAt !== '' || left === '0 µs' ? ' and has reached its limit' : ''}`,
      },
      names: ['gc-pause'],
      explanation: `After each garbage collection the memory in use is higher than before.${ofLimit}${busy}${after}`,
      remedy: `Keep a heap dump of one instance of ${service}. Then restart it one instance at a time to gain time. The most frequent objects in the dump, and what holds them, show the leak.`,
      check: 'The growth levels off by itself, like a cache, or the number of requests grew as much.',
    };
  },
});

type Thresholds = Readonly<Record<'minGrowthMb' | 'minCpu' | 'maxHoursToLimit', number>>;

type Leak = Readonly<{
  one: Measured;
  climb: MemoryGrowth;
  /** Bytes. */
  perHour: number;
  hoursLeft: number | undefined;
  /** The used shares of the memory limit and of the CPU limit; undefined where unknown. */
  share: number | undefined;
  cpu: number | undefined;
  /** The last deploy in the hour before the growth, or during it. */
  deploy: Change | undefined;
}>;

const MANY = Number.MAX_SAFE_INTEGER;
const HOUR_S = 3_600;
const MB = 1_000_000;

/** Ignores points after the window. */
function upTo(one: Measured, { toUs }: TimeWindow): Measured {
  if (!Number.isFinite(toUs)) return one;
  const end = one.atUs.findIndex((us) => us > toUs);
  return end === -1 ? one : { ...one, atUs: one.atUs.subarray(0, end), values: one.values.subarray(0, end) };
}

/** Deploys of the service, and deploys without a known service. */
function deployOf(
  { service }: Measured,
  { fromUs, toUs }: MemoryGrowth,
  deploys: readonly Change[],
): Change | undefined {
  const own = deploys.filter((deploy) => deploy.service === service || deploy.service === '');
  return own.findLast(({ atUs }) => atUs >= fromUs - HOUR_S * 1e6 && atUs <= toUs);
}

function leakOf(
  one: Measured,
  { all, deploys }: Readonly<{ all: readonly Measured[]; deploys: readonly Change[] }>,
  thresholds: Thresholds,
): Leak[] {
  const isMemory = one.concept === 'memory_used' || one.concept === 'heap_used';
  if (!isMemory || one.scope !== 'instance') return [];
  const limit = limitOf(one, all);
  const climb = memoryGrowth(one) ?? (limit && growthUntilRestart(one, limit, restartsOf(one, all)));
  if (climb === undefined || climb === 0 || isByChance(one, climb, { all, limit })) return [];
  const perHour = climb.perSecond * HOUR_S;
  const hoursLeft = limit === undefined ? undefined : Math.max(0, limit - climb.top) / perHour;
  const cpu = cpuOf(one, climb, all);
  const deploy = deployOf(one, climb, deploys);
  const isBusy = perHour > thresholds.minGrowthMb * MB && (cpu ?? 0) > thresholds.minCpu && deploy === undefined;
  if (!isBusy && !(hoursLeft !== undefined && hoursLeft <= thresholds.maxHoursToLimit)) return [];
  return [{ one, climb, perHour, hoursLeft, share: limit === undefined ? undefined : climb.top / limit, cpu, deploy }];
}

function isByChance(
  one: Measured,
  climb: MemoryGrowth,
  { all, limit }: Readonly<{ all: readonly Measured[]; limit: number | undefined }>,
): boolean {
  const isNearlyFull = limit !== undefined && climb.top >= FULL * limit;
  return !isNearlyFull && isAlone(one, climb, all);
}

/** Two that stay as they are, so that one idle instance is no proof. */
const FEWEST_OTHERS = 2;
/**
 * As a share of the growth, by trial: where the others may grow by a tenth of their first value instead, which is Coroot's
 * least growth, one of the true leaks of `windows-44` to `windows-50` is lost.
 */
const HARDLY_GROWS = 0.25;

/**
 * All instances run the same code: where the others stay as they are, the memory of one went up and down by chance. With
 * many instances one of them always climbs.
 */
function isAlone(one: Measured, { perSecond, fromUs, toUs }: MemoryGrowth, all: readonly Measured[]): boolean {
  const others = all.filter(
    (other) =>
      other.concept === one.concept &&
      other.scope === 'instance' &&
      other.service === one.service &&
      other.instance !== one.instance,
  );
  const slopes = others.flatMap((other) => {
    const at = pointsBetween(other, fromUs, toUs + 1);
    return at.values.length * 2 < pointsBetween(one, fromUs, toUs + 1).values.length
      ? []
      : (trendOf(at)?.perSecond ?? []);
  });
  return slopes.length >= FEWEST_OTHERS && slopes.every((slope) => slope < HARDLY_GROWS * perSecond);
}

function isSamePlace(one: Measured, other: Measured): boolean {
  return other.service === one.service && (other.instance === one.instance || other.instance === '');
}

function limitOf(one: Measured, all: readonly Measured[]): number | undefined {
  const concept = one.concept === 'heap_used' ? 'heap_limit' : 'memory_limit';
  const limit = all.find((other) => other.concept === concept && isSamePlace(one, other))?.values.at(-1);
  return limit !== undefined && limit > 0 ? limit : undefined;
}

/** When its container was restarted, in microseconds since the epoch. */
function restartsOf(one: Measured, all: readonly Measured[]): readonly number[] {
  return all
    .filter((other) => other.concept === 'restarts' && isSamePlace(one, other))
    .flatMap(({ atUs, values }) => Array.from(atUs).filter((_, at) => (values[at] ?? 0) > 0));
}

/** CPU use in the second half of the growth. */
function cpuOf(one: Measured, { fromUs, toUs }: MemoryGrowth, all: readonly Measured[]): number | undefined {
  const cpu = all.find((other) => other.concept === 'cpu_share' && isSamePlace(one, other));
  const values = cpu === undefined ? [] : valuesIn(cpu, (fromUs + toUs) / 2, toUs + 1);
  return values.length === 0 ? undefined : medianOf(values);
}

function sightingOf({ one, climb, perHour, hoursLeft, share, cpu, deploy }: Leak): Sighting {
  const growth = sizeText(perHour);
  const isFull = share !== undefined && share >= FULL && climb.fell;
  return {
    service: one.service,
    facts: {
      growth,
      megabytesPerHour: perHour / MB,
      since: minuteText(climb.fromUs),
      sinceUs: climb.fromUs,
      left: hoursLeft === undefined ? '' : durationText(hoursLeft * HOUR_S * 1e6),
      reachedAt: isFull ? minuteText(climb.toUs) : '',
      share: share ?? 0,
      cpu: cpu ?? 0,
      instance: one.instance,
      deploy:
        deploy === undefined || isLongAfter(deploy, climb.fromUs)
          ? ''
          : `${deploy.id || deploy.text} at ${minuteText(deploy.atUs)}`,
    },
    evidence: [
      metricEvidence(
        one,
        `from ${minuteText(climb.fromUs)} to ${minuteText(climb.toUs)} up by ${growth} an hour, to ${sizeText(climb.top)}`,
      ),
    ],
  };
}

/** The last point before an OOM kill is a little below the limit. */
const FULL = 0.85;
