/**
 * Lines that several instances of one service wrote about themselves, where nothing records which of them served the
 * request: each line is evidence of one instance, and perhaps of another one than the request's.
 *
 *   rates-aaaaa   Pause Full … 2310.118ms          one of them is why the request took 2.4 s
 *   rates-bbbbb   Pool stats (… idle=0, waiting=9)
 */
import { saysOfProcess } from '#model/instruments/process-lines.ts';
import { instanceNamed, isOfThisInstance } from '#model/logs/line-instance.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Texts of the other instances' lines, by the time of such a line in nanoseconds. */
export function otherInstances(trace: Trace, lines: readonly LogLine[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const ofProcesses = lines.filter(
    ({ rung, traceId, line }) => rung === 'time' && traceId === '' && saysOfProcess(line),
  );
  for (const [service, all] of Map.groupBy(ofProcesses, (line) => line.service)) {
    const named = all.filter((line) => instanceNamed(line) !== '');
    const instances = new Set(named.map(instanceNamed));
    if (instances.size < 2 || served(trace, service, named)) continue;
    for (const line of named) {
      const others = named.filter((other) => instanceNamed(other) !== instanceNamed(line));
      found.set(line.timeNs, others.map(logMessage));
    }
  }
  return found;
}

/** Whether a span of the service ran in one of these instances. */
function served(trace: Trace, service: string, lines: readonly LogLine[]): boolean {
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.service(span) !== service) continue;
    if (lines.some((line) => isOfThisInstance(line, trace.resource(span)))) return true;
  }
  return false;
}
