/**
 * Envoy's response flags: what each says, and whose failure it is. Envoy, Istio and other meshes record them on spans as
 * `response_flags`, several with commas: `UF,URX`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags
 */

import { haproxyState, isHaproxyState } from '#model/trace/haproxy-states.ts';
import type { FlagBlame, ProxyFlag } from '#model/trace/proxy-flag.ts';

/** `%RESPONSE_CODE_DETAILS%` of a filter that got no verdict of the authorization service and refuses the request. */
export const NO_VERDICT = 'ext_authz_error';

const UNDECIDED = row(
  NO_VERDICT,
  NO_VERDICT,
  'proxy',
  'no verdict of the external authorization service',
  (proxy) => `the authorization service of ${proxy} gave no verdict`,
);

/** Where a span has several flags, the first of this list says most. */
const FLAGS: readonly ProxyFlag[] = [
  UNDECIDED,
  row('NR', 'NoRouteFound', 'proxy', 'no route configured', (proxy) => `${proxy} has no route for this request`),
  row(
    'NC',
    'NoClusterFound',
    'proxy',
    'upstream cluster not found',
    (proxy, up) => `${proxy} does not know the cluster of ${up}`,
  ),
  row(
    'NFCF',
    'NoFilterConfigFound',
    'proxy',
    'no filter configuration found',
    (proxy) => `${proxy} lacks the configuration of a filter`,
  ),
  row(
    'DF',
    'DnsResolutionFailed',
    'proxy',
    'DNS resolution failed',
    (proxy, up) => `${proxy} cannot resolve the address of ${up}`,
  ),
  row(
    'OM',
    'OverloadManagerTerminated',
    'proxy',
    'overload manager terminated the request',
    (proxy) => `${proxy} is overloaded and ended the request`,
  ),
  row(
    'UO',
    'UpstreamOverflow',
    'breaker',
    'upstream overflow, a circuit breaker is open',
    (proxy, up) => `the circuit breaker of ${proxy} refuses calls to ${up}`,
  ),
  row(
    'DO',
    'DropOverLoad',
    'refusal',
    'dropped by the drop-overload policy',
    (proxy, up) => `${proxy} drops requests to spare ${up}`,
  ),
  row('FI', 'FaultInjected', 'injection', 'fault injected', (proxy) => `${proxy} injects a fault on purpose`),
  row('RL', 'RateLimited', 'refusal', 'rate limited', (proxy) => `${proxy} limits the rate of these requests`),
  row(
    'RLSE',
    'RateLimitServiceError',
    'refusal',
    'error in the rate limit service',
    (proxy) => `the rate limit service of ${proxy} failed`,
  ),
  row(
    'UAEX',
    'UnauthorizedExternalService',
    'refusal',
    'denied by the external authorization service',
    (proxy) => `the authorization service of ${proxy} denied the request`,
  ),
  row('UH', 'NoHealthyUpstream', 'upstream', 'no healthy upstream', (_, up) => `${up} has no healthy host`),
  row(
    'UF',
    'UpstreamConnectionFailure',
    'upstream',
    'upstream connection failure',
    (_, up) => `${up} accepts no connection`,
  ),
  row(
    'LH',
    'FailedLocalHealthCheck',
    'upstream',
    'local service failed its health check',
    (_, up) => `${up} fails its health check`,
  ),
  row(
    'UC',
    'UpstreamConnectionTermination',
    'upstream',
    'upstream connection termination',
    (_, up) => `${up} closed the connection too early`,
  ),
  row('UR', 'UpstreamRemoteReset', 'upstream', 'upstream remote reset', (_, up) => `${up} reset the connection`),
  row(
    'UPE',
    'UpstreamProtocolError',
    'upstream',
    'upstream protocol error',
    (_, up) => `${up} sent an answer that breaks the protocol`,
  ),
  {
    ...row(
      'UT',
      'UpstreamRequestTimeout',
      'upstream',
      'upstream request timeout',
      (_, up) => `${up} did not answer in time`,
    ),
    timedOut: true,
  },
  {
    ...row(
      'UMSDR',
      'UpstreamMaxStreamDurationReached',
      'upstream',
      'upstream stream timed out (max duration)',
      (_, up) => `${up} took longer than a stream may last`,
    ),
    timedOut: true,
  },
  row(
    'URX',
    'UpstreamRetryLimitExceeded',
    'upstream',
    'upstream retry limit exceeded',
    (_, up) => `${up} failed at each attempt`,
  ),
  {
    ...row(
      'DT',
      'DurationTimeout',
      'upstream',
      'request timed out (max duration)',
      (_, up) => `${up} took longer than a request may last`,
    ),
    timedOut: true,
  },
  {
    ...row(
      'SI',
      'StreamIdleTimeout',
      'upstream',
      'stream idle timeout',
      (_, up) => `the stream to ${up} was idle for too long`,
    ),
    timedOut: true,
  },
  row('LR', 'LocalReset', 'proxy', 'connection local reset', (proxy, up) => `${proxy} reset its connection to ${up}`),
  row('DI', 'DelayInjected', 'injection', 'delay injected', (proxy) => `${proxy} injects a delay on purpose`),
  row(
    'IH',
    'InvalidEnvoyRequestHeaders',
    'client',
    'invalid value in a strictly checked header',
    (_, __, client) => `${client} sent a header with a wrong value`,
  ),
  row(
    'DPE',
    'DownstreamProtocolError',
    'client',
    'downstream protocol error',
    (_, __, client) => `${client} broke the protocol`,
  ),
  row('DC', 'DownstreamConnectionTermination', 'client', 'downstream connection termination', () => 'the client left'),
  row('DR', 'DownstreamRemoteReset', 'client', 'downstream remote reset', () => 'the client left'),
];

function row(flag: string, long: string, blames: FlagBlame, says: string, clause: ProxyFlag['clause']): ProxyFlag {
  return { flag, long, blames, says, clause };
}

const BY_NAME: ReadonlyMap<string, ProxyFlag> = new Map(
  FLAGS.flatMap((flag) => [
    [flag.flag.toLowerCase(), flag],
    [flag.long.toLowerCase(), flag],
  ]),
);

/** More flags on one span say no more. */
const MOST_FLAGS = 8;

/**
 * The known flags of a recorded value, the one that says most first. `RFCF`, an answer from a cache, is no failure.
 * `haproxy:sQ` is a state of HAProxy.
 */
export function proxyFlags(value: string): readonly ProxyFlag[] {
  if (value === '' || value === '-') return [];
  if (isHaproxyState(value)) return [haproxyState(value) ?? []].flat();
  const known = new Set(value.split(',', MOST_FLAGS).map((name) => BY_NAME.get(name.trim().toLowerCase())));
  return FLAGS.filter((flag) => known.has(flag));
}

/**
 * The same, beside the status and the details of the answer. Envoy also refuses a request because it got no verdict of
 * the authorization service: with `status_on_error`, which may be 403, and the detail `ext_authz_error`. A verdict of
 * its own is no 5xx.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/ext_authz/v3/ext_authz.proto
 */
export function proxyFlagsOf(value: string, status: number, details: string): readonly ProxyFlag[] {
  const flags = proxyFlags(value);
  if (status < 500 && details !== NO_VERDICT) return flags;
  return flags.map((flag) => (flag.flag === 'UAEX' ? UNDECIDED : flag));
}

/** Clusters of Istio that stand for no service. */
const NO_SERVICE = /^(?:-?$|PassthroughCluster|InboundPassthroughCluster|BlackHoleCluster|inbound[|_])/;

/** `outbound-9080--reviews`. With a subset, nothing says where its name ends and that of the service begins. */
const DASHED = /^outbound-\d{1,5}--?([a-z].{0,252})$/i;
/** `outbound_9080_v2_reviews`: no name of Kubernetes has an underscore. */
const UNDERSCORED = /^outbound_\d{1,5}_(?:[\w.-]{0,100}_)?([a-z][a-z\d.-]{0,252})$/i;

/**
 * The service that a proxy's cluster names: `outbound|9080||reviews.shop.svc.cluster.local` of Istio is `reviews`, also
 * in the form of its metrics, `outbound_.9080_._.reviews.shop.svc.cluster.local`, and where a system of metrics writes
 * dashes or underscores, `outbound-9080--reviews`; `payments` of a plain Envoy stays.
 * Empty where the cluster stands for no service.
 */
export function serviceOfCluster(cluster: string): string {
  if (NO_SERVICE.test(cluster)) return '';
  const dashed = (DASHED.exec(cluster) ?? UNDERSCORED.exec(cluster))?.[1];
  const host = cluster.startsWith('outbound')
    ? (dashed ??
      cluster
        .replace(/;$/, '')
        .split(/\||_\./)
        .at(-1) ??
      '')
    : cluster;
  return /\.svc\b/.test(host) ? (host.split('.', 1)[0] ?? '') : host;
}
