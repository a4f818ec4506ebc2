/**
 * Calls to a Service reach no container: its selector matches no pod, its port leads to one where nothing listens, the
 * address of a caller or the backend of an Ingress names no Service, or a NetworkPolicy forbids the connection.
 *
 *   Service cart   selector app=carts     pods: app=cart                              ← no pod matches
 *   Service price  80 → 8081/TCP          container: 8080/TCP                         ← nothing listens there
 *   web            CART_ADDR=cart-v2:80   Services: cart                              ← no such name
 *   Ingress shop   /cart → cart:http      Service cart: port 80, named web            ← no such port
 *   NetworkPolicy  cart: from app=till    web calls cart                              ← not allowed
 *   access log     /api/cart/… 404        23 of 23, other paths work                  ← no route
 */

import { defineDetector } from '#detect/detector.ts';
import type { DeadCause, DeadService } from '#detect/signs/cluster/dead-service.ts';
import { DEAD_SERVICE_WORDS } from '#detect/signs/cluster/dead-service-words.ts';
import { deadServices } from '#detect/signs/cluster/dead-services.ts';
import { refusingQuota, unreadQuotas } from '#detect/signs/scheduling/refused-objects.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { counted } from '#model/text/count-text.ts';
import { inWords } from '#model/text/in-words.ts';

export const serviceWithoutEndpoints = defineDetector({
  id: 'service-without-endpoints',
  title: 'Service leads to no container',
  why: 'Every pod is Running and Ready, and still each call fails.',
  runbook: 'runbooks/service-without-endpoints.md',
  clear: 'every Service with pods of its name leads to a port that they declare',
  silent: [
    'An external name and a Service whose pods nobody knows are left out. Pods that are not ready are reported there.',
    'A container may listen on ports that it does not declare. Where nothing else shows the fault, log lines have to.',
    'It reads only environment variables with addresses, by their names (…_ADDR, …_HOST, …_URL). Addresses in ConfigMaps and Secrets are unknown.',
    'A NetworkPolicy counts for callers that name the Service in a variable, if log lines show failed calls: not every plugin enforces policies. Blocks of addresses and labels of namespaces count as allowed.',
  ],
  role: 'mechanism',
  field: 'configuration',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs', 'metrics'],
  thresholds: {
    minComplaints: {
      default: 3,
      min: 1,
      unit: 'lines',
      means: 'Log lines that report failed calls to the Service, where the lists alone do not prove it',
      why: 'While pods start, a client fails once or twice and tries again.',
    },
  },

  detect(evidence, { minComplaints }) {
    const { logs = [], metrics = [] } = evidence;
    const { platform } = evidence;
    return deadServices(evidence).flatMap((one) => {
      const isMissing = one.cause === 'missing-service';
      // Then the quota is the finding.
      if (isMissing && refusingQuota(platform, one.namespace, 'Service') !== undefined) return [];
      const isSure = one.isProved || one.complaints >= minComplaints;
      // With lines or metrics and without a complaint, an address is unused or a port is open all the same.
      return isSure || (logs.length + metrics.length === 0 && (one.callers.length > 0 || one.cause === 'port'))
        ? [sightingOf(one, isSure, isMissing ? unreadQuotas(platform) : (UNREAD[one.cause] ?? ''))]
        : [];
    });
  },

  say({ cause, service, called, says, found, callers, complaints, unread }) {
    const named = { service: String(service), called: String(called), says: String(says), found: String(found) };
    const { is, remedy, check } = DEAD_SERVICE_WORDS[cause as DeadCause](named);
    const failing =
      Number(complaints) === 0
        ? ''
        : ` ${counted(Number(complaints), 'log line')} report${Number(complaints) === 1 ? 's' : ''} failed calls to ${called}.`;
    return {
      title: `Calls to ${called} fail: ${is}`,
      headline: { what: `Calls to ${inWords(String(called))} reach no container`, why: inWords(is) },
      explanation: `${callers === '' ? 'Whoever calls it gets no connection' : `Called by ${callers}`}.${failing}${unread === '' ? '' : ` ${cause === 'missing-service' ? 'A quota may have refused it' : 'They may lead to another service'}: ${unread} would show that.`}`,
      remedy,
      check,
    };
  },
});

/** The routes of a gateway are in its own configuration. */
const UNREAD: Readonly<Partial<Record<DeadCause, string>>> = {
  'no-route': 'the routes of the gateway',
  'unanswered-route': 'the routes of the gateway',
};

function sightingOf(
  { cause, service, called, says, found, callers, complaints, evidence }: DeadService,
  sure: boolean,
  unread: string,
): Sighting {
  return {
    service,
    facts: { cause, called, says, found, callers: callers.join(', '), complaints, sure, unread },
    evidence,
  };
}
