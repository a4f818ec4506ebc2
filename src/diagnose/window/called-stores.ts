/** The databases and caches that requests call, by every name that metrics may use for them. */
import type { Trace } from '#model/trace/trace.ts';

/** Names in lower case and without a port. A store that sends spans of its own is a service, and no store here. */
export function calledStores(traces: readonly Trace[]): ReadonlySet<string> {
  const services = new Set(traces.flatMap((trace) => trace.services));
  const names = traces.flatMap(storesOf).filter((name) => name !== '' && !services.has(name));
  return new Set(names.map(plainStore));
}

function storesOf(trace: Trace): readonly string[] {
  const addresses = new Map<string, string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const peer = trace.peer(span);
    if (trace.isDatabaseCall(span) && !addresses.has(peer)) addresses.set(peer, trace.text(span, 'server.address'));
  }
  return [...addresses.keys(), ...addresses.values()];
}

/** `Orders-DB:9104` is `orders-db`: exporters listen on a port of their own. */
export function plainStore(name: string): string {
  return name.toLowerCase().replace(/:\d{1,5}$/, '');
}
