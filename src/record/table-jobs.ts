/** Jobs as rows of the store: implements `jobs.ts` for a store with one file or few processes. */
import { errorRecord } from '#core/errors.ts';
import { timed } from '#core/measures.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';
import { type Backoff, backoffUs } from '#record/backoff.ts';
import { beginsWith } from '#record/begins-with.ts';
import {
  type DeadJob,
  type Job,
  type JobKeys,
  type Jobs,
  type KnownJob,
  NeverError,
  type NewJob,
  NotYetError,
  type RunJobsOptions,
} from '#record/jobs.ts';
import { LEASE_US, whileLeased } from '#record/lease.ts';
import { ageUs } from '#record/row-age.ts';
import { type Runner, startRunner, type Taken } from '#record/runner.ts';
import type { Schema } from '#record/schema.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

export const tableJobs: Jobs = { addJob, moveJobs, keysOf, runJobs, deadJobs, forgetDone };

/** Diagnoses mostly wait for backends; while they do not, each may hold a trace in memory. */
const CONCURRENCY = 4;
/** With the waits below, jobs survive about a minute of failures; after that, the person has asked again. */
const MAX_ATTEMPTS = 6;
const BACKOFF: Backoff = { firstUs: 2_000_000, capUs: 60_000_000 };
/** Slack or a disk may be unavailable for hours; ten minutes after its return the work is done. */
const LASTING_BACKOFF: Backoff = { firstUs: 2_000_000, capUs: 600_000_000 };
/** After a day the result is useless. */
const LASTS_US = 24 * 3_600 * 1_000_000;
/** The same key comes again for a month at the longest: that of the monthly review. */
const REMEMBER_DONE_US = 90 * 24 * 3_600 * 1_000_000;
/** A few milliseconds of work for the store. */
const FORGOTTEN_AT_ONCE = 1_000;
/** An error's message may quote a whole answer; the list of failed jobs needs its beginning. */
const ERROR_CHARS = 1_000;

async function addJob(tx: Tx, { kind, workspaceId, key, payload, dueUs = tx.nowUs }: NewJob): Promise<void> {
  await tx.db
    .insertInto('jobs')
    .values({
      id: tx.newId(),
      workspace_id: workspaceId,
      kind,
      key,
      payload: JSON.stringify(payload),
      state: 'queued',
      attempts: 0,
      due_us: dueUs,
      lease: null,
      lease_until_us: null,
      error: null,
      created_us: tx.nowUs,
      finished_us: null,
      lost: 0,
      alone: 0,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'kind', 'key'])
        .doUpdateSet({
          ...ANEW,
          payload: JSON.stringify(payload),
          due_us: dueUs,
          created_us: tx.nowUs,
        })
        .where('jobs.state', '=', 'dead'),
    )
    .execute();
}

const ANEW = { state: 'queued', attempts: 0, lost: 0, error: null, finished_us: null } as const;

async function moveJobs(tx: Tx, { kind, workspaceId, prefix, dueUs }: Parameters<Jobs['moveJobs']>[1]): Promise<void> {
  await tx.db
    .updateTable('jobs')
    .set({ due_us: dueUs })
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', kind)
    .where(beginsWith('key', prefix))
    .where('state', '=', 'queued')
    .execute();
}

async function keysOf({ db }: Reader, { kind, workspaceId, prefix }: JobKeys): Promise<readonly KnownJob[]> {
  const rows = await db
    .selectFrom('jobs')
    .select(['key', 'state'])
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', kind)
    .where(beginsWith('key', prefix))
    .orderBy('created_us')
    .orderBy('id')
    .execute();
  return rows.map(({ key, state }) => ({ key, isOver: state === 'done' || state === 'dead' }));
}

function runJobs(options: RunJobsOptions): Runner {
  const { store, handlers, log, onDead, random = store.random } = options;
  const { lasting = new Set<string>(), slow = new Set<string>() } = options;
  const { concurrency = CONCURRENCY, leaseUs = LEASE_US, maxAttempts = MAX_ATTEMPTS } = options;
  const { clock } = store;
  const kinds = Object.keys(handlers);
  const cutOff = new AbortController();
  /** The jobs that this process holds, with their kinds: after the machine has slept, their leases look like those of a dead process. */
  const inHand = new Map<string, string>();
  /** The job in hand whose process died: it runs alone, so that a second death is certainly its own. */
  let suspect: string | undefined;
  const isApart = slow.size > 0;
  const places = isApart ? 2 * concurrency : concurrency;
  return startRunner({ name: 'jobs', clock, nowUs: store.nowUs, log, concurrency: places, take, cutOff });

  async function take(room: number): Promise<Taken> {
    if (suspect !== undefined) return { work: [], nextUs: undefined };
    const nextUs = await nextDueUs(store, kindsWithRoom(), inHand);
    if (nextUs === undefined || nextUs > (await store.nowUs())) return { work: [], nextUs };

    const { taken, waits } = await store.transaction((tx) => takeDue(tx, room));
    for (const { job } of taken) inHand.set(job.id, job.kind);
    if (waits) suspect = taken[0]?.job.id;
    const work = taken.map((held) => () => run(held).finally(() => letGo(held.job.id)));
    // The end of a job makes the runner look again.
    return { work, nextUs: waits ? undefined : await nextAfterTaken() };
  }

  /** Does not throw: the jobs that were taken must start, because nobody else may take them. */
  async function nextAfterTaken(): Promise<number | undefined> {
    try {
      return await nextDueUs(store, kindsWithRoom(), inHand);
    } catch (err) {
      log.error({ err }, 'could not look for the next job');
      return undefined;
    }
  }

  /** `waits`: the others wait, because a suspect runs alone. It waits itself for what runs already. */
  async function takeDue(tx: Tx, room: number): Promise<{ taken: readonly Held[]; waits: boolean }> {
    const due = await dueWithRoom(tx, room);
    const suspects = due.filter(({ state }) => state === 'running');
    const waits = suspects.length > 0;
    if (waits && inHand.size > 0) return { taken: [], waits };
    const taken: Held[] = [];
    for (const row of waits ? suspects.slice(0, 1) : due) {
      const held = await lease(tx, row);
      if (held !== undefined) taken.push(held);
    }
    const together = [...inHand.keys(), ...taken.map(({ job }) => job.id)];
    if (taken.length > 0 && together.length > 1) await markTogether(tx, together);
    return { taken, waits };
  }

  /** How many more slow jobs, or how many more of the others, may start now. */
  function roomOf(isSlow: boolean): number {
    if (!isApart) return concurrency;
    return concurrency - [...inHand.values()].filter((kind) => slow.has(kind) === isSlow).length;
  }

  function kindsWithRoom(): readonly string[] {
    return kinds.filter((kind) => roomOf(slow.has(kind)) > 0);
  }

  async function dueWithRoom(tx: Tx, room: number): Promise<readonly JobRow[]> {
    if (!isApart) return await dueRows(tx, kinds, inHand, room);
    const due: JobRow[] = [];
    for (const isSlow of [false, true]) {
      const some = kinds.filter((kind) => slow.has(kind) === isSlow);
      const left = Math.min(room - due.length, roomOf(isSlow));
      if (some.length > 0 && left > 0) due.push(...(await dueRows(tx, some, inHand, left)));
    }
    return due;
  }

  function letGo(id: string): void {
    inHand.delete(id);
    if (suspect === id) suspect = undefined;
  }

  /** Undefined if another process has taken it since it was read. */
  async function lease(tx: Tx, row: JobRow): Promise<Held | undefined> {
    const token = tx.newId();
    const isSuspect = row.state === 'running';
    // If others ran beside it, nobody knows which of them ended the process: the attempt does not count.
    const counts = isSuspect && row.alone === 1;
    const lost = row.lost + (counts ? 1 : 0);
    const tried = row.attempts - (isSuspect && !counts ? 1 : 0);
    const spent = (lasting.has(row.kind) ? lost : tried) >= maxAttempts;
    const attempts = spent ? tried : tried + 1;
    const leased = await tx.db
      .updateTable('jobs')
      .set({ state: 'running', attempts, lost, alone: 1, lease: token, lease_until_us: tx.nowUs + leaseUs })
      .where('id', '=', row.id)
      .where('state', '=', row.state)
      .where('attempts', '=', row.attempts)
      .where('lease', row.lease === null ? 'is' : '=', row.lease)
      .executeTakeFirst();
    if (leased.numUpdatedRows === 0n) return undefined;
    return { token, spent, job: jobOf({ ...row, attempts }, isLast({ ...row, attempts }, tx.nowUs)) };
  }

  function isLast({ kind, attempts, created_us }: JobRow, nowUs: number): boolean {
    return attempts >= maxAttempts && (!lasting.has(kind) || ageUs(store, { nowUs, sinceUs: created_us }) >= LASTS_US);
  }

  async function run({ token, spent, job }: Held): Promise<void> {
    // Its process died each time; another attempt would most likely do the same.
    if (spent) return await giveUp(job, token, 'the process ended every time the job ran');

    const lost = new AbortController();
    const renew = () => renewLease(store, job.id, token, leaseUs);
    const error = await whileLeased({ clock, log, leaseUs, renew, onLost: () => lost.abort() }, () =>
      errorOf(job, AbortSignal.any([cutOff.signal, lost.signal])),
    );
    if (error === undefined) await store.transaction((tx) => markDone(tx, job.id, token));
    else if (error instanceof NeverError) await giveUp(job, token, error.message);
    else if (cutOff.signal.aborted || error instanceof NotYetError) {
      await ifHeld(job, token, (tx) => putBack(tx, job.id, uncounted(job, error, tx.nowUs)));
    } else if (job.lastAttempt) await giveUp(job, token, error);
    else {
      const waitUs = backoffUs(lasting.has(job.kind) ? LASTING_BACKOFF : BACKOFF, job.attempt, random);
      await ifHeld(job, token, (tx) => putBack(tx, job.id, { dueUs: tx.nowUs + waitUs, attempts: job.attempt, error }));
    }
  }

  /** If the lease was lost, the new holder of the job decides what happens. */
  async function ifHeld(job: Job, token: string, mark: (tx: Tx) => Promise<void>): Promise<void> {
    await store.transaction(async (tx) => {
      if (await keepsLease(tx, job.id, token)) await mark(tx);
    });
  }

  async function errorOf(job: Job, signal: AbortSignal): Promise<string | NotYetError | NeverError | undefined> {
    try {
      await timed('job', job.kind, async () => await handlers[job.kind]?.(job, signal));
      return undefined;
    } catch (error) {
      if (error instanceof NotYetError || error instanceof NeverError) return error;
      log.warn({ job: job.id, kind: job.kind, attempt: job.attempt, err: error }, 'a job failed');
      return cutText(redact(errorRecord(error).message), ERROR_CHARS);
    }
  }

  async function giveUp(job: Job, token: string, error: string): Promise<void> {
    log.error({ job: job.id, kind: job.kind, attempts: job.attempt, reason: error }, 'a job was given up');
    try {
      await ifHeld(job, token, async (tx) => {
        await bury(tx, job.id, error);
        await onDead?.(tx, job, error);
      });
    } catch (cause) {
      log.error({ job: job.id, err: cause }, 'could not report a job that was given up');
      await ifHeld(job, token, (tx) => bury(tx, job.id, error)); // otherwise it would be given up again and again
    }
  }
}

async function deadJobs(store: Store): Promise<readonly DeadJob[]> {
  const rows = await store.db
    .selectFrom('jobs')
    .select(['id', 'kind', 'workspace_id', 'key', 'attempts', 'error', 'finished_us'])
    .where('state', '=', 'dead')
    .orderBy('finished_us', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    workspaceId: row.workspace_id,
    key: row.key,
    attempts: row.attempts,
    error: row.error ?? '',
    diedUs: row.finished_us ?? 0,
  }));
}

/** A job that this process holds, the proof of it, and whether it has no attempt left. */
type Held = Readonly<{ token: string; job: Job; spent: boolean }>;

type JobRow = Readonly<{
  id: string;
  kind: string;
  workspace_id: string;
  key: string;
  payload: string | null;
  state: Schema['jobs']['state'];
  attempts: number;
  lost: number;
  alone: number;
  created_us: number;
  lease: string | null;
}>;

/** When the next job can be taken: it is due, or its lease expires. */
async function nextDueUs(
  { db }: Store,
  kinds: readonly string[],
  inHand: ReadonlyMap<string, string>,
): Promise<number | undefined> {
  if (kinds.length === 0) return undefined;
  const queued = db
    .selectFrom('jobs')
    .select((row) => row.fn.min<number | null>('due_us').as('us'))
    .where('state', '=', 'queued')
    .where('kind', 'in', kinds);
  const running = db
    .selectFrom('jobs')
    .select((row) => row.fn.min<number | null>('lease_until_us').as('us'))
    .where('state', '=', 'running')
    .where('kind', 'in', kinds)
    .$if(inHand.size > 0, (query) => query.where('id', 'not in', [...inHand.keys()]));
  const next = await db
    .selectFrom(queued.unionAll(running).as('next'))
    .select((row) => row.fn.min('us').as('us'))
    .executeTakeFirst();
  return next?.us ?? undefined;
}

async function dueRows(
  tx: Tx,
  kinds: readonly string[],
  inHand: ReadonlyMap<string, string>,
  room: number,
): Promise<readonly JobRow[]> {
  return await tx.db
    .selectFrom('jobs')
    .select([
      'id',
      'kind',
      'workspace_id',
      'key',
      'payload',
      'state',
      'attempts',
      'lost',
      'alone',
      'created_us',
      'lease',
    ])
    .where('kind', 'in', kinds)
    .where((row) =>
      row.or([
        row.and([row('state', '=', 'queued'), row('due_us', '<=', tx.nowUs)]),
        row.and([row('state', '=', 'running'), row('lease_until_us', '<=', tx.nowUs)]),
      ]),
    )
    .$if(inHand.size > 0, (query) => query.where('id', 'not in', [...inHand.keys()]))
    .orderBy('due_us')
    .orderBy('id')
    .limit(room)
    .execute();
}

async function renewLease(store: Store, id: string, token: string, leaseUs: number): Promise<boolean> {
  const renewed = await store.db
    .updateTable('jobs')
    .set({ lease_until_us: (await store.nowUs()) + leaseUs })
    .where('id', '=', id)
    .where('lease', '=', token)
    .executeTakeFirst();
  return renewed.numUpdatedRows > 0n;
}

/** If the process dies while they run, none of them is certainly the cause. */
async function markTogether(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.db.updateTable('jobs').set({ alone: 0 }).where('id', 'in', ids).where('state', '=', 'running').execute();
}

/** Whether we hold the lease, and keep it until the transaction ends: other writers of the row wait for that. */
async function keepsLease(tx: Tx, id: string, token: string): Promise<boolean> {
  const kept = await tx.db
    .updateTable('jobs')
    .set({ lease: token })
    .where('id', '=', id)
    .where('lease', '=', token)
    .executeTakeFirst();
  return kept.numUpdatedRows > 0n;
}

/** If the lease was lost, the new holder of the job decides what happens. */
async function markDone(tx: Tx, id: string, token: string): Promise<void> {
  await tx.db
    .updateTable('jobs')
    .set({ state: 'done', payload: null, error: null, lease: null, lease_until_us: null, finished_us: tx.nowUs })
    .where('id', '=', id)
    .where('lease', '=', token)
    .execute();
}

async function forgetDone(store: Store): Promise<number> {
  const beforeUs = (await store.nowUs()) - REMEMBER_DONE_US;
  const { numDeletedRows } = await store.db
    .deleteFrom('jobs')
    .where('id', 'in', (jobs) =>
      jobs
        .selectFrom('jobs')
        .select('id')
        .where('state', '=', 'done')
        .where('finished_us', '<', beforeUs)
        .limit(FORGOTTEN_AT_ONCE),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** What the job becomes if the attempt does not count. */
function uncounted({ attempt }: Job, error: string | NotYetError, nowUs: number): Parameters<typeof putBack>[2] {
  const attempts = attempt - 1;
  if (error instanceof NotYetError) return { dueUs: error.dueUs, attempts, error: error.message };
  return { dueUs: nowUs, attempts, error };
}

async function putBack(
  tx: Tx,
  id: string,
  { dueUs, attempts, error }: Readonly<{ dueUs: number; attempts: number; error: string }>,
): Promise<void> {
  await tx.db
    .updateTable('jobs')
    .set({ state: 'queued', due_us: dueUs, attempts, error, lease: null, lease_until_us: null })
    .where('id', '=', id)
    .execute();
}

async function bury(tx: Tx, id: string, error: string): Promise<void> {
  await tx.db
    .updateTable('jobs')
    .set({ state: 'dead', error, lease: null, lease_until_us: null, finished_us: tx.nowUs })
    .where('id', '=', id)
    .execute();
}

function jobOf(row: JobRow, lastAttempt: boolean): Job {
  return {
    id: row.id,
    kind: row.kind,
    workspaceId: row.workspace_id,
    key: row.key,
    payload: row.payload === null ? null : JSON.parse(row.payload),
    attempt: row.attempts,
    lastAttempt,
  };
}
