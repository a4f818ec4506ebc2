/**
 * A resource is at or near its limit and was not before. Work that needs more of it waits or fails.
 *
 *   share of the limit   ▁▁▁▁▁▁▁▂▅▇███   critical ─ ─
 *                                        warning  ─ ─
 *                        before │ window
 *
 * A resource that is as full every day did not change.
 */

import { defineDetector } from '#detect/detector.ts';
import { strainedSightings, strainedWords } from '#detect/signs/servers/strained-sightings.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { type Profile, profileItems } from '#model/metrics/hot-functions.ts';
import {
  isLimited,
  type LimitedConcept,
  levelBefore,
  metricEvidence,
  minuteText,
  nameOfLimited,
  sameHours,
  shareText,
  windowValues,
} from '#model/metrics/limited.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { medianOf } from '#model/stats/robust.ts';
import { counted } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const resourceSaturation = defineDetector({
  id: 'resource-saturation',
  title: 'Resource at its limit',
  why: 'Work that waits for a CPU, a disk or a connection is slow everywhere at once, and no span shows why.',
  runbook: 'runbooks/resource-saturation.md',
  clear: 'no CPU, memory, disk, file table or pool of connections came near its limit',
  silent: [
    'It ignores a resource that was as full before, because nothing changed.',
    'It ignores usage without a known limit (no limit set, or no exporter for it), unless a server’s own numbers rise to many times their past.',
    'It does not see a peak between two points of the metric, and it ignores a single point.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'service',
  nextWhys: {
    unsaid: {
      ask: 'What uses so much of it?',
      lookAt: 'The number of requests, the cost of each since the last deploy, and a profile of the fullest instance.',
    },
  },
  checkQueries: ['log'],
  namesCause: 'always',
  signs: ['full-resource'],
  needs: ['window', 'metrics'],
  uses: ['profiles'],
  thresholds: {
    warnCpu: share(0.7, 'CPU use that is reported', 'Above 70 to 80 % of the CPU limit requests begin to wait.'),
    criticalCpu: share(0.9, 'CPU use that is critical', 'Above 90 % the container is throttled and answers late.'),
    warnMemory: share(
      0.8,
      'Memory use that is reported',
      'Healthy services stay at 50 to 60 %; from 80 % on a peak ends in an OOM kill.',
    ),
    criticalMemory: share(
      0.98,
      'Memory use that is critical',
      'At 100 % the container is killed; the last point before is a little lower.',
    ),
    warnDisk: share(0.8, 'Disk use that is reported', 'Coroot’s default; it leaves time to act.'),
    criticalDisk: share(0.97, 'Disk use that is critical', 'kubernetes-mixin: less than 3 % free.'),
    warnOpenFiles: share(0.8, 'Open files that are reported', 'Files leak steadily, so 80 % leaves time to act.'),
    criticalOpenFiles: share(
      0.95,
      'Open files that are critical',
      'The next burst of connections fails with “too many open files”.',
    ),
    warnConnections: share(
      0.9,
      'Connections in use that are reported',
      'Coroot’s default for databases; a pool with 80 % in use is normal.',
    ),
    criticalConnections: share(
      0.98,
      'Connections in use that are critical',
      'No connection is left, so requests wait for one.',
    ),
    warnIoWait: share(0.2, 'Time that CPUs wait for disks', 'Healthy machines are below 10 %.'),
    criticalIoWait: share(0.4, 'Time waiting for disks that is critical', 'At twice that, most requests wait.'),
    warnThrottled: share(
      0.25,
      'Periods in which the limit stopped a container',
      'kubernetes-mixin’s CPUThrottlingHigh.',
    ),
    criticalThrottled: share(0.5, 'Throttling that is critical', 'The container is stopped in every second period.'),
    warnCollecting: share(
      0.25,
      'Time that a runtime stands still to collect garbage',
      'Elasticsearch reports it from 25 % on (monitor.jvm.gc.overhead.info); HotSpot’s goal is 8 %.',
    ),
    criticalCollecting: share(
      0.5,
      'Time of collecting garbage that is critical',
      'Elasticsearch warns (monitor.jvm.gc.overhead.warn): each request takes twice as long.',
    ),
    warnCredits: share(0.9, 'Burst credits in use that are reported', 'AWS recommends an alarm on a low balance.'),
    criticalCredits: share(
      0.99,
      'Burst credits in use that are critical',
      'Without credits a volume falls to its base rate, often a tenth of its burst.',
    ),
    fullCache: share(
      0.95,
      'How full the cache of a store is',
      'From 95 % on (eviction_trigger) WiredTiger lets the threads of its clients evict pages.',
    ),
    alarm: share(1, 'The alarm of a broker', 'It is on or off.'),
    minHeadroomUsed: {
      default: 0.3,
      min: 0,
      max: 1,
      unit: 'share',
      means: 'How much of the previously free part is now in use',
      why: 'Less is normal variation. A comparison with the past alone would rate an idle service that wakes up worse than one at its limit.',
    },
  },

  detect({ window, metrics, profiles = [] }, thresholds) {
    const all = measured(metrics);
    const full = all.flatMap((one) => (isLimited(one) ? fullness(one, window, thresholds) : []));
    const strained = strainedSightings(metrics, window);
    const perResource = Map.groupBy(full, ({ one }) => `${one.service}\n${one.concept}`);
    return [...perResource.values()]
      .map((of) => of.toSorted((a, b) => b.severity - a.severity || b.level - a.level))
      .sort((a, b) => (b[0]?.severity ?? 0) - (a[0]?.severity ?? 0) || (b[0]?.level ?? 0) - (a[0]?.level ?? 0))
      .flatMap((of) => sightingOf(of, { all, profiles, window }))
      .concat(strained);
  },

  say(facts) {
    const { service, resource, of, level, before, instance, instances, full, since } = facts;
    const { critical, switching, isAlarm, form } = facts;
    if (form === 'strained') return strainedWords(facts);
    const name = String(service) === '' ? String(instance) : String(service);
    const where = instance === '' || instance === name ? '' : ` (${instance})`;
    const was = before === -1 || isAlarm === true ? '' : `, ${shareText(Number(before))} before`;
    const many = Number(instances) > 1 ? ` ${full} of ${counted(Number(instances), 'instance')} are as full.` : '';
    const at = isAlarm === true ? 'alarm is on' : `at ${shareText(Number(level))} ${of}`;
    const switches = switching === '' ? '' : ` The machine changes between tasks ${switching}.`;
    return {
      title: `${name}: ${resource} ${at}${since === '' ? '' : ` since ${since}`}${was}${where}`,
      headline: {
        why:
          isAlarm === true
            ? `the ${resource} alarm of ${inWords(name)} is on`
            : `${resource} of ${inWords(name)} ${/s$/.test(String(resource)) ? 'are' : 'is'} ${at}`,
      },
      explanation: `${effectOf(String(resource), { isAlarm: isAlarm === true, isCritical: critical === true })}${many}${switches}`,
      remedy:
        REMEDIES[String(resource)]?.(name) ?? `Find what uses the ${resource} of ${name}, and give it more until then.`,
      check: `It is as full in healthy times, or the requests of ${name} are as fast as normal.`,
    };
  },
});

function share(value: number, means: string, why: string) {
  return { default: value, min: 0, max: 1, unit: 'share', means, why } as const;
}

/** RabbitMQ blocks connections that publish, in the whole cluster: https://www.rabbitmq.com/docs/alarms */
const WHILE_ALARM = 'The broker takes no messages while the alarm is on: it blocks every connection that publishes.';

const EFFECTS: Readonly<Record<string, string>> = {
  'garbage collection': 'Requests stand still while the runtime collects garbage, and their work begins late.',
  'burst credits': 'Without credits the volume reads and writes only at its base rate, so statements wait for it.',
  cache: 'Pages have to leave the cache before others come in. The threads of clients do that themselves, and wait.',
};

function effectOf(
  resource: string,
  { isAlarm, isCritical }: Readonly<{ isAlarm: boolean; isCritical: boolean }>,
): string {
  if (isAlarm) return WHILE_ALARM;
  if (!isCritical) return 'It is close to the point where requests wait for it.';
  return EFFECTS[resource] ?? 'Work that needs more of it waits or fails.';
}

const REMEDIES: Readonly<Record<string, (name: string) => string>> = {
  CPU: (name) =>
    `Reduce the load of ${name} or add instances. Then find what uses so much CPU: a deploy, a new kind of request, a loop.`,
  memory: (name) =>
    `Raise the memory limit of ${name} or restart it before it is killed. Then find what fills the memory: an unbounded cache, a leak, larger requests.`,
  disk: (name) =>
    `Free space on the disk of ${name} (logs, old files) or enlarge the volume. Then find what writes so much.`,
  'garbage collection': (name) =>
    `Restart ${name} or give it more heap. Then find what fills the heap: a heap dump shows which objects stay.`,
  'burst credits': (name) =>
    `Give the volume of ${name} more base performance (a larger volume, or a class without credits), or reduce its reads and writes until the credits are back.`,
  cache: (name) =>
    `Give ${name} a larger cache, if it was made smaller or its data grew. Else find which statements read so many pages.`,
  'open files': (name) => `Restart ${name}, or raise its limit of open files. Then find what is never closed.`,
  threads: (name) =>
    `Find out what the threads of ${name} wait for (a thread dump shows it), and whether their number was lowered. Allow more of them only then.`,
  connections: (name) =>
    `Find what holds the connections of ${name} and for how long: a slow query, a connection that is never returned. Enlarge the pool only then.`,
};

type Kind = 'Cpu' | 'Throttled' | 'IoWait' | 'Memory' | 'Disk' | 'OpenFiles' | 'Connections' | 'Collecting' | 'Credits';
type Level = `warn${Kind}` | `critical${Kind}` | 'fullCache' | 'alarm';
type Thresholds = Readonly<Record<Level | 'minHeadroomUsed', number>>;

const LEVELS: Readonly<Record<LimitedConcept, Readonly<{ warn: Level; critical: Level }>>> = {
  cpu_share: { warn: 'warnCpu', critical: 'criticalCpu' },
  cpu_throttled: { warn: 'warnThrottled', critical: 'criticalThrottled' },
  io_wait: { warn: 'warnIoWait', critical: 'criticalIoWait' },
  memory_share: { warn: 'warnMemory', critical: 'criticalMemory' },
  disk_share: { warn: 'warnDisk', critical: 'criticalDisk' },
  gc_time: { warn: 'warnCollecting', critical: 'criticalCollecting' },
  credits_share: { warn: 'warnCredits', critical: 'criticalCredits' },
  store_cache_share: { warn: 'fullCache', critical: 'fullCache' },
  disk_alarm: { warn: 'alarm', critical: 'alarm' },
  memory_alarm: { warn: 'alarm', critical: 'alarm' },
  open_files_share: { warn: 'warnOpenFiles', critical: 'criticalOpenFiles' },
  connections_share: { warn: 'warnConnections', critical: 'criticalConnections' },
};

type Limited = Measured & Readonly<{ concept: LimitedConcept }>;

type Full = Readonly<{
  one: Limited;
  level: number;
  before: number | undefined;
  /** 2 critical, 1 a warning. */
  severity: 1 | 2;
  /** Microseconds since the epoch; undefined where it was full from the first point on. */
  sinceUs: number | undefined;
}>;

function fullness(one: Limited, window: TimeWindow, thresholds: Thresholds): Full[] {
  const { warn, critical } = LEVELS[one.concept];
  const values = windowValues(one, window);
  const level = sustained(values);
  if (level === undefined || level < thresholds[warn]) return [];
  const before = usualLevel(one, window);
  const free = 1 - (before ?? 0);
  // A processor or a cache that always is at its limit is meant to be.
  const isSame = one.concept === 'cpu_share' || level - (before ?? 0) < LEAST_RISE;
  if (before !== undefined && before >= thresholds[critical] && isSame) return [];
  if (before !== undefined && (level - before) / free < thresholds.minHeadroomUsed) return [];
  const severity = level >= thresholds[critical] ? 2 : 1;
  return [{ one, level, before, severity, sinceUs: since(one, thresholds[warn], window) }];
}

/**
 * As a share of the limit. If memory, a disk or a pool was critical before, the detector reports it only if its level rose
 * by this much: samples of an unchanged level differ by less. It never reports a processor that was critical before.
 */
const LEAST_RISE = 0.01;

/** The level before, or the one that the same hours of earlier days had, if that is higher. */
function usualLevel(one: Limited, window: TimeWindow): number | undefined {
  const before = levelBefore(one, window);
  const earlier = sameHours(one, window).flatMap((values) => sustained(values) ?? []);
  return before === undefined || earlier.length === 0 ? before : Math.max(before, medianOf(earlier));
}

/**
 * The value that a fifth of the points, or five points, reach; with few points, two. A single point counts only where it is
 * the only one.
 */
function sustained(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => b - a);
  const place = Math.min(FEW - 1, Math.ceil(sorted.length / FEW) - 1);
  return sorted[Math.min(sorted.length - 1, Math.max(1, place))];
}

const FEW = 5;

/** The start of the last run of points that reach the least value. */
function since({ atUs, values }: Limited, least: number, { toUs }: TimeWindow): number | undefined {
  let began: number | undefined;
  for (let at = 0; at < values.length && !((atUs[at] ?? 0) > toUs + 60_000_000); at += 1) {
    const isFull = (values[at] ?? 0) >= least;
    if (isFull && at > 0 && (values[at - 1] ?? 0) < least) began = atUs[at];
  }
  return began;
}

type Beside = Readonly<{ all: readonly Measured[]; profiles: readonly Profile[]; window: TimeWindow }>;

function sightingOf(of: readonly Full[], { all, profiles, window }: Beside): Sighting[] {
  const [worst] = of;
  if (worst === undefined) return [];
  const { one, level, before, severity, sinceUs } = worst;
  const alike = all.filter(({ service, concept }) => service === one.service && concept === one.concept);
  const { name, of: ofWhat } = nameOfLimited(one.concept, one.metric);
  const facts = {
    resource: name,
    of: ofWhat,
    level,
    before: before ?? -1,
    instance: one.instance,
    instances: new Set(alike.map(({ instance }) => instance)).size,
    full: new Set(of.map((each) => each.one.instance)).size,
    since: sinceUs === undefined ? '' : minuteText(sinceUs),
    ...(sinceUs !== undefined && { sinceUs }),
    critical: severity === 2,
    isAlarm: one.concept === 'disk_alarm' || one.concept === 'memory_alarm',
    switching: name === 'CPU' ? switchingOf(one, all, window) : '',
  };
  const evidence = of
    .slice(0, SHOWN)
    .map((each) =>
      metricEvidence(
        each.one,
        `${shareText(each.level)} ${ofWhat}${each.before === undefined ? '' : `, ${shareText(each.before)} before`}`,
      ),
    );
  const used = name === 'CPU' ? profileItems(profiles, { ...window, service: one.service }) : [];
  const service = facts.isAlarm && facts.full === 1 ? serverOf(one) : one.service;
  return [{ service, facts, evidence: [...evidence, ...used] }];
}

/** A member of a set, with the port of its exporter: `waltz-rmq-0:15692`. */
const MEMBER = /^(?<member>(?<set>[a-z][\w-]{0,80})-\d{1,3})(?:\.[a-z][\w.-]{0,100})?(?::\d{2,5})?$/i;

/** An alarm of one server is that server's, where the scrape's job names only the product. */
function serverOf({ service, instance }: Measured): string {
  const { member = service, set } = MEMBER.exec(instance)?.groups ?? {};
  return set === service ? service : member;
}

const SHOWN = 3;

/** With more tasks than CPUs, a machine spends its time on context switches. `3 times as often as before` */
function switchingOf({ instance, labels }: Limited, all: readonly Measured[], window: TimeWindow): string {
  const places = new Set([instance, labels.node, labels.instance]);
  const switches = all.find((one) => one.concept === 'context_switches' && places.has(one.instance));
  if (switches === undefined) return '';
  const before = levelBefore(switches, window) ?? 0;
  const now = sustained(windowValues(switches, window)) ?? 0;
  return before > 0 && now >= 2 * before ? `${Number((now / before).toFixed(1))} times as often as before` : '';
}
