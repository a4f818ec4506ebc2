/** Composes the forgetting of a person, a trace or an incident. */
import { type CasesPlace, composeCaseStore } from '#compose/cases.ts';
import type { Store } from '#record/store.ts';
import type { ForgetRequest, Forgotten } from '#workflows/evidence/forget.ts';

export async function composeForgetting(
  store: Store,
  place: CasesPlace,
): Promise<(request: ForgetRequest) => Promise<Forgotten>> {
  const [cases, { madeSigner }, { forget }] = await Promise.all([
    composeCaseStore(place, MAX_FILE_BYTES),
    import('#adapters/files/signing-key.ts'),
    import('#workflows/evidence/forget.ts'),
  ]);
  const parts = {
    store,
    cases,
    signer: () => madeSigner(place.dataFolder),
  };
  return (request) => forget(parts, request);
}

/** A search keeps at most 32 MB; an earlier version or another program may have kept more. */
const MAX_FILE_BYTES = 1_000_000_000;
