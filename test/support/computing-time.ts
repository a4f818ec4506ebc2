/**
 * The milliseconds that this thread computed during `work`. Unlike the time on the clock it has no waiting for a
 * processor: on a busy machine a long piece of work waits often, and a short one not at all.
 */
export function computingMs(work: () => void): number {
  const before = process.threadCpuUsage();
  const beganMs = performance.now();
  work();
  const clockMs = performance.now() - beganMs;
  const { user, system } = process.threadCpuUsage(before);
  return Math.min(clockMs, (user + system) / MICROSECONDS + TICK_MS);
}

const MICROSECONDS = 1000;
/** Some kernels count a thread's time in ticks: 1,500 µs are 0 or 4,000 there. What is shorter is read from the clock. */
const TICK_MS = 4;
