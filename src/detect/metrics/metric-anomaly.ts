/**
 * A number that is far from what was usual, for several points in a row, in the direction that means trouble.
 *
 *   queue depth   ▂▁▂▂▁▂▁▂│▂▄▆█████      what is usual: the hour before, and what the same time of
 *                         │  └ onset     earlier days added to it; beyond 2 deviations of that
 *
 * It says that something changed and when, and whether it moves with what people suffer from. That two numbers move
 * together does not say which of them moves the other; which one began first does, a little.
 */
import { defineDetector } from '#detect/detector.ts';
import { laggedCorrelation, type Together } from '#detect/signs/correlation.ts';
import { type Expectation, expectationAt } from '#detect/signs/daily-pattern.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { metricEvidence, minuteText, shareText } from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import type { Concept } from '#model/metrics/metric-names.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';
import { durationText } from '#model/text/duration.ts';

export const metricAnomaly = defineDetector({
  id: 'metric-anomaly',
  title: 'Unusual metric',
  why: 'The first metric that became unusual shows where and when to look.',
  runbook: 'runbooks/metric-anomaly.md',
  clear: 'no metric was unusual for several points in a row',
  silent: [
    'It needs at least five points before the time window to know what is normal.',
    'A metric that varies a lot in the baseline must vary even more.',
    'It reports only changes for the worse, not fewer errors, shorter queues or idle CPUs.',
    'Without data of earlier days, a daily peak that begins in the time window looks unusual.',
  ],
  role: 'description',
  field: 'load',
  coverage: 'service',
  nextWhys: {
    unsaid: {
      ask: 'What changed just before this metric became unusual?',
      lookAt: 'Deploys, jobs and feature flags in the minutes before, and the dependencies of this service.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window', 'metrics'],
  thresholds: {
    minDeviations: {
      default: 2,
      min: 1,
      unit: 'standard deviations',
      means: 'Distance from the expected value',
      why: 'The guide’s rule: more than two standard deviations from the baseline.',
    },
    minPoints: {
      default: 3,
      min: 1,
      unit: 'points',
      means: 'Unusual points in a row',
      why: 'By chance, one point in twenty is two deviations off, but three in a row are one in thousands. There are thousands of series.',
    },
    minFactor: {
      default: 1.5,
      min: 1,
      unit: 'times',
      means: 'Value divided by the expected value',
      why: 'For a metric that hardly varies, two deviations are too little to matter.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'The least increase of a share',
      why: 'From 1 % to 3 % CPU use is three times as much but harmless.',
    },
    minErrorShare: {
      default: 0.02,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'The least increase of an error rate',
      why: 'An error rate of 2 % is twenty times the error budget of 99.9 %.',
    },
  },

  detect({ window, metrics }, thresholds) {
    const all = measured(metrics);
    const odd = all.flatMap((one) => oddOf(one, window, thresholds));
    const symptom = symptomIn(odd, window);
    return [...Map.groupBy(odd, ({ one }) => one.service).values()]
      .map((of) => of.toSorted((a, b) => b.size - a.size || a.sinceUs - b.sinceUs))
      .sort((a, b) => (a[0]?.sinceUs ?? 0) - (b[0]?.sinceUs ?? 0) || (b[0]?.size ?? 0) - (a[0]?.size ?? 0))
      .slice(0, MOST_SERVICES)
      .flatMap((of) => sightingOf(of, symptom, window));
  },

  say({ service, what, since, usual, now, more, together, lead, seasonal }) {
    const others = Number(more) > 0 ? ` ${more} more of its metrics are unusual.` : '';
    const basis = seasonal === true ? 'at the same time of earlier days' : 'in the hour before';
    return {
      title: `${service}: ${what} is ${now} since ${since}, ${usual} is normal`,
      explanation: `It was ${usual} ${basis}.${others}${movesText(String(together), String(lead))}`,
      remedy: `Find out what began shortly before ${since}: a deploy, other requests, a dependency of ${service}.`,
      check: 'The metric does the same at times when nobody complains.',
    };
  },
});

function movesText(together: string, lead: string): string {
  if (together === '') return '';
  const order =
    lead === ''
      ? 'at the same time: they may have one cause'
      : lead.startsWith('-')
        ? `${lead.slice(1)} after it, so it is rather an effect than the cause`
        : `${lead} ahead of it: it may be the cause`;
  return ` It moves with ${together}, ${order}.`;
}

type Direction = 'up' | 'down' | 'both';

/** Which way is trouble, for what is not up. Numbers that are limits, or only parts of shares, are no symptoms of anything. */
const DIRECTIONS: Partial<Readonly<Record<Concept, Direction | 'none'>>> = {
  requests: 'both',
  log_lines: 'none',
  spans: 'none',
  memory_free: 'none',
  disk_free: 'none',
  disk_size: 'none',
  memory_limit: 'none',
  heap_limit: 'none',
  cpu_limit: 'none',
  cpu_periods: 'none',
  cpu_throttled_periods: 'none',
  connections_limit: 'none',
  open_files_limit: 'none',
};

const NAMES: Partial<Readonly<Record<Concept, string>>> = {
  requests: 'requests a second',
  error_share: 'share of failing requests',
  errors: 'errors a second',
  log_errors: 'errors logged a second',
  latency: 'response time',
  cpu_used: 'CPU use',
  cpu_share: 'CPU use',
  cpu_throttled: 'throttled time',
  io_wait: 'time waiting for the disk',
  gc_time: 'time collecting garbage',
  memory_used: 'memory',
  memory_share: 'memory',
  heap_used: 'heap',
  waiting: 'requests waiting for a connection',
  queue_depth: 'queue',
  queue_age: 'age of the oldest message',
};

/** A number of a service that is off by less than a factor; how large that is depends on what it counts. */
const LEAST: Partial<Readonly<Record<Concept, number>>> = {
  latency: 0.01,
  requests: 0.5,
  errors: 0.1,
  log_errors: 0.1,
  cpu_used: 0.2,
  memory_used: 50e6,
  heap_used: 50e6,
  waiting: 1,
  queue_depth: 5,
  queue_age: 5,
  connections: 3,
  open_files: 50,
};

type Thresholds = Readonly<Record<'minDeviations' | 'minPoints' | 'minFactor' | 'minShare' | 'minErrorShare', number>>;

type Odd = Readonly<{
  one: Measured;
  expected: Expectation;
  sinceUs: number;
  now: number;
  usual: number;
  /** How many times what is needed to be told. */
  size: number;
}>;

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
const FEWEST_BEFORE = 5;
const MOST_SERVICES = 5;
/** Points that do not vary are measured to a percent all the same. */
const LEAST_DEVIATION = 0.02;

function oddOf(one: Measured, window: TimeWindow, thresholds: Thresholds): Odd[] {
  const direction = DIRECTIONS[one.concept] ?? 'up';
  if (direction === 'none' || !Number.isFinite(window.fromUs)) return [];
  const expected = expectationAt(one, window.fromUs);
  const before = pointsBetween(one, window.fromUs - HOUR_US, window.fromUs);
  if (expected === undefined || before.values.length < FEWEST_BEFORE) return [];
  const within = pointsBetween(one, window.fromUs, window.toUs + MINUTE_US);
  const signs: readonly (1 | -1)[] = direction === 'both' ? [1, -1] : direction === 'up' ? [1] : [-1];
  return signs.flatMap((sign) => {
    const off = offBy(one.concept, expected, sign, thresholds);
    const run = longestRun(within, off);
    if (run.length < thresholds.minPoints || longestRun(before, off).length >= thresholds.minPoints) return [];
    const [first = 0] = run;
    const sizes = run.map((at) => off(within.atUs[at] ?? 0, within.values[at] ?? 0)).sort((a, b) => a - b);
    const size = sizes[sizes.length >> 1] ?? 0;
    // Beyond whatever happened in the hour before, in that hour's own rare jumps.
    const jump = Math.max(...Array.from(before.values, (value, at) => off(before.atUs[at] ?? 0, value)));
    if (size < jump) return [];
    const values = run.map((at) => within.values[at] ?? 0).sort((a, b) => a - b);
    const sinceUs = within.atUs[first] ?? 0;
    return [{ one, expected, sinceUs, now: values[values.length >> 1] ?? 0, usual: expected.at(sinceUs), size }];
  });
}

/** How many times what is needed a value is off; 1 and more is told. */
function offBy(
  concept: Concept,
  expected: Expectation,
  sign: 1 | -1,
  { minDeviations, minFactor, minShare, minErrorShare }: Thresholds,
): (us: number, value: number) => number {
  const isShare = concept.endsWith('_share') || SHARES.has(concept);
  return (us, value) => {
    const usual = expected.at(us);
    const off = sign * (value - usual);
    const byFactor = Math.max(Math.abs(usual) * (sign > 0 ? minFactor - 1 : 1 - 1 / minFactor), LEAST[concept] ?? 0);
    const least = concept === 'error_share' ? minErrorShare : isShare ? minShare : byFactor;
    const deviation = Math.max(expected.deviation, LEAST_DEVIATION * Math.abs(usual));
    return Math.min(off / Math.max(least, TINY), off / Math.max(minDeviations * deviation, TINY));
  };
}

const SHARES: ReadonlySet<Concept> = new Set(['cpu_throttled', 'io_wait', 'gc_time', 'disk_busy']);
const TINY = 1e-9;

/** Places of the longest run of points that are off. */
function longestRun({ atUs, values }: Points, off: (us: number, value: number) => number): readonly number[] {
  let best: number[] = [];
  let run: number[] = [];
  for (let at = 0; at < values.length; at += 1) {
    run = off(atUs[at] ?? 0, values[at] ?? 0) >= 1 ? [...run, at] : [];
    if (run.length > best.length) best = run;
  }
  return best;
}

const SYMPTOMS: readonly Concept[] = ['error_share', 'latency', 'errors', 'log_errors'];

/** What people suffer from: failures before slowness, of the service that was asked about before any other's. */
function symptomIn(odd: readonly Odd[], { service }: TimeWindow): Odd | undefined {
  return odd
    .filter(({ one }) => SYMPTOMS.includes(one.concept))
    .toSorted(
      (a, b) =>
        Number(b.one.service === service) - Number(a.one.service === service) ||
        SYMPTOMS.indexOf(a.one.concept) - SYMPTOMS.indexOf(b.one.concept) ||
        b.size - a.size,
    )[0];
}

function sightingOf(of: readonly Odd[], symptom: Odd | undefined, window: TimeWindow): Sighting[] {
  const [worst] = of;
  if (worst === undefined) return [];
  const { one, sinceUs, now, usual, expected } = worst;
  const moving = symptom === undefined || symptom === worst ? undefined : movesWith(worst, symptom, window);
  const facts = {
    concept: one.concept,
    what: nameOf(one),
    since: minuteText(sinceUs),
    sinceUs,
    now: valueText(now, one.concept),
    usual: valueText(usual, one.concept),
    size: worst.size,
    more: of.length - 1,
    seasonal: expected.isSeasonal,
    instance: one.instance,
    together:
      moving === undefined || symptom === undefined
        ? ''
        : `${symptomName(symptom)} (r ${moving.coefficient.toFixed(2)})`,
    lead: moving === undefined ? '' : leadText(moving),
  };
  const evidence = of
    .slice(0, SHOWN)
    .map((each) =>
      metricEvidence(
        each.one,
        `${valueText(each.now, each.one.concept)} since ${minuteText(each.sinceUs)}, ${valueText(each.usual, each.one.concept)} is normal`,
      ),
    );
  return [{ service: one.service, facts, evidence }];
}

const SHOWN = 3;
/** Weaker is what any two numbers of a busy system show. */
const MOVES_WITH = 0.7;

function movesWith({ one }: Odd, symptom: Odd, { fromUs, toUs }: TimeWindow): Together | undefined {
  const around = (points: Points) => pointsBetween(points, fromUs - HOUR_US, toUs + MINUTE_US);
  const found = laggedCorrelation(around(one), around(symptom.one));
  return found !== undefined && Math.abs(found.coefficient) >= MOVES_WITH ? found : undefined;
}

/** Empty where both move at once; with a dash before it where this one comes after. */
function leadText({ leadSeconds }: Together): string {
  if (leadSeconds === 0) return '';
  return `${leadSeconds < 0 ? '-' : ''}${durationText(Math.abs(leadSeconds) * 1e6)}`;
}

function symptomName({ one }: Odd): string {
  return `the ${nameOf(one)} of ${one.service}`;
}

function nameOf({ concept, part }: Measured): string {
  const name = NAMES[concept] ?? concept.replaceAll('_', ' ');
  return part === '' ? name : `${name} (${part})`;
}

function valueText(value: number, concept: Concept): string {
  if (concept.endsWith('_share') || SHARES.has(concept)) return shareText(value);
  if (concept === 'latency' || concept === 'queue_age' || concept === 'replication_lag')
    return durationText(value * 1e6);
  if (concept === 'memory_used' || concept === 'heap_used') return `${Number((value / 1e6).toPrecision(3))} MB`;
  return `${Number(value.toPrecision(3))}`;
}
