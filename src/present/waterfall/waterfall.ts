/**
 * The rows of a waterfall, folded to the important ones: a trace of a hundred thousand spans has a few dozen rows.
 *
 *   frontend GET /dispatch                        ████████████████
 *     customer GET /customer                      ██████            ◀ cause
 *       10 × SELECT drivers              412 ms     ▪▪▪▪▪▪▪▪        siblings of one kind are one row,
 *         20 × read                       80 ms     ▪▪▪▪▪▪▪▪        and so are their children
 *     + 312 spans                                         ░░░░      whole subtrees without interest are one row
 *
 * Spans are chosen by importance (cause, errors, findings, critical path), each after its parent, until the row limit is
 * reached. Only children of chosen spans are examined, each once, so the work is linear in spans.
 */

import type { Judgement } from '#model/finding/diagnosis.ts';
import { ownSpans } from '#model/finding/finding.ts';
import type { PlacedLine } from '#model/logs/placed-lines.ts';
import { countText } from '#model/text/count-text.ts';
import { durationText, exactDuration } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathSteps } from '#model/trace/views/critical-path.ts';
import { failedSpans, failuresUnder } from '#model/trace/views/span-signs.ts';
import { type Interest, interestOf, waysTo, weightOf } from '#present/waterfall/interest.ts';
import { kindsOf, type SayingOf, sayingsOf } from '#present/waterfall/kinds.ts';
import { linesByRow, NO_LINES, type RowLines } from '#present/waterfall/lines.ts';
import { shown } from '#present/words/plain-text.ts';

/** Microseconds from the trace's start. Intervals too close to be drawn apart become one, which is partly covered. */
export type Interval = Readonly<{ startUs: number; endUs: number; coveredUs: number }>;

/** The covered share of an interval; 1 where it has no gaps. */
export function coveredShare({ startUs, endUs, coveredUs }: Interval): number {
  return endUs > startUs ? coveredUs / (endUs - startUs) : 1;
}

export type WaterfallRow = Readonly<{
  /** One span; siblings of one kind; the rest below a row; the levels between a row and its far ancestor. */
  kind: 'span' | 'siblings' | 'rest' | 'between';
  /** The span, or the first of the row's spans. */
  span: SpanIndex;
  depth: number;
  /** Empty for `rest` and `between`. */
  service: string;
  /** The operation, `10 × ` before it for siblings, or `+ 312 spans`. */
  label: string;
  /** Descendants of the row's spans that are folded into it. */
  hidden: number;
  /** Failed spans that are folded into the row. */
  errors: number;
  /** The number of spans in the row. */
  spans: number;
  startUs: number;
  endUs: number;
  /** `412 ms`; for siblings their total. */
  duration: string;
  /** When the spans ran; one interval for one span. */
  bars: readonly Interval[];
  /** The critical path within the row's spans. */
  path: readonly Interval[];
  cause: boolean;
  /** Its place is an estimate: the parent of its first span never arrived. */
  isEstimated: boolean;
  /** Its spans failed, or one that is folded into it did. */
  failed: boolean;
  /** The first span's status where it failed: `503`; empty where none was recorded. */
  status: string;
  /** Log lines of its spans, and of those that are folded into it. */
  lines: RowLines;
}>;

export type Waterfall = Readonly<{
  rows: readonly WaterfallRow[];
  durationUs: number;
  spanCount: number;
  /** The word for the marked spans. */
  causeWord: 'cause' | 'suspect';
  /** The time that the marked spans cover together. */
  causeUs: number;
}>;

/** Two laptop screens. Nobody reads more, and the trace's own page shows the rest. */
const MAX_ROWS = 40;

/** Three siblings of one kind are still readable as single rows. */
const FOLD_FROM = 4;

/** Spans below this share of the trace, without anything of interest, get a row only where there are few rows. */
const NEGLIGIBLE_SHARE = 0.02;
const ENOUGH_ROWS = 12;

/** How many candidates may be skipped for lack of rows before the search ends. */
const MOST_PASSED_OVER = 8;

/** Services that a `rest` row names. */
const NAMED_SERVICES = 3;

/** Parts of the trace's duration. Anything closer than one part cannot be drawn apart. */
const RESOLUTION = 1000;
/** The most bars of a row that can be drawn apart. */
const MOST_INTERVALS = 100;

/** Words for the legend: `cause`; `cause: 6.2 s together` where several rows are marked, as the message says it. */
export function causeLegend({ rows, causeWord, causeUs }: Waterfall): string {
  const marked = rows.filter(({ cause }) => cause).length;
  return marked < 2 ? causeWord : `${causeWord}: ${durationText(causeUs)} together`;
}

export function waterfallOf(
  trace: Trace,
  judgement: Judgement,
  { maxRows = MAX_ROWS, lines = [] }: { maxRows?: number; lines?: readonly PlacedLine[] } = {},
): Waterfall {
  const { durationUs, spanCount } = trace;
  const causeWord = judgement.diagnosis?.status === 'inconclusive' ? 'suspect' : 'cause';
  if (spanCount === 0) return { rows: [], durationUs, spanCount, causeWord, causeUs: 0 };
  const causes = causeSpans(judgement);
  const isCause = new Uint8Array(spanCount);
  for (const span of causes) isCause[span] = 1;
  const choice: Choice = {
    isCause,
    interest: interestOf(trace, judgement, { causes, maxRows }),
    leadsToCause: waysTo(trace, causes),
    leadsToFailure: waysTo(trace, failedSpans(trace)),
    failuresIn: failuresUnder(trace),
    sayingOf: sayingsOf(trace),
    maxRows,
  };
  const rows = rowsOf(trace, chosen(trace, choice), lines);
  return { rows, durationUs, spanCount, causeWord, causeUs: togetherUs(trace, Int32Array.from(causes)) };
}

/** The spans of the verdict's finding: those of another one are no cause, whatever stands in its place. */
export function causeSpans({ diagnosis, findings }: Judgement): ReadonlySet<SpanIndex> {
  const root = rootFinding({ diagnosis, findings });
  const isVerdict = root !== undefined && root.detector === diagnosis?.kind && root.service === diagnosis.service;
  return new Set(isVerdict ? ownSpans(root) : []);
}

/** The verdict's finding. */
export function rootFinding({
  diagnosis,
  findings,
}: Pick<Judgement, 'diagnosis' | 'findings'>): Judgement['findings'][number] | undefined {
  if (diagnosis === undefined) return undefined;
  const { kind, service, operation } = diagnosis;
  const ofKind = findings.filter((finding) => finding.detector === kind && finding.service === service);
  return (
    ofKind.find((finding) => finding.operation === operation) ??
    ofKind[0] ??
    findings.find((finding) => finding.service === service) ??
    findings[0]
  );
}

/** A candidate for a row. `members` are its topmost spans. */
type Item = {
  readonly kind: WaterfallRow['kind'];
  readonly members: Int32Array;
  readonly tally: Tally;
  /** Only for `between`: the span where the path continues below it. */
  readonly resume?: SpanIndex;
  below: Item[];
  /** The children that got no row. */
  left: Set<Item>;
};

/** Shared by items without children, because there may be a hundred thousand items and few rows. */
const NO_CHILDREN: Item[] = [];
const NOTHING_LEFT = new Set<Item>();

/** `spans` and `failures` include all descendants; `ownUs` and `causes` count only the members. */
type Tally = Readonly<{ interest: number; spans: number; failures: number; ownUs: number; causes: number }>;

const NOTHING: Tally = { interest: 0, spans: 0, failures: 0, ownUs: 0, causes: 0 };

type Choice = Readonly<{
  /** By span: 1 for a cause. */
  isCause: Uint8Array;
  interest: Interest;
  /** Whether a cause is below the span. */
  leadsToCause(span: SpanIndex): boolean;
  leadsToFailure(span: SpanIndex): boolean;
  /** For a span and all its descendants. */
  failuresIn(span: SpanIndex): number;
  sayingOf: SayingOf;
  maxRows: number;
}>;

type Candidate = Readonly<{ item: Item; above: Item }>;

/** Chooses the rows. Returns them below an item that is above the roots. */
function chosen(trace: Trace, choice: Choice): Item {
  const top = itemOf('span', new Int32Array(), NOTHING);
  const leastUs = trace.durationUs * NEGLIGIBLE_SHARE;
  const rowsAreScarce = trace.spanCount > choice.maxRows && trace.durationUs > 0;
  const isNegligible = (item: Item, above: Item) =>
    item.tally.interest <= leastUs && (rowsAreScarce || above.kind === 'siblings');
  const frontier: Candidate[] = [];
  const offer = (above: Item, items: readonly Item[]) => {
    above.below = [];
    above.left = new Set(items);
    for (const item of items) frontier.push({ item, above });
  };

  offer(top, itemsOf(trace, Int32Array.from(trace.roots), choice));
  let rows = 1; // the `rest` row of the roots, until all of them are taken
  let passedOver = 0;
  while (frontier.length > 0 && passedOver < MOST_PASSED_OVER) {
    const { item, above } = takeBest(frontier);
    if (isNegligible(item, above) && rows >= ENOUGH_ROWS) {
      if (rowsAreScarce) break; // the best remaining one is negligible
      continue;
    }
    const needed = 1 + restRow(item.kind, 0, hasBelow(item)) + restRowAfter(above) - restRowNow(above);
    if (rows + needed > choice.maxRows) {
      passedOver += 1;
      continue;
    }
    rows += needed;
    above.left.delete(item);
    above.below.push(item);
    offer(item, itemsOf(trace, below(trace, item), choice));
  }
  return top;
}

function itemOf(kind: Item['kind'], members: Int32Array, tally: Tally, resume?: SpanIndex): Item {
  const item: Item = { kind, members, tally, below: NO_CHILDREN, left: NOTHING_LEFT };
  return resume === undefined ? item : { ...item, resume };
}

/** The rest below siblings is shown in their own row, unless some of their descendants have rows. */
function restRow(kind: Item['kind'], below: number, isLeft: boolean): number {
  return isLeft && (kind !== 'siblings' || below > 0) ? 1 : 0;
}

function restRowNow({ kind, below, left }: Item): number {
  return restRow(kind, below.length, left.size > 0);
}

function restRowAfter({ kind, below, left }: Item): number {
  return restRow(kind, below.length + 1, left.size > 1);
}

/** Searches the frontier once per row and never sorts it: rows are few, and spans may be a million. */
function takeBest(frontier: Candidate[]): Candidate {
  let best = 0;
  for (let at = 1; at < frontier.length; at += 1) {
    if ((frontier[at]?.item.tally.interest ?? 0) > (frontier[best]?.item.tally.interest ?? 0)) best = at;
  }
  const [taken] = frontier.splice(best, 1);
  return taken as Candidate;
}

function hasBelow({ members, tally }: Item): boolean {
  return tally.spans > members.length;
}

function below(trace: Trace, { members, resume }: Item): Int32Array {
  return resume === undefined ? trace.childrenOf(members) : Int32Array.of(resume);
}

/** The spans below an item as items: single, or grouped by kind. */
function itemsOf(trace: Trace, spans: Int32Array, choice: Choice): Item[] {
  const items: Item[] = [];
  const alone = (members: Int32Array) => {
    const resume = choice.interest.jumps.get(members[0] ?? trace.root);
    items.push(itemOf(resume === undefined ? 'span' : 'between', members, tallied(trace, members, choice), resume));
  };
  const isCause = (span: SpanIndex) => choice.isCause[span] === 1;
  for (const alike of kindsOf(spans, { sayingOf: choice.sayingOf, isCause })) {
    if (alike.length === 1) {
      alone(alike);
      continue;
    }
    const apart = alike.length < FOLD_FROM ? new Set(alike) : leading(alike, choice);
    const together = apart.size === 0 ? alike : alike.filter((span) => !apart.has(span));
    for (const span of apart) alone(Int32Array.of(span));
    if (together.length === 1) alone(together);
    else if (together.length > 1) items.push(itemOf('siblings', together, tallied(trace, together, choice)));
  }
  return items;
}

/**
 * The few spans of one kind that lead to the cause or to a failure get rows of their own, so that the whole path is
 * visible. Where many do, the rows below the group show the path.
 */
function leading(alike: Int32Array, { isCause, leadsToCause, leadsToFailure }: Choice): ReadonlySet<SpanIndex> {
  const toCause: SpanIndex[] = [];
  const toFailure: SpanIndex[] = [];
  for (let at = 0; at < alike.length; at += 1) {
    const span = alike[at] ?? 0;
    if (leadsToCause(span) && isCause[span] !== 1) toCause.push(span);
    if (leadsToFailure(span)) toFailure.push(span);
  }
  return new Set([toCause, toFailure].filter((some) => some.length < FOLD_FROM).flat());
}

/** Fifty short calls count as much as one long call, but never as much as an error. */
function tallied(trace: Trace, members: Int32Array, { isCause, interest, failuresIn }: Choice): Tally {
  let rank = 0;
  let heldUs = 0;
  let spans = 0;
  let failures = 0;
  let ownUs = 0;
  let causes = 0;
  for (let at = 0; at < members.length; at += 1) {
    const span = members[at] ?? 0;
    rank = Math.max(rank, interest.ranks[span] ?? 0);
    heldUs += interest.heldUs(span);
    spans += trace.preorderEnd(span) - trace.preorder(span);
    failures += failuresIn(span);
    ownUs += trace.durationOfUs(span);
    causes += isCause[span] ?? 0;
  }
  return { interest: weightOf(rank, heldUs), spans, failures, ownUs, causes };
}

/** Siblings in order of start, the rest last. */
function inOrder(trace: Trace, { kind, below: taken, left }: Item): readonly Item[] {
  const startUs = ({ members }: Item) => trace.startUs(members[0] ?? trace.root);
  const items = taken.toSorted((a, b) => startUs(a) - startUs(b) || (a.members[0] ?? 0) - (b.members[0] ?? 0));
  if (restRow(kind, taken.length, left.size > 0) === 0) return items;
  const [only, ...others] = left;
  if (only !== undefined && others.length === 0 && (only.kind === 'siblings' || !hasBelow(only))) {
    return [...items, only]; // "+ 1 span" would take the same row and say less
  }
  return [...items, restOf(left)];
}

function restOf(left: ReadonlySet<Item>): Item {
  let { spans, failures, ownUs, causes } = NOTHING;
  let count = 0;
  for (const { members, tally } of left) {
    count += members.length;
    spans += tally.spans;
    failures += tally.failures;
    ownUs += tally.ownUs;
    causes += tally.causes;
  }
  const all = new Int32Array(count);
  let end = 0;
  for (const { members } of left) {
    all.set(members, end);
    end += members.length;
  }
  return itemOf('rest', all, { interest: 0, spans, failures, ownUs, causes });
}

/** An item with a row, and the items below it that have rows. */
type Placed = Readonly<{ item: Item; depth: number; below: readonly Item[] }>;

function rowsOf(trace: Trace, top: Item, lines: readonly PlacedLine[]): WaterfallRow[] {
  const placed: Placed[] = [];
  const place = (items: readonly Item[], depth: number) => {
    for (const item of items) {
      const below = inOrder(trace, item);
      placed.push({ item, depth, below });
      place(below, depth + 1);
    }
  };
  place(inOrder(trace, top), 0);

  const rowAt = rowBySpan(trace, placed);
  const paths = pathsByRow(trace, placed.length, rowAt);
  const { durationUs } = trace;
  const grainUs = durationUs / RESOLUTION;
  const logged = linesByRow(lines, { rows: placed.length, rowAt, durationUs, grainUs });
  return placed.map((at, row) => rowOf(trace, at, { path: paths[row] ?? [], lines: logged[row] ?? NO_LINES }));
}

function rowOf(
  trace: Trace,
  { item, depth, below }: Placed,
  { path, lines }: Pick<WaterfallRow, 'path' | 'lines'>,
): WaterfallRow {
  const { kind, members, tally } = item;
  const span = members[0] ?? trace.root;
  const isOwn = kind === 'span' || kind === 'siblings';
  let { spans, failures } = tally; // of the members and their descendants, without those in rows of their own
  for (const other of below) {
    spans -= other.tally.spans;
    failures -= other.tally.failures;
  }
  const ownFailures = isOwn && trace.failed(span) ? members.length : 0; // of one kind, either all spans failed or none
  const errors = failures - ownFailures;
  const bars = barsOf(trace, members);
  return {
    kind,
    span,
    depth,
    service: isOwn ? shown(trace.service(span)) : '',
    label: labelOf(trace, item, spans),
    hidden: isOwn ? spans - members.length : 0,
    errors,
    spans,
    startUs: bars[0]?.startUs ?? 0,
    endUs: bars.reduce((last, { endUs }) => Math.max(last, endUs), 0),
    duration: isOwn ? exactDuration(tally.ownUs) : '',
    bars,
    path,
    cause: kind !== 'between' && tally.causes > 0,
    isEstimated: isOwn && trace.isEstimated(span),
    failed: ownFailures + errors > 0,
    status: ownFailures > 0 ? statusOf(trace, span) : '',
    lines,
  };
}

function statusOf(trace: Trace, span: SpanIndex): string {
  const status = trace.httpStatus(span);
  return status >= 400 ? String(status) : '';
}

function labelOf(trace: Trace, { kind, members, resume }: Item, spans: number): string {
  const counted = `${countText(spans)} ${spans === 1 ? 'span' : 'spans'}`;
  const span = members[0] ?? trace.root;
  if (kind === 'rest') return `+ ${counted} (${servicesOf(trace, members)})`;
  if (kind === 'between') {
    const levels = levelsBetween(trace, span, resume);
    return `… ${countText(levels)} ${levels === 1 ? 'level' : 'levels'} between (${counted})`;
  }
  if (kind === 'span') return operationLabel(trace, span);
  const operation = trace.operation(span);
  const isOneName = members.every((member) => trace.operation(member) === operation);
  const name = isOneName ? operation : operationTemplate(operation);
  return `${countText(members.length)} × ${operationLabel(trace, span, name)}`;
}

function levelsBetween(trace: Trace, first: SpanIndex, resume: SpanIndex | undefined): number {
  let levels = 0;
  for (let at = resume; at !== undefined && at !== first; at = trace.parent(at)) levels += 1;
  return levels;
}

/** `cart, checkout and 5 more` */
function servicesOf(trace: Trace, members: Int32Array): string {
  const names = new Set<string>();
  for (const member of members) names.add(trace.service(member));
  const named = [...names].slice(0, NAMED_SERVICES).map(shown).join(', ');
  return names.size <= NAMED_SERVICES ? named : `${named} and ${names.size - NAMED_SERVICES} more`;
}

/** `SELECT orders` where the span's name is only `SELECT` or the driver's name; `GET /stock → inventory` for a call. */
export function operationLabel(trace: Trace, span: SpanIndex, name = trace.operation(span)): string {
  const operation = shown(name) || '(no name)';
  if (trace.isDatabaseCall(span)) {
    const subject = querySubject(shown(trace.queryShape(span)));
    return subject === '' || operation.toLowerCase().includes(subject.toLowerCase()) ? operation : subject;
  }
  const peer = shown(trace.peer(span));
  return trace.kind(span) === 'client' && peer !== '' ? `${operation} → ${peer}` : operation;
}

/** `select … from orders o join …` → `SELECT orders`. */
function querySubject(shape: string): string {
  const words = shape.split(' ');
  const verb = words[0] ?? '';
  if (!/^(?:select|insert|update|delete|merge|replace|with)$/.test(verb)) return '';
  const before = words.findIndex((word) => word === (verb === 'update' ? 'update' : 'from') || word === 'into');
  const table = before < 0 ? '' : (words[before + 1] ?? '');
  return /^[\w.]+$/.test(table) ? `${verb.toUpperCase()} ${table}` : '';
}

/** The row of a span, or of its nearest ancestor with a row. */
function rowBySpan(trace: Trace, placed: readonly Placed[]): (span: SpanIndex) => number {
  const rows = new Int32Array(trace.spanCount).fill(NO_ROW);
  const put = (members: Int32Array, row: number) => {
    for (let at = 0; at < members.length; at += 1) rows[members[at] ?? 0] = row;
  };
  placed.forEach(({ item: { members } }, row) => {
    put(members, row);
  });
  return (span) => {
    if (rows[span] === NO_ROW) storeRowOf(trace, rows, span);
    return rows[span] ?? 0;
  };
}

/** Stores the row for all spans on the path to the ancestor, so that no path is climbed twice. */
function storeRowOf(trace: Trace, rows: Int32Array, span: SpanIndex): void {
  let top: SpanIndex | undefined = span;
  while (top !== undefined && rows[top] === NO_ROW) top = trace.parent(top);
  const row = top === undefined ? 0 : (rows[top] ?? 0);
  for (let at: SpanIndex | undefined = span; at !== undefined && at !== top; at = trace.parent(at)) rows[at] = row;
}

const NO_ROW = -1;

/** Each step of the critical path belongs to the row of its span. */
function pathsByRow(trace: Trace, rows: number, rowAt: (span: SpanIndex) => number): (readonly Interval[])[] {
  const grainUs = trace.durationUs / RESOLUTION;
  const paths: GrowingInterval[][] = Array.from({ length: rows }, () => []);
  const steps = pathSteps(trace);
  const take = (step: number) => {
    const path = paths[rowAt(steps.span(step))];
    if (path !== undefined) append(path, steps.startUs(step), steps.endUs(step), grainUs);
  };
  for (let step = 0; step < steps.count; step += 1) take(step);
  return paths.map((path) => drawable(trace, path));
}

function togetherUs(trace: Trace, spans: Int32Array): number {
  return intervalsOf(trace, spans, 0).reduce((us, { coveredUs }) => us + coveredUs, 0);
}

function barsOf(trace: Trace, members: Int32Array): readonly Interval[] {
  return drawable(trace, intervalsOf(trace, members, trace.durationUs / RESOLUTION));
}

function intervalsOf(trace: Trace, members: Int32Array, grainUs: number): readonly GrowingInterval[] {
  const intervals: GrowingInterval[] = [];
  const spans = inOrderOfStart(trace, members);
  for (let at = 0; at < spans.length; at += 1) {
    const span = spans[at] ?? 0;
    append(intervals, trace.startUs(span), trace.endUs(span), grainUs);
  }
  return intervals;
}

function inOrderOfStart(trace: Trace, members: Int32Array): Int32Array {
  let lastUs = 0;
  for (let at = 0; at < members.length; at += 1) {
    const startUs = trace.startUs(members[at] ?? 0);
    if (startUs < lastUs) return members.toSorted((a, b) => trace.startUs(a) - trace.startUs(b));
    lastUs = startUs;
  }
  return members;
}

type GrowingInterval = { startUs: number; endUs: number; coveredUs: number };

/** Takes intervals in order of start, and joins those that touch within the grain. */
function append(intervals: GrowingInterval[], startUs: number, endUs: number, grainUs: number): void {
  const last = intervals[intervals.length - 1];
  if (last === undefined || startUs > last.endUs + grainUs) {
    intervals.push({ startUs, endUs, coveredUs: endUs - startUs });
  } else if (endUs > last.endUs) {
    last.coveredUs += endUs - Math.max(startUs, last.endUs);
    last.endUs = endUs;
  }
}

/** Joins near intervals where there are too many to draw apart. A joined interval knows how much of it is covered. */
function drawable(trace: Trace, intervals: readonly GrowingInterval[]): readonly Interval[] {
  if (intervals.length <= MOST_INTERVALS) return intervals;
  const grainUs = trace.durationUs / MOST_INTERVALS;
  const joined: GrowingInterval[] = [];
  for (const interval of intervals) join(joined, interval, grainUs);
  return joined;
}

/** Takes intervals in order of start, without overlap, and joins near ones. */
function join(joined: GrowingInterval[], { startUs, endUs, coveredUs }: GrowingInterval, grainUs: number): void {
  const last = joined[joined.length - 1];
  if (last === undefined || startUs > last.endUs + grainUs) joined.push({ startUs, endUs, coveredUs });
  else {
    last.endUs = endUs;
    last.coveredUs += coveredUs;
  }
}
