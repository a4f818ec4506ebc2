/** Spans on which the nature of a request rests: those that only pass it on, the long ones, those of HTTP. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Counted as a repetition from here on. */
export const REPEATED = 3;
/** What is sent or asked repeatedly goes on for most of the time. */
export const MOST_OF_TIME = 0.5;
/** Shorter waits for news are no long polls: SQS's longest is 20 s, most servers use 25 to 60 s. */
export const LONG_US = 5_000_000;
export const LISTED_AT_MOST = 100;
/** A shorter wait affects nobody. */
export const LEAST_WAIT_US = 100_000;

/** A gateway passes a stream on: each span holds nearly all of the one before. */
const PASSES_ON = 0.95;
export const LONGEST_CHAIN = 6;

/** The root, and below it the spans that only pass the request on. */
export function entryChain(trace: Trace): SpanIndex[] {
  const chain = [trace.root];
  for (let span = trace.root; chain.length < LONGEST_CHAIN; ) {
    const longest = longestChild(trace, span);
    if (longest === undefined || trace.isDatabaseCall(longest)) break;
    if (trace.durationOfUs(longest) < PASSES_ON * trace.durationOfUs(span)) break;
    chain.push(longest);
    span = longest;
  }
  return chain;
}

export function longestChild(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  let longest: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (!trace.isAwaited(child)) continue;
    if (longest === undefined || trace.durationOfUs(child) > trace.durationOfUs(longest)) longest = child;
  }
  return longest;
}
export function isHttp(trace: Trace, span: SpanIndex): boolean {
  return trace.httpStatus(span) !== 0 || trace.text(span, 'http.request.method') !== '';
}

/** At most so many are read for their attributes. */
const READ_AT_MOST = 50;

export function longSpans(trace: Trace, leastUs: number): SpanIndex[] {
  const spans: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount && spans.length < READ_AT_MOST; span += 1)
    if (trace.durationOfUs(span) >= leastUs && trace.isAwaited(span)) spans.push(span);
  return spans;
}
