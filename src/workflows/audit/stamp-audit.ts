/** Has the head of the audit log timestamped once a day, and checks the stamps. */
import { DAY_US } from '#core/time-units.ts';
import type { CheckStamp, StampText } from '#model/incident/timestamp.ts';
import { newestSignedHead } from '#record/audit-signatures.ts';
import { newestStampUs, noteStamp, stamps } from '#record/audit-stamps.ts';
import type { Store } from '#record/store.ts';

/** Call it often: it does nothing until a day has passed. If the server is away, the next call tries again. */
export function auditStamper(store: Store, stamp: StampText): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const head = await newestSignedHead(store);
    const lastUs = await newestStampUs(store);
    if (head === undefined || (lastUs !== undefined && (await store.nowUs()) - lastUs < DAY_US)) return;
    const token = await stamp(head.hash, signal);
    await store.transaction((tx) => noteStamp(tx, { seq: head.seq, hash: head.hash, token }));
  };
}

export type StampsState = Readonly<{
  ok: boolean;
  /** How many stamps are valid. */
  stamps: number;
  /** The newest valid one: its entry, the time of the server, and the server. */
  newest: Readonly<{ seq: number; atUs: number; by: string }> | undefined;
  problem: string;
}>;

export async function verifyStamps(store: Store, check: CheckStamp): Promise<StampsState> {
  let newest: StampsState['newest'];
  let valid = 0;
  for (const { seq, hash, hashNow, token } of await stamps(store)) {
    const failed = (problem: string) => ({ ok: false, stamps: valid, newest, problem });
    if (hashNow !== hash) return failed(`entry ${seq} is not the one that was timestamped`);
    const { atUs, by, problem } = await check(token, hash);
    if (problem !== '') return failed(`the timestamp of entry ${seq} is not valid: ${problem}`);
    newest = { seq, atUs, by };
    valid += 1;
  }
  return { ok: true, stamps: valid, newest, problem: '' };
}
