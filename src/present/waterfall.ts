/**
 * The rows of a waterfall, folded to what matters: a trace of five thousand spans has forty rows.
 *
 *   frontend GET /dispatch                        ████████████████
 *     customer GET /customer                      ██████            ◀ cause
 *       10 × SELECT drivers              412 ms     ▪▪▪▪▪▪▪▪        siblings of one kind are one row
 *     + 312 spans                                         ░░░░      whole subtrees without interest are one row
 *
 * Spans are taken best first (cause, errors, what holds the critical path, then the longest), each after its parent,
 * until the rows are used up. Children are looked at only below spans that were taken, so the work is linear in spans.
 */
import type { Judgement } from '#model/diagnosis.ts';
import { durationText } from '#model/duration.ts';
import type { SpanIndex, Trace } from '#model/trace.ts';
import { shown } from '#present/plain-text.ts';

/** Microseconds from the trace's start. */
export type Interval = Readonly<{ startUs: number; endUs: number }>;

export type WaterfallRow = Readonly<{
  /** One span; siblings of one kind; what else lies below a row; what lies between a row and its far ancestor. */
  kind: 'span' | 'siblings' | 'rest' | 'between';
  /** The span, or the first of those that the row stands for. */
  span: SpanIndex;
  depth: number;
  /** Empty for `rest` and `between`. */
  service: string;
  /** The operation, or `+ 312 spans`. */
  label: string;
  /** How many spans the row stands for. */
  spans: number;
  startUs: number;
  endUs: number;
  /** `412 ms`; for siblings all of them together. */
  duration: string;
  /** Where the spans ran; one interval for one span. */
  bars: readonly Interval[];
  /** What of the critical path runs in the row's spans. */
  path: readonly Interval[];
  cause: boolean;
  failed: boolean;
  /** The first span's status where it failed: `503`; empty where none was recorded. */
  status: string;
}>;

export type Waterfall = Readonly<{
  rows: readonly WaterfallRow[];
  durationUs: number;
  spanCount: number;
  /** What the marked spans are to be called. */
  causeWord: 'cause' | 'suspect';
}>;

/** Two screens of a laptop; more is read by nobody, and the trace's own page shows the rest. */
const MAX_ROWS = 40;

/** Three of one kind are still read as three. */
const FOLD_FROM = 4;

/** Where rows are scarce, a span below this share of the trace that holds nothing of interest is left to its `rest` row. */
const NEGLIGIBLE_SHARE = 0.02;

/** A path from the root to a cause that is longer than this is shown with its ends only. */
const LONGEST_CHAIN = 14;
const CHAIN_HEAD = 5;
const CHAIN_TAIL = 5;

/** Services that a `rest` row names. */
const NAMED_SERVICES = 3;

/** Parts of the trace's length: what lies closer than one of them cannot be told apart in any drawing. */
const RESOLUTION = 1000;

export function waterfallOf(
  trace: Trace,
  judgement: Judgement,
  { maxRows = MAX_ROWS }: { maxRows?: number } = {},
): Waterfall {
  const { durationUs, spanCount } = trace;
  const causeWord = judgement.diagnosis?.status === 'inconclusive' ? 'suspect' : 'cause';
  if (spanCount === 0) return { rows: [], durationUs, spanCount, causeWord };
  const causes = causeSpans(judgement);
  const interest = interestOf(trace, judgement, causes);
  const jumps = longChains(trace, landmarks(trace, causes));
  const items = chosen(trace, { causes, interest, jumps, maxRows });
  return { rows: rowsOf(trace, items, causes), durationUs, spanCount, causeWord };
}

/** Spans of the finding that the verdict is made of. */
function causeSpans({ diagnosis, findings }: Judgement): ReadonlySet<SpanIndex> {
  return new Set(rootFinding({ diagnosis, findings })?.spans);
}

/** The finding that the verdict is made of. */
export function rootFinding({
  diagnosis,
  findings,
}: Pick<Judgement, 'diagnosis' | 'findings'>): Judgement['findings'][number] | undefined {
  if (diagnosis === undefined) return undefined;
  const { kind, service, operation } = diagnosis;
  const ofKind = findings.filter((finding) => finding.detector === kind && finding.service === service);
  return ofKind.find((finding) => finding.operation === operation) ?? ofKind[0] ?? findings[0];
}

/** Longer than any trace (three years), so that a rank always outweighs a length. */
const RANK_US = 1e14;
const RANK = { path: 0, failed: 1, finding: 2, origin: 3, cause: 4, root: 5 };

/** For each span the highest interest in it and all below it: a parent is never less interesting than its child. */
function interestOf(trace: Trace, { findings }: Judgement, causes: ReadonlySet<SpanIndex>): Float64Array {
  const interest = new Float64Array(trace.spanCount);
  const raise = (span: SpanIndex, rank: number) => {
    const weight = rank * RANK_US + trace.pathSelfUs(span) + trace.durationOfUs(span) / RESOLUTION;
    interest[span] = Math.max(interest[span] ?? 0, weight);
  };
  const inPreorder = new Int32Array(trace.spanCount);
  for (let span = 0; span < trace.spanCount; span += 1) {
    inPreorder[trace.preorder(span)] = span;
    raise(span, trace.failed(span) ? RANK.failed : RANK.path);
  }
  const raiseFirst = (rank: number) => (found: Readonly<{ spans: readonly SpanIndex[] }>) => {
    const [first] = found.spans;
    if (first !== undefined) raise(first, rank);
  };
  findings.forEach(raiseFirst(RANK.finding));
  trace.errorOrigins.forEach(raiseFirst(RANK.origin));
  for (const span of causes) raise(span, RANK.cause);
  raise(trace.root, RANK.root);
  for (let at = trace.spanCount - 1; at >= 0; at -= 1) {
    const span = inPreorder[at] ?? 0;
    const parent = trace.parent(span);
    if (parent !== undefined) interest[parent] = Math.max(interest[parent] ?? 0, interest[span] ?? 0);
  }
  return interest;
}

/** Spans to which the way from the root must fit, however deep they lie. */
function landmarks(trace: Trace, causes: ReadonlySet<SpanIndex>): SpanIndex[] {
  const [cause] = causes;
  const [origin] = trace.errorOrigins;
  return [cause, origin?.spans[0]].filter((span) => span !== undefined);
}

/** From the first span that is left out to the one at which the way goes on. */
type Jumps = ReadonlyMap<SpanIndex, SpanIndex>;

function longChains(trace: Trace, goals: readonly SpanIndex[]): Jumps {
  const jumps = new Map<SpanIndex, SpanIndex>();
  const seen = new Set<SpanIndex>();
  for (const goal of goals) {
    const chain: SpanIndex[] = [];
    for (let at: SpanIndex | undefined = goal; at !== undefined && !seen.has(at); at = trace.parent(at)) {
      seen.add(at);
      chain.push(at);
    }
    if (chain.length <= LONGEST_CHAIN) continue;
    chain.reverse();
    const first = chain[CHAIN_HEAD];
    const resume = chain[chain.length - CHAIN_TAIL];
    if (first !== undefined && resume !== undefined) jumps.set(first, resume);
  }
  return jumps;
}

/** Something that may become a row. `members` are the topmost spans that it stands for. */
type Item = {
  readonly kind: WaterfallRow['kind'];
  readonly members: readonly SpanIndex[];
  readonly interest: number;
  /** Only of `between`: where the way goes on below it. */
  readonly resume?: SpanIndex;
  readonly below: Item[];
  /** The children that got no row. */
  left: Item[];
};

type Choice = Readonly<{
  causes: ReadonlySet<SpanIndex>;
  interest: Float64Array;
  jumps: Jumps;
  maxRows: number;
}>;

/** The forest of the items that get a row. */
function chosen(trace: Trace, choice: Choice): readonly Item[] {
  const top: Item = { kind: 'span', members: [], interest: 0, below: [], left: [] };
  const negligible = trace.spanCount > choice.maxRows ? trace.durationUs * NEGLIGIBLE_SHARE : -1;
  const frontier: { item: Item; above: Item }[] = [];
  const offer = (above: Item, items: readonly Item[]) => {
    above.left.push(...items);
    for (const item of items) if (item.interest > negligible) frontier.push({ item, above });
  };

  offer(top, itemsOf(trace, trace.roots, choice));
  let rows = 1; // the `rest` row of the roots, until all of them are taken
  while (frontier.length > 0) {
    const { item, above } = takeBest(frontier);
    const freed = above.left.length === 1 ? 1 : 0;
    const opened = childrenOf(trace, item);
    if (rows + 1 - freed + (opened.length > 0 ? 1 : 0) > choice.maxRows) continue;
    rows += 1 - freed + (opened.length > 0 ? 1 : 0);
    above.left = above.left.filter((other) => other !== item);
    above.below.push(item);
    offer(item, itemsOf(trace, opened, choice));
  }
  return inOrder(trace, top);
}

/** The frontier is searched once for each row and never sorted: rows are few, spans may be a million. */
function takeBest(frontier: { item: Item; above: Item }[]): { item: Item; above: Item } {
  let best = 0;
  for (let at = 1; at < frontier.length; at += 1) {
    if ((frontier[at]?.item.interest ?? 0) > (frontier[best]?.item.interest ?? 0)) best = at;
  }
  const [taken] = frontier.splice(best, 1);
  return taken as { item: Item; above: Item };
}

function childrenOf(trace: Trace, { kind, members, resume }: Item): Iterable<SpanIndex> & { length: number } {
  if (resume !== undefined) return [resume];
  const [span] = members;
  return kind === 'span' && span !== undefined ? trace.children(span) : [];
}

/** Siblings as items: alone, or those of one kind together. */
function itemsOf(trace: Trace, siblings: Iterable<SpanIndex>, { causes, interest, jumps }: Choice): Item[] {
  const kinds = new Map<string, SpanIndex[]>();
  for (const span of siblings) {
    const kind = `${causes.has(span)} ${trace.failed(span)}\n${trace.service(span)}\n${trace.operation(span)}\n${trace.queryShape(span)}`;
    const alike = kinds.get(kind);
    if (alike === undefined) kinds.set(kind, [span]);
    else alike.push(span);
  }

  const interestIn = (span: SpanIndex) => interest[span] ?? 0;
  const items: Item[] = [];
  const add = (kind: Item['kind'], members: readonly SpanIndex[], resume?: SpanIndex) => {
    items.push({
      kind,
      members,
      interest: interestTogether(members),
      below: [],
      left: [],
      ...(resume !== undefined && { resume }),
    });
  };
  const interestTogether = (members: readonly SpanIndex[]) => {
    const highest = members.reduce((most, span) => Math.max(most, interestIn(span)), 0);
    if (highest >= RANK_US) return highest;
    // Fifty short calls matter as much as a long one, but never as much as an error.
    return Math.min(
      RANK_US - 1,
      members.reduce((sum, span) => sum + interestIn(span), 0),
    );
  };
  const alone = (span: SpanIndex) => {
    const resume = jumps.get(span);
    if (resume === undefined) add('span', [span]);
    else add('between', [span], resume);
  };

  for (const alike of kinds.values()) {
    if (alike.length < FOLD_FROM) {
      for (const span of alike) alone(span);
      continue;
    }
    const best = alike.reduce((most, span) => (interestIn(span) > interestIn(most) ? span : most));
    if (!holdsMoreThanItself(trace, best, { causes, interest })) {
      add('siblings', alike);
      continue;
    }
    // One of them leads to the cause or to an error: it is opened, the others stay together.
    alone(best);
    add(
      'siblings',
      alike.filter((span) => span !== best),
    );
  }
  return items;
}

function holdsMoreThanItself(
  trace: Trace,
  span: SpanIndex,
  { causes, interest }: Pick<Choice, 'causes' | 'interest'>,
): boolean {
  if (causes.has(span)) return false;
  return trace.children(span).some((child) => (interest[child] ?? 0) >= RANK.failed * RANK_US);
}

/** Depth first, siblings in order of start, what is left of them last. */
function inOrder(trace: Trace, item: Item): readonly Item[] {
  const rows: Item[] = [];
  item.below.sort((a, b) => startOf(trace, a) - startOf(trace, b) || (a.members[0] ?? 0) - (b.members[0] ?? 0));
  for (const below of item.below) rows.push(below);
  const [only, ...others] = item.left;
  if (only !== undefined && others.length === 0 && childrenOf(trace, only).length === 0) {
    rows.push(only); // "+ 1 span" would take the same row and say less
  } else if (item.left.length > 0) {
    const members = item.left.flatMap(({ members: spans }) => spans);
    rows.push({ kind: 'rest', members, interest: 0, below: [], left: [] });
  }
  return rows;
}

function startOf(trace: Trace, { members }: Item): number {
  return trace.startUs(members[0] ?? trace.root);
}

function rowsOf(trace: Trace, top: readonly Item[], causes: ReadonlySet<SpanIndex>): WaterfallRow[] {
  const flat: { item: Item; depth: number }[] = [];
  const visit = (items: readonly Item[], depth: number) => {
    for (const item of items) {
      flat.push({ item, depth });
      visit(inOrder(trace, item), depth + 1);
    }
  };
  visit(top, 0);

  const paths = pathsByRow(
    trace,
    flat.map(({ item }) => item),
  );
  const grainUs = trace.durationUs / RESOLUTION;
  const failuresUnder = failureCounts(trace);
  return flat.map(({ item, depth }, at) => {
    const span = item.members[0] ?? trace.root;
    const own = item.kind === 'span' || item.kind === 'siblings';
    const bars = merged(
      item.members.map((member) => ({ startUs: trace.startUs(member), endUs: trace.endUs(member) })),
      grainUs,
    );
    const failed = item.kind === 'span' ? trace.failed(span) : item.members.some((member) => failuresUnder(member) > 0);
    return {
      kind: item.kind,
      span,
      depth,
      service: own ? shown(trace.service(span)) : '',
      label: labelOf(trace, item),
      spans: spansIn(trace, item),
      startUs: Math.min(...bars.map(({ startUs }) => startUs)),
      endUs: Math.max(...bars.map(({ endUs }) => endUs)),
      duration: own ? durationText(item.members.reduce((sum, member) => sum + trace.durationOfUs(member), 0)) : '',
      bars,
      path: merged(paths[at] ?? [], grainUs),
      cause: item.kind !== 'between' && item.members.some((member) => causes.has(member)),
      failed,
      status: failed && own && trace.httpStatus(span) >= 400 ? String(trace.httpStatus(span)) : '',
    };
  });
}

/** Failed spans among a span and all below it, told from a running sum in depth-first order. */
function failureCounts(trace: Trace): (span: SpanIndex) => number {
  const upTo = new Int32Array(trace.spanCount + 1);
  for (let span = 0; span < trace.spanCount; span += 1) upTo[trace.preorder(span) + 1] = trace.failed(span) ? 1 : 0;
  for (let at = 1; at < upTo.length; at += 1) upTo[at] = (upTo[at] ?? 0) + (upTo[at - 1] ?? 0);
  return (span) => (upTo[trace.preorderEnd(span)] ?? 0) - (upTo[trace.preorder(span)] ?? 0);
}

function labelOf(trace: Trace, item: Item): string {
  const spans = spansIn(trace, item);
  const counted = `${spans} ${spans === 1 ? 'span' : 'spans'}`;
  if (item.kind === 'rest') return `+ ${counted} (${servicesOf(trace, item.members)})`;
  if (item.kind === 'between') return `… ${counted} between`;
  const name = operationLabel(trace, item.members[0] ?? trace.root);
  return item.kind === 'siblings' ? `${item.members.length} × ${name}` : name;
}

/** `cart, checkout and 5 more` */
function servicesOf(trace: Trace, members: readonly SpanIndex[]): string {
  const names = [...new Set(members.map((member) => trace.service(member)))].map(shown);
  if (names.length <= NAMED_SERVICES) return names.join(', ');
  return `${names.slice(0, NAMED_SERVICES).join(', ')} and ${names.length - NAMED_SERVICES} more`;
}

/** `SELECT orders` where the span says only `SELECT` or its driver's name; `GET /stock → inventory` for a call. */
export function operationLabel(trace: Trace, span: SpanIndex): string {
  const operation = shown(trace.operation(span)) || '(no name)';
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

/** Every span of the row: with all below it, but for what has rows of its own. */
function spansIn(trace: Trace, { kind, members, resume }: Item): number {
  if (kind === 'span') return 1;
  const size = (span: SpanIndex) => trace.preorderEnd(span) - trace.preorder(span);
  const all = members.reduce((sum, member) => sum + size(member), 0);
  if (kind === 'siblings') return all;
  return all - (resume === undefined ? 0 : size(resume));
}

/** Each step of the critical path belongs to the row of its span, else to the row of the nearest ancestor that has one. */
function pathsByRow(trace: Trace, items: readonly Item[]): Interval[][] {
  const rowOf = new Int32Array(trace.spanCount).fill(-1);
  items.forEach(({ members }, row) => {
    for (const member of members) rowOf[member] = row;
  });
  const paths: Interval[][] = items.map(() => []);
  const climbed: SpanIndex[] = [];
  for (const { span, startUs, endUs } of trace.criticalPath) {
    climbed.length = 0;
    let at: SpanIndex | undefined = span;
    for (; at !== undefined && rowOf[at] === -1; at = trace.parent(at)) climbed.push(at);
    const row = at === undefined ? -1 : (rowOf[at] ?? -1);
    // What was climbed over is never climbed again.
    for (const below of climbed) rowOf[below] = row;
    paths[row]?.push({ startUs, endUs });
  }
  return paths;
}

/** Intervals in order of start, those that touch (within the grain) as one. */
function merged(intervals: readonly Interval[], grainUs: number): Interval[] {
  const ordered = [...intervals].sort((a, b) => a.startUs - b.startUs);
  const joined: { startUs: number; endUs: number }[] = [];
  for (const { startUs, endUs } of ordered) {
    const last = joined.at(-1);
    if (last === undefined || startUs > last.endUs + grainUs) joined.push({ startUs, endUs });
    else last.endUs = Math.max(last.endUs, endUs);
  }
  return joined;
}
