/**
 * What the bot measures about itself. Whoever measures publishes here and does not know who listens; without a listener
 * it costs nothing. `web/metrics.ts` and `web/own-traces.ts` listen.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { channel, tracingChannel } from 'node:diagnostics_channel';

export type Measure =
  /** One attempt of a request to a backend; `name` is its system. */
  | Readonly<{ kind: 'backend'; name: string; isOk: boolean; seconds: number }>
  /** One call of Slack's API; `name` is the method. */
  | Readonly<{ kind: 'slack'; name: string; isOk: boolean; seconds: number }>
  /** A request of Slack or a webhook was answered; `name` is the sender. */
  | Readonly<{ kind: 'received'; name: string; isOk: boolean; seconds: number }>
  /** One attempt of a job; `name` is its kind. */
  | Readonly<{ kind: 'job'; name: string; isOk: boolean; seconds: number }>
  /** One step of an analysis in a worker thread; `seconds` includes the time in its queue. */
  | Readonly<{ kind: 'analysis'; name: string; isOk: boolean; seconds: number }>
  /** Steps of analyses that wait for their thread, and that run. */
  | Readonly<{ kind: 'analyses-open'; count: number }>;

/** Work that is measured. `isOk` is known when it ended. */
export type Step = { readonly kind: Exclude<Measure['kind'], 'analyses-open'>; readonly name: string; isOk: boolean };

const measures = channel('spanhound');
const steps = tracingChannel<unknown, Step>('spanhound.step');

export function publish(measure: Measure): void {
  measures.publish(measure);
}

/** Returns the end of listening. */
export function listenToMeasures(listener: (measure: Measure) => void): () => void {
  const hear = (message: unknown) => listener(message as Measure);
  measures.subscribe(hear);
  return () => void measures.unsubscribe(hear);
}

/** Hears of steps that begin and end. What `begin` returns is in `storage` during the step. Returns the end of it. */
export function followSteps<T>(
  storage: AsyncLocalStorage<T>,
  { begin, end }: Readonly<{ begin(step: Step): T; end(of: T, step: Step): void }>,
): () => void {
  const open = new WeakMap<Step, T>();
  const asyncEnd = (message: unknown) => {
    const step = message as Step;
    const of = open.get(step);
    if (of !== undefined) end(of, step);
  };
  steps.start.bindStore(storage, (step) => {
    const of = begin(step);
    open.set(step, of);
    return of;
  });
  steps.asyncEnd.subscribe(asyncEnd);
  return () => {
    steps.start.unbindStore(storage);
    steps.asyncEnd.unsubscribe(asyncEnd);
  };
}

/** Runs the work and publishes how long it took. */
export function timed<T>(
  kind: Step['kind'],
  name: string,
  work: () => Promise<T>,
  isOk: (value: T) => boolean = () => true,
): Promise<T> {
  const step: Step = { kind, name, isOk: false };
  const since = performance.now();
  return steps.tracePromise(async () => {
    try {
      const value = await work();
      step.isOk = isOk(value);
      return value;
    } finally {
      publish({ kind, name, isOk: step.isOk, seconds: (performance.now() - since) / 1_000 });
    }
  }, step);
}
