/**
 * Where new failures begin: for each operation, in how many more requests than in the baseline a failure begins there.
 */
import { quantile } from 'simple-statistics';
import { once } from '#core/memoize.ts';
import { isUnanswered } from '#diagnose/unseen.ts';
import { chanceAmong, chanceOfRise, comparisonsOf } from '#diagnose/window/chance.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { maskedText } from '#model/logs/log-template-mask.ts';
import { type EarlyTimeouts, type EarlyTimeoutsOf, earlyTimeouts } from '#model/requests/early-timeouts.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureStatus, failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';
import { operationName } from '#model/trace/views/operation-name.ts';

export type NewFailure = Readonly<{
  service: string;
  operation: string;
  /** What most of them say where they begin; empty where that is nothing. */
  said: string;
  /** With which status most of them begin: `503 Service Unavailable`; empty where they differ. */
  status: string;
  before: Counted;
  now: Counted;
  /** The calls of another service that end too early there, where most failures are of these. */
  early?: EarlyTimeouts | undefined;
  /** Most of them are calls of a service that sent no span. */
  isUnanswered: boolean;
  /** The service that answers most of them after its caller gave up, and answered in time before; else empty. */
  late: string;
  /** How many more requests than in the baseline. */
  excess: number;
  /** How much more probable a rise of the failure rate is than chance, as a logarithm. */
  nats: number;
  /** The chance that any one of all operations fails this much more often. */
  chance: number;
}>;

/** The most excess first. */
export function newFailures(
  before: readonly Trace[],
  now: readonly Trace[],
  logs: readonly LogLine[],
): readonly NewFailure[] {
  const old = originsOf(before);
  const [ranBefore, ranNow] = [executionsIn(before), executionsIn(now)];
  const fresh = originsOf(now);
  const ranIn = (key: string): readonly [before: number, now: number] => [
    ranBefore.get(key) ?? 0,
    ranNow.get(key) ?? 0,
  ];
  const chances = new Map(
    [...new Set([...old.keys(), ...fresh.keys()])].map((key) => {
      const [ranOld, ranFresh] = ranIn(key);
      return [key, chanceOfRise([old.get(key)?.times ?? 0, ranOld], [fresh.get(key)?.times ?? 0, ranFresh])];
    }),
  );
  const comparisons = comparisonsOf([...chances.values()]);
  const found: NewFailure[] = [];
  const lines = linesBySpan(logs);
  const early = earlyTimeouts(now, before);
  const tookBefore = once(() => longestUsual(before));
  for (const [key, { service, operation, times, began }] of fresh) {
    const was: Counted = [old.get(key)?.times ?? 0, before.length];
    const is: Counted = [times, now.length];
    // Few requests need a rare operation, so compare with its executions.
    const [ranOld, ranFresh] = ranIn(key);
    const nats = Math.max(riseInNats(was, is), riseInNats([was[0], ranOld], [times, ranFresh]));
    const chance = chanceAmong(chances.get(key)?.chance ?? 1, comparisons);
    const excess = before.length === 0 ? times : times - (was[0] / was[1]) * now.length;
    if (nats > 0 && excess > 0)
      found.push({
        ...{ service, operation, ...saidBy(began, lines), early: earlyAmong(began, early) },
        late: lateAmong(began, tookBefore),
        isUnanswered: 2 * began.filter(({ trace, span }) => isUnanswered(trace, span)).length > began.length,
        ...{ before: was, now: is, excess, nats, chance },
      });
  }
  return found.sort((a, b) => b.excess - a.excess || (a.service < b.service ? -1 : 1));
}

type Began = Readonly<{ trace: Trace; span: SpanIndex }>;
type Origin = Readonly<{ service: string; operation: string; began: Began[] }> & { times: number };

/** As many failures show what most of them say. */
const MOST_READ = 100;

function saidBy(all: readonly Began[], lines: LinesBySpan): Pick<NewFailure, 'said' | 'status'> {
  const began = all.slice(0, MOST_READ);
  const texts = began.map(({ trace, span }) => {
    const told = failureTexts(trace, span, lines)[0];
    const line = lines.get(trace.spanId(span))?.find(({ timeNs }) => told?.kind === 'log' && timeNs === told.ref);
    return line === undefined ? (told?.text ?? '') : logMessage(line);
  });
  return { said: mostly(texts), status: mostly(began.map(({ trace, span }) => failureStatus(trace, span))) };
}

function earlyAmong(began: readonly Began[], early: EarlyTimeoutsOf): EarlyTimeouts | undefined {
  const own = began.flatMap(({ trace, span }) => early.of(trace, span) ?? []);
  return 2 * own.length > began.length ? own[0] : undefined;
}

/** By service and operation: nearly all healthy executions end sooner than this, in microseconds. */
function longestUsual(traces: readonly Trace[]): ReadonlyMap<string, number> {
  const took = new Map<string, number[]>();
  for (const trace of traces)
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (trace.kind(span) === 'client') continue;
      const key = keyOf(trace, span);
      const known = took.get(key);
      if (known === undefined) took.set(key, [trace.durationOfUs(span)]);
      else known.push(trace.durationOfUs(span));
    }
  const enough = [...took].filter(([, all]) => all.length >= FEWEST_HEALTHY);
  return new Map(enough.map(([key, all]) => [key, quantile(all, NEARLY_ALL)]));
}

/** Fewer healthy executions do not show how long they take. */
const FEWEST_HEALTHY = 10;
const NEARLY_ALL = 0.95;

function keyOf(trace: Trace, span: SpanIndex): string {
  return `${trace.service(span)}\n${operationName(trace, span)}`;
}

/** A caller that waits less long than before has a limit of its own to blame: then its callee takes as long as ever. */
function lateAmong(began: readonly Began[], tookBefore: () => ReadonlyMap<string, number>): string {
  const late = began.flatMap(({ trace, span }): string[] => {
    if (!trace.isCall(span)) return [];
    const outlived = Array.from(trace.children(span)).find(
      (one) => trace.service(one) !== trace.service(span) && trace.endUs(one) > trace.endUs(span),
    );
    if (outlived === undefined) return [];
    const usual = tookBefore().get(keyOf(trace, outlived));
    return usual !== undefined && trace.durationOfUs(outlived) > usual ? [latest(trace, outlived)] : [];
  });
  const [most = []] = [...Map.groupBy(late, (service) => service).values()].sort((a, b) => b.length - a.length);
  return 2 * most.length > began.length ? (most[0] ?? '') : '';
}

/** As a share of its duration: it did hardly anything but wait for this call. */
const WAITS_FOR = 0.9;

/** The service behind it for which nearly all of its time was spent. */
function latest(trace: Trace, span: SpanIndex): string {
  const waited = Array.from(trace.children(span)).find(
    (one) => trace.durationOfUs(one) >= WAITS_FOR * trace.durationOfUs(span),
  );
  return waited === undefined ? trace.service(span) : latest(trace, waited);
}

/** What more than half of them say, apart from numbers and ids; else empty. */
function mostly(texts: readonly string[]): string {
  const [most = []] = [...Map.groupBy(texts, (text) => maskedText(text)).values()].sort((a, b) => b.length - a.length);
  return 2 * most.length > texts.length ? (most[0] ?? '') : '';
}

/** By service and operation, in how many traces the first failure began there. */
function originsOf(traces: readonly Trace[]): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const trace of traces) {
    const origin = errorOrigins(trace)[0]?.spans[0];
    if (origin === undefined) continue;
    const span = whoRefuses(trace, origin);
    const [service, operation] = [trace.service(span), operationName(trace, span)];
    const key = keyOf(trace, span);
    const known = origins.get(key);
    if (known === undefined) origins.set(key, { service, operation, began: [{ trace, span }], times: 1 });
    else {
      known.began.push({ trace, span });
      known.times += 1;
    }
  }
  return origins;
}

/**
 * A server that refuses for a limit of its own is not marked as failed, and its caller is: the failure begins where the
 * limit is. https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
function whoRefuses(trace: Trace, span: SpanIndex): SpanIndex {
  if (!refusesForLimit(trace, span)) return span;
  const below = Array.from(trace.children(span)).find((one) => refusesForLimit(trace, one));
  return below === undefined ? span : whoRefuses(trace, below);
}

/** google.rpc.Code, and RFC 6585. */
function refusesForLimit(trace: Trace, span: SpanIndex): boolean {
  return trace.text(span, 'rpc.status_code') === 'RESOURCE_EXHAUSTED' || trace.httpStatus(span) === 429;
}

/** By service and operation, in how many traces it ran. */
function executionsIn(traces: readonly Trace[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const trace of traces) {
    const ran = new Set<string>();
    for (let span = 0; span < trace.spanCount; span += 1) ran.add(keyOf(trace, span));
    for (const key of ran) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
