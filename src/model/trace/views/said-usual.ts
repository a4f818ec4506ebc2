/** What lines of the request say about the usual time of a span. */
import type { EvidenceItem } from '#model/finding/finding.ts';
import { isOfRequest } from '#model/logs/log-correlation.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { usualTime } from '#model/logs/usual-time.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** `usualUs`: the longest time that the line calls usual, in microseconds. */
export type SaidUsual = Readonly<{ is: 'as usual' | 'slower'; usualUs: number; item: EvidenceItem }>;

/** A line counts the work inside of the span, and rounds. */
const ABOUT = 0.1;
const LEAST_APART_US = 100_000;
/** A run differs from the next one by a half now and then. */
const AS_USUAL = 1.5;
/** As for a slower request: less than three times is within the noise of one run. */
const SLOWER = 3;
/** With less of its time, other work made up the rest. */
const FILLS = 0.75;
/** Work is seldom deeper below the span whose time a line names. */
const MOST_LEVELS = 20;

/**
 * A line of the request names the time of this span, or of one above that it fills, and the usual one beside it. `us`: its
 * time, in microseconds, together with other runs of the same. Undefined where none does, or where the times are neither
 * alike nor far apart.
 */
export function saidUsual(
  trace: Trace,
  span: SpanIndex,
  logs: readonly LogLine[],
  us = trace.durationOfUs(span),
): SaidUsual | undefined {
  for (const line of logs) {
    if (!isOfRequest(line)) continue;
    const said = usualTime(line.line);
    if (said === undefined) continue;
    if (!isNamed(trace, span, us, said.tookUs)) continue;
    const item: EvidenceItem = { kind: 'log', ref: line.timeNs, text: line.line };
    if (us <= AS_USUAL * said.highUs) return { is: 'as usual', usualUs: said.highUs, item };
    if (us >= SLOWER * said.highUs) return { is: 'slower', usualUs: said.highUs, item };
  }
  return undefined;
}

function isNamed(trace: Trace, span: SpanIndex, us: number, tookUs: readonly number[]): boolean {
  let at: SpanIndex | undefined = span;
  for (let level = 0; at !== undefined && level < MOST_LEVELS; level += 1, at = trace.parent(at)) {
    const ownUs = trace.durationOfUs(at);
    if (us < FILLS * ownUs) return false;
    if (tookUs.some((one) => Math.abs(one - ownUs) <= Math.max(LEAST_APART_US, ABOUT * ownUs))) return true;
  }
  return false;
}
