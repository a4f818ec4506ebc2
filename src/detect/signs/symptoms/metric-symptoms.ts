/**
 * What an unusual or full metric asks of a change, by the meaning of the metric and not by the words of its title.
 *
 *   puma_backlog, phpfpm_listen_queue     waiting      a pool or the threads are too few
 *   pg_stat_activity_count (Lock)         lock_waits   somebody holds a lock
 *   jvm_gc_time                           gc_time      memory is short, and its collection takes the processor
 */
import type { ChangeSymptom } from '#model/changes/change-symptoms.ts';
import type { Facts } from '#model/finding/finding.ts';
import type { Concept } from '#model/metrics/metric-names.ts';

/** Metrics above their normal range. */
const HIGH: Partial<Readonly<Record<Concept, readonly ChangeSymptom[]>>> = {
  waiting: ['pool', 'capacity', 'slow'],
  connections: ['pool'],
  connections_share: ['pool', 'capacity', 'refused'],
  open_files: ['refused', 'capacity'],
  open_files_share: ['refused', 'capacity'],
  queue_depth: ['backlog'],
  queue_age: ['backlog'],
  cpu_used: ['cpu'],
  cpu_share: ['cpu'],
  cpu_throttled: ['cpu'],
  context_switches: ['cpu'],
  gc_time: ['memory', 'cpu'],
  memory_used: ['memory'],
  memory_share: ['memory'],
  heap_used: ['memory'],
  oom_kills: ['memory', 'stopped'],
  restarts: ['stopped'],
  // A disk is busy with what statements read as well.
  io_wait: ['disk', 'slow-statement'],
  disk_busy: ['disk', 'slow-statement'],
  disk_share: ['disk'],
  lock_waits: ['lock'],
  deadlocks: ['lock'],
  slow_queries: ['slow-statement'],
  // A replica is late where more is written than it can take.
  replication_lag: ['backlog', 'disk'],
  store_cache_share: ['cache'],
};

/** Metrics below their normal range. */
const LOW: Partial<Readonly<Record<Concept, readonly ChangeSymptom[]>>> = { requests: ['fewer-requests'] };

/** Empty where the finding is about no metric of a known meaning. */
export function symptomsOfMetric({ concept, isAbove }: Facts): readonly ChangeSymptom[] {
  if (typeof concept !== 'string') return [];
  return (isAbove === false ? LOW : HIGH)[concept as Concept] ?? [];
}
