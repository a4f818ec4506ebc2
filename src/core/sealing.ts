/**
 * Encrypts secrets for the store with AES-256-GCM (NIST SP 800-38D). A sealed text names its key, and belongs to one owner:
 * a copy in another owner's row does not open. The newest key seals; older ones still open, so that a key can be changed.
 *
 *   v1.<id of the key>.<nonce>.<ciphertext and tag>
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { SpanhoundError } from '#core/errors.ts';

export type Sealing = Readonly<{
  /** Names the key that encrypts new texts. */
  newestKeyId: string;
  seal(text: string, owner: string): string;
  /** Throws SealedError if no key fits, if the text was changed, or if it belongs to another owner. */
  open(sealed: string, owner: string): string;
}>;

export class SealedError extends SpanhoundError {
  override readonly name = 'SealedError';
  readonly code = 'SH_SEALED';
  readonly advice: string;

  constructor(why: string, advice: string) {
    super(why);
    this.advice = advice;
  }
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** The nonce of GCM. A random one may be drawn 2^32 times for each key; a store seals a few times a day. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';
const KEY_ID_CHARS = 12;

/** `keys`: 32 bytes in base64 each, the newest first. `purpose`: the same keys seal other things under other names. */
export function sealingWith(keys: readonly string[], purpose: string): Sealing {
  const known = new Map(keys.map((text) => [keyIdOf(text), derived(text, purpose)]));
  const [newest] = known;
  if (newest === undefined) throw new Error('there is no key to seal with');
  const [newestKeyId, newestKey] = newest;
  return {
    newestKeyId,
    seal(text, owner) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, newestKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(purpose, newestKeyId, owner));
      const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [VERSION, newestKeyId, nonce.toString('base64url'), bytes.toString('base64url')].join('.');
    },
    open(sealed, owner) {
      const [version, keyId = '', nonce = '', bytes = '', ...more] = sealed.split('.');
      if (version !== VERSION || more.length > 0) throw broken();
      const key = known.get(keyId);
      if (key === undefined) throw new SealedError(`the key ${keyId} is not configured`, 'Add the older key again.');
      return opened(
        { key, keyId, nonce: Buffer.from(nonce, 'base64url'), bytes: Buffer.from(bytes, 'base64url') },
        owner,
      );
    },
  };

  function opened(
    { key, keyId, nonce, bytes }: Readonly<{ key: Buffer; keyId: string; nonce: Buffer; bytes: Buffer }>,
    owner: string,
  ): string {
    if (nonce.length !== NONCE_BYTES || bytes.length < TAG_BYTES) throw broken();
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(purpose, keyId, owner));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(0, -TAG_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      throw broken();
    }
  }
}

/** Which key sealed it, for people: the id says nothing about the key. */
export function keyIdIn(sealed: string): string {
  return sealed.split('.')[1] ?? '';
}

function broken(): SealedError {
  return new SealedError(
    'a sealed text was changed, or it belongs to another row',
    'Find out who writes to the store. Restore a backup, or install the app again.',
  );
}

/** One key for each purpose (HKDF, RFC 5869). */
function derived(text: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(text, 'base64'), '', purpose, KEY_BYTES));
}

function keyIdOf(text: string): string {
  return createHash('sha256').update(`spanhound.key-id/1\n${text}`).digest('base64url').slice(0, KEY_ID_CHARS);
}

/** The additional data that the tag covers. */
function boundTo(purpose: string, keyId: string, owner: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, purpose, keyId, owner]));
}
