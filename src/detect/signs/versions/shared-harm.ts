/**
 * Whether old instances may fail because of what the new ones do to something that both use.
 *
 *   payment v1   POST /pay ✗ ─ UPDATE stock ✗ lock wait timeout        ← the new ones may hold the lock
 *   payment v1   POST /pay ✗ ─ publish paid ✗ queue is full            ← they may fill the queue
 *   payment v1   POST /pay ✗ ─ GET /rates ✗                            ← they may ask it five times as often
 *   payment v1   POST /pay ✗ InvalidClassException                     ← they may have written what it reads
 */

import { readsOtherForm } from '#detect/signs/versions/stored-forms.ts';
import type { VersionAnswer } from '#detect/signs/versions/version-counts.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { type Concept, meaningOf } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import { onsetOf } from '#model/metrics/series-onset.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Answers of the new and of the old instances in the same minutes. */
type Both = Readonly<{ news: readonly VersionAnswer[]; olds: readonly VersionAnswer[] }>;

export function isHarmShared({ news, olds }: Both): boolean {
  const failed = olds.filter((one) => one.failed);
  return (
    isMost(failed.filter(suffersAtStore), failed) ||
    isMost(failed.filter(readsOtherForm), failed) ||
    isAskedMore({ news, olds })
  );
}

/** The metrics of a store or of a queue became worse. */
export function isStoreWorse(metrics: readonly Series[], window: TimeWindow): boolean {
  return metrics.some((series) => isOfShared(series) && isWorse(series, window));
}

/** What failing lines say where a store or a queue is the reason. */
const OF_STORES =
  /\bsql|\bdatabase\b|deadlock|lock wait|connection pool|too many (?:clients|connections)|\b(?:postgres|mysql|mariadb|oracle|redis|mongo|cassandra|memcached?|elasticsearch|dynamodb|kafka|rabbitmq|amqp|sqs)|\bqueue (?:is )?full\b/i;

export function namesStore(line: string): boolean {
  return OF_STORES.test(line);
}

/** Half of them: the other half may fail by what the first half holds. */
const MOST = 0.5;

function isMost(some: readonly VersionAnswer[], all: readonly VersionAnswer[]): boolean {
  return some.length >= MOST * all.length;
}

/** A call of a store or of a queue failed, or took most of the time. */
function suffersAtStore({ trace, span, durationUs }: VersionAnswer): boolean {
  return spansBelow(trace, span).some(
    (one) =>
      trace.isOfOneService(span, one) &&
      isOfStore(trace, one) &&
      (trace.failed(one) || trace.durationOfUs(one) >= MOST * durationUs),
  );
}

function isOfStore(trace: Trace, span: SpanIndex): boolean {
  return trace.isDatabaseCall(span) || trace.kind(span) === 'producer' || trace.text(span, 'messaging.system') !== '';
}

/** What the service does for the answer, and the first span of each service that it calls. */
function spansBelow(trace: Trace, answer: SpanIndex): readonly SpanIndex[] {
  const found: SpanIndex[] = [];
  const waiting = [...trace.children(answer)];
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    found.push(span);
    if (trace.isOfOneService(answer, span)) waiting.push(...trace.children(span));
  }
  return found;
}

/** As a factor: a request that asks twice as often brings twice the load. */
const MORE = 2;

/** Each answer of the new ones makes more calls of the kind that fails in the old ones. */
function isAskedMore({ news, olds }: Both): boolean {
  const callsOf = (all: readonly VersionAnswer[]) =>
    all.flatMap(({ trace, span }) =>
      spansBelow(trace, span).flatMap((one) => (trace.isCall(one) ? [{ trace, call: one }] : [])),
    );
  const [now, before] = [callsOf(news), callsOf(olds)];
  const failing = new Set(before.flatMap(({ trace, call }) => (trace.failed(call) ? [trace.operation(call)] : [])));
  return [...failing].some((operation) => {
    const times = (calls: typeof now) => calls.filter(({ trace, call }) => trace.operation(call) === operation).length;
    return times(now) / news.length >= MORE * (times(before) / olds.length);
  });
}

const OF_QUEUES: ReadonlySet<Concept> = new Set(['queue_depth', 'queue_age']);

function isOfShared(series: Series): boolean {
  const meaning = meaningOf(series);
  return meaning !== undefined && (meaning.scope === 'database' || OF_QUEUES.has(meaning.concept));
}

function isWorse(series: Series, window: TimeWindow): boolean {
  const onset = onsetOf(series, window);
  return onset !== undefined && onset.extreme > onset.usual;
}
