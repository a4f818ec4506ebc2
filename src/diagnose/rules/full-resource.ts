import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import type { Trace } from '#model/trace/trace.ts';
import { behind } from '#model/trace/views/behind.ts';

/** Findings that a full CPU can explain: time without a span, a wait inferred from a gap, work slower than usual. */
const OF_CPU: ReadonlySet<string> = new Set([
  'unexplained-gap',
  'bottleneck',
  'pool-exhaustion',
  'slower-than-baseline',
]);

/**
 * The CPU of a service was at its limit while the request spent time there and no span shows why. The gap shows that
 * the time is lost in this service, and the metric shows what work there waits for: two independent signs.
 */
export function fullResource({ trace, cause, effect }: Pair): boolean {
  if (cause.detector !== 'resource-saturation' || cause.facts.resource !== 'CPU' || cause.facts.critical !== true)
    return false;
  if (!OF_CPU.has(effect.detector) || (effect.detector === 'pool-exhaustion' && effect.inferred !== true)) return false;
  // Between a caller and its callee lies the network, and a query runs on another machine: not the CPU of the caller.
  if (String(effect.facts.callee ?? '') !== '') return false;
  if (effect.detector === 'slower-than-baseline' && !isOwnWork(trace, effect)) return false;
  return isSameService(cause.service, effect.service) || behind(trace).machines.includes(String(cause.facts.instance));
}

function isOwnWork(trace: Trace, { spans: [first = trace.root] }: Finding): boolean {
  return trace.kind(first) !== 'client' && !trace.isDatabaseCall(first);
}
