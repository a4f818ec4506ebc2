/**
 * A wait from the events of a span: from each request to its acquisition, or to the end of the span; or the duration
 * that an event itself reports.
 *
 *  · waiting for lock ─────────── · acquired lock      · waiting for lock ── · acquired lock
 */

import type { EvidenceItem } from '#model/finding/finding.ts';
import type { SignList } from '#model/instruments/sign-list.ts';
import type { SpanEvent, SpanIndex } from '#model/trace/columns.ts';
import { eventText, spaced } from '#model/trace/event-text.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type Amount, type DurationSign, longestAmount, saidAmountUs } from '#model/trace/wait-amounts.ts';

export type WaitWords = Readonly<{
  asks: SignList;
  has: SignList;
  /** Such an event's attributes with the wait's duration. */
  amounts: SignList<DurationSign>;
}>;

export type ToldWait = Readonly<{ waitUs: number; item: EvidenceItem }>;

/** All waits of one span together; undefined where no event requests anything. */
export function waitInEvents(trace: Trace, span: SpanIndex, words: WaitWords): ToldWait | undefined {
  if (!trace.hasEvents(span)) return undefined;
  let waitUs = 0;
  let askedUs: number | undefined;
  let text = '';
  let longest: Amount = { us: 0, text: '' };
  for (const event of trace.events(span)) {
    const raw = eventText(event);
    const said = spaced(raw);
    if (askedUs !== undefined && words.has.test(said)) {
      waitUs += event.atUs - askedUs;
      askedUs = undefined;
    } else if (askedUs === undefined && words.has.test(said) && amountIn(event, words).us > 0) {
      // Only the end was recorded, with the wait that it ends.
      text ||= raw;
      longest = longerOf(longest, amountIn(event, words));
    } else if (words.asks.test(said)) {
      askedUs ??= event.atUs;
      text ||= raw;
      longest = longerOf(longest, amountIn(event, words));
    }
  }
  if (text === '') return undefined;
  // A measured wait is over when its event is recorded.
  if (askedUs !== undefined && longest.us === 0) waitUs += trace.endUs(span) - askedUs;
  const isMeasured = longest.us > waitUs;
  return {
    waitUs: isMeasured ? longest.us : Math.max(0, Math.round(waitUs)),
    item: { kind: 'event', ref: trace.spanId(span), text: isMeasured ? longest.text : text },
  };
}

function amountIn(event: SpanEvent, { amounts }: WaitWords): Amount {
  const text = eventText(event);
  const measured = longestAmount(event.attributes, amounts);
  return measured === undefined
    ? { us: saidAmountUs(text), text }
    : { us: measured.us, text: `${text} ${measured.text}` };
}

function longerOf(one: Amount, other: Amount): Amount {
  return other.us > one.us ? other : one;
}
