/**
 * A client that asks again and again until its own time is over, while its line says that nobody takes the connection. The
 * refusal tells more than the wait.
 *
 *   orders publish ✗  [======================]   5 s   Message timed out
 *     a line of orders             ·                    kafka:9092/1: Connect to … failed: Connection refused
 */
import { CONNECTION_REFUSED } from '#model/instruments/cut-words.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { SpanTest } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName, hostInAddress } from '#model/trace/views/called-host.ts';

/** The code that called logs its failure at once. */
const INSTANT_US = 20_000;
/** Shorter names are words of other things. */
const LEAST_NAME = 3;
const LONGEST_ROW = 2_000;

/**
 * Tells of a call whether a line of the caller, of this request and of the time of the call, says that the callee refused the
 * connection. A callee with a span below the call took it in the end.
 */
export function refusedMeanwhile(trace: Trace, logs: readonly LogLine[]): SpanTest {
  const refusals = logs.flatMap((line) => {
    const row = line.line.slice(0, LONGEST_ROW);
    const isOne = line.traceId !== '' && CONNECTION_REFUSED.test(row);
    return isOne ? [{ row, service: line.service, atUs: epochUsOf(line) - trace.startEpochUs }] : [];
  });
  return (call) => {
    const mayBe = (trace.isCall(call) || trace.kind(call) === 'producer') && trace.children(call).length === 0;
    if (refusals.length === 0 || !mayBe) return false;
    const names = [calledName(trace, call), trace.text(call, 'server.address'), hostInAddress(trace, call)].filter(
      (name) => name.length >= LEAST_NAME,
    );
    return refusals.some(({ row, service, atUs }) => {
      const isDuring = atUs >= trace.startUs(call) && atUs <= trace.endUs(call) + INSTANT_US;
      return isDuring && service === trace.service(call) && names.some((name) => row.includes(name));
    });
  };
}
