/** Which spans of a row are one kind: equal in what a label says but for ids in it, in having failed, and in being the cause. */
import { operationTemplate } from '#model/operation-template.ts';
import type { SpanIndex, SpanTest, Trace } from '#model/trace.ts';

/** Findings list at least so many of their spans, and some no more than that. */
const LISTED_AT_MOST = 50;

/** Kinds of one name, by their numbers: at most four. */
type Namesakes = number[];

const NONE = -1;

/** In order of each kind's first span. */
export function kindsOf(
  trace: Trace,
  spans: Int32Array,
  { nameOf, isCause }: Readonly<{ nameOf: NameOf; isCause: SpanTest }>,
): readonly Int32Array[] {
  const namesakesOf = byName(trace, nameOf);
  const saysTheSame = (a: SpanIndex, b: SpanIndex) => trace.doesTheSame(a, b) && nameOf(a) === nameOf(b);
  const isLike = (a: SpanIndex, b: SpanIndex) => saysTheSame(a, b) && isCause(a) === isCause(b);
  const firsts: SpanIndex[] = [];
  /** The kind of the span that came after the last one of each kind. */
  const nexts: number[] = [];
  const numberOf = (span: SpanIndex): number => {
    const namesakes = namesakesOf(span);
    const known = namesakes.find((kind) => isLike(firsts[kind] ?? NONE, span));
    if (known !== undefined) return known;
    nexts.push(NONE);
    namesakes.push(firsts.length);
    return firsts.push(span) - 1;
  };
  const kindAfter = (last: number, span: SpanIndex): number => {
    // Callers repeat what they do: what came next before mostly comes next again.
    const next = nexts[last] ?? NONE;
    if (next !== NONE && isLike(firsts[next] ?? NONE, span)) return next;
    const kind = numberOf(span);
    nexts[last] = kind;
    return kind;
  };
  const numbers = new Int32Array(spans.length);
  for (let at = 0, last = 0; at < spans.length; at += 1) {
    last = kindAfter(last, spans[at] ?? 0);
    numbers[at] = last;
  }
  if (firsts.length === 1) return [spans];

  const parts = parted(spans, numbers, firsts.length);
  firsts.forEach((first, kind) => {
    if (isCause(first)) joinUnlisted(parts, kind, namesakesOf(first), saysTheSame);
  });
  return parts.filter((alike) => alike.length > 0);
}

/** The spans of each kind, in their order. */
function parted(spans: Int32Array, numbers: Int32Array, kinds: number): Int32Array[] {
  const counts = new Int32Array(kinds);
  for (let at = 0; at < numbers.length; at += 1) counts[numbers[at] ?? 0] = (counts[numbers[at] ?? 0] ?? 0) + 1;
  const parts = Array.from(counts, (count) => new Int32Array(count));
  const ends = new Int32Array(kinds);
  const put = (kind: number, span: SpanIndex) => {
    const part = parts[kind];
    const end = ends[kind] ?? 0;
    if (part !== undefined) part[end] = span;
    ends[kind] = end + 1;
  };
  for (let at = 0; at < spans.length; at += 1) put(numbers[at] ?? 0, spans[at] ?? 0);
  return parts;
}

/** Where a finding lists so many of a kind, it may list no more of them, and means them all. */
function joinUnlisted(
  parts: Int32Array[],
  listed: number,
  namesakes: Namesakes,
  saysTheSame: (a: SpanIndex, b: SpanIndex) => boolean,
): void {
  const own = parts[listed] ?? new Int32Array();
  if (own.length < LISTED_AT_MOST) return;
  const isUnlisted = ([first]: Int32Array) => first !== undefined && saysTheSame(first, own[0] ?? NONE);
  const unlisted = namesakes.find((kind) => kind !== listed && isUnlisted(parts[kind] ?? new Int32Array()));
  if (unlisted === undefined) return;
  const others = parts[unlisted] ?? new Int32Array();
  const all = new Int32Array(own.length + others.length);
  all.set(own);
  all.set(others, own.length);
  parts[listed] = all.sort(); // spans are numbered by start
  parts[unlisted] = new Int32Array();
}

/** Names are looked up one by one: put together they would be a new text for each of a hundred thousand spans. */
function byName(trace: Trace, nameOf: NameOf): (span: SpanIndex) => Namesakes {
  const services = new Map<string, Map<number, Map<string, Map<string, Namesakes>>>>();
  return (span) => {
    const operations = known(services, trace.service(span), () => new Map());
    const peers = known(operations, nameOf(span), () => new Map());
    const shapes = known(peers, trace.peer(span), () => new Map());
    return known(shapes, trace.queryShape(span), () => []);
  };
}

/** A number for what a span is called, ids taken out. */
export type NameOf = (span: SpanIndex) => number;

export function namesWithoutIds(trace: Trace): NameOf {
  const numbers = new Map<string, number>();
  return trace.operationNumbers((operation) => known(numbers, operationTemplate(operation), () => numbers.size));
}

function known<K, V>(map: Map<K, V>, name: K, make: () => V): V {
  const value = map.get(name);
  if (value !== undefined) return value;
  const made = make();
  map.set(name, made);
  return made;
}
