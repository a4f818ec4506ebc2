/** Words for an exhausted resource: what is the matter, what to do first, and what would disprove it. */
import type { Resource } from '#model/metrics/resource-limits.ts';

/** `remedy`: for the one that lacks it. */
type ResourceWords = Readonly<{ state: string; lacks: string; remedy: (who: string) => string; check: string }>;

export const RESOURCE_WORDS: Readonly<Record<Resource, ResourceWords>> = {
  memory: {
    state: 'out of memory',
    lacks: 'has run out of memory',
    remedy: (who) =>
      `Give ${who} more memory and restart it; keep a heap dump or the last memory profile first. Then look for what grew: an unbounded cache, a large answer, a leak since the last deploy.`,
    check: 'The metrics show memory far below its limit at that time, or one single allocation was much too large.',
  },
  'open files': {
    state: 'too many open files',
    lacks: 'has too many files open',
    remedy: (who) =>
      `Raise the limit of ${who} (ulimit -n) to gain time. Then find what it opens and never closes: connections, files, watches.`,
    check: 'The number of open descriptors was far below the limit at that time (lsof, process_open_fds).',
  },
  'disk space': {
    state: 'no space left on disk',
    lacks: 'has no space left on its disk',
    remedy: (who) =>
      `Free space on the disk of ${who} first: old logs, dumps, unused images. Then find what fills it, and alert at 80 %.`,
    check: 'The disk had free space (df) and free inodes (df -i).',
  },
  'disk writes': {
    state: 'its disk takes no writes',
    lacks: 'has a disk that takes no writes',
    remedy: (who) =>
      `Look at the disk of ${who} first: its space, its errors in the log of the kernel, its mount options. Then restart what stopped to write.`,
    check: 'A test file can be written to that disk, and the kernel reports no errors of it.',
  },
  threads: {
    state: 'no threads or workers left',
    lacks: 'has no threads or workers left',
    remedy: (who) =>
      `Find out what the threads of ${who} wait for (a thread dump shows it) before you allow more of them.`,
    check: 'The metrics show idle threads and workers at that time.',
  },
  connections: {
    state: 'no connections left',
    lacks: 'has run out of connections',
    remedy: (who) =>
      `Find what holds the connections of ${who}: slow queries, open transactions, connections that are not returned. Enlarge the pool only after that.`,
    check: 'The metrics of the pool or the server show free connections at that time.',
  },
  queue: {
    state: 'a queue is full',
    lacks: 'has a full queue',
    remedy: (who) =>
      `Look at what empties the full queue of ${who}: its consumers are slower than its producers, or they have stopped.`,
    check: 'The consumers kept up with the producers at that time.',
  },
  quota: {
    state: 'a quota is used up',
    lacks: 'has used up a quota',
    remedy: (who) => `Find what uses the quota of ${who} and slow it down. Then ask for a higher quota.`,
    check: 'The provider shows free quota at that time.',
  },
};
