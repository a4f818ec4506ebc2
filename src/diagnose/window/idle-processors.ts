/**
 * Services whose processor works more, has room left, and is not the reason for what people suffer.
 *
 *   web        its processor works at 79 % of the limit: it repeats failed calls
 *   shipping   20 of 60 requests fail here: “provider is under maintenance”
 *   ──► the processor of web leads to no such failure
 */
import type { CallGraph } from '#diagnose/window/call-graph.ts';
import type { Headroom } from '#diagnose/window/headroom.ts';
import { NEWS_NATS } from '#diagnose/window/log-switches.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Finding } from '#model/finding/finding.ts';
import { FAILURE_KINDS, type FailureKind } from '#model/logs/complaint.ts';

/** As a share of the limit. Above it, work begins to wait. */
export const BUSY = 0.9;
/** A processor that lost half of its headroom has far more to do. A share of the headroom. */
export const MUCH_USED = 0.5;

type Signs = Pick<WindowSigns, 'headroom' | 'filled' | 'failures' | 'requests'>;

/**
 * A service counts if it refuses requests, if a service that it waits for says why calls fail there, or if only the answers
 * of others take longer while its processor has little more to do.
 */
export function idleProcessors(signs: Signs, seen: readonly Finding[], calls: CallGraph): ReadonlySet<string> {
  const refusing = new Set(seen.filter(({ facts }) => facts.form === 'refused').map(({ service }) => service));
  const failing = new Set(signs.failures.filter(saysWhy).map(({ service }) => service));
  const slow = new Set(seen.filter(({ facts }) => facts.isFelt === true).map(({ service }) => service));
  const isAbove = ({ service }: Headroom) => [...failing].some((callee) => calls.waitsFor(service, callee));
  const isBeside = ({ service, share }: Headroom) =>
    signs.requests === 0 && slow.size > 0 && !slow.has(service) && share < MUCH_USED;
  const idle = signs.headroom.filter((one) => {
    if (one.now >= BUSY) return false;
    if (refusing.has(one.service)) return true;
    return !signs.filled.has(one.service) && (isAbove(one) || isBeside(one));
  });
  return new Set(idle.map(({ service }) => service));
}

/** More calls of a busy service lead to these. */
const OF_LOAD: readonly FailureKind[] = ['timeout', 'capacity', 'slow', 'memory', 'refused'];

/** New failures that say what is wrong, and that no number of calls leads to. */
function saysWhy({ said, nats }: WindowSigns['failures'][number]): boolean {
  return said !== '' && nats >= NEWS_NATS && !OF_LOAD.some((kind) => FAILURE_KINDS[kind].test(said));
}
