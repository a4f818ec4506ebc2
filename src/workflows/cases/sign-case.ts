/** The signature beside the manifest of a case: it proves who sealed the case, with the public key alone. */
import { isSigned, publicKeyOf, type Signer, trusted } from '#core/signature.ts';
import { type CaseFolder, type CaseProblem, manifestText } from '#model/incident/case.ts';

export const CASE_SIGNATURE = 'signature.json';

/** The exact text that the signature covers. */
function sealText(seal: string): string {
  return JSON.stringify(['spanhound.case-seal/1', seal]);
}

export function signatureFile(seal: string, signer: Signer): Readonly<{ name: string; bytes: Uint8Array }> {
  const { keyId, value } = signer.sign(sealText(seal));
  const content = { schema: 'spanhound.signature/1', seal, key: keyId, signature: value };
  return { name: CASE_SIGNATURE, bytes: Buffer.from(manifestText(content)) };
}

/** `keys`: trusted public keys. Without them, only whether the signature is one of this seal is checked. */
export async function signatureProblems(
  folder: CaseFolder,
  seal: string | undefined,
  keys: readonly string[],
): Promise<readonly CaseProblem[]> {
  const problem = (text: string) => [{ path: CASE_SIGNATURE, problem: text }];
  const isThere = folder.entries.some(({ name }) => name === CASE_SIGNATURE);
  if (!isThere) return keys.length === 0 ? [] : problem('is missing, so nothing shows who sealed this');
  const raw = (await folder.readManifest(CASE_SIGNATURE))?.raw ?? {};
  const { key, signature } = raw;
  if (raw.seal !== seal || typeof key !== 'string' || typeof signature !== 'string' || seal === undefined)
    return problem('does not belong to this seal');
  if (keys.length === 0) return [];
  const known = trusted(keys.flatMap((text) => publicKeyOf(text) ?? []));
  if (!known.has(key)) return problem(`was made with the key ${key}, which is not the given one`);
  return isSigned(sealText(seal), { keyId: key, value: signature }, known) ? [] : problem('is not valid');
}
