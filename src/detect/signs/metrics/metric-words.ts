/** How sentences name a metric and its values. */
import { shareText } from '#model/metrics/limited.ts';
import type { Measured } from '#model/metrics/measured.ts';
import type { Concept } from '#model/metrics/metric-names.ts';
import { durationText } from '#model/text/duration.ts';
import { sizeText } from '#model/text/size-text.ts';

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
  lock_waits: 'number of sessions that wait for a lock',
  waiting: 'requests waiting for a connection',
  queue_depth: 'queue',
  queue_age: 'age of the oldest message',
};

const SHARES: ReadonlySet<Concept> = new Set(['cpu_throttled', 'io_wait', 'gc_time', 'disk_busy']);

/** Its values are shares, 0 to 1. */
export function isShareOf(concept: Concept): boolean {
  return concept.endsWith('_share') || SHARES.has(concept);
}

/** Web servers and runtimes count what waits for their threads or processes. */
const OF_THREADS = /thread|worker|^phpfpm_|^puma_|^frankenphp_/;

function nameOfThreads(concept: Concept, metric: string): string | undefined {
  if (concept === 'waiting' && OF_THREADS.test(metric)) return 'work waiting for a thread';
  return concept === 'lock_waits' && metric.startsWith('jvm') ? 'number of threads that wait for a lock' : undefined;
}

export function metricName({ concept, part, metric }: Measured): string {
  const name = nameOfThreads(concept, metric) ?? NAMES[concept] ?? concept.replaceAll('_', ' ');
  return part === '' ? name : `${name} (${part})`;
}

export function valueText(value: number, concept: Concept): string {
  if (isShareOf(concept)) return shareText(value);
  if (concept === 'latency' || concept === 'queue_age' || concept === 'replication_lag')
    return durationText(value * 1e6);
  if (concept === 'memory_used' || concept === 'heap_used') return sizeText(value);
  return `${Number(value.toPrecision(3))}`;
}
