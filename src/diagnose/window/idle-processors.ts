/**
 * Services whose processor works more, has room left, and is not the reason for what people suffer.
 *
 *   web        its processor works at 79 % of the limit: it repeats failed calls
 *   shipping   20 of 60 requests fail here: “provider is under maintenance”
 *   ──► the processor of web leads to no such failure
 *
 *   basket     “trays: upstream connect error”: each new complaint names whom it asked
 *   labels     its processor is full, and it neither fails nor takes longer
 *   ──► trays does not wait for labels, so labels is a bystander
 */
import type { CallGraph } from '#diagnose/window/call-graph.ts';
import type { Headroom } from '#diagnose/window/headroom.ts';
import { isNews, NEWS_NATS } from '#diagnose/window/log-switches.ts';
import type { WindowSigns } from '#diagnose/window/window-signs.ts';
import type { Finding } from '#model/finding/finding.ts';
import { FAILURE_KINDS, type FailureKind } from '#model/logs/complaint.ts';
import { saidCalls } from '#model/logs/said-callees.ts';
import { isOfResources } from '#model/metrics/metric-names.ts';

/** As a share of the limit. Above it, work begins to wait. */
export const BUSY = 0.9;
/** A processor that lost half of its headroom has far more to do. A share of the headroom. */
export const MUCH_USED = 0.5;

type Signs = Pick<WindowSigns, 'headroom' | 'filled' | 'failures' | 'requests'> &
  Partial<Pick<WindowSigns, 'switches'>>;

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
  const isBystander = bystandersOf(signs, seen, calls);
  const idle = signs.headroom.filter((one) => {
    if (isBystander(one.service)) return true;
    if (one.now >= BUSY) return false;
    if (refusing.has(one.service)) return true;
    return !signs.filled.has(one.service) && (isAbove(one) || isBeside(one));
  });
  return new Set(idle.map(({ service }) => service));
}

/**
 * Without requests, new complaints that all name whom they asked show who fails. Who is not asked, and has no trouble of its
 * own, is not the reason.
 */
function bystandersOf(
  { switches = [], requests, headroom }: Signs,
  seen: readonly Finding[],
  calls: CallGraph,
): (service: string) => boolean {
  const news = requests === 0 ? switches.filter(isNews) : [];
  const names = new Set([...seen, ...headroom].map(({ service }) => service));
  const named = news.map(({ example }) => saidCalls([example], names));
  if (news.length === 0 || named.some((own) => own.length === 0)) return () => false;
  const asked = new Set(named.flat().map(({ callee }) => callee));
  const ailing = new Set([
    ...news.map(({ service }) => service),
    ...seen.filter((one) => !isOfProcessor(one)).map(({ service }) => service),
  ]);
  return (service) =>
    !asked.has(service) && !ailing.has(service) && ![...asked].some((callee) => calls.waitsFor(callee, service));
}

function isOfProcessor({ facts }: Finding): boolean {
  return facts.resource === 'CPU' || isOfResources(String(facts.concept ?? ''));
}

/** More calls of a busy service lead to these. */
const OF_LOAD: readonly FailureKind[] = ['timeout', 'capacity', 'slow', 'memory', 'refused'];

/** New failures that say what is wrong, and that no number of calls leads to. */
function saysWhy({ said, nats }: WindowSigns['failures'][number]): boolean {
  return said !== '' && nats >= NEWS_NATS && !OF_LOAD.some((kind) => FAILURE_KINDS[kind].test(said));
}
