/** Calls that did not answer in time, by a message, by a callee that outlived its caller, or by a round limit. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { ErrorOrigin } from '#model/trace/views/error-origins.ts';
import { failureTexts, type LinesBySpan, saysTimedOut } from '#model/trace/views/failure-text.ts';
import { tellsOf } from '#model/trace/views/told-apart.ts';

export type Wait = Readonly<{
  /** The deepest call that did not answer. */
  wait: SpanIndex;
  /** That call and the attempts before it. */
  attempts: readonly SpanIndex[];
  /** The spans that failed with it, from its caller up to the root. */
  above: readonly SpanIndex[];
  /** Other calls without an answer at that time; nothing shows which one caused the timeout. */
  rivals: readonly SpanIndex[];
  /** The round limit that equals the wait; 0 where there is none. */
  limitUs: number;
  sign: 'said' | 'outlived' | 'guessed';
  item: EvidenceItem | undefined;
}>;

export function waitOf(trace: Trace, { spans, path }: ErrorOrigin, lines: LinesBySpan): Wait | undefined {
  const [failed] = spans;
  if (failed === undefined) return undefined;
  const texts = failureTexts(trace, failed, lines);
  const item = texts.find(({ text }) => saysTimedOut(trace, failed, text));
  const says = item !== undefined || saysTimedOut(trace, failed, '');
  // A span that reports a timeout and made a call is the one that waited.
  const unanswered = says && !leavesItsService(trace, failed) ? unansweredCalls(trace, failed, lines) : [];
  const [asked, ...rivals] = unanswered;
  const wait = asked ?? failed;
  const above = asked === undefined ? path : [failed, ...path];
  const caller = above[0];
  if (caller === undefined) return undefined;
  const limitUs = roundLimitUs(trace.durationOfUs(wait));
  const found = { wait, attempts: asked === undefined ? spans : [asked], above, limitUs, rivals };
  if (says) return { ...found, sign: 'said', item: item ?? statusItem(trace, failed) };
  if (ranOnUs(trace, wait) > 0) return { ...found, sign: 'outlived', item: undefined };
  const givenUp = path.findIndex(
    (call, i) => i < path.length - 1 && trace.kind(call) === 'client' && ranOnUs(trace, call) > 0,
  );
  const call = path[givenUp];
  // Calls below failed only after their caller had given up.
  if (call !== undefined) {
    const before = { wait: call, attempts: [call], above: path.slice(givenUp + 1), rivals: [] };
    return { ...before, limitUs: roundLimitUs(trace.durationOfUs(call)), sign: 'outlived', item: undefined };
  }
  const together = Math.abs(trace.endUs(caller) - trace.endUs(wait)) <= instantUs(trace.durationOfUs(wait));
  const guessed = limitUs > 0 && together && texts.length === 0 && leavesItsService(trace, wait);
  return guessed ? { ...found, sign: 'guessed', item: undefined } : undefined;
}

/**
 * The deepest work that kept the callee busy when its caller gave up: each holds most of the one before. Undefined where
 * the callee recorded nothing below.
 */
export function stillWorking(trace: Trace, wait: SpanIndex): SpanIndex | undefined {
  const endUs = trace.endUs(wait) - instantUs(trace.durationOfUs(wait));
  let deepest: SpanIndex | undefined;
  for (let span = wait, level = 0; level < DEEPEST; level += 1) {
    const busy = busiestChild(trace, span, endUs);
    if (busy === undefined) break;
    deepest = busy;
    span = busy;
  }
  return deepest;
}

const DEEPEST = 50;
/** Less than half of its caller's time is not what the caller waited for. */
const HOLDS = 0.5;

function busiestChild(trace: Trace, span: SpanIndex, endUs: number): SpanIndex | undefined {
  let busiest: SpanIndex | undefined;
  for (const child of trace.children(span)) {
    const isBusy = trace.isAwaited(child) && trace.startUs(child) < endUs && trace.endUs(child) >= endUs;
    if (!isBusy || trace.durationOfUs(child) < HOLDS * trace.durationOfUs(span)) continue;
    if (busiest === undefined || trace.durationOfUs(child) > trace.durationOfUs(busiest)) busiest = child;
  }
  return busiest;
}

function statusItem(trace: Trace, span: SpanIndex): EvidenceItem {
  const text =
    trace.httpStatus(span) === 504 ? '504 Gateway Timeout' : trace.text(span, 'error.type') || 'deadline exceeded';
  return { kind: 'span', ref: trace.spanId(span), text };
}

function leavesItsService(trace: Trace, span: SpanIndex): boolean {
  return trace.isCall(span) || trace.isDatabaseCall(span);
}

/** The calls that still ran or just ended when the span gave up, the longest first. If its message names one of them, only that one. */
function unansweredCalls(trace: Trace, span: SpanIndex, lines: LinesBySpan): SpanIndex[] {
  const endUs = trace.endUs(span) - instantUs(trace.durationOfUs(span));
  const calls: SpanIndex[] = [];
  for (const child of trace.children(span)) {
    if (trace.endUs(child) < endUs || !leavesItsService(trace, child) || trace.kind(child) === 'producer') continue;
    calls.push(child);
  }
  calls.sort((a, b) => trace.durationOfUs(b) - trace.durationOfUs(a) || a - b);
  const several = calls.slice(0, MOST_RIVALS);
  const named = several.length < 2 ? [] : several.filter((call) => tellsOf(trace, span, [call], lines));
  return named.length === 1 ? named : several;
}

/** At most this many calls without an answer are compared. */
const MOST_RIVALS = 5;

/** Events this close count as simultaneous: the difference is network time and error handling. */
function instantUs(waitUs: number): number {
  return Math.max(20_000, 0.01 * waitUs);
}

/** How long the callee worked after its caller had given up. Less than a round trip proves nothing. */
function ranOnUs(trace: Trace, call: SpanIndex): number {
  let lastUs = 0;
  for (const child of trace.children(call)) {
    if (trace.service(child) !== trace.service(call) && trace.kind(child) !== 'consumer')
      lastUs = Math.max(lastUs, trace.endUs(child) - trace.endUs(call));
  }
  return lastUs > Math.max(5_000, 0.01 * trace.durationOfUs(call)) ? lastUs : 0;
}

/** Limits that people configure. */
const ROUND_LIMITS_S = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 90, 120, 180, 240, 300, 600, 900];

/** The limit that equals the duration, with a small tolerance for noticing the timeout. */
function roundLimitUs(durationUs: number): number {
  const limit = ROUND_LIMITS_S.find((seconds) => {
    const overUs = durationUs - seconds * 1_000_000;
    return overUs >= -1_000 && overUs <= Math.max(15_000, 0.005 * durationUs);
  });
  return (limit ?? 0) * 1_000_000;
}

/** A caller that gave up before its callee did: the callee's limit is longer than the caller's remaining time. */
export function inversionIn(trace: Trace, { wait, above }: Wait) {
  for (const call of [wait, ...above]) {
    const overUs = trace.kind(call) === 'client' ? ranOnUs(trace, call) : 0;
    if (overUs === 0) continue;
    return {
      caller: trace.service(call),
      callee: trace.peer(call),
      gaveUpUs: trace.durationOfUs(call),
      ranUs: trace.durationOfUs(call) + overUs,
    };
  }
  return undefined;
}
