/** The queues of the store in numbers: what waits, for how long, what was given up, and what was lost. */
import type { ExpressionBuilder } from 'kysely';
import { ASIDE } from '#record/outbox.ts';
import { quietCounts } from '#record/quiet-alerts.ts';
import type { MessageState, Schema } from '#record/schema.ts';
import type { Reader } from '#record/store.ts';

export type Queue = Readonly<{
  name: 'inbox' | 'jobs' | 'outbox';
  /** What is due now and not done. Work for later does not wait. */
  waiting: number;
  /** Since when the oldest of it is due. */
  oldestUs: number | undefined;
}>;

export type Heard = Readonly<{ source: string; atUs: number }>;

export type QueueNumbers = Readonly<{
  queues: readonly Queue[];
  /** Since when the oldest message waits that Slack has not refused by itself: then others wait, too. */
  unsentSinceUs: number | undefined;
  /** Jobs that are dead, requests and messages that were given up. */
  givenUp: Readonly<{ jobs: number; requests: number; messages: number }>;
  /** Details that a newer message made useless before they were sent. */
  dropped: number;
  /** Open questions that no job works on and that nobody was told about. Always 0: anything else is a bug. */
  lost: number;
  /** The last delivery of each source of alerts and changes. */
  heard: readonly Heard[];
  /** Alerts that got no answer by choice, by what kept them quiet. */
  quiet: Readonly<Record<'rule' | 'mute', number>>;
}>;

export async function queueNumbers(reader: Reader, nowUs: number): Promise<QueueNumbers> {
  const [inbox, jobs, outbox, unsentSinceUs, givenUp, dropped, lost, heard, quiet] = await Promise.all([
    inboxQueue(reader, nowUs),
    jobQueue(reader, nowUs),
    outboxQueue(reader, nowUs),
    oldestUnsent(reader, nowUs),
    givenUpNumbers(reader),
    messagesIn(reader, ['dropped']),
    lostQuestions(reader),
    lastHeard(reader),
    quietCounts(reader),
  ]);
  return { queues: [inbox, jobs, outbox], unsentSinceUs, givenUp, dropped, lost, heard, quiet };
}

async function inboxQueue({ db }: Reader, nowUs: number): Promise<Queue> {
  const row = await db
    .selectFrom('inbox')
    .select(({ fn }) => [fn.countAll<number>().as('waiting'), fn.min('received_us').as('oldest')])
    .where('done_us', 'is', null)
    .where('given_up_us', 'is', null)
    .where('received_us', '<=', nowUs)
    .executeTakeFirst();
  return queueOf('inbox', row);
}

async function jobQueue({ db }: Reader, nowUs: number): Promise<Queue> {
  const row = await db
    .selectFrom('jobs')
    .select(({ fn }) => [fn.countAll<number>().as('waiting'), fn.min('due_us').as('oldest')])
    .where('state', '=', 'queued')
    .where('due_us', '<=', nowUs)
    .executeTakeFirst();
  return queueOf('jobs', row);
}

/** A message that Slack put off still waits: its age counts from when it was stored. */
async function outboxQueue({ db }: Reader, nowUs: number): Promise<Queue> {
  const row = await db
    .selectFrom('outbox')
    .select(({ fn }) => [fn.countAll<number>().as('waiting'), fn.min('created_us').as('oldest')])
    .where('created_us', '<=', nowUs)
    .where(isOfNobodyWhoLeft)
    .executeTakeFirst();
  return queueOf('outbox', row);
}

async function oldestUnsent({ db }: Reader, nowUs: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('outbox')
    .select(({ fn }) => fn.min<number | null>('created_us').as('oldest'))
    .where('created_us', '<=', nowUs)
    .where('lane', 'not like', `${ASIDE}%`)
    .where(isOfNobodyWhoLeft)
    .executeTakeFirst();
  return row?.oldest ?? undefined;
}

/** Messages of a workspace that removed the app wait for it, and are nobody's trouble. */
function isOfNobodyWhoLeft({ not, exists, selectFrom }: ExpressionBuilder<Schema, 'outbox'>) {
  return not(
    exists(
      selectFrom('installations')
        .select('installations.workspace_id')
        .whereRef('installations.workspace_id', '=', 'outbox.workspace_id')
        .where('installations.removed_us', 'is not', null),
    ),
  );
}

function queueOf(
  name: Queue['name'],
  row: Readonly<{ waiting: number | string; oldest: number | null }> | undefined,
): Queue {
  return { name, waiting: Number(row?.waiting ?? 0), oldestUs: row?.oldest ?? undefined };
}

async function givenUpNumbers(reader: Reader): Promise<QueueNumbers['givenUp']> {
  const { db } = reader;
  const jobs = await db
    .selectFrom('jobs')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', '=', 'dead')
    .executeTakeFirst();
  const requests = await db
    .selectFrom('inbox')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('given_up_us', 'is not', null)
    .executeTakeFirst();
  return {
    jobs: Number(jobs?.count ?? 0),
    requests: Number(requests?.count ?? 0),
    messages: await messagesIn(reader, ['unknown', 'unreachable', 'refused', 'expired']),
  };
}

async function messagesIn({ db }: Reader, states: readonly MessageState[]): Promise<number> {
  const row = await db
    .selectFrom('messages')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', 'in', states)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** A question and its job are stored together and end together: the job has the question's id as its key. */
async function lostQuestions({ db }: Reader): Promise<number> {
  const row = await db
    .selectFrom('investigations')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', '=', 'open')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('jobs')
            .select('jobs.id')
            .whereRef('jobs.key', '=', 'investigations.id')
            .where('jobs.state', 'in', ['queued', 'running', 'dead']),
        ),
      ),
    )
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

async function lastHeard({ db }: Reader): Promise<readonly Heard[]> {
  const alerts = await db
    .selectFrom('alerts')
    .select(({ fn }) => ['source', fn.max('heard_us').as('at')])
    .groupBy('source')
    .orderBy('source')
    .execute();
  const changes = await db
    .selectFrom('changes')
    .select(({ fn }) => fn.max('noted_us').as('at'))
    .executeTakeFirst();
  return [
    ...alerts.map(({ source, at }) => ({ source, atUs: at ?? 0 })),
    ...(changes?.at ? [{ source: 'changes', atUs: changes.at }] : []),
  ];
}
