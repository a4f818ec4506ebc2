/**
 * Compares failing with healthy traces: finds differences larger than those among the healthy traces, and picks the
 * most telling one.
 *
 *   traces ──► the same calls side by side ──► structure · durations · attributes · responses · logs ──► the most
 *   telling
 *
 * The symptom itself (it failed, it took longer) is no reason. A call where a failure begins is one, and so is the call
 * with most of the added time. Then come the inputs of the request, then the calls that it no longer makes.
 */

import { attributeChanges, lineFieldChanges } from '#diagnose/compare-attributes.ts';
import { durationChanges, wholeDuration } from '#diagnose/compare-durations.ts';
import { logChanges } from '#diagnose/compare-logs.ts';
import { responseChanges } from '#diagnose/compare-responses.ts';
import { pathGrowth, structureChanges } from '#diagnose/compare-structure.ts';
import { timeChanges } from '#diagnose/compare-times.ts';
import type { Sides } from '#diagnose/compared-call.ts';
import { ENOUGH, rangeOf } from '#diagnose/differs.ts';
import type { Gap } from '#model/finding/gap.ts';
import { FAILURE_LEVELS } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { type AlignedCalls, alignCalls, type CallIndex } from '#model/requests/aligned-calls.ts';
import { requestOf } from '#model/requests/baseline.ts';
import type { ComparedSide, Comparison, Conclusion, Relation, Telling } from '#model/requests/comparison.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The traces of one side, and a clause that says how they were chosen. */
export type SideInput = Readonly<{ traces: readonly Trace[]; chosen: string }>;

export type Compared = Readonly<{ comparison: Comparison; sides: Sides }>;

/** Each side has at least one trace with at least one span. */
export function compareTraces(healthy: SideInput, failing: SideInput, logs: Comparison['logs']): Compared {
  const calls = alignCalls(healthy.traces, failing.traces);
  const sides: Sides = { healthy: healthy.traces, failing: failing.traces, calls };
  const whole = wholeDuration(sides);
  const differences = callDifferences(sides);
  const { structure, durations, responses } = differences;
  const failingCalls = new Set(structure.filter(({ change }) => change === 'failing').map(({ at }) => at.call));
  const interest = (call: CallIndex) =>
    failingCalls.has(call) ? Number.POSITIVE_INFINITY : Math.abs(pathGrowth(calls, call));
  const attributes = attributeChanges(sides, interest);
  const facts = { whole, structure, durations, attributes, responses, logs };
  const relation = relationOf(healthy.traces, failing.traces);
  return {
    sides,
    comparison: {
      relation,
      healthy: sideOf(healthy),
      failing: sideOf(failing),
      ...facts,
      times: timeChanges(sides, differences),
      conclusion: conclusionOf(facts, { healthy: sideOf(healthy), failing: sideOf(failing), calls }),
      gaps: gapsOf(healthy.traces, failing.traces, { calls, relation }),
      few: fewGap(healthy.traces.length, 'trace'),
    },
  };
}

/** The differences between the calls of both sides. */
export function callDifferences(sides: Sides): Pick<Comparison, 'structure' | 'durations' | 'responses'> {
  return {
    structure: structureChanges(sides),
    durations: durationChanges(sides),
    responses: responseChanges(sides, bothMake(sides.calls)),
  };
}

/**
 * Compares only log lines, where a side has no spans. The healthy lines are split into periods as long as the failing
 * ones, so that occasional lines do not count as new.
 */
export function compareLines(healthy: readonly LogLine[], failing: readonly LogLine[]): Compared {
  const periods = periodsOf(healthy, failing);
  const logs = logChanges(periods, [failing]);
  const sides: Sides = { healthy: [], failing: [], calls: alignCalls([], []) };
  const side = (lines: readonly LogLine[]) => ({ ...sideOf({ traces: [], chosen: '' }), lines: lines.length });
  const attributes = lineFieldChanges(healthy, failing);
  const facts = { whole: undefined, structure: [], durations: [], attributes, responses: [], logs };
  const main = tellingLine(logs ?? [], attributes, failing.length < ENOUGH);
  return {
    sides,
    comparison: {
      relation: 'one-request',
      healthy: side(healthy),
      failing: side(failing),
      periods: periods.length,
      ...facts,
      conclusion: { told: main === undefined ? 'none' : main.change.told, main, beside: undefined },
      times: [],
      gaps: [
        {
          source: COMPARISON,
          problem: 'one side or both have no spans',
          consequence: 'only the log lines were compared',
        },
      ],
      few: fewGap(periods.length, 'period'),
    },
  };
}

/**
 * First a new error, then the inputs of the requests, then any other difference in the lines. For records of single
 * requests the inputs come first, because each record has its own text.
 */
function tellingLine(
  logs: NonNullable<Comparison['logs']>,
  attributes: Comparison['attributes'],
  areRecords: boolean,
): Telling | undefined {
  const isError = ({ change, level }: (typeof logs)[number]) => change === 'appeared' && FAILURE_LEVELS.has(level);
  const lines = (some: typeof logs) => some.map((change): Telling => ({ kind: 'log', change }));
  const fields = attributes.map((change): Telling => ({ kind: 'attribute', change }));
  const isInput = (telling: Telling) => telling.kind === 'attribute' && telling.change.role === 'input';
  const errors = lines(logs.filter(isError));
  const went = fields.filter(isInput);
  return [...(areRecords ? [...went, ...errors] : [...errors, ...went]), ...lines(logs), ...fields][0];
}

/** More periods show nothing more and cost as much again. */
const MOST_PERIODS = 20;

/** At least one period; periods without a line show nothing. */
function periodsOf(healthy: readonly LogLine[], failing: readonly LogLine[]): LogLine[][] {
  const [fromUs, toUs] = extent(healthy);
  const [start, end] = extent(failing);
  const count = Math.max(1, Math.min(MOST_PERIODS, Math.floor((toUs - fromUs) / Math.max(1, end - start))));
  const periods: LogLine[][] = Array.from({ length: count }, () => []);
  for (const line of healthy) {
    const at = Math.floor(((timeUs(line) - fromUs) / Math.max(1, toUs - fromUs)) * count);
    periods[Math.min(count - 1, at)]?.push(line);
  }
  return periods.filter((lines) => lines.length > 0);
}

function extent(lines: readonly LogLine[]): readonly [number, number] {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const line of lines) {
    from = Math.min(from, timeUs(line));
    to = Math.max(to, timeUs(line));
  }
  return [from, to];
}

function timeUs({ timeNs }: LogLine): number {
  return Number(timeNs) / 1_000;
}

/** Reading sizes needs attributes: the first this many calls are enough. */
const MOST_READ = 400;

function bothMake(calls: AlignedCalls): CallIndex[] {
  const both: CallIndex[] = [];
  for (let call = 0; call < calls.count && both.length < MOST_READ; call += 1) {
    if (calls.healthy(call).some((sample) => sample) && calls.failing(call).some((sample) => sample)) both.push(call);
  }
  return both;
}

function sideOf({ traces, chosen }: SideInput): ComparedSide {
  const [first] = traces;
  const statuses = traces.map((trace) => trace.httpStatus(trace.root)).filter((status) => status > 0);
  return {
    traces: traces.map((trace) => ({
      traceId: trace.traceId,
      startUs: trace.startEpochUs,
      durationUs: trace.durationOfUs(trace.root),
      failed: trace.failed(trace.root),
    })),
    request: first === undefined ? '' : `${first.operation(first.root)} on ${first.service(first.root)}`,
    chosen,
    durationUs: rangeOf(traces.map((trace) => trace.durationOfUs(trace.root))),
    failed: traces.filter((trace) => trace.failed(trace.root)).length,
    statuses: [...new Set(statuses)].sort((a, b) => a - b),
  };
}

/** Different requests have no root in common, and no root is a call within the other side. */
function relationOf(healthy: readonly Trace[], failing: readonly Trace[]): Relation {
  const key = ({ traceId, startEpochUs, durationUs, spanCount }: Trace) =>
    [traceId, startEpochUs, durationUs, spanCount].join(' ');
  if (sameTexts(healthy.map(key), failing.map(key))) return 'same-traces';
  // A trace without its root shows another one.
  if ([...healthy, ...failing].some(({ repairs }) => repairs.orphan > 0)) return 'one-request';
  const areApart = !reach(healthy, failing) && !reach(failing, healthy);
  return areApart ? 'different-requests' : 'one-request';
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  const [one, other] = [new Set(some), new Set(others)];
  return one.size === other.size && one.isSubsetOf(other);
}

/** Whether a root of `others` is also a span of `traces`. */
function reach(traces: readonly Trace[], others: readonly Trace[]): boolean {
  const roots = new Set(others.map((trace) => callName(trace, trace.root)));
  return traces.some((trace) => {
    for (let span = 0; span < trace.spanCount; span += 1) if (roots.has(callName(trace, span))) return true;
    return false;
  });
}

/** Without the route: a request that fails early may have none. */
function callName(trace: Trace, span: number): string {
  return `${trace.service(span)}\n${operationTemplate(trace.operation(span))}`;
}

function gapsOf(
  healthy: readonly Trace[],
  failing: readonly Trace[],
  { calls, relation }: Readonly<{ calls: AlignedCalls; relation: Relation }>,
): Gap[] {
  const failed = healthy.filter((trace) => trace.failed(trace.root)).length;
  const areAllFailed = failed === healthy.length && !failing.some((trace) => trace.failed(trace.root));
  return [
    gapWhere(
      relation === 'one-request' && new Set([...healthy, ...failing].map(requestOf)).size > 1,
      'the traces show different requests',
      'many of the differences may come from that alone',
    ),
    gapWhere(
      failed > 0 && !areAllFailed,
      `${failed} of the ${healthy.length} traces in the baseline failed`,
      'a failure that both sides share does not count as a difference',
    ),
    tornGap(healthy, 'in the baseline'),
    tornGap(failing, 'under examination'),
    gapWhere(
      calls.isFolded,
      'the traces have too many different span names to compare them all',
      'some calls were counted as part of their callers',
    ),
  ].filter((gap) => gap !== undefined);
}

const COMPARISON = 'comparison';

function gapWhere(isSo: boolean, problem: string, consequence: string): Gap | undefined {
  return isSo ? { source: COMPARISON, problem, consequence } : undefined;
}

function fewGap(count: number, noun: string): Gap | undefined {
  return gapWhere(
    count < ENOUGH,
    `the baseline has only ${count} ${noun}${count === 1 ? '' : 's'}`,
    'nobody knows how much such requests vary: the report gives ratios and differences, but no significance',
  );
}

function tornGap(traces: readonly Trace[], which: string): Gap | undefined {
  const torn = traces.filter((trace) => trace.repairs.orphan > 0).length;
  return gapWhere(
    torn > 0,
    `${torn} of the ${traces.length} traces ${which} lack spans`,
    'a call that seems to be missing may have been made',
  );
}

type Facts = Pick<Comparison, 'whole' | 'structure' | 'durations' | 'attributes' | 'responses' | 'logs'>;

/** A call with at least this share of the added time explains why the request took longer. */
const MOST_OF_GROWTH = 0.5;
/** A call with less of the request's time is not where it spends its time. */
const LEAST_OF_REQUEST = 0.1;

function conclusionOf(
  facts: Facts,
  { healthy, failing, calls }: Pick<Comparison, 'healthy' | 'failing'> & Pick<Sides, 'calls'>,
): Conclusion {
  const durationUs = failing.durationUs.median;
  const slower = growths(facts, durationUs - healthy.durationUs.median, durationUs);
  const broken = beginnings(facts);
  const first = failing.failed > healthy.failed ? [...broken, ...slower] : [...slower, ...broken];
  const candidates = [...first, ...inputs(facts), ...others(facts)];
  const [main] = candidates.toSorted((a, b) => rankOf(b) - rankOf(a));
  if (main === undefined) return { told: 'none', main: undefined, beside: undefined };
  return { told: main.change.told, main, beside: besideOf(main, facts, calls) };
}

/** Clear before uncertain; the order of the candidates decides the rest. */
function rankOf({ change }: Telling): number {
  return change.told === 'clear' ? 1 : 0;
}

const ROOT = 0;

/** A failure of the root itself is the symptom, so it is left out. */
function beginnings({ structure }: Facts): Telling[] {
  return structure
    .filter(({ change, at }) => change === 'failing' && at.call !== ROOT)
    .map((change) => ({ kind: 'structure', change }));
}

/** Calls that are made more often or for the first time, and calls that take longer, by their share of the growth. */
function growths({ structure, durations }: Facts, growthUs: number, durationUs: number): Telling[] {
  const leastUs = Math.max(LEAST_OF_REQUEST * durationUs, MOST_OF_GROWTH * growthUs);
  const calls: { us: number; telling: Telling }[] = structure
    .filter(({ change }) => change === 'more' || change === 'added')
    .map((change) => ({ us: change.pathUs, telling: { kind: 'structure', change } }));
  const times: typeof calls = durations
    .filter(({ at }) => at.call !== ROOT)
    .map((change) => ({ us: change.pathUs, telling: { kind: 'duration', change } }));
  return [...calls, ...times]
    .filter(({ us }) => us > 0 && us >= leastUs)
    .sort((a, b) => b.us - a.us)
    .map(({ telling }) => telling);
}

function inputs({ attributes }: Facts): Telling[] {
  return attributes.filter(({ role }) => role === 'input').map((change) => ({ kind: 'attribute', change }));
}

/** The remaining differences: the root's self time, calls no longer made, responses, log lines. */
function others({ structure, durations, responses, attributes, whole, logs = [] }: Facts): Telling[] {
  const isOther = ({ change, at, afterFailure }: Facts['structure'][number]) =>
    !afterFailure && (change !== 'failing' || at.call === ROOT);
  return [
    ...structure.filter(isOther).map((change): Telling => ({ kind: 'structure', change })),
    ...durations.filter(({ pathUs }) => pathUs !== 0).map((change): Telling => ({ kind: 'duration', change })),
    ...(whole === undefined ? [] : [{ kind: 'whole', change: whole } as const]),
    ...responses.map((change): Telling => ({ kind: 'response', change })),
    ...logs.map((change): Telling => ({ kind: 'log', change })),
    ...attributes.filter(({ role }) => role !== 'input').map((change): Telling => ({ kind: 'attribute', change })),
  ];
}

/** The inputs of the same call, of its callers, or of its process: perhaps the deeper reason. */
function besideOf(main: Telling, { attributes, structure }: Facts, calls: AlignedCalls): Telling | undefined {
  if (main.kind === 'attribute') {
    const failing = structure.find(({ change, at }) => change === 'failing' && at.call !== ROOT);
    return failing && { kind: 'structure', change: failing };
  }
  if (main.kind === 'log') return undefined;
  const { call, service } = main.change.at;
  const way = new Set<CallIndex>();
  for (let at: CallIndex | undefined = call; at !== undefined; at = calls.parent(at)) way.add(at);
  const change = attributes.find(
    ({ role, at, of, told }) =>
      role === 'input' && told === main.change.told && (of === 'resource' ? at.service === service : way.has(at.call)),
  );
  return change && { kind: 'attribute', change };
}
