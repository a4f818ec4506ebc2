/** The health of the bot itself: its queues, what it gave up, and whether its store can be written. */
import { type QueueNumbers, queueNumbers } from '#record/queues.ts';
import type { Store } from '#record/store.ts';
import { storeTrouble } from '#workflows/upkeep/check-store.ts';

export type OwnHealth = QueueNumbers &
  Readonly<{
    /** Why the store cannot be written. */
    trouble: string | undefined;
    nowUs: number;
  }>;

export function ownHealth(store: Store): () => Promise<OwnHealth> {
  const trouble = storeTrouble(store);
  return async () => {
    const nowUs = await store.nowUs();
    return { ...(await queueNumbers(store, nowUs)), trouble: await trouble(), nowUs };
  };
}
