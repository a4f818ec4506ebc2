/**
 * The key with which this installation signs: `signing.key`, readable only by its owner, and `signing.pub` beside it, for
 * everybody. A retired private key is deleted: it can then sign nothing more, and its signatures stay valid.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPrivateKey, publicPem, type Signer, signerOf } from '#core/signature.ts';
import { replaceFile } from './replace-file.ts';

const PRIVATE = 'signing.key';
const PUBLIC = 'signing.pub';

/** Undefined if there is none, or it is unreadable. */
export function keptSigner(dataFolder: string): Signer | undefined {
  try {
    return signerOf(readFileSync(join(dataFolder, PRIVATE), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Created if missing. Two processes that start together agree on the first one written. */
export function madeSigner(dataFolder: string): Signer {
  const kept = keptSigner(dataFolder);
  if (kept !== undefined) return kept;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const pem = newPrivateKey();
  // Under a name of its own first: another process must never read half a key.
  const fresh = join(dataFolder, `${PRIVATE}.${process.pid}.new`);
  writeFileSync(fresh, pem, { mode: 0o600 });
  try {
    linkSync(fresh, join(dataFolder, PRIVATE));
  } catch (error) {
    const first = keptSigner(dataFolder);
    if (first === undefined) throw error;
    return first;
  } finally {
    rmSync(fresh, { force: true });
  }
  const signer = signerOf(pem);
  writeFileSync(join(dataFolder, PUBLIC), publicPem(signer), { mode: 0o644 });
  return signer;
}

/** A new key that is not in use yet. `use` puts it in the place of the old one. */
export function nextSigner(dataFolder: string): Readonly<{ signer: Signer; use(): void }> {
  const pem = newPrivateKey();
  const signer = signerOf(pem);
  return {
    signer,
    use() {
      replaceFile(join(dataFolder, PRIVATE), pem, 0o600);
      replaceFile(join(dataFolder, PUBLIC), publicPem(signer), 0o644);
    },
  };
}
