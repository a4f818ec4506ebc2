/**
 * A request over messages: the producer's span lasts until the consumer has replied. Ray's remote calls, request and
 * reply of NATS, Kafka and RabbitMQ, and job systems that run a task at once record it so. It is a call, and the work on
 * it is that of its callee.
 *
 *   [ Embedder.__call__ ray.remote           ]   producer
 *     [ Embedder.__call__ ray.remote_worker ]    consumer
 */
import { CLIENT, CONSUMER, PRODUCER, SERVER } from '#model/trace/span-kinds.ts';

/** A broker confirms a message within milliseconds. Who is busy for longer waits for somebody. */
const LEAST_WAIT_US = 100_000;
/** The reply ends the wait. */
const LEAST_SHARE = 0.9;

type Timed = Readonly<{ kind: Uint8Array; parent: Int32Array; startUs: Float64Array; durationUs: Float64Array }>;

/** A new column of kinds where a producer waited, otherwise the given one. */
export function withAwaitedReplies({ kind, parent, startUs, durationUs }: Timed): Uint8Array {
  let changed: Uint8Array | undefined;
  const timeOf = (span: number) => {
    const [from = 0, us = 0] = [startUs[span], durationUs[span]];
    return { from, us, to: from + us };
  };
  for (let span = 0; span < kind.length; span += 1) {
    const above = parent[span] ?? -1;
    if (kind[span] !== CONSUMER || above < 0 || kind[above] !== PRODUCER) continue;
    const waited = timeOf(above);
    const worked = timeOf(span);
    if (waited.us < LEAST_WAIT_US || worked.us < LEAST_SHARE * waited.us) continue;
    if (worked.from < waited.from || worked.to > waited.to) continue;
    changed ??= kind.slice();
    changed[above] = CLIENT;
    changed[span] = SERVER;
  }
  return changed ?? kind;
}
