import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Two findings of one trace. */
export type Pair = Readonly<{ trace: Trace; cause: Finding; effect: Finding; detectors: Detectors }>;

/** Whether `effect` happened because of `cause`; undefined where the rule does not cover such a pair. */
export type PairRule = (pair: Pair) => boolean | undefined;

/** The answer of the first rule that covers the pair. */
export function firstAnswer(rules: readonly PairRule[], pair: Pair): boolean | undefined {
  for (const rule of rules) {
    const answer = rule(pair);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

export function shareSpans(a: Finding, b: Finding): boolean {
  const spans = new Set(b.spans);
  return a.spans.some((span) => spans.has(span));
}
