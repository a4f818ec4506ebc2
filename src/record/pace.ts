/**
 * Slack's rate limits, over all processes on the store: each process knows what the others sent, also before a restart.
 * Its rows are facts about the last minutes, and lost without harm: Slack then says how long to wait.
 */
import type { Reader, Tx } from '#record/store.ts';

export type Pace = Readonly<{
  /** One call in this time, on average… */
  everyUs: number;
  /** …after this many at once. */
  burst: number;
}>;

/** What is known of some keys at one instant. */
export type Paces = Readonly<{
  /** When the next call is allowed. */
  freeAtUs(key: string, pace: Pace): number;
  /** A call was noted since. */
  spent(key: string, pace: Pace): void;
}>;

/** No wait that Slack asks for is longer, and no hold of a workspace. A longer one was dated by a clock that was ahead. */
export const LONGEST_HOLD_US = 600_000_000;
/** A correction of a clock is larger. */
const TOLERANCE_US = 1_000_000;

export async function pacesAt(
  { db }: Reader,
  { keys, nowUs }: Readonly<{ keys: readonly string[]; nowUs: number }>,
): Promise<Paces> {
  const rows = keys.length === 0 ? [] : await db.selectFrom('paces').selectAll().where('key', 'in', keys).execute();
  const ends = new Map(rows.map(({ key, ends_us }) => [key, ends_us]));
  const holds = new Map(rows.map(({ key, held_until_us }) => [key, held_until_us]));
  const endOf = (key: string, pace: Pace) => {
    const endsUs = ends.get(key) ?? 0;
    return endsUs > latestEndUs(pace, nowUs) ? 0 : endsUs;
  };
  return {
    freeAtUs(key, pace) {
      const heldUs = holds.get(key) ?? 0;
      const isPlausible = heldUs <= nowUs + LONGEST_HOLD_US + TOLERANCE_US;
      return Math.max(endOf(key, pace) - (pace.burst - 1) * pace.everyUs, isPlausible ? heldUs : 0);
    },
    spent(key, pace) {
      ends.set(key, Math.max(endOf(key, pace), nowUs) + pace.everyUs);
    },
  };
}

/**
 * Notes a call: the generic cell rate algorithm stores only when the calls so far would have ended at the exact rate.
 * Two processes that call in the same instant exceed the burst by one; the next call then waits for both.
 */
export async function spend({ db, nowUs }: Tx, key: string, pace: Pace): Promise<void> {
  if (pace.everyUs === 0) return;
  await db
    .insertInto('paces')
    .values({ key, ends_us: nowUs + pace.everyUs, held_until_us: 0 })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet(({ eb }) => ({
        ends_us: eb
          .case()
          .when(eb.and([eb('paces.ends_us', '>', nowUs), eb('paces.ends_us', '<=', latestEndUs(pace, nowUs))]))
          .then(eb('paces.ends_us', '+', pace.everyUs))
          .else(nowUs + pace.everyUs)
          .end(),
      })),
    )
    .execute();
}

/** Slack has asked to wait. */
export async function holdUntil(tx: Tx, key: string, untilUs: number): Promise<void> {
  const isLater = (heldUs: number) => heldUs < untilUs || heldUs > tx.nowUs + LONGEST_HOLD_US + TOLERANCE_US;
  const known = await tx.db.selectFrom('paces').select('held_until_us').where('key', '=', key).executeTakeFirst();
  if (known !== undefined && !isLater(known.held_until_us)) return;
  await tx.db
    .insertInto('paces')
    .values({ key, ends_us: 0, held_until_us: untilUs })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ held_until_us: untilUs }))
    .execute();
}

/** What waited may go on: there is a new token. */
export async function endHold({ db }: Tx, key: string): Promise<void> {
  await db.updateTable('paces').set({ held_until_us: 0 }).where('key', '=', key).execute();
}

/** Drops what no call depends on any more. */
export async function forgetPaces({ db }: Reader, nowUs: number): Promise<void> {
  const before = nowUs - LONGEST_HOLD_US;
  await db.deleteFrom('paces').where('ends_us', '<', before).where('held_until_us', '<', before).execute();
}

/** A later end was dated by a clock that was ahead. Processes that call together may each exceed the burst by one. */
function latestEndUs({ everyUs, burst }: Pace, nowUs: number): number {
  return nowUs + 2 * burst * everyUs + TOLERANCE_US;
}
