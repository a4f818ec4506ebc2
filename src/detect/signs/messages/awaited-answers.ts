/**
 * Publishers that wait for the outcome of their message.
 *
 *   [ POST /orders                    ] ✗                     fails at 30 s
 *     [ request CheckStock            ] ✗                     no answer in time
 *       [ stock send ]
 *                     ~~~~~~~ 38 s in the queue ~~~~~~~ [ stock receive ]   too late for whoever asked
 */
import type { Delivery } from '#detect/signs/messages/deliveries.ts';
import type { Stretch } from '#model/finding/finding.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathSelfUs, pathSteps } from '#model/trace/views/critical-path.ts';
import { failureTexts, saysTimedOut } from '#model/trace/views/failure-text.ts';

/** The time in which the publisher does nothing until the message is processed, because it waits for an answer. */
export function stretchWaited(trace: Trace, delivery: Delivery): Stretch | undefined {
  const { consumer, producer, publishedUs, begunUs, isAwaited } = delivery;
  if (producer === undefined) return undefined;
  if (isAwaited) return { span: producer, startUs: publishedUs, endUs: begunUs };
  const caller = gaveUp(trace, delivery);
  if (caller !== undefined) return { span: caller, startUs: publishedUs, endUs: trace.endUs(caller) };
  const { count, span, startUs, endUs } = pathSteps(trace);
  for (let at = 0; at < count; at += 1) {
    if (startUs(at) > publishedUs || endUs(at) < trace.endUs(consumer) || !trace.isUnder(producer, span(at))) continue;
    return { span: span(at), startUs: publishedUs, endUs: trace.endUs(consumer) };
  }
  return undefined;
}

/** Most of the caller's time is its own: it made no other call that may have met the limit. */
const MOST = 0.5;

/** The span that published the message and waited for its answer until its time limit, before the message was taken. */
export function gaveUp(trace: Trace, { producer, begunUs }: Delivery): SpanIndex | undefined {
  const caller = producer === undefined ? undefined : trace.parent(producer);
  if (caller === undefined || !trace.failed(caller) || trace.endUs(caller) > begunUs) return undefined;
  if (pathSelfUs(trace, caller) < MOST * pathBelowUs(trace, caller)) return undefined;
  const texts = failureTexts(trace, caller, NO_LINES);
  return texts.some(({ text }) => saysTimedOut(trace, caller, text)) ? caller : undefined;
}
