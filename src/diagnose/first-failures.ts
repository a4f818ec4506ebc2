/**
 * What failed first: the first failed span of each operation, and the first line of each level that reports a failure
 * in each service, in order of time. A span failed when its exception was recorded, else when it ended.
 *
 *  +324 ms           ml-model run_inference      out of memory
 *  +326 ms  (+2 ms)  ml-model POST /predict      503
 *  +336 ms (+10 ms)  fraud-service POST /evaluate  500
 */

import { citeItem, citeSpan } from '#diagnose/cite.ts';
import type { FirstFailure } from '#model/finding/methods.ts';
import type { ClockOffset } from '#model/logs/log-clock.ts';
import { FAILURE_LEVELS } from '#model/logs/log-level.ts';
import { type LogLine, linesBySpan, type Rung } from '#model/logs/log-line.ts';
import { quotedLine } from '#model/logs/log-message.ts';
import { compareTexts } from '#model/text/compare-texts.ts';
import { cutFirstLine } from '#model/text/cut-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureMessage, failureStatus, type LinesBySpan } from '#model/trace/views/failure-text.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/** Later failures follow from these. */
const MOST = 12;
/** How many operations are read for the texts of their failures. */
const MOST_READ = 200;

type Failure = Omit<FirstFailure, 'afterUs'> & Readonly<{ place: number }>;

export function firstFailures(
  trace: Trace | undefined,
  logs: readonly LogLine[],
  offsets: readonly ClockOffset[] = [],
): FirstFailure[] {
  const startUs = trace?.startEpochUs ?? Math.round(Number(logs[0]?.timeNs ?? 0) / 1000);
  const all = [
    ...(trace === undefined ? [] : ofSpans(trace, linesBySpan(logs))),
    ...ofLines(startUs, logs, offsets),
  ].sort(
    // At the same instant, a failure below came before the failure above.
    (a, b) =>
      a.atUs - b.atUs || b.place - a.place || compareTexts(a.service, b.service) || compareTexts(a.text, b.text),
  );
  return all.slice(0, MOST).map(({ place: _, ...failure }, at) => ({
    ...failure,
    afterUs: failure.atUs - (all[at - 1]?.atUs ?? failure.atUs),
  }));
}

function ofSpans(trace: Trace, lines: LinesBySpan): Failure[] {
  const first = new Map<number, Readonly<{ span: SpanIndex; atUs: number }>>();
  for (const span of failedSpans(trace)) {
    const key = trace.operationKey(span);
    const known = first.get(key);
    if (known === undefined && first.size >= MOST_READ) continue;
    const atUs = failedAtUs(trace, span);
    if (known === undefined || atUs < known.atUs) first.set(key, { span, atUs });
  }
  return [...first.values()].map(({ span, atUs }) => {
    const said = failureMessage(trace, span, lines);
    const status = failureStatus(trace, span);
    return {
      atUs,
      service: trace.service(span),
      operation: trace.operation(span),
      text: [status, said === undefined ? '' : `“${said.text}”`].filter((part) => part !== '').join(' ') || 'failed',
      evidence: citeSpan(trace, span),
      place: trace.preorder(span),
    };
  });
}

function failedAtUs(trace: Trace, span: SpanIndex): number {
  const events = trace.hasEvents(span) ? trace.events(span) : [];
  const thrown = events.filter(({ name }) => name === 'exception' || name === 'error').map(({ atUs }) => atUs);
  const within = thrown.filter((atUs) => atUs >= trace.startUs(span) && atUs <= trace.endUs(span));
  return within.length === 0 ? trace.endUs(span) : Math.min(...within);
}

/** Lines are in order of time. */
function ofLines(startUs: number, logs: readonly LogLine[], offsets: readonly ClockOffset[]): Failure[] {
  const offsetUs = new Map(offsets.map((offset) => [offset.service, offset.offsetUs]));
  const first = new Map<string, LogLine>();
  for (const line of logs) {
    const key = `${line.service}\n${line.level}`;
    if (FAILURE_LEVELS.has(line.level) && !first.has(key)) first.set(key, line);
  }
  return [...first.values()].map((line) => ({
    atUs: Math.round(Number(line.timeNs) / 1000) - startUs + (offsetUs.get(line.service) ?? 0),
    service: line.service,
    operation: '',
    text: `logs “${firstLine(quotedLine(line.line))}”${UNSURE[line.rung ?? 'trace-id'] ?? ''}`,
    evidence: citeItem({ kind: 'log', ref: line.timeNs, text: firstLine(quotedLine(line.line)) }),
    place: -1,
  }));
}

/** Such a line may be another request's. */
const UNSURE: Readonly<Partial<Record<Rung, string>>> = {
  time: ' (matched by time only)',
  address: ' (matched by address only)',
};

const LONGEST_LINE = 160;

function firstLine(text: string): string {
  return cutFirstLine(text, LONGEST_LINE);
}
