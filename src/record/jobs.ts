/**
 * What must happen later, or again after a crash. A port: one implementation keeps the jobs in a table of the store
 * (`table-jobs.ts`), so that a job is stored in the same transaction as what caused it.
 *
 * A job may run more than once (a process dies after the work and before the mark), so a handler is idempotent: it
 * derives the ids of what it writes from its payload.
 */
import type { Log } from '#core/log.ts';
import type { Runner } from '#record/runner.ts';
import type { Store, Tx } from '#record/store.ts';

export type NewJob = Readonly<{
  kind: string;
  workspaceId: string;
  /** A second job of this kind with the same key is the same job. One that was given up is begun anew by it. */
  key: string;
  /** Goes through JSON. */
  payload: unknown;
  /** Not before this instant; as soon as possible without it. */
  dueUs?: number;
}>;

export type Job = Readonly<{
  id: string;
  kind: string;
  workspaceId: string;
  key: string;
  payload: unknown;
  /** 1 the first time. */
  attempt: number;
  /** If this attempt fails, the job is dead. */
  lastAttempt: boolean;
}>;

/** Throwing means: try again later. The signal says that the process stops or that the lease was lost. */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<void>;

export type DeadJob = Readonly<{
  id: string;
  kind: string;
  workspaceId: string;
  key: string;
  attempts: number;
  error: string;
  diedUs: number;
}>;

export type RunJobsOptions = Readonly<{
  store: Store;
  /** By kind; jobs of other kinds are left for a program that knows them. */
  handlers: Readonly<Record<string, JobHandler>>;
  log: Log;
  concurrency?: number;
  /** How long a killed process keeps a job from being taken again; renewed while the handler runs. */
  leaseUs?: number;
  maxAttempts?: number;
  /**
   * Kinds that are tried for a day, with growing pauses: nobody waits at this moment who would ask again. The others get
   * `maxAttempts` within about a minute.
   */
  lasting?: ReadonlySet<string>;
  /** Runs in the transaction that gives a job up, so that whoever waits for it is told. */
  onDead?: (tx: Tx, job: Job, error: string) => Promise<void>;
  /** In [0, 1): spreads the retries of jobs that failed together. */
  random?: () => number;
}>;

export type Jobs = Readonly<{
  addJob(tx: Tx, job: NewJob): Promise<void>;
  runJobs(options: RunJobsOptions): Runner;
  /** Given up after the last attempt, newest first. */
  deadJobs(store: Store): Promise<readonly DeadJob[]>;
}>;
