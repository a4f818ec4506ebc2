/**
 * The list of deleted files in a case. It keeps the case verifiable: a file that is listed in the manifest and missing is
 * no fault if this list names it. With the public key, the list must be signed.
 */
import { isSigned, publicKeyOf, type Signer, trusted } from '#core/signature.ts';
import { type CaseFolder, manifestText } from '#model/incident/case.ts';

export const DELETED_FILES = 'deleted.json';
const SCHEMA = 'spanhound.deleted/1';

export type DeletedFile = Readonly<{
  path: string;
  /** ISO 8601 */
  at: string;
  why: string;
}>;

export type DeletedList = Readonly<{
  files: readonly DeletedFile[];
  /** Empty if the list may be believed. */
  problem: string;
}>;

export function deletedList(seal: string, files: readonly DeletedFile[], signer: Signer | undefined): Uint8Array {
  const signed = signer?.sign(signedText(seal, files));
  const content = { schema: SCHEMA, seal, files, ...(signed && { key: signed.keyId, signature: signed.value }) };
  return Buffer.from(manifestText(content));
}

/** `keys`: trusted public keys; without them, the signature is not checked. */
export async function readDeletedList(
  folder: CaseFolder,
  seal: string | undefined,
  keys: readonly string[] = [],
): Promise<DeletedList> {
  if (!folder.entries.some(({ name }) => name === DELETED_FILES)) return { files: [], problem: '' };
  const read = await folder.readManifest(DELETED_FILES);
  const raw: Readonly<Record<string, unknown>> = read?.raw ?? {};
  const value = read?.value ?? {};
  const files = (value.files ?? []).map(({ path }, index) => ({ path, ...detailOf(raw.files, index) }));
  if (seal === undefined || value.seal !== seal) return { files: [], problem: 'does not belong to this seal' };
  if (keys.length === 0) return { files, problem: '' };
  const { key, signature } = raw;
  const known = trusted(keys.flatMap((text) => publicKeyOf(text) ?? []));
  const isValid =
    typeof key === 'string' &&
    typeof signature === 'string' &&
    isSigned(signedText(seal, files), { keyId: key, value: signature }, known);
  return isValid ? { files, problem: '' } : { files: [], problem: 'is not signed with the given key' };
}

function signedText(seal: string, files: readonly DeletedFile[]): string {
  return JSON.stringify([SCHEMA, seal, files.map(({ path, at, why }) => [path, at, why])]);
}

function detailOf(files: unknown, index: number): Readonly<{ at: string; why: string }> {
  const { at, why } = (Array.isArray(files) ? files[index] : undefined) ?? {};
  return { at: typeof at === 'string' ? at : '', why: typeof why === 'string' ? why : '' };
}
