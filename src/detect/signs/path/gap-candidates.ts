/** Possible causes of time without a record, and what would prove each. */
import type { Candidate, Facts } from '#model/finding/finding.ts';

export type SilentTime = Readonly<{
  service: string;
  operation: string;
  /** What follows: only before a query it may be a wait for a connection; before a write it is mostly computing. */
  before: 'read' | 'write' | 'other';
}>;

/** The most likely cause comes first, judged by what follows. */
export function gapCandidates({ service, operation, before }: SilentTime): Candidate[] {
  const pool: Candidate = {
    what: 'a wait for a connection of a full pool',
    shownBy: `the pool of ${service} had all its connections in use at that time, and requests waiting`,
    names: ['pool-exhaustion'],
  };
  const computing: Candidate = {
    what: 'computing',
    shownBy: `a profile of ${operation} shows the processor at work`,
  };
  const others: readonly Candidate[] = [
    {
      what: 'a lock, or no free thread',
      shownBy: `a thread dump of ${service} under this request shows it waiting`,
      names: ['lock-contention', 'pool-exhaustion'],
    },
    { what: 'a call without a span', shownBy: `spans around all calls of ${operation} show it` },
    {
      what: 'garbage collection',
      shownBy: `the collector’s log of ${service} has a pause at that time`,
      names: ['gc-pause'],
    },
  ];
  if (before === 'other') return [computing, ...others];
  return before === 'read' ? [pool, computing, ...others] : [computing, pool, ...others];
}

/** Causes of time between a caller and its callee. */
export function candidatesBetween(service: string, callee: string): Candidate[] {
  return [
    {
      what: 'a new connection, or the network',
      shownBy: `the connections of ${service} to ${callee} were new, or lost packets`,
    },
    { what: 'a proxy or load balancer', shownBy: 'its access log shows this request and its duration' },
    {
      what: `a full queue, or no free thread, in ${callee}`,
      shownBy: `the metrics of ${callee} show requests waiting`,
    },
  ];
}

/** What would prove that the gap is no problem. */
export function gapCheck({ operation }: Partial<Facts>): string {
  return `Other traces of ${operation} have the same gap and nobody complains. Then the operation works this way.`;
}
