/** What the store says of itself: its version, and the work and messages that were given up. */
import { undelivered } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';

export type StoreState = Readonly<{
  version: number;
  /** The version that this program brings it to at the next start. */
  known: number;
  givenUp: readonly Readonly<{ what: string; why: string; atUs: number }>[];
}>;

export async function checkStore(store: Store): Promise<StoreState> {
  const { version, migrated } = store;
  if (version === 0) return { version, known: migrated.to, givenUp: [] }; // an empty file: it has no tables yet
  const [jobs, messages] = await Promise.all([tableJobs.deadJobs(store), undelivered(store)]);
  return {
    version,
    known: migrated.to,
    givenUp: [
      ...jobs.map(({ kind, attempts, error, diedUs }) => ({
        what: `job ${kind}, after ${attempts} attempts`,
        why: error,
        atUs: diedUs,
      })),
      ...messages.map(({ kind, channelId, state, reason, createdUs }) => ({
        what: `${kind}${channelId === undefined ? '' : ` to ${channelId}`}, ${state}`,
        why: reason,
        atUs: createdUs,
      })),
    ],
  };
}
