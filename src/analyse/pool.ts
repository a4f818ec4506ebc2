/**
 * Sessions in worker threads, so that no analysis blocks the event loop. Threads start on first use; the last stays, and
 * the others end when they had no session for a while. A new session uses the thread with the fewest sessions. It avoids
 * slow threads: if all are slow, it gets one more.
 *
 *   call ──► thread ──► answer          the thread works on the oldest call
 *              │
 *              └── no answer to it within the deadline: the thread is ended
 *                    its analysis fails with the reason; the thread's other analyses fail as interrupted, to be retried
 *
 * A thread that dies by itself is treated the same way. The next session replaces it.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Compared, SessionPair } from '#analyse/compare-sessions.ts';
import { type Call, READY, type Reply } from '#analyse/protocol.ts';
import type { AnalysedTrace, BodyCount, Session, SessionSettings, Wanted } from '#analyse/session.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import { type AnalysisEnd, AnalysisEndedError, RelayedError } from '#core/errors.ts';
import { publish, timed } from '#core/measures.ts';
import type { KeptEvidence } from '#model/incident/case.ts';
import type { Postmortem, Rewrite } from '#model/incident/postmortem.ts';
import type { EarlierQuestion } from '#model/logs/earlier-logs.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import type { SeenSpans } from '#model/requests/seen-spans.ts';
import type { PresentedRelease } from '#present/words/release.ts';

export type WorkerPool = Readonly<{
  open(settings: SessionSettings): Session;
  /** Two sessions that can be compared. */
  openPair(settings: SessionSettings): SessionPair;
  /** How many threads there are. */
  threads(): number;
  stop(): Promise<void>;
}>;

/** The limit of bytes in flight: the worker is faster than a backend, so more would only use memory. */
const MAX_IN_FLIGHT_BYTES = 4_000_000;

/** One long analysis must not block all others, even on one processor, because threads share it. */
const FEWEST_THREADS = 2;

/**
 * If all threads are slow, a new session gets one more, so that a small analysis never waits behind a large one. The bot
 * runs four jobs at a time, and may draw a picture beside them.
 */
const MOST_THREADS = 5;

/**
 * Steps of an ordinary analysis take less. A thread without an answer for this long gets a new session only if all are
 * slow.
 */
const SLOW_US = 500_000;

/** Each thread holds 25 MB for its code, and what its heap kept of its analyses. It starts again in 0.3 s. */
const IDLE_MS = 30_000;

/**
 * Megabytes for new objects. V8's default of three times 16 is several times what an analysis of a search needs, and V8
 * keeps what it once used: with it, the bot held 800 MB in a storm instead of 440 MB, for the same processor time. Three
 * times 2 in place of three times 4 saves 4 MB in each thread, again for the same processor time.
 */
export const YOUNG_MB = 6;

export type PoolOptions = Readonly<{
  size?: number;
  /** How long a thread without a session stays. */
  idleMs?: number;
  /** The time limit for one step of an analysis. */
  deadlineMs?: number;
  /** For the deadline, and for what counts as slow. @default the system's */
  clock?: Clock;
  /** The file that a thread runs. @default the one beside this */
  program?: URL | undefined;
}>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Ask = DistributiveOmit<Call, 'id' | 'session'>;

export function workerPool({
  size = Math.max(FEWEST_THREADS, availableParallelism() - 1),
  deadlineMs = Number.POSITIVE_INFINITY,
  idleMs = IDLE_MS,
  clock = systemClock,
  program = new URL('./worker.ts', import.meta.url),
}: PoolOptions = {}): WorkerPool {
  const threads: Thread[] = [];
  const idle = new WeakMap<Thread, NodeJS.Timeout>();
  let sessions = 0;

  const leastBusy = (): Thread => {
    const alive = threads.filter((thread) => !thread.dead());
    threads.splice(0, threads.length, ...alive);
    const idle = alive.find((thread) => thread.sessions.size === 0 && !thread.slow());
    if (idle !== undefined) return idle;
    const isSpareNeeded = alive.length < Math.max(size, MOST_THREADS) && alive.every((thread) => thread.slow());
    if (alive.length < size || isSpareNeeded) {
      const thread = startThread(program, deadlineMs, clock);
      threads.push(thread);
      return thread;
    }
    return alive.reduce((least, thread) => (loadOf(thread) < loadOf(least) ? thread : least));
  };

  const begin = (thread: Thread, settings: SessionSettings): Session => {
    clearTimeout(idle.get(thread));
    sessions += 1;
    return sessionOf(thread, { session: sessions, settings, onClose: () => endWhenIdle(thread) });
  };
  /** The last thread stays. */
  const endWhenIdle = (thread: Thread): void => {
    clearTimeout(idle.get(thread));
    if (thread.sessions.size > 0) return;
    const end = () => {
      const at = threads.indexOf(thread);
      if (at < 0 || threads.length < 2) return;
      threads.splice(at, 1);
      void thread.stop();
    };
    idle.set(thread, setTimeout(end, idleMs).unref());
  };

  return {
    threads: () => threads.filter((thread) => !thread.dead()).length,
    open: (settings) => begin(leastBusy(), settings),
    openPair(settings) {
      const thread = leastBusy();
      const [healthy, failing] = [begin(thread, settings), begin(thread, settings)];
      const [one, other] = [sessions - 1, sessions];
      return {
        healthy,
        failing,
        compare: (request) => thread.ask<Compared>(other, { verb: 'compare', healthy: one, request }),
        close: async () => void (await Promise.all([healthy.close(), failing.close()])),
      };
    },
    async stop() {
      await Promise.all(threads.splice(0).map((thread) => thread.stop()));
    },
  };
}

/** A thread with a step that does not end counts as busier than any number of sessions. */
function loadOf(thread: Thread): number {
  return thread.sessions.size + (thread.slow() ? Number.MAX_SAFE_INTEGER / 2 : 0);
}

type Thread = Readonly<{
  sessions: Set<number>;
  /** Whether it has not answered for a while. */
  slow(): boolean;
  ask<T>(session: number, call: Ask): Promise<T>;
  dead(): boolean;
  stop(): Promise<void>;
}>;

type Waiting = Readonly<{
  session: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}>;

function startThread(program: URL, deadlineMs: number, clock: Clock): Thread {
  const worker = new Worker(program, {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  worker.unref(); // a waiting thread must not keep the process alive; a pending call's timer or socket does
  /** In the order of the calls: the thread works on the first. */
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  /** The start time of a thread does not count for an analysis. */
  let isReady = false;
  /** Since when the thread has worked on the first call. */
  let sinceUs = 0;
  let deadline = new AbortController();
  let ended: Readonly<{ how: AnalysisEnd; why: string; session: number | undefined }> | undefined;

  /** Called when the first call changes. */
  const watch = () => {
    deadline.abort();
    sinceUs = clock.elapsedUs();
    if (!isReady || waiting.size === 0 || !Number.isFinite(deadlineMs)) return;
    deadline = new AbortController();
    const { signal } = deadline;
    void clock.sleep(deadlineMs, signal).then(() => {
      if (signal.aborted) return;
      endAll('too-long', `a step took longer than ${deadlineMs / 1_000} s`);
      void worker.terminate();
    });
  };
  /** The session of the first call ended the thread; all others are interrupted. */
  const errorFor = (session: number): AnalysisEndedError =>
    ended?.session === session
      ? new AnalysisEndedError(ended.how, ended.why)
      : new AnalysisEndedError('interrupted', 'another analysis ended the thread that both used');
  const endAll = (how: AnalysisEnd, why: string) => {
    const [first] = waiting.values();
    ended ??= { how, why, session: first?.session };
    deadline.abort();
    for (const { session, reject } of waiting.values()) reject(errorFor(session));
    waiting.clear();
  };
  worker.on('message', (reply: Reply) => {
    if (reply.id === READY) {
      isReady = true;
      return watch();
    }
    const caller = waiting.get(reply.id);
    const [first] = waiting.keys();
    waiting.delete(reply.id);
    if (reply.id === first) watch();
    if (waiting.size === 0) worker.unref();
    if (reply.ok) caller?.resolve(reply.value);
    else caller?.reject(new RelayedError(reply.error));
  });
  worker.on('error', (error) => endAll('crashed', String(error)));
  worker.on('exit', (code) => endAll('crashed', `exit code ${code}`));
  return {
    sessions: new Set(),
    slow: () => isReady && waiting.size > 0 && clock.elapsedUs() - sinceUs > SLOW_US,
    dead: () => ended !== undefined,
    ask<T>(session: number, call: Ask): Promise<T> {
      if (ended !== undefined) return Promise.reject(errorFor(session));
      calls += 1;
      const id = calls;
      worker.ref();
      const answered = new Promise<T>((resolve, reject) => {
        waiting.set(id, { session, resolve: (value) => resolve(value as T), reject });
        if (waiting.size === 1) watch();
        // A view would be cloned with its whole buffer, so a chunk is copied alone and then moved.
        const sent: Call =
          call.verb === 'bytes'
            ? { ...call, id, session, chunk: new Uint8Array(call.chunk) }
            : { ...call, id, session };
        worker.postMessage(sent, sent.verb === 'bytes' ? [sent.chunk.buffer as ArrayBuffer] : []);
      });
      return measured(call.verb, answered);
    },
    async stop() {
      ended ??= { how: 'interrupted', why: '', session: undefined };
      deadline.abort();
      await worker.terminate();
    },
  };
}

let stepsOpen = 0;

async function measured<T>(verb: Call['verb'], answered: Promise<T>): Promise<T> {
  publish({ kind: 'analyses-open', count: ++stepsOpen });
  try {
    return await timed('analysis', verb, () => answered);
  } finally {
    publish({ kind: 'analyses-open', count: --stepsOpen });
  }
}

type Opening = Readonly<{ session: number; settings: SessionSettings; onClose(): void }>;

function sessionOf(thread: Thread, { session, settings, onClose }: Opening): Session {
  thread.sessions.add(session);
  /** A failure of a call without an answer is reported by the next call that has one. */
  let failure: unknown;
  const tell = (call: Ask) => {
    thread.ask(session, call).catch((error: unknown) => {
      failure ??= error;
    });
  };
  const ask = async <T>(call: Ask): Promise<T> => {
    if (failure !== undefined) throw failure;
    const value = await thread.ask<T>(session, call);
    // The thread answers in order, so an earlier call without an answer may have failed meanwhile.
    if (failure !== undefined) throw failure;
    return value;
  };
  let inFlight = 0;
  tell({ verb: 'open', settings });
  return {
    body: (body, head) => tell({ verb: 'body', body, head }),
    async bytes(body, chunk) {
      inFlight += chunk.length;
      const taken = ask<void>({ verb: 'bytes', body, chunk }).finally(() => {
        inFlight -= chunk.length;
      });
      if (inFlight >= MAX_IN_FLIGHT_BYTES) await taken;
      else
        taken.catch((error: unknown) => {
          failure ??= error;
        });
    },
    end: (body) => ask<BodyCount>({ verb: 'end', body }),
    abandon: (body, gap) => ask<BodyCount>({ verb: 'abandon', body, gap }),
    gap: (gap) => tell({ verb: 'gap', gap }),
    wanted: (traceId) => ask<Wanted>({ verb: 'wanted', traceId }),
    newErrors: (of) => ask<readonly EarlierQuestion[]>({ verb: 'newErrors', of }),
    requests: (service) => ask<readonly SeenRequest[]>({ verb: 'requests', service }),
    spans: (asked) => ask<SeenSpans>({ verb: 'spans', asked }),
    release: (asked) => ask<PresentedRelease>({ verb: 'release', asked }),
    reports: (forms) => ask<readonly AnalysedTrace[]>({ verb: 'reports', forms }),
    async *eachReport(forms) {
      yield* await ask<readonly AnalysedTrace[]>({ verb: 'reports', forms });
    },
    evidence: () => ask<KeptEvidence>({ verb: 'evidence' }),
    draw: (svg) => ask<Uint8Array>({ verb: 'draw', svg }),
    redact: (text) => ask<string>({ verb: 'redact', text }),
    draft: (record) => ask<Postmortem>({ verb: 'draft', record }),
    taskProblem: (text) => ask<string | undefined>({ verb: 'taskProblem', text }),
    rewrites: (texts) => ask<readonly (readonly Rewrite[])[]>({ verb: 'rewrites', texts }),
    next: () => ask<void>({ verb: 'next' }),
    async close() {
      thread.sessions.delete(session);
      try {
        if (!thread.dead()) await thread.ask(session, { verb: 'close' });
      } finally {
        // Its idle time begins once it has answered: ended before, it would fail this call.
        onClose();
      }
    },
  };
}
