/** A change of a service that shares the store which the cause waits for, where no change of the services behind it fits. */
import type { Look } from '#analyse/look.ts';
import { suspectChange } from '#detect/changes/suspect-change.ts';
import { atStore, storeChanges } from '#detect/signs/suspicion/store-changes.ts';
import type { Change } from '#model/changes/change.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { StoreUse } from '#model/trace/views/stores-asked.ts';

type OfCause = Readonly<{
  /** The request that shows the cause, and the finding of the cause. */
  trace: Trace;
  first: Finding;
  changes: readonly Change[];
  uses: () => readonly StoreUse[];
}>;

/** Those with two signs first. */
export function sharedStoreChange(
  look: Look,
  { window, symptoms }: Partial<Evidence>,
  { trace, first, changes, uses }: OfCause,
): Finding | undefined {
  if (symptoms === undefined || window === undefined) return undefined;
  const waiting = atStore(symptoms);
  for (const { changes: fitting, through } of storeChanges(changes, { trace, first, symptoms: waiting, uses })) {
    const near = new Set(fitting.map(({ service }) => service));
    const evidence = { window, changes: fitting, symptoms: { ...waiting, near, throughStore: through } };
    const [found] = look([suspectChange], evidence).findings;
    if (found !== undefined) return found;
  }
  return undefined;
}
