/** What a verdict says of a change before it. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeRole } from '#model/finding/analysis.ts';
import { changeStatus, type Diagnosis } from '#model/finding/diagnosis.ts';

/** Undefined where the verdict does not name the change. */
export function changeRole(
  { id, atUs }: Pick<Change, 'id' | 'atUs'>,
  diagnosis: Pick<Diagnosis, 'status' | 'change'> | undefined,
): ChangeRole | undefined {
  const named = diagnosis?.change;
  if (diagnosis === undefined || named?.id !== id || named.atUs !== atUs) return undefined;
  if (named.knownBy === 'nearness') return 'near';
  return changeStatus(diagnosis) === 'inconclusive' ? 'possible' : 'cause';
}
