/** A process that began shortly before a request, as its own log says. */
import { START_BEGINS, START_ENDS, START_LINES } from '#model/instruments/start-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Kubernetes restarts a container after three failed probes, ten seconds apart: it expects failures until then. */
const EXPECTED_US = 30_000_000;

/** Whether the service that answers the request started within the half minute before its end. */
export function hasJustStarted(trace: Trace, logs: readonly LogLine[]): boolean {
  const endUs = trace.startEpochUs + trace.durationUs;
  return logs.some((line) => {
    const beforeUs = endUs - epochUsOf(line);
    if (line.service !== trace.service(trace.root) || beforeUs < 0 || beforeUs > EXPECTED_US) return false;
    return [START_BEGINS, START_ENDS, START_LINES].some((list) => list.test(line.line));
  });
}
