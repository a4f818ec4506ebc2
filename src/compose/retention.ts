/** Composes the deletion of evidence that is past its time. */
import { type CasesPlace, composeCaseStore } from '#compose/cases.ts';
import type { Store } from '#record/store.ts';
import type { Deleted, RetentionDays } from '#workflows/evidence/retention.ts';

export async function composeRetention(
  store: Store,
  { retention, ...place }: CasesPlace & Readonly<{ retention: RetentionDays }>,
): Promise<(isTrial?: boolean) => Promise<Deleted>> {
  const [cases, { madeSigner }, { deleteExpired }] = await Promise.all([
    composeCaseStore(place, MAX_MANIFEST_BYTES),
    import('#adapters/files/signing-key.ts'),
    import('#workflows/evidence/retention.ts'),
  ]);
  const parts = {
    store,
    cases,
    days: retention,
    signer: () => madeSigner(place.dataFolder),
  };
  return (isTrial) => deleteExpired(parts, isTrial);
}

/** Only manifests are read. */
const MAX_MANIFEST_BYTES = 32_000_000;
