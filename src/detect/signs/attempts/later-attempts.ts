/** Work on a message that was delivered again: the last attempt decides. */
import { firstPlace } from '#core/first-place.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failuresUnder } from '#model/trace/views/span-signs.ts';
import { sumsUnder } from '#model/trace/views/subtrees.ts';

/** A message is handled at most a few levels above the failed call. */
const MOST_LEVELS = 50;

/** Whether a queue delivered the message of this consumer again. */
export function wasProcessedAgain(trace: Trace, entry: SpanIndex): boolean {
  return lastAttempt(trace, entry) !== undefined;
}

/** Whether the failure lies in an attempt at a message that a later attempt completed. */
export function wasMendedLater(trace: Trace, failed: SpanIndex): boolean {
  let span: SpanIndex | undefined = failed;
  for (let level = 0; level < MOST_LEVELS && span !== undefined; level += 1) {
    const last = lastAttempt(trace, span);
    if (last !== undefined) return failuresUnder(trace)(last) === 0;
    span = trace.parent(span);
  }
  return false;
}

/**
 * The attempt after which a failed call of this span, or of a span above it in one service, succeeded. Undefined where
 * the failure reached somebody.
 */
export function attemptThatSucceeded(trace: Trace, failed: SpanIndex): SpanIndex | undefined {
  if (isOnWayOfOrigin(trace)(failed)) return undefined;
  let span = failed;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const caller = trace.parent(span);
    if (caller === undefined) return undefined;
    const calls = succeededCalls(trace)(caller, span);
    const endUs = trace.endUs(span);
    const next = calls[firstPlace(calls.length, (at) => trace.startUs(calls[at] ?? 0) >= endUs)];
    if (next !== undefined) return next;
    span = caller;
  }
  return undefined;
}

/** Whether a span is where an error began, or lies above or below such a span. */
const isOnWayOfOrigin = view((trace) => {
  const origins = errorOrigins(trace).flatMap(({ spans }) => spans);
  const originsBelow = sumsUnder(trace, origins, () => 1);
  const begins = new Int32Array(trace.spanCount + 1);
  for (const span of origins) {
    begins[trace.preorder(span)] = (begins[trace.preorder(span)] ?? 0) + 1;
    begins[trace.preorderEnd(span)] = (begins[trace.preorderEnd(span)] ?? 0) - 1;
  }
  let open = 0;
  const originsAbove = begins.map((change) => {
    open += change;
    return open;
  });
  return (span: SpanIndex) => originsBelow(span) > 0 || (originsAbove[trace.preorder(span)] ?? 0) > 0;
});

/** The caller's calls of one name and one form that succeeded, in order of start. */
const succeededCalls = view((trace) =>
  childrenAlike(
    trace,
    (child) => `${trace.columns.operation[child]} ${trace.columns.queryShape[child]}`,
    (child) => !trace.failed(child),
  ),
);

/** The last delivery of one message, or run of one task, after this one. */
function lastAttempt(trace: Trace, entry: SpanIndex): SpanIndex | undefined {
  return lastOfSender(trace, entry) ?? lastSentAgain(trace, entry) ?? deliveriesAfter(trace, entry).at(-1);
}

/** Whether this root is a later delivery of the message with which the trace begins, whose sender left no span. */
export function isLaterDelivery(trace: Trace, root: SpanIndex): boolean {
  return deliveriesAfter(trace, trace.root).includes(root);
}

/**
 * Without a span of the sender, each delivery of its message is a root:
 *
 *   [ process orders ✗ ]
 *                          [ process orders ]
 */
function deliveriesAfter(trace: Trace, entry: SpanIndex): readonly SpanIndex[] {
  if (trace.roots.length < 2 || trace.kind(entry) !== 'consumer' || trace.parent(entry) !== undefined) return [];
  return trace.roots
    .filter(
      (root) =>
        trace.kind(root) === 'consumer' &&
        trace.isOfOneService(root, entry) &&
        trace.operation(root) === trace.operation(entry) &&
        trace.startUs(root) >= trace.endUs(entry),
    )
    .sort((a, b) => trace.startUs(a) - trace.startUs(b));
}

/**
 * A worker that sends the same task again, as Celery's `retry` does: the last of these runs.
 *
 *   [ run mail.send ✗ ]
 *     [ apply_async mail.send ]
 *                               [ run mail.send ]   ← the last attempt
 */
function lastSentAgain(trace: Trace, entry: SpanIndex): SpanIndex | undefined {
  if (trace.kind(entry) !== 'consumer') return undefined;
  let last: SpanIndex | undefined;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const sent = trace.children(last ?? entry).at(-1);
    const run = sent === undefined || trace.kind(sent) !== 'producer' ? undefined : trace.firstChild(sent);
    const isSame =
      run !== undefined && trace.isOfOneService(run, entry) && trace.operation(run) === trace.operation(entry);
    if (!isSame) return last;
    last = run;
  }
  return last;
}

/**
 * A later delivery of the sender's message, or a later run of its task, if it began after this one ended. A task counts
 * only if it records the number of its attempt.
 */
function lastOfSender(trace: Trace, entry: SpanIndex): SpanIndex | undefined {
  const sender = trace.parent(entry);
  if (sender === undefined) return undefined;
  const isDelivery = trace.kind(entry) === 'consumer';
  const attempt = isDelivery ? Number.NEGATIVE_INFINITY : attemptOf(trace, entry);
  if (attempt === undefined) return undefined;
  const higher = attemptsFromLast(trace)(sender, entry);
  const last = higher[firstPlace(higher.length, (at) => (higher[at]?.attempt ?? 0) > attempt)];
  return last !== undefined && trace.startUs(last.span) >= trace.endUs(entry) ? last.span : undefined;
}

type Attempt = Readonly<{ span: SpanIndex; attempt: number }>;

/**
 * The sender's spans with the same kind, service and operation, from the last to the first, without those whose attempt is
 * not higher than that of a later span: the attempts rise along the list.
 */
const attemptsFromLast = view((trace) => {
  const { kind, service, operation } = trace.columns;
  const runs = childrenAlike(trace, (child) => `${kind[child]} ${service[child]} ${operation[child]}`);
  const known = new Map<readonly SpanIndex[], readonly Attempt[]>();
  return (sender: SpanIndex, entry: SpanIndex): readonly Attempt[] => {
    const alike = runs(sender, entry);
    const found = known.get(alike);
    if (found !== undefined) return found;
    const higher: Attempt[] = [];
    for (const span of alike.toReversed()) {
      const attempt = trace.kind(span) === 'consumer' ? 0 : attemptOf(trace, span);
      if (attempt !== undefined && attempt > (higher.at(-1)?.attempt ?? Number.NEGATIVE_INFINITY))
        higher.push({ span, attempt });
    }
    known.set(alike, higher);
    return higher;
  };
});

/** The children of a span that pass and have the same key as another span, in order of start. */
function childrenAlike(
  trace: Trace,
  keyOf: (span: SpanIndex) => string,
  passes: (span: SpanIndex) => boolean = () => true,
): (parent: SpanIndex, like: SpanIndex) => readonly SpanIndex[] {
  const byParent = new Map<SpanIndex, ReadonlyMap<string, readonly SpanIndex[]>>();
  return (parent, like) => {
    let byKey = byParent.get(parent);
    if (byKey === undefined) {
      const children = [...trace.children(parent)].filter(passes);
      byKey = Map.groupBy(
        children.sort((a, b) => trace.startUs(a) - trace.startUs(b)),
        keyOf,
      );
      byParent.set(parent, byKey);
    }
    return byKey.get(keyOf(like)) ?? [];
  };
}

/** Airflow's `try_number`, Celery's `retries`, Temporal's and Spring's `attempt`, `http.request.resend_count`. */
const ATTEMPT =
  /(?:^|[._])(?:try_?number|attempts?|attempt_?(?:number|count)|retries|retry_?(?:number|count)|resend_count)$/i;

/** Which attempt a run of a task is, as it records itself; undefined where it does not. A client's own calls are no tasks. */
function attemptOf(trace: Trace, span: SpanIndex): number | undefined {
  if (trace.kind(span) === 'client') return undefined;
  const name = Object.keys(trace.attributesFor(span, ATTEMPT)).find((each) => ATTEMPT.test(each));
  return name === undefined ? undefined : trace.number(span, name);
}
