/** Every sign that a span waited for a thread or a worker of its own process. */
import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import {
  THREAD_DURATIONS,
  THREAD_OPERATIONS,
  THREAD_REQUESTED,
  THREAD_TAKEN,
  THREADS_ARE_SHORT,
} from '#model/instruments/thread-words.ts';
import { longestOwn } from '#model/sql/connection-wait.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { eventText, spaced } from '#model/trace/event-text.ts';
import { waitInEvents } from '#model/trace/event-waits.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';
import { longestAmount, saidAmountUs } from '#model/trace/wait-amounts.ts';

export type ThreadWait = Readonly<{ of: 'work'; waitUs: number; inUse: ''; gap?: Stretch; item: EvidenceItem }>;

export function threadWaits(trace: Trace, span: SpanIndex, lines: LinesBySpan): ThreadWait[] {
  const ref = trace.spanId(span);
  const waitOf = (waitUs: number, item: EvidenceItem): ThreadWait => ({ of: 'work', waitUs, inUse: '', item });
  const amount = longestAmount(trace.attributesFor(span, THREAD_DURATIONS), THREAD_DURATIONS);
  const name = trace.operation(span);
  const between = queuedInEvents(trace, span);
  return [
    ...(between === undefined ? [] : [waitOf(between.waitUs, between.item)]),
    ...(amount === undefined ? [] : [waitOf(amount.us, { kind: 'span', ref, text: amount.text })]),
    ...(THREAD_OPERATIONS.test(name) ? [waitOf(pathSelfUs(trace, span), { kind: 'span', ref, text: name })] : []),
    ...saidWaits(trace, span, lines).map(({ waitUs, gap, item }) => ({ ...waitOf(waitUs, item), ...(gap && { gap }) })),
  ];
}

/**
 * Whose threads a span waited for: its own service's. A proxy's span of the time in the queue lies around the request of
 * the application, or before it, below the proxy's own.
 */
export function ownerOfThreads(trace: Trace, span: SpanIndex): string {
  const service = trace.service(span);
  if (THREAD_OPERATIONS.find(trace.operation(span))?.isInFront !== true) return service;
  const parent = trace.parent(span);
  const near = [...trace.children(span), ...(parent === undefined ? [] : trace.children(parent))];
  const request = near.find((other) => other !== span && trace.service(other) !== service);
  return request === undefined ? service : trace.service(request);
}

/** Who hands work to others records its queueing as well, but not its beginning. */
function queuedInEvents(trace: Trace, span: SpanIndex) {
  if (!trace.hasEvents(span) || !trace.events(span).some((event) => THREAD_TAKEN.test(spaced(eventText(event)))))
    return undefined;
  return waitInEvents(trace, span, { asks: THREAD_REQUESTED, has: THREAD_TAKEN, amounts: THREAD_DURATIONS });
}

/** `answered 503 request queue full, again in 200 ms`: the caller's own pause before the next attempt. */
const SAYS_AGAIN =
  /\b(?:again|retry(?:ing)?|retries|next (?:try|attempt)|repeat(?:ing|ed)?)(?: \w{1,12}){0,2} (?:in|after) \d/i;

/** As long as the text says, else the span's longest time without anything else. */
function saidWaits(trace: Trace, span: SpanIndex, lines: LinesBySpan): Omit<ThreadWait, 'of' | 'inUse'>[] {
  const ref = trace.spanId(span);
  const said: EvidenceItem[] = [
    ...(trace.hasEvents(span) ? trace.events(span) : []).map(
      (event): EvidenceItem => ({ kind: 'event', ref, text: eventText(event) }),
    ),
    ...(lines.get(ref) ?? []).map(({ line, timeNs }): EvidenceItem => ({ kind: 'log', ref: timeNs, text: line })),
  ].filter(({ text }) => {
    if (SAYS_AGAIN.test(text)) return false;
    const sign = THREADS_ARE_SHORT.find(text);
    return sign !== undefined && sign.isGuess !== true;
  });
  const gap = said.length > 0 ? longestOwn(trace, span) : undefined;
  return said.flatMap((item): Omit<ThreadWait, 'of' | 'inUse'>[] => {
    const saidUs = saidAmountUs(item.text);
    if (saidUs > 0) return [{ waitUs: saidUs, item }];
    return gap === undefined ? [] : [{ waitUs: gap.endUs - gap.startUs, gap, item }];
  });
}
