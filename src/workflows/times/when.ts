import { quotable } from '#present/slack/text.ts';
import { readableSecond } from '#present/words/instant.ts';
import type { Store } from '#record/store.ts';
import { UTC } from '#utilities/time-zone.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import type { Directory } from '#workflows/incidents/show-overview.ts';
import { resolveTime, type SpokenTime } from '#workflows/times/spoken-time.ts';

export type TimeParts = Readonly<{ store: Pick<Store, 'nowUs'>; directory: Directory }>;

export type Happened = Readonly<{
  /** Undefined: now. */
  atUs: number | undefined;
  /** The time of the action, for the person who asked (in their own zone) and as plain text; '' for now. */
  said: string;
  plain: string;
}>;

export async function whenOf(
  { store, directory }: TimeParts,
  { userId }: Pick<AskedBy, 'userId'>,
  when: SpokenTime | undefined,
): Promise<Happened | Readonly<{ problem: string }>> {
  if (when === undefined) return { atUs: undefined, said: '', plain: '' };
  const isOwn = when.kind !== 'ago' && when.zone === 'own';
  const own = isOwn ? (await directory.person(userId))?.zone : UTC;
  if (own === undefined) {
    const unknown = `Slack does not tell me your time zone, so I do not know when ${quotable(when.said)} was.`;
    return { problem: `${unknown} Write it with its zone, such as 14:35 UTC, or as 20 min ago.` };
  }
  const resolved = resolveTime(when, { nowUs: await store.nowUs(), own });
  if ('problem' in resolved) return resolved;

  const { us, isYesterday } = resolved;
  const readable = readableSecond(us);
  const day = isYesterday ? ' (yesterday)' : '';
  return {
    atUs: us,
    said: ` at <!date^${Math.floor(us / 1e6)}^{date_short_pretty} {time_secs}|${readable}>${day}`,
    plain: ` at ${readable}`,
  };
}
