/** Names the change that led to the cause of a problem. */

import { isPossible, isTied } from '#diagnose/window/blamed-change.ts';
import { shortChangeId } from '#model/changes/change.ts';

import type { Diagnosis } from '#model/finding/diagnosis.ts';
import type { Finding } from '#model/finding/finding.ts';

/** The change is rolled back first: that is faster than any repair. A change that is only possible is looked into. */
export function toldWithChange(
  { verdict, remedy }: Pick<Diagnosis, 'verdict' | 'remedy'>,
  change: Pick<Finding, 'facts' | 'remedy'>,
  effect: Effect,
): Pick<Diagnosis, 'verdict' | 'remedy'> {
  return {
    verdict: `${verdict}; ${changeClause(change, effect)}`,
    remedy: isPossible(change)
      ? `${remedy} ${change.remedy}`
      : `${change.remedy} If the change is not the cause: ${remedy}`,
  };
}

type Effect = 'it' | 'it began';

/** `deploy 4f2a9c1 came 3 min before it: it drops the index idx_sku`. Some people read only one line. */
function changeClause({ facts }: Pick<Finding, 'facts'>, effect: Effect): string {
  const { kind, id, gap, reasons, changedService } = facts;
  const when = gap === 'as' ? (effect === 'it' ? 'at that time' : 'as it began') : `${gap} ${effect}`;
  const [why = ''] = String(reasons ?? '').split('; ');
  if (isTied({ facts }))
    return `${`${kind} ${shortChangeId(String(id))}`.trim()} or ${facts.tiedWith} may have led to it: both fit equally well`;
  // Only a change of another service, which uses the same store, has `store`.
  const whose = (facts.store ?? '') === '' ? '' : ` of ${changedService}`;
  const came = isPossible({ facts }) ? 'may have led to it' : `came ${when}`;
  return `${`${kind} ${shortChangeId(String(id))}`.trim()}${whose} ${came}${why === '' ? '' : `: ${why}`}`;
}
