/**
 * Every sign that a span waited for a connection: an attribute that measures the wait, events around it, its own name,
 * and sentences in its events and lines. All are read, because an event at the span's end does not measure a wait that
 * the span's name shows.
 */

import type { EvidenceItem, Stretch } from '#model/finding/finding.ts';
import { countText, poolCountIn, saysPoolIsShort, saysUnreachable } from '#model/sql/pool-state.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { eventText, spaced } from '#model/trace/event-text.ts';
import { waitInEvents } from '#model/trace/event-waits.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import type { LinesBySpan } from '#model/trace/views/failure-text.ts';
import { pathWithin } from '#model/trace/views/path-within.ts';
import { longestAmount, saidAmountUs } from '#model/trace/wait-amounts.ts';

/** `pg-pool.connect`, `HikariPool.getConnection`, `acquire connection`: by these names libraries record that they wait for a connection. */
const NAMES =
  /(?:\b|_)(?:pool|datasource|hikaricp?)[\w-]{0,40}[ ._:](?:connect|acquire|checkout|borrow|get[_ ]?connection|wait)\b|\b(?:acquire|checkout|borrow|wait for|get)[ _.]?(?:db |database |pooled |a )?connection\b|\bconnection[ ._](?:acquire|checkout|wait)\b/i;

/** A prefilter for the pattern above: it compiles in a tenth of the time, and most names do not pass it. */
const MAY_NAME_POOL = /connection|pool|datasource|hikari/i;

/**
 * Whether a span with this name is only the wait for a connection: no query, although it may carry a database's
 * attributes.
 */
export function isConnectionWait(operation: string): boolean {
  return MAY_NAME_POOL.test(operation) && NAMES.test(operation);
}

export type ConnectionWait = Readonly<{
  waitUs: number;
  item: EvidenceItem;
  /** `21 of 20 in use`; empty where nobody counted. */
  inUse: string;
  /** Where the wait is the span's own time without anything else. */
  gap?: Stretch;
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

const WAIT_ATTRIBUTE =
  /(?:pool|connection|hikari(?:cp)?|dbcp2?|c3p0|pgbouncer)s?[._].{0,60}(?:wait|acquire|pending)[\w.]{0,40}?[._](ns|us|ms|s|seconds)$/i;
/** For an event that mentions a connection already. */
const EVENT_AMOUNT = /(?:wait|acquire|elapsed|duration|took)[\w.]{0,40}?(?:[._](ns|us|ms|s|seconds)|(ms|seconds))$/i;
const WAITING =
  /\b(?:wait(?:s|ed|ing)?|queued?) for (?:a )?(?:free |database |db )?connection\b|\bconnection (?:wait|requested|queued)\b/i;
const ACQUIRED =
  /\bconnection (?:was )?(?:acquired|obtained|checked out|received)\b|\b(?:acquired|got|obtained) (?:a )?connection\b/i;

function measuredWait(trace: Trace, span: SpanIndex): ConnectionWait[] {
  const amount = longestAmount(trace.attributes(span), WAIT_ATTRIBUTE);
  if (amount === undefined) return [];
  return [{ waitUs: amount.us, inUse: '', item: { kind: 'span', ref: trace.spanId(span), text: amount.text } }];
}

function waitBetweenEvents(trace: Trace, span: SpanIndex): ConnectionWait[] {
  const told = waitInEvents(trace, span, { asks: WAITING, has: ACQUIRED, amounts: EVENT_AMOUNT });
  return told === undefined ? [] : [{ ...told, inUse: '' }];
}

/** Whether a failed span, its lines or a failed attempt below it report that nothing could be reached. */
export function couldNotConnect(trace: Trace, span: SpanIndex, lines: LinesBySpan): boolean {
  if (!trace.failed(span)) return false;
  const attempts = trace.children(span).filter((child) => trace.failed(child));
  return [span, ...attempts.slice(0, ATTEMPTS_READ)].some((each) =>
    [
      trace.statusText(each),
      trace.text(each, 'exception.message'),
      ...(trace.hasEvents(each) ? trace.events(each) : []).flatMap((event) => [
        eventText(event),
        String(event.attributes['exception.stacktrace'] ?? ''),
      ]),
      ...(lines.get(trace.spanId(each)) ?? []).map(({ line }) => line),
    ].some(saysUnreachable),
  );
}

const ATTEMPTS_READ = 5;

/** A pool that opens a new connection, and reaches nobody, is not full. */
function namedWait(trace: Trace, span: SpanIndex, lines: LinesBySpan): ConnectionWait[] {
  const name = trace.operation(span);
  if (!isConnectionWait(name) || couldNotConnect(trace, span, lines)) return [];
  return [{ waitUs: pathSelfUs(trace, span), inUse: '', item: { kind: 'span', ref: trace.spanId(span), text: name } }];
}

/** An event or a line that speaks of the pool: the wait is as long as it says, else the span's longest time without anything else. */
function saidWaits(trace: Trace, span: SpanIndex, lines: LinesBySpan): ConnectionWait[] {
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const said = [
    ...events
      .map((event): EvidenceItem => ({ kind: 'event', ref: trace.spanId(span), text: eventText(event) }))
      .filter(({ text }) => !WAITING.test(spaced(text))),
    ...(lines.get(trace.spanId(span)) ?? []).map(
      ({ line, timeNs }): EvidenceItem => ({ kind: 'log', ref: timeNs, text: line }),
    ),
  ].map((item) => ({ item, count: item.kind === 'log' ? poolCountIn(item.text) : undefined }));
  const signs = said.filter(({ item, count }) => count !== undefined || saysPoolIsShort(item.text));
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
      const saidUs = saidAmountUs(item.text);
      if (saidUs > 0) return [{ waitUs: saidUs, inUse, item }];
      return gap === undefined ? [] : [{ waitUs: gap.endUs - gap.startUs, inUse, gap, item }];
    });
}

function longestOwn(trace: Trace, span: SpanIndex): Stretch | undefined {
  return pathWithin(trace, trace.startUs(span), trace.endUs(span), (own) => own === span).toSorted(
    (a, b) => b.endUs - b.startUs - (a.endUs - a.startUs) || a.startUs - b.startUs,
  )[0];
}
