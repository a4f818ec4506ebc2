/**
 * Work in progress has a lease. Its process renews the lease, and any process may take work with an expired lease. So a
 * lease can be short, and a killed process does not block its work for long.
 */
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';

/** Long enough for a process that swaps or waits for its disk, short enough for a person who waits for an answer. */
export const LEASE_US = 10_000_000;

export type LeaseOptions = Readonly<{
  clock: Clock;
  log: Log;
  leaseUs: number;
  /** False: another process has it now. */
  renew(): Promise<boolean>;
  onLost?: () => void;
}>;

/** Two renewals may fail before the lease is lost. */
const RENEWALS_PER_LEASE = 3;

export async function whileLeased<T>(
  { clock, log, leaseUs, renew, onLost }: LeaseOptions,
  work: () => Promise<T>,
): Promise<T> {
  const finished = new AbortController();
  const renewing = keepRenewing();
  try {
    return await work();
  } finally {
    finished.abort();
    await renewing;
  }

  async function keepRenewing(): Promise<void> {
    for (;;) {
      await clock.sleep(leaseUs / 1_000 / RENEWALS_PER_LEASE, finished.signal);
      if (finished.signal.aborted) return;
      try {
        if (await renew()) continue;
        log.warn('a lease was lost to another process');
        onLost?.();
        return;
      } catch (error) {
        log.warn({ err: error }, 'could not renew a lease');
      }
    }
  }
}
