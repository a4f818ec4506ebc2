/**
 * HAProxy's termination states: what each says, and whose failure it is. The first letter is the reason, the second the
 * phase in which the request ended; a small letter is a time limit. Two more are about cookies.
 * https://docs.haproxy.org/3.2/configuration.html#8.5
 */
import type { FlagBlame, ProxyFlag } from '#model/trace/proxy-flag.ts';

/** Sets these states apart from Envoy's flags: `haproxy:sQ`. */
const HAPROXY = 'haproxy:';

const STATES: readonly ProxyFlag[] = [
  row('sQ', 'upstream', 'its time in the queue ended: all slots were in use', (_, up) => `${up} has no free slot`),
  row('sC', 'upstream', 'connect timeout', (_, up) => `${up} accepts no connection in time`, true),
  row('SC', 'upstream', 'the server refused the connection', (_, up) => `${up} accepts no connection`),
  row('sH', 'upstream', 'server timeout before the response', (_, up) => `${up} did not answer in time`, true),
  row('SH', 'upstream', 'the server closed before the response', (_, up) => `${up} closed the connection too early`),
  row('sD', 'upstream', 'server timeout during the response', (_, up) => `${up} stopped sending its answer`, true),
  row('SD', 'upstream', 'connection to the server died', (_, up) => `${up} cut off its answer`),
  row('PH', 'upstream', 'response blocked as invalid', (_, up) => `${up} sent an answer that breaks the protocol`),
  row('PC', 'proxy', 'limit of connections of the proxy', (proxy) => `${proxy} has no free connection`),
  row('RC', 'proxy', 'local resource exhausted', (proxy) => `${proxy} has no free socket, port or memory`),
  row('PR', 'refusal', 'request blocked by the proxy', (proxy) => `${proxy} refuses this request`),
  row('PT', 'refusal', 'request held back by the proxy', (proxy) => `${proxy} refuses this request`),
  row('PD', 'client', 'request with wrong chunks', (_, __, client) => `${client} broke the protocol`),
  row('cR', 'client', 'the request did not come in time', (_, __, client) => `${client} sent no whole request`),
  row('cH', 'client', 'the body did not come in time', (_, __, client) => `${client} sent no whole request`),
  row('cD', 'client', 'the client took no data in time', (_, __, client) => `${client} stopped reading`),
  ...['CR', 'CQ', 'CC', 'CH', 'CD', 'CT'].map((state) =>
    row(state, 'client', 'aborted by the client', () => 'the client left'),
  ),
];

function row(state: string, blames: FlagBlame, says: string, clause: ProxyFlag['clause'], timedOut = false): ProxyFlag {
  const name = `${HAPROXY}${state}`;
  return { flag: name, long: name, blames, says, clause, ...(timedOut && { timedOut: true }) };
}

const BY_STATE: ReadonlyMap<string, ProxyFlag> = new Map(STATES.map((state) => [state.flag, state]));

/** Of `haproxy:sQ` or `sQ--`, whose case counts. Undefined for a request that ended as it should. */
export function haproxyState(value: string): ProxyFlag | undefined {
  return BY_STATE.get(`${HAPROXY}${value.replace(HAPROXY, '').slice(0, 2)}`);
}

export function isHaproxyState(flag: string): boolean {
  return flag.startsWith(HAPROXY);
}
