import { LEAST_SHARE } from '#diagnose/rules/loops.ts';
import type { Finding } from '#model/finding/finding.ts';

/**
 * For each detector, the detectors that say less about the same calls: that they are many, or that they wait for each
 * other. A fan-out over the elements of a list is an N+1; without a list only the number of calls is known. Cache
 * misses explain why items are read one by one.
 */
const MORE_SPECIFIC: Readonly<Record<string, readonly string[]>> = {
  'n-plus-one-queries': ['fan-out', 'sequential-calls'],
  'n-plus-one-calls': ['fan-out', 'sequential-calls'],
  'fan-out': ['n-plus-one-calls', 'sequential-calls'],
  'cache-miss-cascade': ['n-plus-one-queries', 'n-plus-one-calls', 'fan-out', 'sequential-calls'],
};

export function isMoreSpecific(cause: Finding, effect: Finding, findings: readonly Finding[]): boolean {
  if (MORE_SPECIFIC[cause.detector]?.includes(effect.detector) !== true) return false;
  if (cause.detector === 'fan-out' && effect.detector === 'n-plus-one-calls' && isLoop(effect, cause)) return false;
  if (cause.detector === 'n-plus-one-calls' && effect.detector === 'fan-out' && !isLoop(cause, effect)) return false;
  // Several findings of a kind cover the same calls together.
  const alike = findings.filter(({ detector }) => detector === cause.detector);
  const ofAll = new Set(alike.flatMap(({ spans }) => spans));
  const own = new Set(cause.spans);
  const shared = effect.spans.filter((span) => ofAll.has(span));
  return shared.length >= LEAST_SHARE * effect.spans.length && shared.some((span) => own.has(span));
}

/** Over the elements of a list, or all calls of the fan one after another at one operation: element by element. */
function isLoop({ facts }: Finding, { facts: fan }: Finding): boolean {
  return facts.list !== '' || (fan.chatty !== true && fan.atOnce === 1 && fan.calls === facts.calls);
}
