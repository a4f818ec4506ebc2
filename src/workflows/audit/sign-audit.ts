/**
 * Signs the head of the audit log every minute, and once a day sends the signed head to places outside of the store: the
 * operators' channel and a file.
 */
import type { Signer } from '#core/signature.ts';
import { DAY_US } from '#core/time-units.ts';
import { anchoredHead } from '#present/slack/operator-messages.ts';
import { newestSignedHead, type SignedHead, signHead } from '#record/audit-signatures.ts';
import { markOf, setMark } from '#record/marks.ts';
import { post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';

/** The key may be rotated while the bot runs, so it is asked for each time. */
export function auditSigner(store: Store, signer: () => Signer | undefined): () => Promise<void> {
  return async () => {
    const key = signer();
    if (key === undefined) throw new Error('there is no signing key');
    await store.transaction((tx) => signHead(tx, key));
  };
}

export type AnchorOptions = Readonly<{
  store: Store;
  /** The operators' channel. */
  channelId: string | undefined;
  workspace(signal: AbortSignal): Promise<string>;
  /** Appends a line to the file elsewhere; undefined if none is configured. */
  append: ((line: string) => Promise<void>) | undefined;
  kick(): void;
}>;

const POSTED = 'anchor-posted';
const WRITTEN = 'anchor-written';

/** Each place by itself: a full disk there must not keep the head out of the channel. */
export function auditAnchor({ store, channelId, workspace, append, kick }: AnchorOptions) {
  async function isDue(place: string, head: SignedHead): Promise<boolean> {
    const last = await markOf(store, place);
    if (last === undefined) return true;
    return last.value !== head.hash && Math.floor((await store.nowUs()) / DAY_US) > Math.floor(last.atUs / DAY_US);
  }

  return async (signal: AbortSignal): Promise<void> => {
    const head = await newestSignedHead(store);
    if (head === undefined) return;
    if (channelId !== undefined && (await isDue(POSTED, head))) {
      const workspaceId = await workspace(signal);
      await store.transaction(async (tx) => {
        const message = anchoredHead(anchorLine(head));
        await post(tx, { messageId: `operators/anchor/${head.seq}`, workspaceId, channelId, message, rank: 'detail' });
        await setMark(tx, POSTED, head.hash);
      });
      kick();
    }
    if (append !== undefined && (await isDue(WRITTEN, head))) {
      await append(`${anchorLine(head)}\n`);
      await store.transaction((tx) => setMark(tx, WRITTEN, head.hash));
    }
  };
}

/** One line of JSON, the form that `audit verify --anchors` reads. */
export function anchorLine({ seq, hash, atUs, signature }: SignedHead): string {
  return JSON.stringify({ seq, hash, atUs, key: signature.keyId, signature: signature.value });
}

/** The anchors in a text: each line that is one. A line copied from Slack may have other lines around it. */
export function anchorsIn(text: string): readonly SignedHead[] {
  return text.split('\n').flatMap((line) => anchorIn(line) ?? []);
}

function anchorIn(line: string): SignedHead | undefined {
  try {
    const { seq, hash, atUs, key, signature } = JSON.parse(line) as Record<string, unknown>;
    if (typeof seq !== 'number' || typeof atUs !== 'number') return undefined;
    if (typeof hash !== 'string' || typeof key !== 'string' || typeof signature !== 'string') return undefined;
    return { seq, hash, atUs, signature: { keyId: key, value: signature } };
  } catch {
    return undefined;
  }
}
