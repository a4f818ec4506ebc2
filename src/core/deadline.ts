/** One time limit for a task and everything it calls, as a signal. */
import type { Clock } from '#core/clock.ts';

export type Deadline = Readonly<{
  signal: AbortSignal;
  /** Aborts the work that still listens, and stops the timer. */
  close(): void;
}>;

class OverdueError extends Error {
  override readonly name = 'OverdueError';
}

export function openDeadline(clock: Clock, ms: number, caller?: AbortSignal): Deadline {
  const limit = new AbortController();
  const signal = caller ? AbortSignal.any([caller, limit.signal]) : limit.signal;
  clock.sleep(ms, limit.signal).then(() => limit.abort(new OverdueError(`timed out after ${ms / 1000} s`)));
  return { signal, close: () => limit.abort(new Error('no longer needed')) };
}

/** Whether the time limit passed, as opposed to a cancelled call. */
export function isOverdue({ reason }: AbortSignal): boolean {
  return reason instanceof Error && (reason instanceof OverdueError || reason.name === 'TimeoutError');
}

/** The reason of an aborted signal, for people. */
export function whyAborted(signal: AbortSignal): string {
  if (signal.reason instanceof OverdueError) return signal.reason.message;
  return isOverdue(signal) ? 'timed out' : 'cancelled';
}
