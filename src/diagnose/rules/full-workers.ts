/**
 * A caller gave up, and its callee says that all its workers were taken: the request waited there longer than it was
 * worked on.
 *
 *   [ GET /carts  proxy  504                        ]
 *    ~~~~~~~~~~ waits for a worker ~~~~~[ GET /carts ]  shop
 *       · "server reached pm.max_children"              a line of shop
 */
import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';

/** RFC 9110: a gateway that got no answer in time. */
const GAVE_UP = /^504\b/;

/** Undefined where the failure is of another kind, or where somebody says more about it. */
export function fullWorkers({ trace, cause, effect }: Pair): boolean | undefined {
  const [callee] = cause.spans;
  if (callee === undefined || effect.detector !== 'error-origin' || !isWaitForWorkers(cause)) return undefined;
  const { message, reason, status } = effect.facts;
  const isSilent = (message ?? '') === '';
  if (reason !== 'timeout' && !(isSilent && GAVE_UP.test(String(status)))) return undefined;
  const caller = trace.parent(callee);
  if (caller === undefined || !effect.spans.includes(caller) || trace.isOfOneService(callee, caller)) return undefined;
  return Number(cause.facts.waitUs) >= trace.durationOfUs(callee) ? true : undefined;
}

function isWaitForWorkers({ detector, facts }: Finding): boolean {
  return detector === 'pool-exhaustion' && facts.pool === 'work' && facts.guessed !== true;
}
