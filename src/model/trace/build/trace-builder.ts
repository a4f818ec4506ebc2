/**
 * Makes a trace of spans in any order. What arrives is hostile: each flaw is repaired by one rule, counted, and none is
 * fatal.
 *
 *   the same span twice            the second is dropped                                 duplicateSpan
 *   client and server with one id  the second to start becomes a child of the first      sharedSpanId
 *   others with one id             all are kept, and the first is found by it            repeatedSpanId
 *   a parent that never came       the span goes below one that encloses it              orphan, placedOrphan
 *                                  (`lost-parents.ts`), or becomes a root
 *   a request without a parent     the span goes below the call that fits              placedRoot
 *   a root that never came         a span stands for it (`lost-root.ts`)                 lostRoot
 *   its own parent                 the span becomes a root                               selfParent
 *   parents in a circle            the earliest of the circle becomes a root             cycle
 *   ends before it starts          the duration becomes 0                                negativeDuration
 *   takes longer than ten years    the duration becomes 0 (`impossible-times.ts`)        absurdDuration
 *   no end                         the duration is 0                                    unfinishedSpan
 *   no start, or one after 2255    it begins with its parent                             undatedSpan
 *   no service                     it is called `unknown-service`                        unnamedService
 *   no name                        it is called `unnamed-operation`                      unnamedOperation
 *   an old and a new name differ   the new one is read (`semconv.ts`)                    conflictingName
 *   a kind that nobody knows       it has none                                           unknownKind
 *   control characters in a name   they are taken out where it is shown                  hiddenCharacters
 *   no id                          nothing can lie below it                              missingSpanId
 *   a parent in another trace      the span becomes a root                               foreignParent
 *   no parent, but FOLLOWS_FROM    it lies below what it follows from                    followsFrom
 *   a link to another trace        what is there is not read                             foreignLink
 *   a clock ahead or behind        the span moves into its caller (`clock-skew.ts`)      clockSkew, clockSkewTooLarge
 */

import { withAwaitedReplies } from '#model/trace/build/awaited-replies.ts';
import { correctClockSkew, hostOf, MAX_CLOCK_SKEW_US } from '#model/trace/build/clock-skew.ts';
import { holdsImpossible, withoutAbsurdDurations, withStarts } from '#model/trace/build/impossible-times.ts';
import { inferredKinds } from '#model/trace/build/inferred-kinds.ts';
import { placeLost } from '#model/trace/build/lost-parents.ts';
import { withLostRoot } from '#model/trace/build/lost-root.ts';
import { flawCounts, NO_FLAWS, SPAN_FLAW } from '#model/trace/build/span-flaws.ts';
import { inOrder } from '#model/trace/build/span-order.ts';
import { parentsOf } from '#model/trace/build/span-parents.ts';
import type { SpanColumns, SpanFields, SpanProcess, SpanTable } from '#model/trace/build/span-table.ts';
import { numbersIn } from '#model/trace/by-name.ts';
import type { Repairs, SpanIndex } from '#model/trace/columns.ts';
import { isInternalHost, serviceNamed } from '#model/trace/service-names.ts';
import { CLIENT, CONSUMER, INTERNAL, PRODUCER, UNSPECIFIED } from '#model/trace/span-kinds.ts';
import { inOrderOfStart, parentsFirst, treeOf } from '#model/trace/span-tree.ts';
import { Trace } from '#model/trace/trace.ts';

/** Builds the trace of a table of spans. Never throws; an empty table has no trace. */
export function buildTrace(recorded: SpanTable, traceId = '', maxSkewUs = MAX_CLOCK_SKEW_US): Trace {
  const repairs: { -readonly [K in keyof Repairs]: number } = {
    duplicateSpan: 0,
    sharedSpanId: 0,
    repeatedSpanId: 0,
    orphan: 0,
    placedOrphan: 0,
    placedRoot: 0,
    lostRoot: 0,
    selfParent: 0,
    cycle: 0,
    extraRoot: 0,
    negativeDuration: 0,
    absurdDuration: 0,
    undatedSpan: 0,
    clockSkew: 0,
    clockSkewTooLarge: 0,
    unnamedService: 0,
    unnamedOperation: 0,
    hiddenCharacters: 0,
    missingSpanId: 0,
    ...NO_FLAWS,
  };
  const spans = withLostRoot(recorded);
  repairs.lostRoot = spans === recorded ? 0 : 1;
  const { names } = spans;
  const count = arrange(spans, withoutDuplicates(inOrder(spans), spans, repairs));
  const column = <K extends keyof SpanFields>(name: K): SpanColumns[K] => {
    const all = spans.column(name);
    return all.length === count ? all : (all.subarray(0, count) as SpanColumns[K]);
  };
  const id = column('id');
  const toldKind = column('kind');
  const process = column('process');
  // Corrections go into a copy: the table may be used again, with more spans in it.
  const startUs = column('startUs').slice();
  const isImpossible = holdsImpossible(column('durationUs'));
  const durationUs = isImpossible ? column('durationUs').slice() : column('durationUs');
  const hasEvents = column('hasEvents');
  const source = column('source');
  const detail = column('detail');
  const operation = withNames(column('operation'), names, repairs);
  Object.assign(repairs, flawCounts(column('flaws')));

  const service = ofProcesses(spans, process, (of) => names.number(isBlank(of.service) ? UNKNOWN_SERVICE : of.service));
  const host = ofProcesses(spans, process, ({ resource }) => names.number(hostOf(resource)));
  if (spans.processes.some((of) => isBlank(of.service)))
    repairs.unnamedService = sumOf(ofProcesses(spans, process, (of) => (isBlank(of.service) ? 1 : 0)));
  repairs.hiddenCharacters = hidingSpans(spans, process, operation);
  if (id.includes(NO_TEXT)) repairs.missingSpanId = id.reduce((sum, own) => sum + (own === NO_TEXT ? 1 : 0), 0);
  if (isImpossible) {
    repairs.negativeDuration = withoutNegative(durationUs);
    repairs.absurdDuration = withoutAbsurdDurations(durationUs);
  }

  const parent = parentsOf({ id, parentId: column('parentId'), kind: toldKind }, spans.ids.size(), repairs);
  const [namedPeer, databaseSystem] = [column('namedPeer'), column('databaseSystem')];
  const inferred = inferredKinds({ kind: toldKind, parent, service, operation, namedPeer, databaseSystem, names });
  const kind = withAwaitedReplies({ kind: inferred, parent, startUs, durationUs });
  const follows = repairs.followsFrom === 0 ? new Uint8Array() : column('flaws').map(followsBit);
  const recordedTree = treeOf(parent, repairs);
  const nameOf = (name: number) => names.text(name);
  const parentId = column('parentId');
  const hasOrphans = repairs.orphan > 0;
  const family = { id, parentId, parent, kind, startUs, durationUs, service, namedPeer, databaseSystem, nameOf };
  const estimated = hasOrphans || recordedTree.roots.length > 1 ? placeLost({ ...family, hasOrphans }) : NONE_ESTIMATED;
  repairs.placedRoot = sumOf(estimated.map((is, span) => ((parentId[span] ?? -1) <= 0 ? is : 0)));
  repairs.placedOrphan = sumOf(estimated) - repairs.placedRoot;
  const asCame = repairs.placedOrphan + repairs.placedRoot === 0 ? recordedTree : treeOf(parent, repairs);
  /** Most diagnoses do not need it. */
  const order = () => parentsFirst(asCame);
  repairs.undatedSpan = withStarts({ order, parent, startUs });
  const { shiftUs, moved, tooLarge } = correctClockSkew(
    {
      order,
      parent,
      startUs,
      durationUs,
      host,
      service,
      asynchronous: asynchronousOf({ kind, parent, startUs, durationUs }, follows),
    },
    maxSkewUs,
  );
  repairs.clockSkew = moved;
  repairs.clockSkewTooLarge = tooLarge;

  const isAsCame = moved + repairs.undatedSpan === 0;
  const firstUs = isAsCame ? (startUs[0] ?? 0) : earliestOf(startUs);
  const lastUs = countFrom(startUs, durationUs, firstUs);

  const tree = isAsCame ? asCame : inOrderOfStart(asCame, parent, startUs);
  const { childFirst, childList, preorder, preorderEnd, roots } = tree;
  repairs.extraRoot = Math.max(0, roots.length - 1);

  const sourceOf = (span: SpanIndex) => spans.sources[source[span] ?? 0];
  return new Trace({
    traceId,
    startEpochUs: firstUs,
    durationUs: lastUs - firstUs,
    root: mainRoot(roots, startUs, durationUs),
    roots,
    repairs,
    columns: {
      names,
      ids: spans.ids,
      id,
      startUs,
      durationUs,
      parent,
      childFirst,
      childList,
      preorder,
      preorderEnd,
      service,
      operation,
      scope: column('scope'),
      peer: peersOf(namedPeer, { kind, childFirst, childList, service, estimated, nameOf }),
      databaseSystem,
      queryShape: column('queryShape'),
      httpStatus: column('httpStatus'),
      marks: column('marks'),
      hasEvents,
      kind,
      follows,
      estimated,
      failed: column('failed'),
      shiftUs,
    },
    details: {
      attributes: (span) => sourceOf(span)?.attributes(detail[span] ?? 0) ?? {},
      names: (span) => sourceOf(span)?.names,
      resource: (span) => spans.processes[process[span] ?? 0]?.resource ?? {},
      statusText: (span) => sourceOf(span)?.statusText(detail[span] ?? 0) ?? '',
      links: (span) => sourceOf(span)?.links?.(detail[span] ?? 0) ?? [],
      statement: (span) => sourceOf(span)?.statement?.(detail[span] ?? 0),
      events: (span) => {
        if (hasEvents[span] !== 1) return [];
        const offset = firstUs - (shiftUs[span] ?? 0);
        return (
          [...(sourceOf(span)?.events(detail[span] ?? 0) ?? [])]
            // An event without a time gets its span's start.
            .map((event) => ({ ...event, atUs: event.atUs > 0 ? event.atUs - offset : (startUs[span] ?? 0) }))
            .sort((a, b) => a.atUs - b.atUs)
        );
      },
    },
  });
}

const NONE_ESTIMATED = new Uint8Array();

const UNKNOWN_SERVICE = 'unknown-service';

/** A service name that would be invisible, or that only stands for a missing one. */
function isBlank(service: string): boolean {
  return INVISIBLE.test(service) || NO_NAMES.has(service);
}

const INVISIBLE = /^[\s\p{Cc}\p{Cf}]*$/u;

/** Without a name, sentences about the span would have a hole. Changes a copy, and only where a name is missing. */
function withNames(
  operation: Int32Array,
  names: SpanTable['names'],
  repairs: { unnamedOperation: number },
): Int32Array {
  const blank = numbersIn(operation, names.size()).filter((name) => INVISIBLE.test(names.text(name)));
  if (blank.length === 0) return operation;
  const unnamed = names.number(UNNAMED_OPERATION);
  return operation.map((name) => {
    if (!blank.includes(name)) return name;
    repairs.unnamedOperation += 1;
    return unnamed;
  });
}

const UNNAMED_OPERATION = 'unnamed-operation';

/** Placeholders of Jaeger, its older versions, the collector and OpenTelemetry's SDKs for a missing name. */
const NO_NAMES: ReadonlySet<string> = new Set(['missing-service-name', 'OTLPResourceNoServiceName', 'unknown_service']);

/** Data about the process of each span. */
function ofProcesses(
  { processes }: SpanTable,
  process: Int32Array,
  numberOf: (process: SpanProcess) => number,
): Int32Array {
  const numbers = Int32Array.from(processes, numberOf);
  const column = new Int32Array(process.length);
  for (let i = 0; i < column.length; i += 1) column[i] = numbers[process[i] ?? 0] ?? 0;
  return column;
}

function sumOf(column: Uint8Array | Int32Array): number {
  let sum = 0;
  for (let i = 0; i < column.length; i += 1) sum += column[i] ?? 0;
  return sum;
}

/** Changes the times in place. Returns the last end on the old scale. Each loop is a separate function: V8 compiles a loop in a long function late. */
function countFrom(startUs: Float64Array, durationUs: Float64Array, firstUs: number): number {
  let lastUs = firstUs;
  for (let i = 0; i < startUs.length; i += 1) {
    const start = startUs[i] ?? 0;
    const end = start + (durationUs[i] ?? 0);
    if (end > lastUs) lastUs = end;
    startUs[i] = start - firstUs;
  }
  return lastUs;
}

/** The number of spans whose service or operation is shown without some of its characters. */
function hidingSpans({ names, processes }: SpanTable, process: Int32Array, operation: Int32Array): number {
  const hides = processes.map(({ service }) => names.hides(names.number(service)));
  if (!hides.includes(1) && !numbersIn(operation, names.size()).some((name) => names.hides(name) === 1)) return 0;
  let hiding = 0;
  for (let i = 0; i < operation.length; i += 1)
    hiding += (hides[process[i] ?? 0] ?? 0) | names.hides(operation[i] ?? 0);
  return hiding;
}

/** Sets negative durations to 0. Returns their number. */
function withoutNegative(durationUs: Float64Array): number {
  let negative = 0;
  for (let i = 0; i < durationUs.length; i += 1) {
    if ((durationUs[i] ?? 0) >= 0) continue;
    durationUs[i] = 0;
    negative += 1;
  }
  return negative;
}

/** 1 where the parent does not wait for the span: OpenTracing records that with a FOLLOWS_FROM reference. */
function followsBit(flaws: number): number {
  return (flaws & SPAN_FLAW.followsFrom) === 0 ? 0 : 1;
}

/** 1 where the span handles a queued message, was caused by the producer of one, only follows from its parent, or came later. */
function asynchronousOf(timed: Timed, follows: Uint8Array): Uint8Array {
  const { kind, parent } = timed;
  const asynchronous = follows.length === 0 ? new Uint8Array(kind.length) : follows.slice();
  for (let i = 0; i < kind.length; i += 1) {
    const above = parent[i] ?? -1;
    if (kind[i] === CONSUMER || (above >= 0 && (kind[above] === PRODUCER || isLaterWork(timed, i, above))))
      asynchronous[i] = 1;
  }
  return asynchronous;
}

type Timed = Readonly<{ kind: Uint8Array; parent: Int32Array; startUs: Float64Array; durationUs: Float64Array }>;

/**
 * Work inside a process that began after its parent had ended, where neither recorded a call: nobody waited for an
 * answer. Temporal's workflows and relays that read a table are so.
 */
function isLaterWork({ kind, startUs, durationUs }: Timed, span: number, above: number): boolean {
  if (kind[span] !== INTERNAL || kind[above] === CLIENT || kind[above] === UNSPECIFIED) return false;
  return (startUs[span] ?? 0) >= (startUs[above] ?? 0) + (durationUs[above] ?? 0);
}

function earliestOf(startUs: Float64Array): number {
  let firstUs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < startUs.length; i += 1) firstUs = Math.min(firstUs, startUs[i] ?? 0);
  return firstUs;
}

/** Moves the spans that are kept to the front, in their order. Returns their number. */
function arrange(spans: SpanTable, counted: Int32Array): number {
  const all = spans.count();
  if (counted.length === all) {
    if (!isAsCame(counted)) spans.arrange(counted);
    return all;
  }
  const counts = new Uint8Array(all);
  for (let i = 0; i < counted.length; i += 1) counts[counted[i] ?? 0] = 1;
  const order = new Int32Array(all);
  order.set(counted);
  let at = counted.length;
  for (let span = 0; span < all; span += 1) {
    if (counts[span] === 1) continue;
    order[at] = span;
    at += 1;
  }
  spans.arrange(order);
  return counted.length;
}

function isAsCame(counted: Int32Array): boolean {
  for (let i = 0; i < counted.length; i += 1) if (counted[i] !== i) return false;
  return true;
}

/** Changes `numbers` in place. Equal spans are adjacent, except for other spans with the same start, length, id and kind. */
function withoutDuplicates(numbers: Int32Array, spans: SpanTable, repairs: { duplicateSpan: number }): Int32Array {
  const operation = spans.column('operation');
  const process = spans.column('process');
  const whose = (span: number) => `${operation[span]} ${spans.processes[process[span] ?? 0]?.service}`;
  const isLike = likeness(spans);
  let seen: Set<string> | undefined;
  let before = numbers[0] ?? 0;
  let counted = Math.min(1, numbers.length);
  for (let at = 1; at < numbers.length; at += 1) {
    const span = numbers[at] ?? 0;
    const previous = before;
    before = span;
    if (!isLike(previous, span)) seen = undefined;
    else {
      seen ??= new Set([whose(previous)]);
      if (seen.has(whose(span))) continue;
      seen.add(whose(span));
    }
    numbers[counted] = span;
    counted += 1;
  }
  repairs.duplicateSpan = numbers.length - counted;
  return numbers.subarray(0, counted);
}

function likeness(spans: SpanTable): (a: number, b: number) => boolean {
  const startUs = spans.column('startUs');
  const durationUs = spans.column('durationUs');
  const id = spans.column('id');
  const kind = spans.column('kind');
  return (a, b) =>
    id[a] === id[b] &&
    id[b] !== NO_TEXT &&
    startUs[a] === startUs[b] &&
    durationUs[a] === durationUs[b] &&
    kind[a] === kind[b];
}

/** The number of the empty text in every table. */
const NO_TEXT = 0;

type Callees = Readonly<{
  kind: Uint8Array;
  childFirst: Int32Array;
  childList: Int32Array;
  service: Int32Array;
  estimated: Uint8Array;
  nameOf(name: number): string;
}>;

/**
 * The service that answered if its span exists; otherwise the one in the attributes. A span that was placed below the call
 * may be of a service farther down: the callee's own span is lost.
 */
function peersOf(named: Int32Array, callees: Callees): Int32Array {
  const { kind } = callees;
  return named.map((peer, call) =>
    kind[call] === CLIENT || kind[call] === PRODUCER ? (answeredBy(call, peer, callees) ?? peer) : 0,
  );
}

/** The number of the service; undefined without a span of the callee. */
function answeredBy(
  call: SpanIndex,
  peer: number,
  { childFirst, childList, service, estimated, nameOf }: Callees,
): number | undefined {
  for (let at = childFirst[call] ?? 0; at < (childFirst[call + 1] ?? 0); at += 1) {
    const answer = childList[at] ?? 0;
    const answered = service[answer] ?? 0;
    if (answered === service[call]) continue;
    if (estimated[answer] !== 1 || !namesAnother(nameOf(peer), nameOf(answered))) return answered;
  }
  return undefined;
}

/** The call names a service of one's own, and not this one. */
function namesAnother(peer: string, answered: string): boolean {
  return isInternalHost(peer) && serviceNamed([answered])(peer) === undefined;
}

function mainRoot(roots: readonly SpanIndex[], startUs: Float64Array, durationUs: Float64Array): SpanIndex {
  let main = roots[0] ?? 0;
  for (const root of roots) {
    const earlier = (startUs[root] ?? 0) - (startUs[main] ?? 0);
    const longer = (durationUs[root] ?? 0) - (durationUs[main] ?? 0);
    if (earlier < 0 || (earlier === 0 && longer > 0)) main = root;
  }
  return main;
}
