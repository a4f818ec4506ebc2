/** Reports the state of the store: its version, the jobs and messages given up, and whether it can be written. */
import { within } from '#core/clock.ts';
import { errorRecord } from '#core/errors.ts';
import { givenUpRequests } from '#record/inbox.ts';
import { undelivered } from '#record/outbox.ts';
import { type Store, tryToWrite } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';

export type StoreState = Readonly<{
  version: number;
  /** The version to which the next start migrates it. */
  known: number;
  givenUp: readonly GivenUp[];
}>;

/** `channelId`: the channel for which it was meant; undefined if it belongs to none. */
export type GivenUp = Readonly<{
  what: string;
  why: string;
  atUs: number;
  /** Empty if it came by webhook. */
  workspaceId: string;
  channelId?: string | undefined;
}>;

/** Reads stores of earlier versions as they are. Those do not record requests that were given up. */
const GIVEN_UP_SINCE = 5;

export async function checkStore(store: Store): Promise<StoreState> {
  const { version, migrated } = store;
  if (version === 0) return { version, known: migrated.to, givenUp: [] }; // an empty file: it has no tables yet
  const [requests, jobs, messages] = await Promise.all([
    version < GIVEN_UP_SINCE ? [] : givenUpRequests(store),
    tableJobs.deadJobs(store),
    undelivered(store),
  ]);
  return {
    version,
    known: migrated.to,
    givenUp: [
      ...requests.map(({ source, error, givenUpUs, workspaceId }) => ({
        what: `request of ${source}, after a day`,
        why: error,
        atUs: givenUpUs,
        workspaceId,
      })),
      ...jobs.map(({ kind, attempts, error, diedUs, workspaceId }) => ({
        what: `job ${kind}, after ${attempts} attempts`,
        why: error,
        atUs: diedUs,
        workspaceId,
      })),
      ...messages.map(({ kind, channelId, state, reason, createdUs, workspaceId }) => ({
        what: `${kind}${channelId === undefined ? '' : ` to ${channelId}`}, ${state}`,
        why: reason,
        atUs: createdUs,
        workspaceId,
        channelId,
      })),
    ],
  };
}

export type WhoLooks = Readonly<{ userId: string; workspaceId: string; channelId: string }>;

export type WhoMay = Readonly<{
  /** Undefined, as below, if Slack did not say. */
  isMember(who: WhoLooks): Promise<boolean | undefined>;
  mayRead(who: WhoLooks, channelId: string): Promise<boolean | undefined>;
}>;

/** The part that a person may see: guests see nothing, members see nothing of channels that they cannot read. */
export async function readableBy(
  who: WhoLooks,
  givenUp: readonly GivenUp[],
  { isMember, mayRead }: WhoMay,
): Promise<readonly GivenUp[]> {
  if (!(await isMember(who))) return [];
  const channels = new Map<string | undefined, boolean | undefined>([[undefined, true]]);
  for (const { channelId } of givenUp) {
    if (channelId !== undefined && !channels.has(channelId)) channels.set(channelId, await mayRead(who, channelId));
  }
  return givenUp.filter(({ channelId }) => channels.get(channelId));
}

/** An orchestrator asks every few seconds and ignores a later answer. */
const WRITTEN_WITHIN_MS = 2_000;
/** Anybody who reaches the port may ask, so one write answers all requests within this time. */
const REMEMBER_US = 1_000_000;

/**
 * Why the store cannot be written, in words for an operator; undefined if it can. A process that cannot store must
 * refuse work, so it should receive no requests.
 */
export function storeTrouble(store: Store): () => Promise<string | undefined> {
  const { clock } = store;
  let known: Readonly<{ trouble: Promise<string | undefined>; untilUs: number }> | undefined;
  return () => {
    if (known === undefined || clock.elapsedUs() >= known.untilUs) {
      known = { trouble: troubleOf(store), untilUs: clock.elapsedUs() + REMEMBER_US };
    }
    return known.trouble;
  };
}

async function troubleOf(store: Store): Promise<string | undefined> {
  try {
    const isWritten = await within(
      store.clock,
      WRITTEN_WITHIN_MS,
      tryToWrite(store).then(() => true),
    );
    return isWritten ? undefined : `the store took longer than ${WRITTEN_WITHIN_MS / 1_000} s to write`;
  } catch (error) {
    return `the store cannot be written: ${errorRecord(error).message}`;
  }
}
