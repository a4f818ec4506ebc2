/**
 * A trace as an index over columns: a span is its number, and the trace answers for it.
 *
 * Spans are numbered by start (ties: longer first, then by id), so that the order in which a backend sent them never
 * matters. Times are integer microseconds from the trace's start; durations are never negative; clocks are already
 * corrected. Everything that a detector reads of every span is a column; the rest is read lazily from `details`.
 */

import type { TextTable } from '#model/text/text-table.ts';
import { numbersIn, onceByName } from '#model/trace/by-name.ts';
import { canonicalNumber, canonicalText } from '#model/trace/semconv.ts';
import { serviceNamed } from '#model/trace/service-names.ts';
import { CLIENT, CONSUMER, INTERNAL, SPAN_KINDS, type SpanKind } from '#model/trace/span-kinds.ts';
import { type CallerCalls, type CallGroup, callerCalls, callGroups } from '#model/trace/views/call-groups.ts';
import {
  type CriticalPath,
  criticalPath,
  inPreorder,
  type OperationPath,
  type PathStep,
  type PathSteps,
  pathByOperation,
} from '#model/trace/views/critical-path.ts';
import { type Drag, dragAndSlack } from '#model/trace/views/drag.ts';
import { type ErrorOrigin, errorOrigins } from '#model/trace/views/error-origins.ts';
import { type ErrorRole, errorRoles } from '#model/trace/views/error-roles.ts';
import { type Instance, instances } from '#model/trace/views/instances.ts';
import { type OwnStretch, ownStretches } from '#model/trace/views/own-stretches.ts';
import { selfTimes } from '#model/trace/views/self-time.ts';
import { type ServiceCalls, serviceGraph } from '#model/trace/views/service-graph.ts';
import { type Signs, type SpansWith, spansWithSigns } from '#model/trace/views/span-signs.ts';
import { type WorkKind, type WorkOf, type WorkShare, workKinds, workShares } from '#model/trace/views/work-kinds.ts';

/** A span's number in its trace. */
export type SpanIndex = number;
export type SpanTest = (span: SpanIndex) => boolean;

/** A caller and two calls. */
const LEAST_OF_GROUP = 3;

/** The number of the empty text. */
const NO_TEXT = 0;

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Something that happened inside a span: an OpenTelemetry event, an OpenTracing log. `atUs` counts from the trace's start. */
export type SpanEvent = Readonly<{ atUs: number; name: string; attributes: Attributes }>;

/** A span that another one names beside its parent, by the ids as they were sent; it may be of another trace. */
export type SpanLink = Readonly<{ traceId: string; spanId: string }>;

/** What is read only when asked for. The same from a decoder's bytes and from rows. */
export type SpanDetails = Readonly<{
  /** The span's own attributes. */
  attributes(span: SpanIndex): Attributes;
  /** Attributes of the process that made the span. */
  resource(span: SpanIndex): Attributes;
  /** In order of time. */
  events(span: SpanIndex): readonly SpanEvent[];
  /** The description that came with an error status; empty where there is none. */
  statusText(span: SpanIndex): string;
  links(span: SpanIndex): readonly SpanLink[];
  /** The statement of a database call, where it can be had without the attributes. */
  statement(span: SpanIndex): string | undefined;
}>;

/** How many of each flaw were repaired; see `trace-builder.ts` for the rules. */
export type Repairs = Readonly<
  Record<
    | 'duplicateSpan'
    | 'sharedSpanId'
    | 'repeatedSpanId'
    | 'orphan'
    | 'selfParent'
    | 'cycle'
    | 'extraRoot'
    | 'negativeDuration'
    | 'absurdDuration'
    | 'undatedSpan'
    | 'clockSkew'
    | 'clockSkewTooLarge'
    | 'unnamedService'
    | 'conflictingName'
    | 'unknownKind'
    | 'hiddenCharacters'
    | 'missingSpanId'
    | 'foreignParent'
    | 'followsFrom'
    | 'foreignLink'
    | 'unfinishedSpan',
    number
  >
>;

/** Columns of equal length, one element a span. Texts are numbers in `names`, ids in `ids`. */
export type Columns = Readonly<{
  names: TextTable;
  ids: TextTable;
  id: Int32Array;
  startUs: Float64Array;
  durationUs: Float64Array;
  /** −1 for a root. */
  parent: Int32Array;
  /** Children of span i: `childList[childFirst[i] .. childFirst[i + 1]]`, in order of start. */
  childFirst: Int32Array;
  childList: Int32Array;
  /** Depth-first position, and the position after the last descendant: `b` lies under `a` when a ≤ b < end of a. */
  preorder: Int32Array;
  preorderEnd: Int32Array;
  service: Int32Array;
  operation: Int32Array;
  scope: Int32Array;
  peer: Int32Array;
  databaseSystem: Int32Array;
  queryShape: Int32Array;
  /** 0 where none was recorded. */
  httpStatus: Int16Array;
  /** Bits of `span-marks.ts`. */
  marks: Int32Array;
  hasEvents: Uint8Array;
  kind: Uint8Array;
  /** 1 where the span only follows from its parent, which did not wait for it; empty where none does. */
  follows: Uint8Array;
  failed: Uint8Array;
  /** How far this span's clock was moved, in microseconds; empty where none was. */
  shiftUs: Float64Array;
}>;

export class Trace {
  /** As the source has it. */
  readonly traceId: string;
  /** When the trace began, in microseconds since the epoch. */
  readonly startEpochUs: number;
  readonly spanCount: number;
  /** From the first start to the last end, which asynchronous work may put after the root's end. */
  readonly durationUs: number;
  /** The root that the trace is about: earliest start, then latest end. */
  readonly root: SpanIndex;
  readonly roots: readonly SpanIndex[];
  /** Sorted by name. */
  readonly services: readonly string[];
  readonly repairs: Repairs;
  readonly #columns: Columns;
  readonly #details: SpanDetails;
  readonly #views = new Map<string, unknown>();
  /** The span whose id was asked for last: its bytes become a text, and who speaks of a span names it again and again. */
  #named: Readonly<{ span: SpanIndex; id: string }> = { span: -1, id: '' };
  /** Asked for so often that a look into a map would tell. */
  #criticalPath: CriticalPath | undefined;

  constructor(parts: {
    traceId: string;
    startEpochUs: number;
    durationUs: number;
    root: SpanIndex;
    roots: readonly SpanIndex[];
    repairs: Repairs;
    columns: Columns;
    details: SpanDetails;
  }) {
    this.traceId = parts.traceId;
    this.startEpochUs = parts.startEpochUs;
    this.durationUs = parts.durationUs;
    this.root = parts.root;
    this.roots = parts.roots;
    this.repairs = parts.repairs;
    this.#columns = parts.columns;
    this.#details = parts.details;
    this.spanCount = parts.columns.id.length;
    const { service, names } = parts.columns;
    this.services = numbersIn(service, names.size())
      .map((name) => names.text(name))
      .sort();
  }

  /** The id as the source has it. */
  spanId(span: SpanIndex): string {
    if (span !== this.#named.span) this.#named = { span, id: this.#columns.ids.text(this.#columns.id[span] ?? 0) };
    return this.#named.id;
  }

  service(span: SpanIndex): string {
    return this.#name(this.#columns.service, span);
  }

  operation(span: SpanIndex): string {
    return this.#name(this.#columns.operation, span);
  }

  /** Equal for spans of one service and operation, and only for them: to group many without a text for each. */
  operationKey(span: SpanIndex): number {
    const { names, service, operation } = this.#columns;
    return (service[span] ?? 0) * names.size() + (operation[span] ?? 0);
  }

  /** The instrumentation scope (library), empty where none was recorded. */
  scope(span: SpanIndex): string {
    return this.#name(this.#columns.scope, span);
  }

  /** Whom the span calls: the service that answered, else the peer that its attributes name; empty where nothing tells. */
  peer(span: SpanIndex): string {
    return this.#name(this.#columns.peer, span);
  }

  /** `postgresql`, `redis`…; `other_sql` for SQL without a system; empty where the span is no database call. */
  databaseSystem(span: SpanIndex): string {
    return this.#name(this.#columns.databaseSystem, span);
  }

  /** The statement with its values taken out, so that equal shapes are one query; empty where there is none. */
  queryShape(span: SpanIndex): string {
    return this.#name(this.#columns.queryShape, span);
  }

  kind(span: SpanIndex): SpanKind {
    return SPAN_KINDS[this.#columns.kind[span] ?? 0] ?? 'unspecified';
  }

  /** Said to have failed by its status, its error tag, or its HTTP or RPC status code. */
  failed(span: SpanIndex): boolean {
    return this.#columns.failed[span] === 1;
  }

  /** 0 where none was recorded. */
  httpStatus(span: SpanIndex): number {
    return this.#columns.httpStatus[span] ?? 0;
  }

  /** Tells of a span whether its operation's name passes; each name is tested once. */
  operationTest(passes: (operation: string) => boolean): SpanTest {
    return this.#textTest(this.#columns.operation, passes);
  }

  /** Tells what number its operation's name has, 0 or more; each name is numbered once. */
  operationNumbers(numberOf: (operation: string) => number): (span: SpanIndex) => number {
    return this.#textNumbers(this.#columns.operation, numberOf);
  }

  /** The same of its database system. */
  databaseTest(passes: (system: string) => boolean): SpanTest {
    return this.#textTest(this.#columns.databaseSystem, passes);
  }

  /** The same of the shape of its query. */
  queryShapeTest(passes: (shape: string) => boolean): SpanTest {
    return this.#textTest(this.#columns.queryShape, passes);
  }

  #textTest(column: Int32Array, passes: (text: string) => boolean): SpanTest {
    const result = this.#textNumbers(column, (text) => (passes(text) ? 1 : 0));
    return (span) => result(span) === 1;
  }

  #textNumbers(column: Int32Array, numberOf: (text: string) => number): (span: SpanIndex) => number {
    const { names } = this.#columns;
    const result = onceByName(column.length, names.size(), (name) => numberOf(names.text(name)));
    return (span) => result(column[span] ?? 0);
  }

  /** All spans that bear any of these signs, in order. */
  spansWith(signs: Signs): readonly SpanIndex[] {
    return this.#spansWith(signs);
  }

  /** In order. */
  get failedSpans(): readonly SpanIndex[] {
    return this.#view('failed', () => this.spansWith({ failed: true }));
  }

  /** Numbers what a span asks and whom: equal for one service, one callee, one name and one shape of query. */
  get callNumbers(): (span: SpanIndex) => number {
    return this.#view('call numbers', () => {
      const { operation } = this.#columns;
      return this.#numbersOf((span) => operation[span] ?? 0, this.#callees);
    });
  }

  /** The same by other names, which have numbers as well, and by the peer as the span has it. */
  callNumbersBy(nameOf: (span: SpanIndex) => number): (span: SpanIndex) => number {
    const { peer } = this.#columns;
    return this.#numbersOf(nameOf, (span) => peer[span] ?? 0);
  }

  /** Names are numbers below that of all texts. */
  #numbersOf(nameOf: (span: SpanIndex) => number, calleeOf: (span: SpanIndex) => number): (span: SpanIndex) => number {
    const { service, queryShape, names } = this.#columns;
    const texts = names.size();
    const number = (known: Map<number, number>, one: number, other: number) => {
      const pair = one * texts + other;
      const found = known.get(pair) ?? known.size;
      known.set(pair, found);
      return found;
    };
    const whats = new Map<number, number>();
    const whoms = new Map<number, number>();
    return (span) =>
      number(whats, service[span] ?? 0, nameOf(span)) * this.spanCount +
      number(whoms, calleeOf(span), queryShape[span] ?? 0);
  }

  /** Whom the span calls, by the service's own name where its peer is the host of a service of this trace. */
  callee(span: SpanIndex): string {
    return this.#columns.names.text(this.#callees(span));
  }

  get #callees(): (span: SpanIndex) => number {
    return this.#view('callees', () => {
      const { names, peer } = this.#columns;
      let named: ReturnType<typeof serviceNamed> | undefined;
      const known = new Map<number, number>([[NO_TEXT, NO_TEXT]]);
      return (span) => {
        const name = peer[span] ?? NO_TEXT;
        const found = known.get(name);
        if (found !== undefined) return found;
        named ??= serviceNamed(this.services);
        const service = named(names.text(name));
        const callee = service === undefined ? name : names.number(service);
        known.set(name, callee);
        return callee;
      };
    });
  }

  /** Whether the span says this of itself; with several marks, any of them. */
  hasMark(span: SpanIndex, marks: number): boolean {
    return ((this.#columns.marks[span] ?? 0) & marks) !== 0;
  }

  hasEvents(span: SpanIndex): boolean {
    return this.#columns.hasEvents[span] === 1;
  }

  startUs(span: SpanIndex): number {
    return this.#columns.startUs[span] ?? 0;
  }

  durationOfUs(span: SpanIndex): number {
    return this.#columns.durationUs[span] ?? 0;
  }

  endUs(span: SpanIndex): number {
    return this.startUs(span) + this.durationOfUs(span);
  }

  /** How far the clock of this span's host was moved; 0 for most. */
  shiftUs(span: SpanIndex): number {
    return this.#columns.shiftUs[span] ?? 0;
  }

  parent(span: SpanIndex): SpanIndex | undefined {
    const parent = this.#columns.parent[span] ?? -1;
    return parent < 0 ? undefined : parent;
  }

  /** In order of start. */
  children(span: SpanIndex): Int32Array {
    const { childFirst, childList } = this.#columns;
    return childList.subarray(childFirst[span], childFirst[span + 1]);
  }

  /** Of all these spans: those of the first, then those of the next. */
  childrenOf(spans: Int32Array): Int32Array {
    let count = 0;
    for (let at = 0; at < spans.length; at += 1) count += this.childCount(spans[at] ?? 0);
    const all = new Int32Array(count);
    let end = 0;
    for (let at = 0; at < spans.length; at += 1) end = this.#putChildren(spans[at] ?? 0, all, end);
    return all;
  }

  /** Puts them from there on; where they end. */
  #putChildren(span: SpanIndex, into: Int32Array, from: number): number {
    const { childFirst, childList } = this.#columns;
    let end = from;
    for (let at = childFirst[span] ?? 0; at < (childFirst[span + 1] ?? 0); at += 1) {
      into[end] = childList[at] ?? 0;
      end += 1;
    }
    return end;
  }

  firstChild(span: SpanIndex): SpanIndex | undefined {
    return this.childCount(span) === 0 ? undefined : this.#columns.childList[this.#columns.childFirst[span] ?? 0];
  }

  childCount(span: SpanIndex): number {
    const { childFirst } = this.#columns;
    return (childFirst[span + 1] ?? 0) - (childFirst[span] ?? 0);
  }

  isOfOneService(a: SpanIndex, b: SpanIndex): boolean {
    return this.#columns.service[a] === this.#columns.service[b];
  }

  /** Work inside a service, as far as the span says what it is at all. */
  isInternal(span: SpanIndex): boolean {
    return (this.#columns.kind[span] ?? 0) <= INTERNAL;
  }

  /** Whether `span` is `ancestor` or lies below it. */
  isUnder(span: SpanIndex, ancestor: SpanIndex): boolean {
    const { preorder, preorderEnd } = this.#columns;
    const at = preorder[span] ?? 0;
    return at >= (preorder[ancestor] ?? 0) && at < (preorderEnd[ancestor] ?? 0);
  }

  /** Those of `spans` that are one of `ancestors` or lie below one, depth first. At most n log n, however many there are of both. */
  under(spans: readonly SpanIndex[], ancestors: readonly SpanIndex[]): SpanIndex[] {
    const { preorder, preorderEnd } = this.#columns;
    const tops = inPreorder(ancestors, preorder);
    let top = 0;
    return inPreorder(spans, preorder).filter((span) => {
      const at = preorder[span] ?? 0;
      while (top < tops.length && (preorderEnd[tops[top] ?? 0] ?? 0) <= at) top += 1;
      return top < tops.length && (preorder[tops[top] ?? 0] ?? 0) <= at;
    });
  }

  preorder(span: SpanIndex): number {
    return this.#columns.preorder[span] ?? 0;
  }

  preorderEnd(span: SpanIndex): number {
    return this.#columns.preorderEnd[span] ?? 0;
  }

  /** Whether the two ran at the same time; spans that only touch did not. */
  overlap(a: SpanIndex, b: SpanIndex): boolean {
    return this.startUs(a) < this.endUs(b) && this.startUs(b) < this.endUs(a);
  }

  /** A database call: has a database system or a statement, and is not the database's own server span. */
  isDatabaseCall(span: SpanIndex): boolean {
    return (this.#columns.databaseSystem[span] ?? NO_TEXT) !== NO_TEXT;
  }

  /** A call that leaves its caller: a client span, or a span of another service directly below (no client span was recorded). */
  isCall(span: SpanIndex): boolean {
    const kind = this.#columns.kind[span];
    if (kind === CLIENT) return true;
    const parent = this.#columns.parent[span] ?? -1;
    return parent >= 0 && kind !== CONSUMER && !this.isOfOneService(parent, span);
  }

  /** Whether its parent can have waited for it: not for who takes a message, nor for what only follows from it. */
  isAwaited(span: SpanIndex): boolean {
    return this.#columns.kind[span] !== CONSUMER && this.#columns.follows[span] !== 1;
  }

  /** An attribute by its current OpenTelemetry name; older names are found, too. Empty where there is none. */
  text(span: SpanIndex, name: string): string {
    return canonicalText(this.#details.attributes(span), name, this.kind(span));
  }

  number(span: SpanIndex, name: string): number | undefined {
    return canonicalNumber(this.#details.attributes(span), name, this.kind(span));
  }

  attributes(span: SpanIndex): Attributes {
    return this.#details.attributes(span);
  }

  resource(span: SpanIndex): Attributes {
    return this.#details.resource(span);
  }

  events(span: SpanIndex): readonly SpanEvent[] {
    return this.#details.events(span);
  }

  statusText(span: SpanIndex): string {
    return this.#details.statusText(span);
  }

  /** Other spans that it names, its parent perhaps among them: the messages of a batch. */
  links(span: SpanIndex): readonly SpanLink[] {
    return this.#details.links(span);
  }

  /** The steps that made the root take as long as it did, in order of time, without overlap; they sum to the root's duration. */
  get criticalPath(): readonly PathStep[] {
    const { count, span, startUs, endUs } = this.pathSteps;
    return this.#view('steps', () =>
      Array.from({ length: count }, (_, at) => ({ span: span(at), startUs: startUs(at), endUs: endUs(at) })),
    );
  }

  /** The same for loops over all of them. */
  get pathSteps(): PathSteps {
    return this.#path.steps;
  }

  /** How much of the critical path runs in these spans and in all below them; nested spans count once. */
  pathUs(spans: readonly SpanIndex[]): number {
    return this.#path.under(spans);
  }

  /** The same of one span. */
  pathBelowUs(span: SpanIndex): number {
    return this.#path.below(span);
  }

  /** How much of the critical path is this span's own time. */
  pathSelfUs(span: SpanIndex): number {
    return this.#path.own(span);
  }

  /** How much of the critical path is own time of each operation of a service, in order of the first span that has some. */
  get pathByOperation(): readonly OperationPath[] {
    return this.#view('path by operation', () => pathByOperation(this.#columns, this.#path));
  }

  /** Duration less the time in which any child ran. */
  selfUs(span: SpanIndex): number {
    return this.#view('self', () => selfTimes(this))[span] ?? 0;
  }

  /** Callers with their calls; see `call-groups.ts`. */
  get callerCalls(): CallerCalls {
    return this.#view('callers', () => callerCalls(this, this.#columns));
  }

  /** Calls of one caller to one target, two or more, in order of start. */
  get callGroups(): readonly CallGroup[] {
    return this.#view('calls', () => (this.spanCount < LEAST_OF_GROUP ? [] : callGroups(this, this.callerCalls)));
  }

  /** Where failures began; see `error-origins.ts`. */
  get errorOrigins(): readonly ErrorOrigin[] {
    return this.#view('origins', () => errorOrigins(this));
  }

  /** What part the span has in a failure; undefined for most. */
  errorRole(span: SpanIndex): ErrorRole | undefined {
    return this.#view('error roles', () => errorRoles(this)).get(span);
  }

  /** By how much the span's caller would end earlier if the span took no time; 0 off the critical path. */
  dragUs(span: SpanIndex): number {
    return this.#drag.dragUs[span] ?? 0;
  }

  /** By how much the root would end earlier if the span took no time. */
  savingUs(span: SpanIndex): number {
    return this.#drag.savingUs[span] ?? 0;
  }

  /** How far the span could move or grow before its caller waits for it; undefined where nobody waits for it at all. */
  slackUs(span: SpanIndex): number | undefined {
    const slackUs = this.#drag.slackUs[span] ?? Number.NaN;
    return Number.isNaN(slackUs) ? undefined : slackUs;
  }

  /** What kind of work the span's own time is. */
  workOf(span: SpanIndex): WorkKind {
    return this.#work(span);
  }

  /** What the critical path was spent on, by kind of work, largest first. */
  get workShares(): readonly WorkShare[] {
    return this.#view('work', () => workShares(this, this.#work));
  }

  /** Who called whom, how often, how long, and with how many failures. */
  get serviceGraph(): readonly ServiceCalls[] {
    return this.#view('services', () => serviceGraph(this));
  }

  /** When callers were busy by themselves, with what ran before and after. */
  get ownStretches(): readonly OwnStretch[] {
    return this.#view('stretches', () => ownStretches(this));
  }

  /** Spans by the instance that made them. */
  get instances(): readonly Instance[] {
    return this.#view('instances', () => instances(this));
  }

  get #spansWith(): SpansWith {
    return this.#view('signs', () => spansWithSigns(this.#columns, () => ({ root: this.root, by: this.#path.below })));
  }

  get #work(): WorkOf {
    return this.#view('work kinds', () => workKinds(this));
  }

  get #drag(): Drag {
    return this.#view('drag', () => dragAndSlack(this));
  }

  get #path(): CriticalPath {
    this.#criticalPath ??= criticalPath(this.#columns, this.root);
    return this.#criticalPath;
  }

  /** Each view is computed once, when first asked for. */
  #view<T>(name: string, compute: () => T): T {
    const known = this.#views.get(name) as T | undefined;
    if (known !== undefined) return known;
    const made = compute();
    this.#views.set(name, made);
    return made;
  }

  #name(column: Int32Array, span: SpanIndex): string {
    return this.#columns.names.text(column[span] ?? 0);
  }
}
