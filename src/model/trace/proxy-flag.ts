/** What a proxy's flag for the end of a request says. */

/**
 * `upstream`: the called service failed, and the proxy only reports it. `proxy`: its configuration, or the proxy
 * itself. `breaker`: its circuit breaker refused the call. `refusal`: it refused the request as configured.
 * `injection`: a test. `client`: the client left, or sent something wrong.
 */
export type FlagBlame = 'upstream' | 'proxy' | 'breaker' | 'refusal' | 'injection' | 'client';

export type ProxyFlag = Readonly<{
  /** As Envoy's `%RESPONSE_FLAGS%` has it; with `haproxy:` before a state of HAProxy. */
  flag: string;
  /** As `%RESPONSE_FLAGS_LONG%` has it. */
  long: string;
  blames: FlagBlame;
  /** In the proxy's words. */
  says: string;
  /** A clause about the proxy, its upstream and its client: `reviews has no healthy host`. */
  clause: (proxy: string, upstream: string, client: string) => string;
  timedOut?: true;
}>;
