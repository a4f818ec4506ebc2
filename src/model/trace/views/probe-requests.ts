/** Requests that ask whether a service works: probes of Kubernetes, checks of a balancer. */
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Kubernetes' and Spring's names for what probes ask. */
const PROBES =
  /(?:^|[\s/])(?:health|healthz|healthcheck|ready|readyz|readiness|live|livez|liveness|actuator\/health)(?:$|[\s/])/i;
/** What HAProxy, Envoy and monitors call their own check. */
const CHECKS = /\bhealth[ -]?check\b/i;

/** The health service of gRPC, as every server may offer it: https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
const GRPC_HEALTH = /\bgrpc\.health\.v1\.Health(?:\/|\.|$)/;

/**
 * The server offers no health service: clients take it for healthy then.
 *
 * https://github.com/grpc/proposal/blob/master/A17-client-side-health-checking.md
 */
export function lacksHealthService(trace: Trace, span: SpanIndex): boolean {
  const isOfHealth =
    GRPC_HEALTH.test(trace.operation(span)) || trace.text(span, 'rpc.service').endsWith('grpc.health.v1.Health');
  return isOfHealth && /^(?:UNIMPLEMENTED|12)$/i.test(trace.text(span, 'rpc.status_code'));
}

export function isProbe(trace: Trace, span: SpanIndex): boolean {
  const operation = trace.text(span, 'http.route') || trace.operation(span);
  return PROBES.test(operation) || CHECKS.test(nameInWords(operation));
}
