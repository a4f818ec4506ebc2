import { isFailure } from '#diagnose/finding-kinds.ts';
import type { Pair } from '#diagnose/rules/pair.ts';
import type { Finding } from '#model/finding/finding.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { CONNECTION_CUT, CONNECTION_REFUSED } from '#model/instruments/cut-words.ts';
import { TASK_VANISHED } from '#model/instruments/kill-words.ts';
import { epochUsOf, NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import { isGeneratedHost, namesInHost } from '#model/trace/service-names.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calledName } from '#model/trace/views/called-host.ts';
import { failureTexts, saysTimedOut } from '#model/trace/views/failure-text.ts';

/**
 * How a failure shows that its callee was killed.
 *
 *  words    the caller's connection broke or was refused
 *  time     the call failed or timed out at that time, without such words
 */
export type KilledCallee = Readonly<{ service: string; shownBy: 'words' | 'time' }>;

/**
 * A process that is killed breaks the connections of its callers. Their spans record the failure, and its own last span
 * is lost with it: so the process is to blame, not the caller. The finding about the process may come from its
 * platform, its own log, or the log of its machine.
 */
export function killedCallee({ trace, cause, effect, detectors }: Pair): KilledCallee | undefined {
  if (!isOfKill(cause) || !isFailure(effect.detector, detectors) || effect.facts.refused === true) return undefined;
  if (Number(effect.facts.rivals ?? 0) > 0 || effect.facts.isBeside === true) return undefined;
  for (const span of effect.spans.slice(0, MOST_READ)) {
    const service = killedBelow(trace, span, effect, cause);
    const shownBy = service === undefined ? undefined : signOf(trace, span, effect);
    if (service !== undefined && shownBy !== undefined && !namesOwnReason(effect, service, shownBy))
      return { service, shownBy };
  }
  return undefined;
}

/** The process of a task vanished, and during the task one was killed. Only where no other was: nothing else joins them. */
export function killedWorker({ trace, cause, effect, detectors }: Pair): KilledCallee | undefined {
  if (
    !isOfKill(cause) ||
    !isFailure(effect.detector, detectors) ||
    !TASK_VANISHED.test(String(effect.facts.message ?? ''))
  )
    return undefined;
  const [span = trace.root] = effect.spans;
  const kills = (cause.evidence ?? []).filter(({ kind }) => kind === 'log');
  const isDuring = kills.some(({ ref }) => {
    const atUs = epochUsOf({ timeNs: ref }) - trace.startEpochUs;
    return atUs >= trace.startUs(span) && atUs <= trace.endUs(span);
  });
  return isDuring ? { service: cause.service, shownBy: 'time' } : undefined;
}

/** Its processes were not killed: they cannot start, or nobody wants them. */
export function isNeverUp({ detector }: Pick<Finding, 'detector'>): boolean {
  return detector === 'image-pull' || detector === 'pod-pending' || detector === 'workload-scaled-to-zero';
}

/** Attempts of one call say the same. */
const MOST_READ = 5;

export function isOfKill({ detector, facts }: Finding): boolean {
  if (detector === 'resource-exhausted') return facts.resource === 'memory';
  if (isNeverUp({ detector })) return facts.ready === 0;
  return detector === 'oom-killed' || detector === 'crash-loop';
}

/** The service whose process was killed, if the span calls it, ran in it, or contains a call to it. */
function killedBelow(trace: Trace, span: SpanIndex, { facts }: Finding, cause: Finding): string | undefined {
  const called = new Set([String(facts.callee ?? ''), ...namesOfCalled(trace, span)]);
  for (const child of trace.children(span)) {
    if (trace.isCall(child)) for (const name of namesOfCalled(trace, child)) called.add(name);
    if (isUnansweredBehindProxy(trace, span, child)) called.add(trace.service(child));
  }
  called.add(trace.service(span));
  called.delete('');
  for (const name of called)
    if (isIts(trace, name, cause)) return trace.services.includes(name) ? name : spelledBy(cause, name);
  return undefined;
}

/** Its own log spells the name of a service without spans better than an address or a method does. */
function spelledBy({ service }: Finding, name: string): string {
  return isCalledBy(service, name) ? service : name;
}

/** The name is that of the service, or a host of its platform: `picking-7f3k2-ew.a.run.app` of `picking`. */
function isCalledBy(service: string, name: string): boolean {
  if (isSameService(service, name)) return true;
  return isGeneratedHost(name) && namesInHost(name).some((one) => isSameService(service, one));
}

/** Clients of gRPC often record no address: then the parts of the method's service are its names, as `shop.cart.v1.Cart`. */
function namesOfCalled(trace: Trace, call: SpanIndex): readonly string[] {
  const name = calledName(trace, call);
  return name === '' && trace.kind(call) === 'client' ? trace.text(call, 'rpc.service').split('.') : [name];
}

/** The proxy made no span for its call, and the span behind it ended without an answer, or never came: only its calls did. */
function isUnansweredBehindProxy(trace: Trace, span: SpanIndex, child: SpanIndex): boolean {
  if (trace.kind(span) !== 'server') return false;
  if (trace.kind(child) === 'client') return !trace.isOfOneService(span, child);
  return trace.kind(child) === 'server' && trace.httpStatus(child) === 0;
}

/** The finding names the service, one of its machines or pods, or quotes a line with its name. */
function isIts(trace: Trace, service: string, { service: named, facts }: Finding): boolean {
  if (isCalledBy(named, service)) return true;
  if (trace.services.some((other) => isSameService(other, named))) return false;
  return machinesOf(trace, service).has(named) || namesProcess(String(facts.said ?? ''), service);
}

function machinesOf(trace: Trace, service: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (let span = 0; span < trace.spanCount && names.size === 0; span += 1) {
    if (trace.service(span) !== service) continue;
    for (const name of ['k8s.pod.name', 'container.name', 'container.id'])
      names.add(canonicalText(trace.resource(span), name));
  }
  names.delete('');
  return names;
}

/** `Killed process 4121 (stock)`, `stock-1 exited with code 137` */
function namesProcess(said: string, service: string): boolean {
  const words = said.split(/[^\w.-]+/).map((word) => word.replace(/[-_.]\w{1,12}$/, ''));
  return [...words, ...said.split(/[^\w.-]+/)].some((word) => isSameService(word, service));
}

function signOf(trace: Trace, span: SpanIndex, { detector, facts }: Finding): KilledCallee['shownBy'] | undefined {
  const own = failureTexts(trace, span, NO_LINES).map(({ text }) => text);
  const texts = [...own, String(facts.message ?? ''), String(facts.said ?? '')];
  if (texts.some((text) => CONNECTION_CUT.test(text) || CONNECTION_REFUSED.test(text) || NO_INSTANCE.test(text)))
    return 'words';
  if (detector === 'timeout-cascade' || texts.some((text) => saysTimedOut(trace, span, text))) return 'time';
  const status = trace.httpStatus(span);
  return status === 502 || status === 503 || texts.every((text) => text === '') ? 'time' : undefined;
}

/** Envoy, Traefik and Kubernetes’ own proxies, where no instance of the callee is ready. */
const NO_INSTANCE = /\bno healthy upstream\b|\bno available server\b|\bno endpoints available\b/i;

/** The killed service failed with its own message: that message is the reason, so the kill does not explain it. */
function namesOwnReason({ service, facts }: Finding, killed: string, shownBy: KilledCallee['shownBy']): boolean {
  return service === killed && shownBy !== 'words' && String(facts.message ?? '') !== '';
}
