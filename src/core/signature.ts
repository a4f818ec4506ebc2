/** Signatures with Ed25519: whoever has the public key can check them, only the holder of the private key can make them. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

export type Signature = Readonly<{
  /** Which key made it. */
  keyId: string;
  /** Base64. */
  value: string;
}>;

export type Signer = Readonly<{
  keyId: string;
  /** Base64 of the key in SPKI form. */
  publicKey: string;
  sign(text: string): Signature;
}>;

/** The public keys that are trusted, by id. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

const ID_CHARS = 16;

/** A new private key, as PEM. */
export function newPrivateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function signerOf(privatePem: string): Signer {
  const privateKey = createPrivateKey(privatePem);
  const publicKey = createPublicKey(privateKey);
  const keyId = keyIdOf(publicKey);
  return {
    keyId,
    publicKey: textOf(publicKey),
    sign: (text) => ({ keyId, value: sign(null, Buffer.from(text), privateKey).toString('base64') }),
  };
}

export function publicPem(signer: Signer): string {
  return publicKeyOf(signer.publicKey)?.export({ type: 'spki', format: 'pem' }).toString() ?? '';
}

/** From a PEM file, or from base64. Undefined if it is no public key of Ed25519. */
export function publicKeyOf(text: string): KeyObject | undefined {
  try {
    const key = text.includes('-----BEGIN')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text.trim(), 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Each key of a file with one or more PEM blocks, or of a text in base64. */
export function publicKeysIn(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]{1,1000}-----END PUBLIC KEY-----/g);
  return blocks ?? [text];
}

export function trusted(keys: readonly KeyObject[]): Map<string, KeyObject> {
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

/** False for a key that is not trusted, and for any change of the text. */
export function isSigned(text: string, { keyId, value }: Signature, keys: TrustedKeys): boolean {
  const key = keys.get(keyId);
  return key !== undefined && verify(null, Buffer.from(text), key, Buffer.from(value, 'base64'));
}

/** The beginning of the key's SHA-256. */
function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, ID_CHARS);
}

function textOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}
