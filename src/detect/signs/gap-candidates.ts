/** What a stretch of time may be in which nothing was recorded, and what tells one from the other. */
import type { Candidate } from '#model/finding/finding.ts';

export type SilentTime = Readonly<{
  service: string;
  operation: string;
  /** What follows it: only before a query a connection may have been waited for, and what a query stores was most often computed. */
  before: 'read' | 'write' | 'other';
}>;

/** The most usual first, as far as what follows tells. */
export function gapCandidates({ service, operation, before }: SilentTime): Candidate[] {
  const pool: Candidate = {
    what: 'a wait for a connection of a full pool',
    shownBy: `the pool of ${service} had all its connections in use at that time, and requests waiting`,
  };
  const computing: Candidate = {
    what: 'computing',
    shownBy: `a profile of ${operation} shows the processor at work`,
  };
  const others: readonly Candidate[] = [
    { what: 'a lock, or no free thread', shownBy: `a thread dump of ${service} under this request shows it waiting` },
    { what: 'a call without a span', shownBy: `a span around each call that ${operation} makes` },
    { what: 'garbage collection', shownBy: `the collector’s log of ${service} has a pause at that time` },
  ];
  if (before === 'other') return [computing, ...others];
  return before === 'read' ? [pool, computing, ...others] : [computing, pool, ...others];
}
