/** The key of this installation, for the command line. */
import type { CheckStamp } from '#model/incident/timestamp.ts';
import type { Store } from '#record/store.ts';

export async function composeSigning(dataFolder: string) {
  const [{ keptSigner, madeSigner, nextSigner }, { publicPem }, { rotateKey, signHead }] = await Promise.all([
    import('#adapters/files/signing-key.ts'),
    import('#core/signature.ts'),
    import('#record/audit-signatures.ts'),
  ]);
  return {
    /** Creates the key if there is none yet. */
    signer: () => madeSigner(dataFolder),
    /** Undefined if the installation has none yet. */
    async publicKeyIn(): Promise<string | undefined> {
      const signer = keptSigner(dataFolder);
      return signer && publicPem(signer);
    },
    /** Checks timestamps; with `authorities` (PEM) also the certificate of the server. */
    async stampCheck(authorities: string): Promise<CheckStamp> {
      const { checkedToken } = await import('#adapters/timestamps/token.ts');
      return (token, stamped) => checkedToken(token, stamped, authorities);
    },
    /** The old key signs the new one before it is deleted. */
    async rotate(store: Store): Promise<Readonly<{ from: string; to: string }>> {
      const old = madeSigner(dataFolder);
      const next = nextSigner(dataFolder);
      await store.transaction(async (tx) => {
        await signHead(tx, old);
        await rotateKey(tx, old, next.signer, 'command line');
      });
      next.use();
      return { from: old.keyId, to: next.signer.keyId };
    },
  };
}
