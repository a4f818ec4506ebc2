/**
 * The tombstone of a case that was forgotten on request: a folder with one file, which has the seal and a signature. So the
 * chain of seals keeps its link, and `case verify` tells a forgotten case from a lost one.
 */
import { isSigned, publicKeyOf, type Signer, trusted } from '#core/signature.ts';
import { CASE_MANIFEST, type CaseFolder, type CaseProblem, manifestText } from '#model/incident/case.ts';

const FORGOTTEN_CASE = 'forgotten.json';
const SCHEMA = 'spanhound.forgotten-case/1';

export function forgottenCase(seal: string, at: string, signer: Signer): Readonly<{ name: string; bytes: Uint8Array }> {
  const { keyId, value } = signer.sign(signedText(seal, at));
  const content = { schema: SCHEMA, seal, at, key: keyId, signature: value };
  return { name: FORGOTTEN_CASE, bytes: Buffer.from(manifestText(content)) };
}

export function isForgotten(folder: CaseFolder): boolean {
  return folder.entries.some(({ name }) => name === FORGOTTEN_CASE);
}

/** The seal of a case or of its tombstone; undefined if neither can be read. */
export async function sealOf(folder: CaseFolder): Promise<string | undefined> {
  const name = isForgotten(folder) ? FORGOTTEN_CASE : CASE_MANIFEST;
  return (await folder.readManifest(name))?.value.seal;
}

/** `keys`: trusted public keys; without them, the signature is not checked. */
export async function tombstoneProblems(folder: CaseFolder, keys: readonly string[]): Promise<readonly CaseProblem[]> {
  const others = folder.entries
    .filter(({ name }) => name !== FORGOTTEN_CASE)
    .map(({ name }) => ({ path: name, problem: 'is in a case that was forgotten' }));
  const { seal, at, key, signature } = (await folder.readManifest(FORGOTTEN_CASE))?.raw ?? {};
  if (typeof seal !== 'string' || typeof at !== 'string' || typeof key !== 'string' || typeof signature !== 'string')
    return [...others, { path: FORGOTTEN_CASE, problem: 'cannot be read' }];
  const known = trusted(keys.flatMap((text) => publicKeyOf(text) ?? []));
  const isValid = keys.length === 0 || isSigned(signedText(seal, at), { keyId: key, value: signature }, known);
  return isValid ? others : [...others, { path: FORGOTTEN_CASE, problem: 'is not signed with the given key' }];
}

function signedText(seal: string, at: string): string {
  return JSON.stringify([SCHEMA, seal, at]);
}
