/**
 * A trace as an index over columns: a span is a number, and the methods of the trace return its data.
 * Spans are numbered by start (ties: longer first, then by id), so the order in which a backend sent them does not
 * matter. Times are integer microseconds since the trace's start; durations are never negative; clocks are already
 * corrected. Everything that a detector reads of every span is a column; the rest is read lazily from `details`.
 */
import { numbersIn, onceByName } from '#model/trace/by-name.ts';
import type {
  Attributes,
  Columns,
  NameTest,
  Repairs,
  SpanDetails,
  SpanEvent,
  SpanIndex,
  SpanLink,
  SpanTest,
} from '#model/trace/columns.ts';
import { canonicalNumber, canonicalText } from '#model/trace/semconv.ts';
import { CLIENT, CONSUMER, INTERNAL, SPAN_KINDS, type SpanKind } from '#model/trace/span-kinds.ts';

/** The number of the empty text. */
const NO_TEXT = 0;
const NO_ATTRIBUTES: Attributes = {};

export class Trace {
  /** In the source's form. */
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
  /** For computations in `model/trace/`; all other code uses the accessors. */
  readonly columns: Columns;
  /** The computed views of this trace, each at the index that `view.ts` assigned. */
  readonly views: unknown[] = [];
  readonly #details: SpanDetails;
  /** The most recently requested span id: decoding it makes a text, and callers ask for the same one repeatedly. */
  #named: Readonly<{ span: SpanIndex; id: string }> = { span: -1, id: '' };

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
    this.columns = parts.columns;
    this.#details = parts.details;
    this.spanCount = parts.columns.id.length;
    const { service, names } = parts.columns;
    this.services = numbersIn(service, names.size())
      .map((name) => names.text(name))
      .sort();
  }

  /** How many spans arrived: one less where a span stands for a lost root. */
  get arrivedCount(): number {
    return this.spanCount - this.repairs.lostRoot;
  }

  /** The id in the source's form. */
  spanId(span: SpanIndex): string {
    if (span !== this.#named.span) this.#named = { span, id: this.columns.ids.text(this.columns.id[span] ?? 0) };
    return this.#named.id;
  }

  service(span: SpanIndex): string {
    return this.#name(this.columns.service, span);
  }

  operation(span: SpanIndex): string {
    return this.#name(this.columns.operation, span);
  }

  /** Equal only for spans with the same service and operation: to group many without a text for each. */
  operationKey(span: SpanIndex): number {
    const { names, service, operation } = this.columns;
    return (service[span] ?? 0) * names.size() + (operation[span] ?? 0);
  }

  /** The instrumentation scope (library), empty where none was recorded. */
  scope(span: SpanIndex): string {
    return this.#name(this.columns.scope, span);
  }

  /** The callee: the service that answered, else the peer in its attributes; empty where unknown. */
  peer(span: SpanIndex): string {
    return this.#name(this.columns.peer, span);
  }

  /** `postgresql`, `redis`…; `other_sql` for SQL without a system; empty where the span is no database call. */
  databaseSystem(span: SpanIndex): string {
    return this.#name(this.columns.databaseSystem, span);
  }

  /** The statement without its values, so that equal shapes are one query; empty where there is none. */
  queryShape(span: SpanIndex): string {
    return this.#name(this.columns.queryShape, span);
  }

  kind(span: SpanIndex): SpanKind {
    return SPAN_KINDS[this.columns.kind[span] ?? 0] ?? 'unspecified';
  }

  /** Failed by its status, its error tag, or its HTTP or RPC status code. */
  failed(span: SpanIndex): boolean {
    return this.columns.failed[span] === 1;
  }

  /** 0 where none was recorded. */
  httpStatus(span: SpanIndex): number {
    return this.columns.httpStatus[span] ?? 0;
  }

  /** Returns a test on the operation's name; each name is tested once. */
  operationTest(passes: (operation: string) => boolean): SpanTest {
    return this.#textTest(this.columns.operation, passes);
  }

  /** Returns a number for the operation's name, 0 or more; each name is numbered once. */
  operationNumbers(numberOf: (operation: string) => number): (span: SpanIndex) => number {
    return this.#textNumbers(this.columns.operation, numberOf);
  }

  /** The same for its database system. */
  databaseTest(passes: (system: string) => boolean): SpanTest {
    return this.#textTest(this.columns.databaseSystem, passes);
  }

  /** The same for the shape of its query. */
  queryShapeTest(passes: (shape: string) => boolean): SpanTest {
    return this.#textTest(this.columns.queryShape, passes);
  }

  #textTest(column: Int32Array, passes: (text: string) => boolean): SpanTest {
    const result = this.#textNumbers(column, (text) => (passes(text) ? 1 : 0));
    return (span) => result(span) === 1;
  }

  #textNumbers(column: Int32Array, numberOf: (text: string) => number): (span: SpanIndex) => number {
    const { names } = this.columns;
    const result = onceByName(column.length, names.size(), (name) => numberOf(names.text(name)));
    return (span) => result(column[span] ?? 0);
  }

  /** Whether the span has this mark; with several marks, any of them. */
  hasMark(span: SpanIndex, marks: number): boolean {
    return ((this.columns.marks[span] ?? 0) & marks) !== 0;
  }

  hasEvents(span: SpanIndex): boolean {
    return this.columns.hasEvents[span] === 1;
  }

  startUs(span: SpanIndex): number {
    return this.columns.startUs[span] ?? 0;
  }

  durationOfUs(span: SpanIndex): number {
    return this.columns.durationUs[span] ?? 0;
  }

  endUs(span: SpanIndex): number {
    return this.startUs(span) + this.durationOfUs(span);
  }

  /** How far the clock of this span's host was moved; 0 for most. */
  shiftUs(span: SpanIndex): number {
    return this.columns.shiftUs[span] ?? 0;
  }

  parent(span: SpanIndex): SpanIndex | undefined {
    const parent = this.columns.parent[span] ?? -1;
    return parent < 0 ? undefined : parent;
  }

  /** Whether its place is an estimate by time and service: the parent that it names never arrived. */
  isEstimated(span: SpanIndex): boolean {
    return this.columns.estimated[span] === 1;
  }

  /** In order of start. */
  children(span: SpanIndex): Int32Array {
    const { childFirst, childList } = this.columns;
    return childList.subarray(childFirst[span], childFirst[span + 1]);
  }

  /** For all these spans: the children of the first, then those of the next. */
  childrenOf(spans: Int32Array): Int32Array {
    let count = 0;
    for (let at = 0; at < spans.length; at += 1) count += this.childCount(spans[at] ?? 0);
    const all = new Int32Array(count);
    let end = 0;
    for (let at = 0; at < spans.length; at += 1) end = this.#putChildren(spans[at] ?? 0, all, end);
    return all;
  }

  /** Writes them from that index on; returns the end. */
  #putChildren(span: SpanIndex, into: Int32Array, from: number): number {
    const { childFirst, childList } = this.columns;
    let end = from;
    for (let at = childFirst[span] ?? 0; at < (childFirst[span + 1] ?? 0); at += 1) {
      into[end] = childList[at] ?? 0;
      end += 1;
    }
    return end;
  }

  firstChild(span: SpanIndex): SpanIndex | undefined {
    return this.childCount(span) === 0 ? undefined : this.columns.childList[this.columns.childFirst[span] ?? 0];
  }

  childCount(span: SpanIndex): number {
    const { childFirst } = this.columns;
    return (childFirst[span + 1] ?? 0) - (childFirst[span] ?? 0);
  }

  isOfOneService(a: SpanIndex, b: SpanIndex): boolean {
    return this.columns.service[a] === this.columns.service[b];
  }

  /** Work inside a service, as far as the span's kind is known. */
  isInternal(span: SpanIndex): boolean {
    return (this.columns.kind[span] ?? 0) <= INTERNAL;
  }

  /** Whether `span` is `ancestor` or lies below it. */
  isUnder(span: SpanIndex, ancestor: SpanIndex): boolean {
    const { preorder, preorderEnd } = this.columns;
    const at = preorder[span] ?? 0;
    return at >= (preorder[ancestor] ?? 0) && at < (preorderEnd[ancestor] ?? 0);
  }

  preorder(span: SpanIndex): number {
    return this.columns.preorder[span] ?? 0;
  }

  preorderEnd(span: SpanIndex): number {
    return this.columns.preorderEnd[span] ?? 0;
  }

  /** Whether the two ran at the same time; spans that only touch did not. */
  overlap(a: SpanIndex, b: SpanIndex): boolean {
    return this.startUs(a) < this.endUs(b) && this.startUs(b) < this.endUs(a);
  }

  /** A database call: has a database system or a statement, and is not the database's own server span. */
  isDatabaseCall(span: SpanIndex): boolean {
    return (this.columns.databaseSystem[span] ?? NO_TEXT) !== NO_TEXT;
  }

  /** A call that leaves its caller: a client span, or a span of another service directly below (no client span was recorded). */
  isCall(span: SpanIndex): boolean {
    const kind = this.columns.kind[span];
    if (kind === CLIENT) return true;
    const parent = this.columns.parent[span] ?? -1;
    return parent >= 0 && kind !== CONSUMER && !this.isOfOneService(parent, span);
  }

  /** Whether its parent can have waited for it: false for a consumer of a message and for a FOLLOWS_FROM child. */
  isAwaited(span: SpanIndex): boolean {
    return this.columns.kind[span] !== CONSUMER && this.columns.follows[span] !== 1;
  }

  /** An attribute by its current OpenTelemetry name; older names are found too. Empty where there is none. */
  text(span: SpanIndex, name: string): string {
    return this.#mayHold(span, name) ? canonicalText(this.#details.attributes(span), name, this.kind(span)) : '';
  }

  number(span: SpanIndex, name: string): number | undefined {
    if (!this.#mayHold(span, name)) return undefined;
    return canonicalNumber(this.#details.attributes(span), name, this.kind(span));
  }

  attributes(span: SpanIndex): Attributes {
    return this.#details.attributes(span);
  }

  /** Whether it has an attribute whose name passes. */
  hasAttribute(span: SpanIndex, names: NameTest): boolean {
    return Object.keys(this.attributesFor(span, names)).some((name) => names.test(name));
  }

  /** Its attributes, for a reader of those whose names pass one of the tests; none where no span of the body has such. */
  attributesFor(span: SpanIndex, ...tests: readonly NameTest[]): Attributes {
    const names = this.#details.names(span);
    const mayHave = names === undefined || tests.some((test) => names.mayPass(test));
    return mayHave ? this.#details.attributes(span) : NO_ATTRIBUTES;
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

  /** Other spans that it names, perhaps including its parent: the messages of a batch. */
  links(span: SpanIndex): readonly SpanLink[] {
    return this.#details.links(span);
  }

  #mayHold(span: SpanIndex, name: string): boolean {
    return this.#details.names(span)?.mayHold(name) ?? true;
  }

  #name(column: Int32Array, span: SpanIndex): string {
    return this.columns.names.text(column[span] ?? 0);
  }
}
