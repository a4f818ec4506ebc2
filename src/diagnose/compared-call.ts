/** The two sides of a comparison, and the place of a call in them. */
import type { AlignedCalls, CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { ComparedCall } from '#model/requests/comparison.ts';
import type { Trace } from '#model/trace/trace.ts';

export type Sides = Readonly<{
  healthy: readonly Trace[];
  failing: readonly Trace[];
  calls: AlignedCalls;
}>;

/** Longer paths are cut in the middle: the reader needs the root and the nearest callers. */
const LONGEST_PATH = 12;

export function comparedCall({ healthy, failing, calls }: Sides, call: CallIndex): ComparedCall {
  return {
    call,
    service: calls.service(call),
    operation: calls.operation(call),
    path: pathTo(calls, call),
    healthySpanId: firstSpanId(healthy, calls.healthy(call)),
    failingSpanId: firstSpanId(failing, calls.failing(call)),
  };
}

export function pathTo(calls: AlignedCalls, call: CallIndex): string[] {
  const path: string[] = [];
  for (let at = calls.parent(call); at !== undefined; at = calls.parent(at)) {
    path.push(`${calls.service(at)} ${calls.operation(at)}`);
  }
  path.reverse();
  return path.length <= LONGEST_PATH ? path : [...path.slice(0, 3), '…', ...path.slice(3 - LONGEST_PATH + 1)];
}

function firstSpanId(traces: readonly Trace[], samples: readonly (CallSample | undefined)[]): string {
  for (const [at, sample] of samples.entries()) {
    const span = sample?.spans[0];
    const trace = traces[at];
    if (span !== undefined && trace !== undefined) return trace.spanId(span);
  }
  return '';
}

/** The samples of the traces that make the call. */
export function made(samples: readonly (CallSample | undefined)[]): CallSample[] {
  return samples.filter((sample) => sample !== undefined);
}

/** One value per trace, over all traces: a trace without the call counts as 0. */
export function valuesOf(
  samples: readonly (CallSample | undefined)[],
  value: (sample: CallSample) => number,
): number[] {
  return samples.map((sample) => (sample === undefined ? 0 : value(sample)));
}
