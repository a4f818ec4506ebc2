/** The copies of the files of messages: they are read with their checksum, and deleted past their time or on request. */
import { UnreadableInputError } from '#core/errors.ts';
import { sha256 } from '#core/sha256.ts';
import type { CaseStore } from '#model/incident/case.ts';
import { copiesUntil, dropCopy, type FileRow, folderOfFiles } from '#record/entry-files.ts';
import { holds } from '#record/holds.ts';
import { mergedIn } from '#record/merges.ts';
import type { Reader, Store } from '#record/store.ts';
import { openedOrGone } from '#workflows/cases/kept-case.ts';

/** Undefined if it is gone, or differs from its checksum. Throws if the store of evidence cannot be reached. */
export async function copyBytes(cases: Pick<CaseStore, 'open'>, file: FileRow): Promise<Uint8Array | undefined> {
  const folder = await openedOrGone(cases, folderOfFiles(file.incidentId));
  if (folder === undefined) return undefined;
  const parts: Uint8Array[] = [];
  try {
    for await (const part of folder.bytes(file.copyId)) parts.push(part);
  } catch (error) {
    if (error instanceof UnreadableInputError) return undefined;
    throw error;
  }
  const bytes = Buffer.concat(parts);
  return sha256(bytes) === file.keptSha256 ? bytes : undefined;
}

/** Deletes the copies that are so old. Those of held incidents stay. `isTrial`: counts only. */
export async function expireCopies(
  { store, cases }: Readonly<{ store: Store; cases: Pick<CaseStore, 'removeFile'> }>,
  { untilUs, isTrial }: Readonly<{ untilUs: number; isTrial: boolean }>,
): Promise<Readonly<{ copies: number; held: number }>> {
  const old = await copiesUntil(store, untilUs);
  const held = old.length === 0 ? new Set<string>() : await heldIncidents(store);
  const expired = old.filter(({ incidentId }) => !held.has(incidentId));
  if (!isTrial) for (const file of expired) await expire({ store, cases }, file);
  return { copies: expired.length, held: old.length - expired.length };
}

/** The bytes first: after a crash the row still names them, and the next run finishes the work. */
async function expire(
  { store, cases }: Readonly<{ store: Store; cases: Pick<CaseStore, 'removeFile'> }>,
  file: FileRow,
): Promise<void> {
  await cases.removeFile(folderOfFiles(file.incidentId), file.copyId);
  await store.transaction((tx) => dropCopy(tx, file, 'expired'));
}

/** Those on legal hold, with what is merged into them. */
async function heldIncidents(reader: Reader): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const { incident } of await holds(reader))
    for (const { id } of [incident, ...(await mergedIn(reader, incident))]) ids.add(id);
  return ids;
}
