/**
 * Calls to a store whose time the caller itself divides: what its start or its connection took, and what the statement did.
 *
 *   [ select                                     ]  6.1 s
 *     compute was suspended, started in 6102 ms, query 9 ms
 *
 * Then the statement is not slow, whatever the length of its span.
 */
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { usPerLongUnit } from '#model/trace/wait-amounts.ts';

export type SplitCall = Readonly<{
  line: LogLine;
  /** What the statement took, and all that the line counts. In microseconds. */
  queryUs: number;
  allUs: number;
}>;

const UNIT = '(µs|us|ms|milliseconds?|s|secs?|seconds?)\\b';
const OF_QUERY = new RegExp(
  String.raw`\b(?:query|statement|sql|execut(?:ion|ed|e)|select|insert|update|delete|command|read|write)(?: (?:itself|alone|time|took|ran|only|needed|was|in|for)){0,3}:? (\d{1,9}(?:\.\d{1,3})?) ?${UNIT}`,
  'i',
);
const ANY = new RegExp(String.raw`(?<![\w.])(\d{1,9}(?:\.\d{1,3})?) ?${UNIT}`, 'gi');

/** A line is written as the call ends. */
const AFTER_US = 100_000;
/** The parts make up most of the call, and the statement little of it. */
const MOST_OF_CALL = 0.7;
const LITTLE = 0.2;
const LONGEST_READ = 1_000;

/** Undefined where no line of the caller divides the time of the call. */
export function splitOf(trace: Trace, call: SpanIndex, logs: readonly LogLine[]): SplitCall | undefined {
  const us = trace.durationOfUs(call);
  for (const line of logs) {
    if (line.service !== trace.service(call)) continue;
    const atUs = epochUsOf(line) - trace.startEpochUs;
    if (atUs < trace.startUs(call) || atUs > trace.endUs(call) + AFTER_US) continue;
    const split = amountsIn(line);
    if (split !== undefined && split.queryUs <= LITTLE * us && split.allUs >= MOST_OF_CALL * us) return split;
  }
  return undefined;
}

function amountsIn(line: LogLine): SplitCall | undefined {
  const text = logMessage(line).slice(0, LONGEST_READ);
  const [, amount, unit = ''] = OF_QUERY.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const all = Array.from(text.matchAll(ANY), ([, each, of = '']) => Number(each) * usPerLongUnit(of));
  return { line, queryUs: Number(amount) * usPerLongUnit(unit), allUs: all.reduce((sum, each) => sum + each, 0) };
}

/** The store slept, and was started for the call. */
const SLEPT =
  /\b(?:suspended|paused|auto-?paus\w{1,3}|asleep|sleeping|hibernat\w{1,3}|scaled? to (?:zero|0)|resum(?:ed|es|ing)|wok(?:e|en)|wak(?:es|ed|ing)|cold(?:[- ]start\w{0,3})?|spun (?:up|down)|was stopped)\b/i;

export function saysSlept({ line }: SplitCall): boolean {
  return SLEPT.test(logMessage(line).slice(0, LONGEST_READ));
}
