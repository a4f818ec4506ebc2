/**
 * A setting of the store or the broker at which a request failed, where it does just what the failure says.
 *
 *   orders ──put──► queue      MQRC_Q_FULL
 *                     ▲── config of queue: MAXDEPTH(50000) ──► MAXDEPTH(500)
 */
import type { Mechanism } from '#detect/signs/suspicion/failure-mechanisms.ts';
import type { Change } from '#model/changes/change.ts';
import { type ChangeSymptoms, failureSaid } from '#model/changes/change-symptoms.ts';
import { sharesTechnique } from '#model/changes/techniques/shared-techniques.ts';

/** The store has no spans of its own, so that nothing but its name leads to it. */
export function isOfUnseenStore(
  { unseenCallees }: Pick<ChangeSymptoms, 'unseenCallees'>,
  { kind, service }: Pick<Change, 'kind' | 'service'>,
  { isOfCause, strength }: Mechanism,
): boolean {
  return kind === 'config' && isOfCause && strength >= 1 && unseenCallees?.has(service) === true;
}

/** Programs that many services share and none of them has as its own: meshes, routers, brokers of a cloud. */
const SHARED_PROGRAMS =
  /^(?:istio|linkerd|consul|cilium|kuma|envoy|contour|traefik|kong|haproxy|nginx|caddy|gloo|emissary|apisix|ingress|gateway|pubsub|ibm-?mq|servicebus|eventbridge|sns|sqs)(?:-(?:system|config|ingress|gateway|proxy|mesh))?$/i;

/** A setting of a program that many services share, where it and the failing lines speak of the same technique. */
export function isOfSharedProgram(trouble: ChangeSymptoms, change: Change, { isOfCause }: Mechanism): boolean {
  if (change.kind !== 'config' || !isOfCause || !SHARED_PROGRAMS.test(change.service)) return false;
  return sharesTechnique(change, failureSaid(trouble));
}
