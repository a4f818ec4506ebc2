/**
 * Every sign that a span waited for a connection: an attribute that measures the wait, events around it, its own name,
 * and sentences in its events and lines. All are read, because an event at the span's end does not measure a wait that
 * the span's name shows.
 */

import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import {
  POOL_ACQUIRED,
  POOL_DURATIONS,
  POOL_EVENT_DURATIONS,
  POOL_IS_FULL,
  POOL_IS_SHORT,
  POOL_LINES,
  POOL_OPERATIONS,
  POOL_REQUESTED,
  POOLER_LINES,
} from '#model/instruments/pool-words.ts';
import { callerLinesAfter } from '#model/logs/lines-at-spans.ts';
import { countText, poolCountIn, saysPoolIsShort, saysUnreachable } from '#model/sql/pool-state.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { eventText, spaced } from '#model/trace/event-text.ts';
import { waitInEvents } from '#model/trace/event-waits.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';
import { pathWithin } from '#model/trace/views/path-within.ts';
import { amountIn, longestAmount, saidAmountUs } from '#model/trace/wait-amounts.ts';

/**
 * Whether a span with this name is only the wait for a connection: no query, although it may carry a database's
 * attributes.
 */
export function isConnectionWait(operation: string): boolean {
  return POOL_OPERATIONS.test(operation);
}

export type ConnectionWait = Readonly<{
  waitUs: number;
  item: EvidenceItem;
  /** `21 of 20 in use`; empty where nobody counted. */
  inUse: string;
  /** Where the wait is the span's own time without anything else. */
  gap?: Stretch;
  /** What the pool holds connections to. */
  of: 'database' | 'calls';
}>;

/** The longest first. */
export function connectionWaits(trace: Trace, span: SpanIndex, lines: LinesBySpan): ConnectionWait[] {
  return [
    ...measuredWait(trace, span),
    ...waitBetweenEvents(trace, span),
    ...namedWait(trace, span, lines),
    ...saidWaits(trace, span, lines),
  ].sort((a, b) => b.waitUs - a.waitUs);
}

function measuredWait(trace: Trace, span: SpanIndex): ConnectionWait[] {
  const amount = longestAmount(trace.attributesFor(span, POOL_DURATIONS), POOL_DURATIONS);
  if (amount === undefined || (amount.sign.ofQuery === true && !trace.isDatabaseCall(span))) return [];
  return [
    {
      of: amount.sign.of ?? 'database',
      waitUs: amount.us,
      inUse: '',
      item: { kind: 'span', ref: trace.spanId(span), text: amount.text },
    },
  ];
}

function waitBetweenEvents(trace: Trace, span: SpanIndex): ConnectionWait[] {
  const told = waitInEvents(trace, span, {
    asks: POOL_REQUESTED,
    has: POOL_ACQUIRED,
    amounts: POOL_EVENT_DURATIONS,
  });
  return told === undefined ? [] : [{ ...told, of: 'database', inUse: '' }];
}

/** Whether a failed span, its lines or a failed attempt below it report that nothing could be reached. */
export function couldNotConnect(trace: Trace, span: SpanIndex, lines: LinesBySpan): boolean {
  if (!trace.failed(span)) return false;
  const attempts = trace.children(span).filter((child) => trace.failed(child));
  const texts = [span, ...attempts.slice(0, ATTEMPTS_READ)].flatMap((each) => [
    trace.statusText(each),
    trace.text(each, 'exception.message'),
    ...(trace.hasEvents(each) ? trace.events(each) : []).flatMap((event) => [
      eventText(event),
      String(event.attributes['exception.stacktrace'] ?? ''),
    ]),
    ...(lines.get(trace.spanId(each)) ?? []).map(({ line }) => line),
  ]);
  // The span that asked for the connection has ended when its caller logs the failure.
  texts.push(...callerLinesAfter(trace, span, lines).map(({ line }) => line));
  // A pooler that gave no connection closes that of its client, who only reads that it was closed.
  return texts.some(saysUnreachable) && !texts.some((text) => POOLER_LINES.test(text));
}

const ATTEMPTS_READ = 5;

/** A pool that opens a new connection, and reaches nobody, is not full. */
function namedWait(trace: Trace, span: SpanIndex, lines: LinesBySpan): ConnectionWait[] {
  const name = trace.operation(span);
  if (!isConnectionWait(name) || couldNotConnect(trace, span, lines)) return [];
  const of = POOL_OPERATIONS.find(name)?.of ?? 'database';
  const item: EvidenceItem = { kind: 'span', ref: trace.spanId(span), text: name };
  return [{ of, waitUs: pathSelfUs(trace, span), inUse: '', item }];
}

/** An event or a line that speaks of the pool: the wait is as long as it says, else the span's longest time without anything else. */
function saidWaits(trace: Trace, span: SpanIndex, lines: LinesBySpan): ConnectionWait[] {
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const said = [
    ...events
      .map((event): EvidenceItem => ({ kind: 'event', ref: trace.spanId(span), text: eventText(event) }))
      .filter(({ text }) => !POOL_REQUESTED.test(spaced(text))),
    ...(lines.get(trace.spanId(span)) ?? []).map(
      ({ line, timeNs }): EvidenceItem => ({ kind: 'log', ref: timeNs, text: line }),
    ),
  ].map((item) => ({ item, count: item.kind === 'log' ? poolCountIn(item.text) : undefined }));
  const signs = said.filter(
    ({ item, count }) => count !== undefined || saysPoolIsShort(item.text) || POOL_LINES.test(item.text),
  );
  // A pool may say in its own words that it got no connection, and in another event that nobody was there to open one to.
  const isCut = signs.length > 0 && couldNotConnect(trace, span, lines);
  const gap = signs.length > 0 ? longestOwn(trace, span) : undefined;
  return signs
    .filter(({ count }) => count !== undefined || !isCut)
    .flatMap(({ item: whole, count }): ConnectionWait[] => {
      // In a line with a pool count and a refused connection, the count is the sign.
      const isMixed = count !== undefined && saysUnreachable(whole.text);
      const item = isMixed ? { ...whole, text: countText(count) } : whole;
      const inUse = count === undefined ? '' : `${count.inUse} of ${count.size} in use`;
      const of = poolOfText(item.text);
      const saidUs = amountIn(item.text, POOL_LINES) || saidAmountUs(item.text);
      if (saidUs > 0) return [{ of, waitUs: saidUs, inUse, item }];
      return gap === undefined ? [] : [{ of, waitUs: gap.endUs - gap.startUs, inUse, gap, item }];
    });
}

/** An HTTP client names itself; other messages are of a database's pool. */
export function poolOfText(text: string): ConnectionWait['of'] {
  return (POOL_IS_FULL.find(text) ?? POOL_IS_SHORT.find(text))?.of ?? 'database';
}

export function longestOwn(trace: Trace, span: SpanIndex): Stretch | undefined {
  return pathWithin(trace, trace.startUs(span), trace.endUs(span), (own) => own === span).toSorted(
    (a, b) => b.endUs - b.startUs - (a.endUs - a.startUs) || a.startUs - b.startUs,
  )[0];
}
