/** Requests that ask whether a service works: probes of Kubernetes, checks of a balancer. */
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Kubernetes' and Spring's names for what probes ask. */
const PROBES =
  /(?:^|[\s/])(?:health|healthz|healthcheck|ready|readyz|readiness|live|livez|liveness|actuator\/health)(?:$|[\s/])/i;
/** What HAProxy, Envoy and monitors call their own check. */
const CHECKS = /\bhealth[ -]?check\b/i;

export function isProbe(trace: Trace, span: SpanIndex): boolean {
  const operation = trace.text(span, 'http.route') || trace.operation(span);
  return PROBES.test(operation) || CHECKS.test(nameInWords(operation));
}
