/** A sign of life for a dead-man's switch outside, only while the bot does its work. */
import type { OwnHealth } from '#workflows/upkeep/own-health.ts';

export type HeartbeatOptions = Readonly<{
  health(): Promise<OwnHealth>;
  /** Requests the address, and returns the status of the answer. */
  beat(signal: AbortSignal): Promise<number>;
}>;

const TIMEOUT_MS = 10_000;
/** Work that is due starts within seconds. After this, nobody takes it. */
const STUCK_US = 10 * 60 * 1_000_000;
/** Slack may be away for minutes, and a storm takes minutes to send. After this, people wait for answers in vain. */
const UNSENT_US = 30 * 60 * 1_000_000;

/** Throws if the bot is not healthy, or the address does not answer: then the service outside misses a beat. */
export function heartbeat({ health, beat }: HeartbeatOptions): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const { trouble, queues, unsentSinceUs, nowUs } = await health();
    if (trouble !== undefined) throw new Error(trouble);
    const jobs = queues.find(({ name }) => name === 'jobs');
    if (jobs?.oldestUs !== undefined && nowUs - jobs.oldestUs > STUCK_US) throw new Error('due jobs are not taken');
    if (unsentSinceUs !== undefined && nowUs - unsentSinceUs > UNSENT_US) throw new Error('messages are not sent');
    const status = await beat(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
    if (status >= 400) throw new Error(`the address of the heartbeat answered ${status}`);
  };
}
