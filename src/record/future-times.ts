/**
 * After the correction of a clock that was ahead, rows with future dates remain, and would wait until then. This moves
 * them to the present. Intentional delays keep their distance from when the row was stored. A clock that was behind leaves
 * rows that look old: `row-age.ts` knows better.
 */
import { LEASE_US } from '#record/lease.ts';
import { noteTime } from '#record/row-age.ts';
import type { Store, Tx } from '#record/store.ts';

/** No backoff is longer, and no wait that Slack asks for. */
const LONGEST_PAUSE_US = 3_600_000_000;
/** The clocks of two processes differ by less; a smaller difference is not a correction. */
const TOLERANCE_US = 5_000_000;
/** A lease is renewed before it ends; a much longer one comes from another clock. */
const LONGEST_LEASE_US = 10 * LEASE_US;

/** Cheap if there are none: call it at start and every minute. */
export async function mendFutureTimes(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    noteTime(store, tx.nowUs);
    await mendRequests(tx);
    await mendJobs(tx);
    await mendMessages(tx);
    await mendAlerts(tx);
  });
}

async function mendRequests({ db, nowUs }: Tx): Promise<void> {
  const open = () => db.updateTable('inbox').where('done_us', 'is', null);
  await open()
    .set({ received_us: nowUs })
    .where('received_us', '>', nowUs + TOLERANCE_US)
    .execute();
  await open()
    .set({ due_us: nowUs })
    .where('due_us', '>', nowUs + LONGEST_PAUSE_US)
    .execute();
}

async function mendJobs({ db, nowUs }: Tx): Promise<void> {
  await db
    .updateTable('jobs')
    .set(({ eb, parens }) => ({
      due_us: eb('due_us', '-', parens(eb('created_us', '-', nowUs))),
      created_us: nowUs,
    }))
    .where('state', '=', 'queued')
    .where('created_us', '>', nowUs + TOLERANCE_US)
    .execute();
  await db
    .updateTable('jobs')
    .set({ due_us: nowUs })
    .where('state', '=', 'queued')
    .where('attempts', '>', 0)
    .where('due_us', '>', nowUs + LONGEST_PAUSE_US)
    .execute();
  await db
    .updateTable('jobs')
    .set({ lease_until_us: nowUs + LEASE_US })
    .where('state', '=', 'running')
    .where('lease_until_us', '>', nowUs + LONGEST_LEASE_US)
    .execute();
}

async function mendMessages({ db, nowUs }: Tx): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ created_us: nowUs })
    .where('created_us', '>', nowUs + TOLERANCE_US)
    .execute();
  await db
    .updateTable('outbox')
    .set({ due_us: nowUs })
    .where('due_us', '>', nowUs + LONGEST_PAUSE_US)
    .execute();
  await db
    .updateTable('outbox')
    .set({ lease_until_us: nowUs + LEASE_US })
    .where('state', '=', 'sending')
    .where('lease_until_us', '>', nowUs + LONGEST_LEASE_US)
    .execute();
  await db
    .updateTable('messages')
    .set({ created_us: nowUs })
    .where('state', 'in', ['queued', 'sent'])
    .where('created_us', '>', nowUs + TOLERANCE_US)
    .execute();
}

/** An alert that was heard in the future seems to go on until then, and its next firing gets no diagnosis. */
async function mendAlerts({ db, nowUs }: Tx): Promise<void> {
  for (const column of ['received_us', 'heard_us'] as const) {
    await db
      .updateTable('alerts')
      .set({ [column]: nowUs })
      .where(column, '>', nowUs + TOLERANCE_US)
      .execute();
  }
}
