/**
 * Requests that stop early: an operation makes the first of its calls and then none of the others, more often than
 * before. At fault is the service that stopped or the one that it called last. Where that one also stopped early, it is
 * the next one down.
 *
 *   healthy    Recv → cart, product, checkout, mail
 *   now        Recv → cart, product, checkout ✂              and in that checkout:  Prepare → product ✂
 */
import { type Compared, chanceAmong, chanceBeyond, chanceOfRise, comparisonsOf } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { dispersionOf, riseInNats } from '#diagnose/window/samples.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

export type Cut = Readonly<{
  service: string;
  operation: string;
  /** The service that was called last; empty where none was. */
  last: string;
  /** How many more executions than in the baseline stop here. */
  excess: number;
  /** How many of them stop where no healthy execution did. */
  newExcess: number;
  /** How many of them the operation refused itself, with a status from 400 to 499. */
  refused: number;
  /** The chance that any one of all operations stops this much more often. */
  chance: number;
}>;

const STEP = '\n';

/** Fewer executions on either side prove nothing. */
const FEWEST = 3;
/** A smaller difference may be chance. */
const STANDARD_ERRORS = 3;
/** Below a certain cut, seven to one is enough to follow it further down. */
const NATS = 2;
/** An operation with ever new orders of calls has no shape of its own. */
const MOST_SHAPES = 200;

/** An error handler is no step of the work. */
const HANDLER = /error|exception|fallback/i;

/** The largest first. */
export function cutCalls(before: readonly Trace[], now: readonly Trace[]): readonly Cut[] {
  const changed = changedShapes(shapesOf(before), shapesOf(now));
  const cuts = new Map<string, Cut>();
  for (const trace of changed.size === 0 ? [] : now) addCuts(trace, changed, cuts);
  return [...cuts.values()].sort((a, b) => b.excess - a.excess || (a.service < b.service ? -1 : 1));
}

/** By service and operation, how many executions made which calls. */
type Shapes = ReadonlyMap<string, OperationShapes>;
type OperationShapes = Readonly<{ times: Map<string, number>; values: string[]; atUs: number[] }>;

function shapesOf(traces: readonly Trace[]): Shapes {
  const operations = new Map<string, OperationShapes>();
  for (const trace of traces) {
    for (let span = 0; span < trace.spanCount; span += 1) {
      const key = keyOf(trace, span);
      const known = operations.get(key) ?? { times: new Map<string, number>(), values: [], atUs: [] };
      operations.set(key, known);
      const shape = shapeOf(trace, span);
      known.times.set(shape, (known.times.get(shape) ?? 0) + 1);
      known.values.push(shape);
      known.atUs.push(trace.startEpochUs + trace.startUs(span));
    }
  }
  return operations;
}

/** Clients name each call by its method alone: whom it calls makes it another operation. */
function keyOf(trace: Trace, span: SpanIndex): string {
  const called = trace.kind(span) === 'client' ? callee(trace, span) : '';
  return `${trace.service(span)}${STEP}${operationName(trace, span)}${STEP}${called}`;
}

/** Its callees, each once, in the order of their first calls. */
function shapeOf(trace: Trace, span: SpanIndex): string {
  if (trace.childCount(span) === 0) return '';
  const steps = new Set<string>();
  for (const child of trace.children(span)) {
    if (!HANDLER.test(trace.operation(child)))
      steps.add(`${trace.service(child)}\t${operationName(trace, child)}${STEP}`);
  }
  return [...steps].join('');
}

/** By service, operation and shape: the beginnings of healthy executions that became more frequent. */
type Changed = ReadonlyMap<string, Change>;
/** `excessShare`: the share of these executions that the baseline does not have. */
type Change = Readonly<{ isSure: boolean; isNew: boolean; excessShare: number; chance: number }>;

function changedShapes(before: Shapes, now: Shapes): Changed {
  const changed = new Map<string, Change>();
  const compared: Pick<Compared, 'least'>[] = [];
  for (const [key, operation] of now) {
    const old = before.get(key);
    if (old === undefined || !canBeTold(old) || !canBeTold(operation)) continue;
    for (const shape of operation.times.keys()) {
      if (!isBeginning(shape, old.times)) continue;
      const counts = countsOf(shape, old, operation);
      compared.push(chanceOfRise(...counts));
      const change = changeOf(shape, counts, [old, operation]);
      if (change !== undefined) changed.set(key + STEP + shape, change);
    }
  }
  const comparisons = comparisonsOf(compared);
  for (const [key, change] of changed) changed.set(key, { ...change, chance: chanceAmong(change.chance, comparisons) });
  return changed;
}

function countsOf(shape: string, old: OperationShapes, fresh: OperationShapes): [before: Counted, now: Counted] {
  const counted = ({ times, values }: OperationShapes): Counted => [times.get(shape) ?? 0, values.length];
  return [counted(old), counted(fresh)];
}

function canBeTold({ values, times }: OperationShapes): boolean {
  return values.length >= FEWEST && times.size <= MOST_SHAPES;
}

function changeOf(
  shape: string,
  [before, now]: readonly [Counted, Counted],
  samples: readonly OperationShapes[],
): Change | undefined {
  const rise = now[0] / now[1] - before[0] / before[1];
  if (rise <= 0) return undefined;
  const pooled = (now[0] + before[0]) / (now[1] + before[1]);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / now[1] + 1 / before[1]));
  const deviations = rise / (error * Math.sqrt(dispersionOf(samples, (one) => one === shape)));
  const isSure = deviations > STANDARD_ERRORS;
  const isLikely = riseInNats(before, now) >= NATS;
  if (!isSure && !isLikely) return undefined;
  const chance = Math.max(chanceBeyond(deviations), chanceOfRise(before, now).chance);
  return { isSure, isNew: before[0] === 0, excessShare: (rise * now[1]) / now[0], chance };
}

/** Whether healthy executions begin like this and continue. */
function isBeginning(shape: string, healthy: ReadonlyMap<string, number>): boolean {
  for (const other of healthy.keys()) if (other.length > shape.length && other.startsWith(shape)) return true;
  return false;
}

/** Adds each certain cut at the deepest execution that its last call leads to. */
function addCuts(trace: Trace, changed: Changed, cuts: Map<string, Cut>): void {
  const isTold = new Set<SpanIndex>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const cut = changed.get(keyOf(trace, span) + STEP + shapeOf(trace, span));
    if (cut === undefined || !cut.isSure || isTold.has(span)) continue;
    let deepest = span;
    for (let at = lastStep(trace, span); at !== undefined; at = lastStep(trace, at)) {
      if (!changed.has(keyOf(trace, at) + STEP + shapeOf(trace, at))) continue;
      deepest = at;
      isTold.add(at);
    }
    const last = lastStep(trace, deepest);
    add(cuts, {
      service: trace.service(deepest),
      operation: operationName(trace, deepest),
      last: last === undefined ? '' : answererOf(trace, last),
      excess: cut.excessShare,
      newExcess: cut.isNew ? cut.excessShare : 0,
      refused: isRefused(trace, deepest) ? cut.excessShare : 0,
      chance: cut.chance,
    });
  }
}

function isRefused(trace: Trace, span: SpanIndex): boolean {
  const status = trace.httpStatus(span);
  return status >= 400 && status < 500;
}

function add(cuts: Map<string, Cut>, cut: Cut): void {
  const key = [cut.service, cut.operation, cut.last].join(STEP);
  const known = cuts.get(key);
  if (known === undefined) cuts.set(key, { ...cut });
  else
    cuts.set(key, {
      ...known,
      excess: known.excess + cut.excess,
      newExcess: known.newExcess + cut.newExcess,
      refused: known.refused + cut.refused,
      chance: Math.min(known.chance, cut.chance),
    });
}

function lastStep(trace: Trace, span: SpanIndex): SpanIndex | undefined {
  return trace.children(span).findLast((child) => !HANDLER.test(trace.operation(child)));
}

/** The service that answers a call, or that does the work of another span. */
function answererOf(trace: Trace, span: SpanIndex): string {
  const answerer = trace.childCount(span) === 1 ? trace.firstChild(span) : undefined;
  return answerer === undefined ? callee(trace, span) || trace.service(span) : trace.service(answerer);
}
