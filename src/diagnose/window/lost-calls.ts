/**
 * Calls that an operation always made and no longer makes, while it answers as ever: no error shows it, and nothing is
 * slow.
 *
 *   healthy    POST /transfers → fraud-check, ledger        225 of 225
 *   now        POST /transfers →              ledger        163 of 234
 *
 * The execution goes on to what healthy ones call after it. One that makes no later call stopped early: see
 * `cut-calls.ts`.
 */
import { median } from 'simple-statistics';
import { chanceAmong, chanceOfRise, comparisonsOf } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

export type LostCall = Readonly<{
  /** Who no longer calls. */
  service: string;
  operation: string;
  callee: string;
  /** Healthy executions call it last. So these may have stopped before it: see `cut-calls.ts`. */
  isLast: boolean;
  /** How many executions did not call it. */
  before: Counted;
  now: Counted;
  /** The first execution of the window without the call, in microseconds since the epoch. */
  sinceUs: number;
  /** How many more executions than in the baseline do without the call. */
  excess: number;
  nats: number;
  /** The chance that any one of all operations leaves out a call this much more often. */
  chance: number;
}>;

/** With fewer healthy executions, “always” is no rule yet. */
const FEWEST_HEALTHY = 10;
/**
 * Healthy executions without the call, as a share. What one in fifty does is another valid way to answer
 * (`missing-service`, maxAlike), and one operation may serve several kinds of requests.
 */
const MOST_WITHOUT = 0.02;
/** As a share of the executions now. A tenth of the requests is what a cut needs as well. */
const LEAST_LOST = 0.1;
/** Seven to one. */
const LEAST_NATS = 2;

/** `callees`: in the order of their first calls. */
type Execution = { readonly atUs: number; readonly callees: Set<string>; calls: number };

/** The largest first. */
export function lostCalls(healthy: readonly Trace[], now: readonly Trace[]): readonly LostCall[] {
  const usual = executionsIn(healthy);
  const compared = [...executionsIn(now)].flatMap(([key, current]) => lostIn(key, usual.get(key) ?? [], current));
  const comparisons = comparisonsOf(compared.map(({ before, now: after }) => chanceOfRise(before, after)));
  const lost = compared
    .filter((one) => one.nats >= LEAST_NATS && one.now[0] >= LEAST_LOST * one.now[1])
    .map((one) => ({ ...one, chance: chanceAmong(one.chance, comparisons) }));
  const byOperation = Map.groupBy(lost, ({ service, operation }) => service + STEP + operation);
  return [...byOperation.values()]
    .flatMap((own) => (own.length === 1 ? own : []))
    .sort((a, b) => b.excess - a.excess || (a.service < b.service ? -1 : 1));
}

const STEP = '\n';

function lostIn(key: string, usual: readonly Execution[], current: readonly Execution[]): LostCall[] {
  const [service = '', operation = ''] = key.split(STEP);
  if (usual.length < FEWEST_HEALTHY) return [];
  const names = new Set(usual.flatMap(({ callees }) => [...callees]));
  return [...names].flatMap((name): LostCall[] => {
    const calling = usual.filter(({ callees }) => callees.has(name));
    const before: Counted = [usual.length - calling.length, usual.length];
    if (before[0] > MOST_WITHOUT * before[1]) return [];
    // As many calls as ever: somebody else is called in its place.
    const calls = median(calling.map((one) => one.calls));
    const later = calledAfter(name, calling);
    const goesOn = ({ callees }: Execution) => later.size === 0 || !callees.isDisjointFrom(later);
    const without = current.filter((one) => !one.callees.has(name) && one.calls < calls && goesOn(one));
    const after: Counted = [without.length, current.length];
    const sinceUs = without.reduce((first, { atUs }) => Math.min(first, atUs), Number.POSITIVE_INFINITY);
    const excess = after[0] - (before[0] / before[1]) * after[1];
    const { chance } = chanceOfRise(before, after);
    const isLast = later.size === 0;
    const nats = riseInNats(before, after);
    return [{ service, operation, callee: name, isLast, before, now: after, sinceUs, excess, nats, chance }];
  });
}

/** What most of the healthy executions with both call first after it. */
function calledAfter(name: string, calling: readonly Execution[]): ReadonlySet<string> {
  const after = new Map<string, number>();
  const before = new Map<string, number>();
  for (const { callees } of calling) {
    let counts = before;
    for (const other of callees) {
      if (other === name) counts = after;
      else counts.set(other, (counts.get(other) ?? 0) + 1);
    }
  }
  return new Set([...after].flatMap(([other, times]) => (times > (before.get(other) ?? 0) ? [other] : [])));
}

/** By service and operation: executions that answered as usual, with whom they called. */
function executionsIn(traces: readonly Trace[]): ReadonlyMap<string, readonly Execution[]> {
  const found = new Map<string, Execution[]>();
  for (const trace of traces) {
    // Where parents are missing, whole services may be.
    if (trace.repairs.orphan > 0) continue;
    for (const [span, execution] of executionsOf(trace)) {
      const status = trace.httpStatus(span);
      // Refused and redirected requests do less on purpose.
      if (trace.failed(span) || status >= 300) continue;
      const key = trace.service(span) + STEP + operationName(trace, span);
      const known = found.get(key);
      if (known === undefined) found.set(key, [execution]);
      else known.push(execution);
    }
  }
  return found;
}

/** By the span with which a service takes over. */
function executionsOf(trace: Trace): ReadonlyMap<SpanIndex, Execution> {
  const entries = new Int32Array(trace.spanCount);
  const executions = new Map<SpanIndex, Execution>();
  const add = (span: SpanIndex, name: string) => {
    const execution = executions.get(entries[span] ?? 0);
    execution?.callees.add(name);
    if (execution !== undefined) execution.calls += 1;
  };
  for (let span = 0; span < trace.spanCount; span += 1) {
    const parent = trace.parent(span);
    const isEntry = parent === undefined || parent >= span || !trace.isOfOneService(parent, span);
    entries[span] = isEntry ? span : (entries[parent] ?? span);
    if (isEntry) executions.set(span, { atUs: trace.startEpochUs + trace.startUs(span), callees: new Set(), calls: 0 });
    // What a consumer does may come later than the trace was read.
    if (isEntry && parent !== undefined && parent < span && trace.kind(span) !== 'consumer')
      add(parent, trace.service(span));
    if (isOutside(trace, span)) add(span, callee(trace, span));
  }
  return executions;
}

/** The call of somebody without spans. Whether a store is asked depends on what is cached. */
function isOutside(trace: Trace, span: SpanIndex): boolean {
  return trace.childCount(span) === 0 && trace.kind(span) === 'client' && !trace.isDatabaseCall(span);
}
