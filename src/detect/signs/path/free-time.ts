/** Time on the critical path in which none of the children of a span runs. */
import type { Stretch } from '#model/finding/finding.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { longestFree } from '#model/trace/views/path-within.ts';

/** Only long steps are searched; there are few, because each takes a large share of the root. */
export function gapsOf(trace: Trace, least: number): Stretch[] {
  const path = pathSteps(trace);
  const gaps: Stretch[] = [];
  for (let step = 0; step < path.count; step += 1) {
    const startUs = path.startUs(step);
    const endUs = path.endUs(step);
    if (endUs - startUs < least) continue;
    const span = path.span(step);
    if (!hasWorkWithin(trace, span) || trace.hasMark(span, MARK.receives)) continue;
    if (isMovedClock(trace, span, endUs - startUs)) continue;
    const free = longestFree(trace, { span, startUs, endUs });
    if (lengthOf(free) >= least) gaps.push(free);
  }
  return gaps;
}

/** Work that begins only after the span ended, as a job that it ordered, is no part of it. */
function hasWorkWithin(trace: Trace, span: SpanIndex): boolean {
  return trace.children(span).some((child) => trace.startUs(child) < trace.endUs(span));
}

/** A callee whose clock was corrected by about as much: the gap may not exist. */
function isMovedClock(trace: Trace, span: SpanIndex, gapUs: number): boolean {
  if (!isCallOf(trace, span)) return false;
  const shiftUs = trace.shiftUs(span);
  return trace.children(span).some((child) => Math.abs(trace.shiftUs(child) - shiftUs) > MOST_SHIFT * gapUs);
}

const MOST_SHIFT = 0.1;

/** A client span with the callee’s span below it. */
export function isCallOf(trace: Trace, span: SpanIndex): boolean {
  const child = trace.firstChild(span);
  return child !== undefined && trace.kind(span) === 'client' && !trace.isOfOneService(span, child);
}

export function neighbours(trace: Trace, { span, startUs, endUs }: Stretch) {
  let after: SpanIndex | undefined;
  let before: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    if (trace.endUs(child) <= startUs && (after === undefined || trace.endUs(child) >= trace.endUs(after)))
      after = child;
    if (trace.startUs(child) >= endUs) before ??= child;
  }
  return { after, before };
}

export function lengthOf({ startUs, endUs }: Stretch): number {
  return endUs - startUs;
}

export function callName(trace: Trace, span: SpanIndex): string {
  if (trace.isDatabaseCall(span)) return databaseCallName(trace, span);
  const peer = trace.peer(span);
  return peer === '' ? trace.operation(span) : `${trace.operation(span)} of ${peer}`;
}

/** `SELECT orders`; `GET of redis`, where the name alone says nothing. */
function databaseCallName(trace: Trace, span: SpanIndex): string {
  const label = queryLabel(trace.queryShape(span)) || trace.operation(span);
  return /\W/.test(label) ? label : `${label} of ${trace.databaseSystem(span)}`;
}
