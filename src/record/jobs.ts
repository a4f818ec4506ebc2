/**
 * Work to do later, or again after a crash. A port: one implementation keeps the jobs in a table of the store
 * (`table-jobs.ts`), so that a job is stored in the same transaction as its cause.
 *
 * A job may run more than once (a process may die after the work and before the mark), so a handler is idempotent: it
 * derives the ids of its output from its payload.
 */
import type { Log } from '#core/log.ts';
import type { Runner } from '#record/runner.ts';
import type { Reader, Store, Tx } from '#record/store.ts';

export type NewJob = Readonly<{
  kind: string;
  workspaceId: string;
  /** A second job of this kind with the same key is the same job. If that one was given up, it starts again. */
  key: string;
  /** Is stored as JSON. */
  payload: unknown;
  /** Not before this instant; as soon as possible if missing. */
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
  /** If this attempt fails, the job is given up. */
  lastAttempt: boolean;
}>;

/** A handler throws it when the turn of its job comes later: the job waits, and the attempt does not count. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
  readonly dueUs: number;

  constructor(why: string, dueUs: number) {
    super(why);
    this.dueUs = dueUs;
  }
}

/** A handler throws it when no later attempt can succeed: the job is given up at once, with this reason. */
export class NeverError extends Error {
  override readonly name = 'NeverError';
}

/** Throws to be retried later. The signal aborts when the process stops or the lease was lost. */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<void>;

export type JobKeys = Readonly<{ kind: string; workspaceId: string; prefix: string }>;

/** `isOver`: done, or given up. */
export type KnownJob = Readonly<{ key: string; isOver: boolean }>;

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
  /** By kind; jobs of other kinds are left for a program with their handler. */
  handlers: Readonly<Record<string, JobHandler>>;
  log: Log;
  concurrency?: number;
  /**
   * Kinds that take seconds. At most `concurrency` of them run at once, and as many others beside them: short work
   * never waits for long work. Without it, all kinds share the places.
   */
  slow?: ReadonlySet<string>;
  /** How long a killed process blocks a job; renewed while the handler runs. */
  leaseUs?: number;
  maxAttempts?: number;
  /**
   * Kinds that are retried for a day, with growing pauses: nobody is waiting who would ask again. The others get
   * `maxAttempts` within about a minute.
   */
  lasting?: ReadonlySet<string>;
  /** Runs in the transaction that gives a job up, so that people who wait for it get a message. */
  onDead?: (tx: Tx, job: Job, error: string) => Promise<void>;
  /** In [0, 1): spreads the retries of jobs that failed together. @default the store's */
  random?: () => number;
}>;

export type Jobs = Readonly<{
  addJob(tx: Tx, job: NewJob): Promise<void>;
  /** To another instant: those of the kind that wait, and whose keys begin with these characters. */
  moveJobs(tx: Tx, jobs: JobKeys & Readonly<{ dueUs: number }>): Promise<void>;
  /** Those of the kind whose keys begin with these characters, also done ones, in the order in which they were added. */
  keysOf(reader: Reader, jobs: JobKeys): Promise<readonly KnownJob[]>;
  runJobs(options: RunJobsOptions): Runner;
  /** Given up after the last attempt, newest first. */
  deadJobs(store: Store): Promise<readonly DeadJob[]>;
  /**
   * Drops some of what was done 90 days ago, a thousand jobs at most, and says how many. Dead jobs stay, because their
   * alerts may come again.
   */
  forgetDone(store: Store): Promise<number>;
}>;
