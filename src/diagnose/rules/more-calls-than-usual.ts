import { LEAST_SHARE } from '#diagnose/rules/loops.ts';
import { type Pair, shareSpans } from '#diagnose/rules/pair.ts';
import { under } from '#model/trace/views/subtrees.ts';

/** Calls one after another are not more calls. */
const REPEATING: ReadonlySet<string> = new Set([
  'n-plus-one-queries',
  'n-plus-one-calls',
  'fan-out',
  'cache-miss-cascade',
  'retry-storm',
  'poison-message',
]);

/** Only repeated calls explain more calls than usual. */
export function moreCallsThanUsual({ trace, cause, effect }: Pair): boolean | undefined {
  if (effect.detector !== 'span-count-anomaly') return undefined;
  if (!REPEATING.has(cause.detector)) return false;
  return (
    shareSpans(cause, effect) || under(trace, cause.spans, effect.spans).length >= LEAST_SHARE * cause.spans.length
  );
}
