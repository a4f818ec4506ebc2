/**
 * Processor time of this process, in milliseconds. Unlike the time on the clock it has no waiting for a processor, and
 * unlike the time of one thread it is exact: some kernels count that in ticks of 4 ms.
 */
export function computingMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return msSince(before);
}

/** Of what waits as well, where nothing else runs in the process. */
export async function awaitedComputingMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return msSince(before);
}

function msSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
