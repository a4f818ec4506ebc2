/**
 * What may lie behind the failure or the length of a request: the services on its failing paths and on its critical
 * path, their callers, what they call, and the machines that they run on. Changes, metrics and pods of anything else say nothing about
 * the request.
 */
import { CONNECTION_CUT, CONNECTION_REFUSED } from '#model/instruments/cut-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { canonicalText } from '#model/trace/semconv.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { criticalPath } from '#model/trace/views/critical-path.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';

export type Behind = Readonly<{
  /** Services and stores, the deepest of a failing path first, then by their time on the critical path. */
  services: readonly string[];
  /** Pods, hosts and nodes of these services. */
  machines: readonly string[];
  /** Callees whose connection broke or was refused. */
  broken: readonly string[];
  /** Databases that their statements name, and the systems that hold them: `billing`, `postgresql`. */
  databases: readonly string[];
}>;

/** A store asks its sources for so many services at most; more stand for the whole system. */
const MOST_SERVICES = 12;

/** A service with less of the critical path has nothing to do with its length. */
const LEAST_SHARE = 0.05;

export const behind = view((trace): Behind => {
  if (trace.spanCount === 0) return { services: [], machines: [], broken: [], databases: [] };
  const spans = [...failing(trace), ...holding(trace)];
  const services = new Set<string>();
  for (const span of spans)
    for (const name of [callee(trace, span), trace.service(span)]) services.add(plainName(name));
  services.delete('');
  return {
    services: [...services].slice(0, MOST_SERVICES),
    machines: machinesOf(trace, spans),
    broken: brokenCallees(trace),
    databases: databasesOf(trace, spans),
  };
});

function failing(trace: Trace): SpanIndex[] {
  return errorOrigins(trace).flatMap(({ spans, path }) => [...spans.slice(0, 1), ...path]);
}

/** Spans that the critical path passes through, by the time that it spends in their service. */
function holding(trace: Trace): SpanIndex[] {
  const steps = criticalPath(trace);
  const ownUs = new Map<string, number>();
  for (const { span, startUs, endUs } of steps) {
    const service = trace.service(span);
    ownUs.set(service, (ownUs.get(service) ?? 0) + endUs - startUs);
  }
  const leastUs = LEAST_SHARE * trace.durationOfUs(trace.root);
  const isLong = (span: SpanIndex) => (ownUs.get(trace.service(span)) ?? 0) >= leastUs;
  const first = new Map<string, SpanIndex>();
  for (const { span } of steps) {
    const key = `${trace.service(span)}\n${trace.peer(span)}`;
    if (isLong(span) && !first.has(key)) first.set(key, span);
  }
  const timeOf = (span: SpanIndex) => ownUs.get(trace.service(span)) ?? 0;
  const held = [...first.values()].sort((a, b) => timeOf(b) - timeOf(a) || a - b);
  return [...held, ...held.flatMap((span) => callersOf(trace, span))];
}

/** The spans above, of other services: what they ask for may be what takes the time. */
function callersOf(trace: Trace, span: SpanIndex): SpanIndex[] {
  const callers: SpanIndex[] = [];
  let below = span;
  for (let above = trace.parent(span); above !== undefined; above = trace.parent(above)) {
    if (!trace.isOfOneService(above, below)) callers.push(above);
    below = above;
  }
  return callers;
}

const MACHINES = ['k8s.pod.name', 'k8s.node.name', 'host.name', 'host.id', 'container.id', 'service.instance.id'];

function machinesOf(trace: Trace, spans: readonly SpanIndex[]): readonly string[] {
  const resources = new Set(spans.map((span) => trace.resource(span)));
  const names = new Set([...resources].flatMap((of) => MACHINES.map((name) => canonicalText(of, name))));
  names.delete('');
  return [...names];
}

function databasesOf(trace: Trace, spans: readonly SpanIndex[]): readonly string[] {
  const calls = spans.filter((span) => trace.isDatabaseCall(span));
  const names = new Set(
    calls.flatMap((span) => [trace.text(span, 'db.namespace'), trace.text(span, 'db.system.name')]),
  );
  names.delete('');
  return [...names];
}

function brokenCallees(trace: Trace): readonly string[] {
  const broken = new Set<string>();
  for (const { spans } of errorOrigins(trace)) {
    const [span] = spans;
    if (span === undefined) continue;
    const texts = failureTexts(trace, span, NO_LINES);
    if (!texts.some(({ text }) => CONNECTION_CUT.test(text) || CONNECTION_REFUSED.test(text))) continue;
    const called = [span, ...trace.children(span)].filter((each) => trace.isCall(each));
    for (const each of called) broken.add(plainName(callee(trace, each)));
  }
  broken.delete('');
  return [...broken];
}

/** The first label of a host: `redis-cart.shop.svc:6379` is `redis-cart`. An address stays as it is. */
function plainName(name: string): string {
  if (/^\[?[\da-f]*[:.]|^\d{1,3}(?:\.\d{1,3}){3}/i.test(name) && /^[\d[]/.test(name)) return name.replace(/:\d+$/, '');
  return /^[\w-]+(?:\.[\w.-]+)?:\d+$|\.svc\b|\.local\b|\.internal\b/.test(name) ? name.replace(/[.:].*$/s, '') : name;
}
