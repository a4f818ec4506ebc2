/** What a verdict says of a change before it. */
import type { Change } from '#model/changes/change.ts';
import type { ChangeRole } from '#model/finding/analysis.ts';
import { changeStatus, type Diagnosis } from '#model/finding/diagnosis.ts';

/** Undefined where the verdict does not name the change. */
function changeRole(
  { id, atUs }: Pick<Change, 'id' | 'atUs'>,
  diagnosis: Pick<Diagnosis, 'status' | 'change'> | undefined,
): ChangeRole | undefined {
  const named = diagnosis?.change;
  if (diagnosis === undefined || named?.id !== id || named.atUs !== atUs) return undefined;
  if (named.knownBy === 'nearness') return 'near';
  return changeStatus(diagnosis) === 'inconclusive' ? 'possible' : 'cause';
}

/** More changes hide each other. */
const MOST_SHOWN = 4;

/** The change that the verdict names and the latest others until `untilUs`, at most four, in order of time. */
export function shownChanges(
  changes: readonly Change[],
  diagnosis: Pick<Diagnosis, 'status' | 'change'> | undefined,
  untilUs = Number.POSITIVE_INFINITY,
): readonly ShownChange[] {
  const isNamed = ({ role }: ShownChange) => Number(role !== undefined);
  return changes
    .map((change) => ({ change, role: changeRole(change, diagnosis) }))
    .filter(({ change, role }) => role !== undefined || !(change.atUs > untilUs))
    .sort((a, b) => isNamed(b) - isNamed(a) || b.change.atUs - a.change.atUs)
    .slice(0, MOST_SHOWN)
    .sort((a, b) => a.change.atUs - b.change.atUs);
}

type ShownChange = Readonly<{ change: Change; role: ChangeRole | undefined }>;
