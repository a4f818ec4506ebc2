/**
 * A setting of the store or the broker at which a request failed, where it does just what the failure says.
 *
 *   orders ──put──► queue      MQRC_Q_FULL
 *                     ▲── config of queue: MAXDEPTH(50000) ──► MAXDEPTH(500)
 */
import type { Mechanism } from '#detect/signs/suspicion/failure-mechanisms.ts';
import type { Change } from '#model/changes/change.ts';
import type { ChangeSymptoms } from '#model/changes/change-symptoms.ts';

/** The store has no spans of its own, so that nothing but its name leads to it. */
export function isOfUnseenStore(
  { unseenCallees }: Pick<ChangeSymptoms, 'unseenCallees'>,
  { kind, service }: Pick<Change, 'kind' | 'service'>,
  { isOfCause, strength }: Mechanism,
): boolean {
  return kind === 'config' && isOfCause && strength >= 1 && unseenCallees?.has(service) === true;
}
