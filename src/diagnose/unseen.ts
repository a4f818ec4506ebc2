/**
 * What a trace does not show, so that a clean result of a thin trace is not taken for health:
 *
 *   [ GET /                 ░░░░░░░░░░░░░░░░░░░░░ ]  web      self time of the root, and of a service that recorded
 *     [ GET /stock  ░░░░░░ ]                         stock    its start and its end and nothing between
 *     [ POST /pay          ]                         web      a call to a service that sent no spans
 */

import type { Gap } from '#model/finding/gap.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSelfUs } from '#model/trace/views/critical-path.ts';
import { isLengthJudged } from '#model/trace/views/request-nature.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

/** The share of the request's time that spans cover; 1 where it took none. */
export function seenShare(trace: Trace): number {
  const rootUs = trace.durationOfUs(trace.root);
  return rootUs === 0 ? 1 : 1 - Math.min(1, unseenUs(trace) / rootUs);
}

/** The share of the calls to other services that have the callee's span; 1 where there are none. */
export function answeredShare(trace: Trace): number {
  let calls = 0;
  let answered = 0;
  for (const span of spansWith(trace, { kinds: ['client'] })) {
    if (trace.isDatabaseCall(span)) continue;
    calls += 1;
    if (!isUnanswered(trace, span)) answered += 1;
  }
  return calls === 0 ? 1 : answered / calls;
}

/** A call to another service that has no span of that service. */
export function isUnanswered(trace: Trace, span: SpanIndex): boolean {
  return trace.kind(span) === 'client' && !trace.isDatabaseCall(span) && trace.childCount(span) === 0;
}

/** Less than a tenth of a second without a span affects nobody. */
const LEAST_UNSEEN_US = 100_000;
/** Most of the time lies where nothing could be judged. */
const THIN = 0.5;

/**
 * Whether so little of the request was recorded that a clean result proves little. A stream, a wait by design, an upload
 * or a job is long on purpose: time without spans is no sign of a fault there.
 */
export function isThin(trace: Trace): boolean {
  return seenShare(trace) < THIN && unseenUs(trace) >= LEAST_UNSEEN_US && isLengthJudged(trace);
}

/** Where nothing wrong was found: what could not be judged. */
export function unseenGaps(trace: Trace): Gap[] {
  const gaps: Gap[] = [];
  if (isThin(trace)) {
    gaps.push({
      source: SOURCE,
      problem: `no span shows what happened in ${durationText(unseenUs(trace))} of the request’s ${durationText(trace.durationOfUs(trace.root))}`,
      consequence: 'finding nothing there does not prove health',
    });
  }
  const silent = silentServices(trace);
  if (silent.length > 0) {
    const known = trace.services.length + silent.length;
    gaps.push({
      source: SOURCE,
      problem: `${silent.length} of ${known} services sent no spans (${silent.slice(0, MOST_NAMED).join(', ')}${silent.length > MOST_NAMED ? ', …' : ''})`,
      consequence: 'only the duration of calls to them, and whether they failed, is known',
    });
  }
  const mute = muteSpans(trace);
  if (mute > trace.spanCount / 2) {
    gaps.push({
      source: SOURCE,
      problem: `${mute} of ${trace.spanCount} spans record neither their kind nor the service that they call`,
      consequence: 'queries or calls among them may have been missed',
    });
  }
  return gaps;
}

const SOURCE = 'instrumentation';
const MOST_NAMED = 5;

function unseenUs(trace: Trace): number {
  let us = pathSelfUs(trace, trace.root);
  for (const span of spansWith(trace, { kinds: ['server', 'consumer'] })) {
    if (span !== trace.root && trace.childCount(span) === 0) us += pathSelfUs(trace, span);
  }
  return us;
}

/** Services that were called but have no span, in order of name. Databases and brokers send none. */
function silentServices(trace: Trace): string[] {
  const known = new Set(trace.services);
  const silent = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!trace.isCall(span) || trace.isDatabaseCall(span) || trace.childCount(span) > 0) continue;
    const peer = trace.peer(span);
    if (peer !== '' && !known.has(peer)) silent.add(peer);
  }
  return [...silent].sort();
}

function muteSpans(trace: Trace): number {
  let mute = 0;
  for (let span: SpanIndex = 0; span < trace.spanCount; span += 1) {
    const says = trace.kind(span) !== 'unspecified' || trace.isDatabaseCall(span) || trace.peer(span) !== '';
    if (!says && trace.httpStatus(span) === 0) mute += 1;
  }
  return mute;
}
