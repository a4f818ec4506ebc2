/**
 * The two lists of a report that grow with the trace: the critical path, and its time by operation. A report has the
 * largest entries of each. `--json --full` writes every entry, see `report-json.ts`.
 */

import { counted } from '#model/text/count-text.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { PathSteps } from '#model/trace/views/critical-path.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { type Attribution, attributionOf } from '#present/json/attribution.ts';
import { shownLinesOnce } from '#present/words/plain-text.ts';

/** Microseconds from the start of the trace. */
type ReportedStep = Readonly<{
  spanId: string;
  service: string;
  operation: string;
  startUs: number;
  endUs: number;
}>;

/** `others`: how many operations the entry for the rest sums up. Only that entry has it. */
export type ReportedAttribution = Attribution & Readonly<{ others?: number }>;

export type ReportLists = Readonly<{
  /** In order of time; at most `MOST_STEPS`, the longest. No two neighbours are of one span. */
  criticalPath: readonly ReportedStep[];
  /** How many steps the path has. Missing where the list has all of them. */
  criticalPathTotal?: number;
  /** The time of the listed steps, in microseconds. Missing where the list has all steps. */
  criticalPathShownUs?: number;
  /** Largest first; at most `MOST_OPERATIONS`. Where there are more, the last entry sums up the rest. */
  attribution: readonly ReportedAttribution[];
}>;

/** More than a person reads. The path of a trace of 100,000 spans may have 180,000 steps, which are 21 MB of JSON. */
const MOST_STEPS = 1_000;

/** The entry for the rest included. A trace seldom has a hundred; one with an id in each operation's name has thousands. */
const MOST_OPERATIONS = 500;

export function reportLists(trace: Trace): ReportLists {
  const clean = shownLinesOnce();
  const path = pathSteps(trace);
  const longest = longestSteps(path);
  return {
    criticalPath: longest.map((step) => reportedStep(trace, step, clean)),
    ...(longest.length < path.count && {
      criticalPathTotal: path.count,
      criticalPathShownUs: longest.reduce((sum, step) => sum + lengthUs(path, step), 0),
    }),
    attribution: largestOperations(attributionOf(trace)).map((entry) => cleanNames(entry, clean)),
  };
}

/** Every step of the path, one at a time, because a path may have a million. */
export function* allSteps(trace: Trace): Generator<ReportedStep> {
  const clean = shownLinesOnce();
  for (let step = 0; step < pathSteps(trace).count; step += 1) yield reportedStep(trace, step, clean);
}

export function* allOperations(trace: Trace): Generator<ReportedAttribution> {
  const clean = shownLinesOnce();
  for (const entry of attributionOf(trace)) yield cleanNames(entry, clean);
}

function reportedStep(trace: Trace, step: number, clean: (text: string) => string): ReportedStep {
  const span = pathSteps(trace).span(step);
  return {
    spanId: trace.spanId(span),
    service: clean(trace.service(span)),
    operation: clean(trace.operation(span)),
    startUs: pathSteps(trace).startUs(step),
    endUs: pathSteps(trace).endUs(step),
  };
}

function cleanNames<Entry extends Attribution>(entry: Entry, clean: (text: string) => string): Entry {
  return { ...entry, service: clean(entry.service), operation: clean(entry.operation) };
}

/** Step numbers in order of time. Among equally long steps, the first ones are kept. */
function longestSteps(steps: PathSteps): number[] {
  const { count } = steps;
  if (count <= MOST_STEPS) return Array.from({ length: count }, (_, step) => step);
  const lengths = Float64Array.from({ length: count }, (_, step) => lengthUs(steps, step));
  const ascending = lengths.toSorted();
  const leastUs = ascending[count - MOST_STEPS] ?? 0;
  let roomForLeast = MOST_STEPS - longerThan(ascending, leastUs);
  const longest: number[] = [];
  for (const [step, us] of lengths.entries()) {
    if (us < leastUs || (us === leastUs && roomForLeast === 0)) continue;
    if (us === leastUs) roomForLeast -= 1;
    longest.push(step);
  }
  return longest;
}

/** How many are longer. */
function longerThan(ascending: Float64Array, us: number): number {
  return ascending.length - 1 - ascending.lastIndexOf(us);
}

function lengthUs({ startUs, endUs }: PathSteps, step: number): number {
  return endUs(step) - startUs(step);
}

function largestOperations(attribution: readonly Attribution[]): readonly ReportedAttribution[] {
  if (attribution.length <= MOST_OPERATIONS) return attribution;
  const rest = attribution.slice(MOST_OPERATIONS - 1);
  return [
    ...attribution.slice(0, MOST_OPERATIONS - 1),
    {
      service: '',
      operation: counted(rest.length, 'other operation'),
      selfUs: rest.reduce((sum, { selfUs }) => sum + selfUs, 0),
      share: rest.reduce((sum, { share }) => sum + share, 0),
      others: rest.length,
    },
  ];
}
