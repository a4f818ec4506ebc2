/** What a finding costs the request, and what fixing it saves: by drag, not by duration; see `time-won.ts`. */

import type { Finding } from '#model/finding/finding.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { type TimeWon, timeWon } from '#model/trace/views/time-won.ts';

/** A smaller share is not worth the computation. */
const WORTH_RECKONING = 0.05;
/** Differences from clock skew do not count. */
const ALL_OF_IT = 0.98;

/** What of a finding its time is reckoned from. */
export type Reckoned = Pick<Finding, 'spans' | 'unlisted' | 'explains' | 'wastedUs' | 'pausesUs'>;

export function timeToWin(trace: Trace, finding: Reckoned): TimeWon {
  const { spans, unlisted = 0, explains = [] } = finding;
  const cost = costUs(finding);
  const isWorthIt = cost >= WORTH_RECKONING * trace.durationOfUs(trace.root);
  if (!isWorthIt || unlisted > 0) return { us: cost, rival: undefined };
  const { us, rival } = timeWon(trace, spans, explains);
  return us >= cost || us >= ALL_OF_IT * pathUs(trace, spans) ? { us: cost, rival: undefined } : { us, rival };
}

/** The time on the critical path, with the pauses that go when these spans go. */
export function costUs({ wastedUs, pausesUs = 0 }: Pick<Reckoned, 'wastedUs' | 'pausesUs'>): number {
  return wastedUs + pausesUs;
}

/** `GET /prices of prices`: a call by the name that its callee gives it. */
export function nameOfRival(trace: Trace, rival: SpanIndex): string {
  const callees = [...trace.children(rival)].filter((span) => trace.service(span) !== trace.service(rival));
  const named = callees.length === 1 ? (callees[0] ?? rival) : rival;
  return `${trace.operation(named)} of ${trace.service(named)}`;
}

/** Warns where fixing it saves less than this share of its time. */
const MUCH_LESS = 0.8;

/** What to expect of the remedy, where other work runs in parallel; empty where nothing does. */
export function whatIsNext(trace: Trace, finding: Finding, { us, rival }: TimeWon): string {
  if (rival === undefined || us > MUCH_LESS * costUs(finding)) return '';
  return `That alone saves ${durationText(us)}: ${nameOfRival(trace, rival)} runs in parallel for ${durationText(trace.durationOfUs(rival))}, and the request then waits for that.`;
}
