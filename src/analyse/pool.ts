/**
 * Sessions in worker threads, so that no analysis blocks the event loop. Threads start on first use and stay; a session
 * lives in the thread with the fewest sessions. A thread that dies fails its own calls and is replaced by the next session.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Compared, SessionPair } from '#analyse/compare-sessions.ts';
import type { Call, Reply } from '#analyse/protocol.ts';
import type { AnalysedTrace, BodyCount, Session, SessionSettings, Wanted } from '#analyse/session.ts';
import { type ErrorRecord, RelayedError } from '#core/errors.ts';
import type { KeptEvidence } from '#model/case.ts';
import type { EarlierQuestion } from '#model/earlier-logs.ts';
import type { SeenRequest } from '#model/seen-request.ts';

export type WorkerPool = Readonly<{
  open(settings: SessionSettings): Session;
  /** Two sessions that can be compared. */
  openPair(settings: SessionSettings): SessionPair;
  stop(): Promise<void>;
}>;

/** More would only fill memory: the worker takes bytes faster than a backend sends them. */
const MAX_IN_FLIGHT_BYTES = 4_000_000;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Ask = DistributiveOmit<Call, 'id' | 'session'>;

export function workerPool({ size = Math.max(1, availableParallelism() - 1) } = {}): WorkerPool {
  const threads: Thread[] = [];
  let sessions = 0;

  const leastBusy = (): Thread => {
    const alive = threads.filter((thread) => !thread.dead());
    threads.splice(0, threads.length, ...alive);
    const idle = alive.find((thread) => thread.sessions.size === 0);
    if (idle !== undefined) return idle;
    if (alive.length < size) {
      const thread = startThread();
      threads.push(thread);
      return thread;
    }
    return alive.reduce((least, thread) => (thread.sessions.size < least.sessions.size ? thread : least));
  };

  return {
    open(settings) {
      sessions += 1;
      return sessionOf(leastBusy(), sessions, settings);
    },
    openPair(settings) {
      const thread = leastBusy();
      sessions += 2;
      const [one, other] = [sessions - 1, sessions];
      const [healthy, failing] = [sessionOf(thread, one, settings), sessionOf(thread, other, settings)];
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

type Thread = Readonly<{
  sessions: Set<number>;
  ask<T>(session: number, call: Ask): Promise<T>;
  dead(): boolean;
  stop(): Promise<void>;
}>;

function startThread(): Thread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  worker.unref(); // a waiting thread must not keep the process alive; a pending call's timer or socket does
  const waiting = new Map<number, Readonly<{ resolve: (value: unknown) => void; reject: (error: Error) => void }>>();
  let calls = 0;
  let ended = false;
  const failAll = (why: string) => {
    ended = true;
    const error: ErrorRecord = {
      code: 'SH_WORKER',
      message: `the analysis thread ended: ${why}`,
      advice: 'Try again; if it happens with the same trace, it is a bug in Spanhound.',
    };
    for (const { reject } of waiting.values()) reject(new RelayedError(error));
    waiting.clear();
  };
  worker.on('message', (reply: Reply) => {
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0) worker.unref();
    if (reply.ok) caller?.resolve(reply.value);
    else caller?.reject(new RelayedError(reply.error));
  });
  worker.on('error', (error) => failAll(String(error)));
  worker.on('exit', (code) => failAll(`exit code ${code}`));
  return {
    sessions: new Set(),
    dead: () => ended,
    ask<T>(session: number, call: Ask): Promise<T> {
      if (ended)
        return Promise.reject(
          new RelayedError({ code: 'SH_WORKER', message: 'the analysis thread has ended', advice: 'Try again.' }),
        );
      calls += 1;
      const id = calls;
      worker.ref();
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, { resolve: (value) => resolve(value as T), reject });
        // A view would be cloned with the whole buffer behind it, so a chunk is copied by itself and then moved.
        const sent: Call =
          call.verb === 'bytes'
            ? { ...call, id, session, chunk: new Uint8Array(call.chunk) }
            : { ...call, id, session };
        worker.postMessage(sent, sent.verb === 'bytes' ? [sent.chunk.buffer as ArrayBuffer] : []);
      });
    },
    async stop() {
      ended = true;
      await worker.terminate();
    },
  };
}

function sessionOf(thread: Thread, session: number, settings: SessionSettings): Session {
  thread.sessions.add(session);
  /** Calls without an answer of their own fail with the next one that has one. */
  let failure: unknown;
  const tell = (call: Ask) => {
    thread.ask(session, call).catch((error: unknown) => {
      failure ??= error;
    });
  };
  const ask = <T>(call: Ask): Promise<T> =>
    failure === undefined ? thread.ask<T>(session, call) : Promise.reject(failure);
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
    reports: (forms) => ask<readonly AnalysedTrace[]>({ verb: 'reports', forms }),
    async *eachReport(forms) {
      yield* await ask<readonly AnalysedTrace[]>({ verb: 'reports', forms });
    },
    evidence: () => ask<KeptEvidence>({ verb: 'evidence' }),
    draw: (svg) => ask<Uint8Array>({ verb: 'draw', svg }),
    next: () => ask<void>({ verb: 'next' }),
    async close() {
      thread.sessions.delete(session);
      if (!thread.dead()) await thread.ask(session, { verb: 'close' });
    },
  };
}
