/** The broker's count of the deliveries of a message, this one included. */
import { DELIVERY_COUNTS } from '#model/instruments/queue-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The largest that the span records; 0 where it records none. */
export function deliveryCount(trace: Trace, span: SpanIndex): number {
  return Object.entries(trace.attributesFor(span, DELIVERY_COUNTS)).reduce((most, [name, value]) => {
    const sign = typeof value === 'boolean' || !(Number(value) >= 0) ? undefined : DELIVERY_COUNTS.find(name);
    if (sign === undefined) return most;
    return Math.max(most, Number(value) + (sign.counts === 'repeats' ? 1 : 0));
  }, 0);
}
