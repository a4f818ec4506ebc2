/**
 * A sender's messages are too large, so its alerts or changes are lost. The operators' channel hears so once an hour, with
 * the setting of the sender that makes them smaller. Only a proved sender causes a message: for all others, anybody could.
 *
 *   413 ──► the log, once a minute and sender
 *     └──► the sender is proved ──► a job with the hour in its key ──► a message with the hour in its id
 *
 * So neither restarts nor further processes on the store repeat it.
 */
import type { Log } from '#core/log.ts';
import { HOUR_US, MINUTE_US } from '#core/time-units.ts';
import { oversizedMessages } from '#present/slack/operator-messages.ts';
import type { JobHandler, Jobs } from '#record/jobs.ts';
import { post } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';

export const TELL_TOO_LARGE = 'tell-too-large';

export type Oversized = Readonly<{
  /** The path of its webhook: one sender may have several. */
  path: string;
  /** The sender's name for people. */
  title: string;
  /** Undefined if the sender did not say the size before. */
  bytes: number | undefined;
  maxBytes: number;
  /** Which setting of the sender helps; undefined where none is known. */
  smaller: string | undefined;
}>;

/** Hears of each body that was refused for its size. */
export type HearTooLarge = (oversized: Oversized & Readonly<{ isProved: boolean }>) => void;

export type TooLargeOptions = Readonly<{
  store: Store;
  jobs: Jobs;
  log: Log;
  /** The operators' channel; without one, only the log says it. */
  channelId: string | undefined;
  kick(): void;
}>;

/** A sender that repeats a refused message must not fill the log. */
const LOG_EVERY_US = MINUTE_US;

export function tooLargeHearer({ store, jobs, log, channelId, kick }: TooLargeOptions): HearTooLarge {
  const loggedUs = new Map<string, number>();
  const storedHour = new Map<string, number>();

  async function tell(oversized: Oversized): Promise<void> {
    const hour = hourOf(await store.nowUs());
    // Saves the store a transaction for each further request; its key alone prevents a repetition.
    if (storedHour.get(oversized.path) === hour) return;
    await store.transaction((tx) =>
      jobs.addJob(tx, {
        kind: TELL_TOO_LARGE,
        workspaceId: '', // Slack must say which one it is for, and Slack may be unavailable now
        key: `${oversized.path}/${hourOf(tx.nowUs)}`,
        payload: oversized,
      }),
    );
    storedHour.set(oversized.path, hour);
    kick();
  }

  return ({ isProved, ...oversized }) => {
    const { path, title, bytes, maxBytes } = oversized;
    const nowUs = store.clock.elapsedUs();
    const key = `${path} ${isProved}`;
    if (nowUs - (loggedUs.get(key) ?? Number.NEGATIVE_INFINITY) >= LOG_EVERY_US) {
      loggedUs.set(key, nowUs);
      log.warn({ path, bytes, maxBytes, isProved }, `a message of ${title} is too large and was refused`);
    }
    if (!isProved || channelId === undefined) return;
    tell(oversized).catch((err: unknown) => log.error({ err, path }, 'cannot store that messages are too large'));
  };
}

export function tooLargeTeller({
  store,
  channelId,
  workspace,
  kick,
}: Pick<TooLargeOptions, 'store' | 'channelId' | 'kick'> &
  Readonly<{ workspace(signal: AbortSignal): Promise<string> }>): JobHandler {
  return async ({ key, payload }, signal) => {
    if (channelId === undefined) return;
    const workspaceId = await workspace(signal);
    const message = oversizedMessages(payload as Oversized);
    await store.transaction((tx) =>
      post(tx, { messageId: `operators/too-large/${key}`, workspaceId, channelId, message }),
    );
    kick();
  };
}

function hourOf(us: number): number {
  return Math.floor(us / HOUR_US);
}
