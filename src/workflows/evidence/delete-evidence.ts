/** Deletes evidence files of a case. The case keeps its manifest, and a signed list says what is gone and why. */
import { isoFromUs } from '#core/clock.ts';
import type { Signer } from '#core/signature.ts';
import type { CaseStore } from '#model/incident/case.ts';
import { audit } from '#record/audit.ts';
import type { KeptCase } from '#record/evidence.ts';
import type { Store } from '#record/store.ts';
import { DELETED_FILES, deletedList, readDeletedList } from '#workflows/cases/deleted-files.ts';

export type DeleteEvidenceParts = Readonly<{
  store: Store;
  cases: CaseStore;
  signer(): Signer | undefined;
}>;

/** The log first, the list second, the files last: a crash leaves files that the next run deletes. */
export async function deleteEvidence(
  { store, cases, signer }: DeleteEvidenceParts,
  { investigationId, workspaceId, folder, seal }: KeptCase,
  { paths, why }: Readonly<{ paths: readonly string[]; why: 'retention' | 'forgotten' }>,
): Promise<void> {
  const before = await readDeletedList(await cases.open(folder), seal);
  const at = isoFromUs(await store.nowUs());
  const gone = before.files.filter((one) => !paths.includes(one.path));
  const files = [...gone, ...paths.map((one) => ({ path: one, at, why }))];
  await store.transaction((tx) =>
    audit(tx, {
      workspaceId,
      actor: 'spanhound',
      action: 'evidence.deleted',
      subject: investigationId,
      detail: { why, files: paths.join(' ') },
    }),
  );
  await cases.writeFile(folder, { name: DELETED_FILES, bytes: deletedList(seal, files, signer()) });
  for (const one of paths) await cases.removeFile(folder, one);
}
