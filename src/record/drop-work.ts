/** Drops work that is still to do and has content to forget: requests, jobs, and messages that were not sent. */
import { personPlace } from '#model/incident/pager.ts';
import { OVERDUE } from '#record/action-items.ts';
import type { ForgetScope } from '#record/forget-scope.ts';
import { rowsContaining, rowsMentioning } from '#record/mentioning-rows.ts';
import { mentionsOfPerson } from '#record/mentions.ts';
import type { Schema } from '#record/schema.ts';
import type { Tx } from '#record/store.ts';

/** Work of a bot that holds it at this moment may still end, and store its result. */
export async function dropWork(tx: Tx, scope: ForgetScope): Promise<Readonly<Record<string, number>>> {
  const requests = await idsOf(tx, scope, 'inbox', 'body');
  const jobs = await idsOf(tx, scope, 'jobs', 'payload');
  const messages = await messagesOf(tx, scope);
  if (requests.length > 0) {
    const done = { body: null, error: null, done_us: tx.nowUs, given_up_us: null };
    await tx.db.updateTable('inbox').set(done).where('id', 'in', requests).execute();
  }
  if (jobs.length > 0) {
    const done = { state: 'done', payload: null, error: null, lease: null, lease_until_us: null } as const;
    await tx.db
      .updateTable('jobs')
      .set({ ...done, finished_us: tx.nowUs })
      .where('id', 'in', jobs)
      .execute();
  }
  if (messages.length > 0) {
    await tx.db.deleteFrom('outbox').where('message_id', 'in', messages).execute();
    await tx.db
      .updateTable('messages')
      .set({ state: 'expired', reason: 'forgotten on request' })
      .where('id', 'in', messages)
      .where('state', '=', 'queued')
      .execute();
  }
  if (scope.personId !== undefined) await dropOfPerson(tx, scope.personId);
  return { 'waiting requests': requests.length, 'waiting jobs': jobs.length, 'waiting messages': messages.length };
}

async function dropOfPerson(tx: Tx, personId: string): Promise<void> {
  // The channel of a direct message is the person's id, and the pace of that channel has it, too.
  await tx.db.updateTable('messages').set({ channel_id: null }).where('channel_id', '=', personId).execute();
  const paces = await rowsMentioning(tx, mentionsOfPerson(personId), { table: 'paces', columns: ['key'] });
  for (const { key } of paces) await tx.db.deleteFrom('paces').where('key', '=', `${key}`).execute();
  await tx.db
    .updateTable('pager_steps')
    .set({ state: 'dropped', reason: '' })
    .where('place', '=', personPlace(personId))
    .where('state', '=', 'queued')
    .execute();
}

/** The ids under which messages, jobs and buttons name what is forgotten as a whole. */
export function wholeIds({ incident, investigations, alerts }: ForgetScope): readonly string[] {
  return [...new Set([...(incident === undefined ? [] : [incident.id]), ...investigations, ...alerts])];
}

async function idsOf(
  tx: Tx,
  scope: ForgetScope,
  table: 'inbox' | 'jobs',
  column: 'body' | 'payload',
): Promise<readonly string[]> {
  const found = new Set<string>();
  if (scope.mentions !== undefined) {
    const rows = await rowsMentioning(tx, scope.mentions, { table, columns: [column] });
    for (const { id } of rows) found.add(`${id}`);
  }
  for (const id of wholeIds(scope)) {
    for (const row of await rowsContaining(tx, id, { table, column })) found.add(`${row.id}`);
  }
  return [...found];
}

async function messagesOf(tx: Tx, scope: ForgetScope): Promise<readonly string[]> {
  const waiting = await tx.db.selectFrom('outbox').select(['message_id', 'lane', 'payload']).execute();
  const ids = wholeIds(scope);
  const found = new Set(
    waiting
      .map(({ message_id }) => message_id)
      .filter((id) => ids.some((one) => id === one || id.startsWith(`${one}/`))),
  );
  for (const { message_id, lane, payload } of waiting) {
    // A direct message has items of several incidents; its buttons hold their ids.
    const isAbout = message_id.startsWith(OVERDUE) && ids.some((id) => payload?.includes(id));
    if (isAbout || lane === scope.personId) found.add(message_id);
  }
  if (scope.mentions !== undefined) {
    const columns = ['payload', 'unreachable_text'] as const;
    const rows = await rowsMentioning(tx, scope.mentions, { table: 'outbox', columns });
    for (const row of rows as unknown as readonly Schema['outbox'][]) found.add(row.message_id);
  }
  return [...found];
}
