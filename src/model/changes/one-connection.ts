/**
 * Callers that keep one connection to one pod since the change. HTTP/2 and gRPC send all calls over it, and a Service of
 * Kubernetes spreads connections, not calls.
 *
 *   -  ORDERS_TARGET: dns:///orders-headless:8080       the client knew all pods and took each in turn
 *   +  ORDERS_TARGET: orders:8080                       one of them gets everything
 *
 * https://kubernetes.io/blog/2018/11/07/grpc-load-balancing-on-kubernetes-without-tears/
 */
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/**
 * What spreads calls: gRPC's resolvers and policies (Go, Java, Node, Python, .NET, C++), a headless Service, a mesh that
 * takes part, least requests of Envoy and nginx.
 */
const SPREADS =
  /\b(?:dns|xds|kubernetes|consul|etcd|discovery):\/{2,3}[\w.-]{2,120}|\b[a-z][\w-]{0,60}-headless\b|\bround_?robin\b|\bleast_?(?:requests?|conn)\b|\bclusterIP["']?\s{0,3}:\s{0,3}["']?None\b|\b(?:sidecar\.istio\.io\/inject|linkerd\.io\/inject|kuma\.io\/sidecar-injection|consul\.hashicorp\.com\/connect-inject|istio-injection)["']?\s{0,3}[:=]\s{0,3}["']?(?:true|enabled)\b|\b(?:max_?-?connection_?-?age|maxRequestsPerConnection)\b/gi;
/** Past the mesh, one server for each client, or the first that answers. Istio, Linkerd, Kuma, Consul, Envoy, gRPC, nginx. */
const KEEPS_ONE =
  /\bskip-outbound-ports\b|\bexclude_?-?Outbound_?-?(?:Ports|IPRanges)\b|\btransparent-proxy-exclude-outbound-\w{2,20}|\b(?:sidecar\.istio\.io\/inject|linkerd\.io\/inject|kuma\.io\/sidecar-injection|consul\.hashicorp\.com\/connect-inject|istio-injection)["']?\s{0,3}[:=]\s{0,3}["']?(?:false|disabled)\b|\bpick_?first\b|\bsession_?-?affinity["']?\s{0,3}[:=]\s{0,3}["']?ClientIP\b|\bconsistent_?-?hash\w{0,20}|\b(?:ring_?hash|maglev|ip_hash)\b|\bbalance source\b/gi;

export function oneConnection({ added, removed }: Sides): Effect[] {
  const [gone = ''] = moreIn(removed, added, SPREADS);
  const [kept = ''] = moreIn(added, removed, KEEPS_ONE);
  const what = gone === '' ? kept : gone;
  return effect('uneven-calls', what === '' ? '' : `it no longer spreads its calls over all pods (${what.trim()})`);
}
