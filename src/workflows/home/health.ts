/** Whether the sources answer and the bot keeps up, for the Home tab. */
import { type Clock, within } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import type { Health } from '#gather/sources.ts';
import type { WhoLooks, WhoMay } from '#workflows/upkeep/check-store.ts';
import type { OwnHealth } from '#workflows/upkeep/own-health.ts';

export type HomeHealth = Readonly<{
  /** The names of the connections. One that took too long did not answer. */
  answering: readonly string[];
  failing: readonly string[];
  /** Whether the store of the bot can be written. */
  isWritable: boolean;
  /** Since when the oldest work of the bot waits, if that is long. In microseconds since the epoch. */
  lateSinceUs: number | undefined;
}>;

export type HealthOptions = Readonly<{
  clock: Clock;
  /** Each connection once. */
  connections: readonly Readonly<{ name: string; check(signal: AbortSignal): Promise<Health> }>[];
  own(): Promise<OwnHealth>;
  isMember: WhoMay['isMember'];
}>;

/** A person waits for the tab. */
const CHECK_MS = 2_000;
/** Each check is a request of a budget that answers need. */
const REMEMBER_US = 120_000_000;
/** Less is usual work. */
const LATE_US = 60_000_000;

/** Undefined for a guest, and for somebody of another company. */
export function healthFor({
  clock,
  connections,
  own,
  isMember,
}: HealthOptions): (who: WhoLooks) => Promise<HomeHealth | undefined> {
  let known: Readonly<{ checks: Promise<readonly boolean[]>; untilUs: number }> | undefined;
  return async (who) => {
    if (!(await isMember(who))) return undefined;
    if (known === undefined || clock.elapsedUs() >= known.untilUs) {
      const checks = Promise.all(connections.map(async ({ check }) => await answers(clock, check)));
      known = { checks, untilUs: clock.elapsedUs() + REMEMBER_US };
    }
    const [ok, { trouble, queues, nowUs }] = await Promise.all([known.checks, own()]);
    const named = (wanted: boolean) => connections.filter((_, at) => ok[at] === wanted).map(({ name }) => name);
    const oldestUs = Math.min(...queues.map(({ oldestUs: since = Number.POSITIVE_INFINITY }) => since));
    return {
      answering: named(true),
      failing: named(false),
      isWritable: trouble === undefined,
      lateSinceUs: oldestUs < nowUs - LATE_US ? oldestUs : undefined,
    };
  };
}

async function answers(clock: Clock, check: (signal: AbortSignal) => Promise<Health>): Promise<boolean> {
  const deadline = openDeadline(clock, CHECK_MS);
  try {
    const asked = check(deadline.signal).then(
      ({ ok }) => ok,
      () => false,
    );
    return (await within(clock, CHECK_MS, asked)) ?? false;
  } finally {
    deadline.close();
  }
}
