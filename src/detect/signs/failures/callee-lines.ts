/**
 * Lines that another service wrote during a call, and that say why the call failed. Its caller only lost the connection,
 * or got no address.
 *
 *   GET ✗ EOF                          [=========]    edge
 *                                               ·     sessions: fatal error: concurrent map writes
 *   POST ✗ lookup api.bank.example     [=========]    payouts
 *                                           ·         coredns: … api.bank.example. A: … i/o timeout
 */
import { PANICS, PROCESS_ENDS } from '#model/instruments/panic-words.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A supervisor writes its line after the caller noticed. A tenth of a second is what people do not notice. */
const WRITTEN_WITHIN_US = 100_000;

/** The line in which this service says that its process ended. */
export function endingLine(
  trace: Trace,
  call: SpanIndex,
  service: string,
  logs: readonly LogLine[],
): LogLine | undefined {
  const wasWrittenThen = writtenDuring(trace, call, WRITTEN_WITHIN_US);
  return logs.find(
    (line) => line.service === service && ENDS.some((list) => list.test(line.line)) && wasWrittenThen(line),
  );
}

/** A line about SIGKILL is left to who reads the memory: it says more there. */
const ENDS = [PROCESS_ENDS, PANICS];

/** The line in which a name service without spans reports a failure for this host. */
export function nameServerLine(
  trace: Trace,
  call: SpanIndex,
  host: string,
  logs: readonly LogLine[],
): LogLine | undefined {
  const wasWrittenThen = writtenDuring(trace, call, 0);
  return logs.find(
    (line) =>
      line.service !== '' &&
      !trace.services.includes(line.service) &&
      line.line.includes(host) &&
      wasWrittenThen(line) &&
      tellsOfFailure(line),
  );
}

function writtenDuring(trace: Trace, call: SpanIndex, lateUs: number): (line: LogLine) => boolean {
  const startUs = trace.startEpochUs + trace.startUs(call);
  const endUs = trace.startEpochUs + trace.endUs(call) + lateUs;
  return (line) => {
    const atUs = epochUsOf(line);
    return atUs >= startUs && atUs <= endUs;
  };
}
