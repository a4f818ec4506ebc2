/** Responses that are far larger or far smaller than in the baseline. */
import { comparedCall, type Sides } from '#diagnose/compared-call.ts';
import { differenceOf, middle, rangeOf } from '#diagnose/differs.ts';
import type { CallIndex, CallSample } from '#model/requests/aligned-calls.ts';
import type { ResponseChange } from '#model/requests/comparison.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type AnswerSize, answerSizes } from '#model/trace/views/response-sizes.ts';

/** Reading attributes is slow. */
const MOST_SPANS = 5;
/** A hundred bytes of headers and wording are noise, and so is one row. */
const NOISE: Readonly<Record<AnswerSize['measure'], number>> = { bytes: 100, rows: 1 };

export function responseChanges(sides: Sides, calls: readonly CallIndex[]): ResponseChange[] {
  return calls.flatMap((call) => {
    const healthy = sizesIn(sides.healthy, sides.calls.healthy(call));
    const failing = sizesIn(sides.failing, sides.calls.failing(call));
    return [...failing].flatMap(([key, now]): ResponseChange[] => {
      const before = healthy.get(key);
      const measure = key.startsWith('bytes') ? 'bytes' : 'rows';
      if (before === undefined) return [];
      const told = differenceOf(before, now, NOISE[measure]);
      if (told === undefined) return [];
      return [{ at: comparedCall(sides, call), measure, told, healthy: rangeOf(before), failing: middle(now) }];
    });
  });
}

/** The largest size in each trace, by measure and encoding: one empty response among many means nothing. */
function sizesIn(traces: readonly Trace[], samples: readonly (CallSample | undefined)[]): Map<string, number[]> {
  const sizes = new Map<string, number[]>();
  for (const [at, sample] of samples.entries()) {
    const trace = traces[at];
    if (sample === undefined || trace === undefined) continue;
    for (const [key, value] of largest(trace, sample)) sizes.set(key, [...(sizes.get(key) ?? []), value]);
  }
  return sizes;
}

function largest(trace: Trace, { spans }: CallSample): Map<string, number> {
  const found = new Map<string, number>();
  for (const span of spans.slice(0, MOST_SPANS)) {
    for (const { measure, encoding, value } of answerSizes(trace, span)) {
      const key = `${measure} ${encoding}`;
      found.set(key, Math.max(value, found.get(key) ?? 0));
    }
  }
  return found;
}
