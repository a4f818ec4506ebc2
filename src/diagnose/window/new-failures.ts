/** Where requests fail that did not fail before: of how many requests more than in health a failure begins in an operation. */
import { type Counted, riseInNats } from '#diagnose/window/samples.ts';
import type { Trace } from '#model/trace.ts';

export type NewFailure = Readonly<{
  service: string;
  operation: string;
  before: Counted;
  now: Counted;
  /** How many requests more than in health. */
  excess: number;
  /** How much more probable it is that failures became more frequent than that chance did it, as a logarithm. */
  nats: number;
}>;

/** The most excess first. */
export function newFailures(before: readonly Trace[], now: readonly Trace[]): readonly NewFailure[] {
  const old = originsOf(before);
  const found: NewFailure[] = [];
  for (const [key, { service, operation, times }] of originsOf(now)) {
    const was: Counted = [old.get(key)?.times ?? 0, before.length];
    const is: Counted = [times, now.length];
    const nats = riseInNats(was, is);
    const excess = before.length === 0 ? times : times - (was[0] / was[1]) * now.length;
    if (nats > 0 && excess > 0) found.push({ service, operation, before: was, now: is, excess, nats });
  }
  return found.sort((a, b) => b.excess - a.excess || (a.service < b.service ? -1 : 1));
}

type Origin = Readonly<{ service: string; operation: string }> & { times: number };

/** By service and operation, in how many traces the first failure began there. */
function originsOf(traces: readonly Trace[]): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const trace of traces) {
    const span = trace.errorOrigins[0]?.spans[0];
    if (span === undefined) continue;
    const [service, operation] = [trace.service(span), trace.operation(span)];
    const key = `${service}\n${operation}`;
    const known = origins.get(key);
    if (known === undefined) origins.set(key, { service, operation, times: 1 });
    else known.times += 1;
  }
  return origins;
}
