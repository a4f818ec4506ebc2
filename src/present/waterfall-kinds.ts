/** Which spans of a row are one kind: equal in what a label says, in having failed, and in being the cause. */
import type { SpanIndex, Trace } from '#model/trace.ts';

/** Findings list at least so many of their spans, and some no more than that. */
const LISTED_AT_MOST = 50;

type Kind = Readonly<{ first: SpanIndex; cause: boolean; spans: SpanIndex[] }> & {
  /** The kind of the span that came after the last one of this kind. */
  next: Kind | undefined;
};

/** Kinds of one name: at most four. */
type Namesakes = Kind[];

/** In order of each kind's first span. */
export function kindsOf(
  trace: Trace,
  spans: readonly SpanIndex[],
  isCause: (span: SpanIndex) => boolean,
): readonly (readonly SpanIndex[])[] {
  const namesakesOf = byName(trace);
  const kinds: Kind[] = [];
  let last: Kind | undefined;
  for (const span of spans) {
    const cause = isCause(span);
    // Callers repeat what they do: what came next before mostly comes next again.
    let kind = last?.next;
    if (kind === undefined || cause !== kind.cause || !trace.saysTheSame(span, kind.first)) {
      const namesakes = namesakesOf(span);
      kind = namesakes.find((known) => known.cause === cause && trace.saysTheSame(known.first, span));
      if (kind === undefined) {
        kind = { first: span, cause, spans: [], next: undefined };
        namesakes.push(kind);
        kinds.push(kind);
      }
      if (last !== undefined) last.next = kind;
    }
    kind.spans.push(span);
    last = kind;
  }
  for (const kind of kinds) {
    if (kind.cause) joinUnlisted(trace, kind, namesakesOf(kind.first));
  }
  return kinds.map((kind) => kind.spans).filter((alike) => alike.length > 0);
}

/** Where a finding lists so many of a kind, it may list no more of them, and means them all. */
function joinUnlisted(trace: Trace, listed: Kind, namesakes: Namesakes): void {
  if (listed.spans.length < LISTED_AT_MOST) return;
  const others = namesakes.find((kind) => !kind.cause && trace.saysTheSame(kind.first, listed.first));
  if (others === undefined) return;
  for (const span of others.spans) listed.spans.push(span);
  listed.spans.sort((a, b) => a - b); // spans are numbered by start
  others.spans.length = 0;
}

/** Names are looked up one by one: put together they would be a new text for each of a hundred thousand spans. */
function byName(trace: Trace): (span: SpanIndex) => Namesakes {
  const services = new Map<string, Map<string, Map<string, Map<string, Namesakes>>>>();
  return (span) => {
    const operations = known(services, trace.service(span), () => new Map());
    const peers = known(operations, trace.operation(span), () => new Map());
    const shapes = known(peers, trace.peer(span), () => new Map());
    return known(shapes, trace.queryShape(span), () => []);
  };
}

function known<V>(map: Map<string, V>, name: string, make: () => V): V {
  const value = map.get(name);
  if (value !== undefined) return value;
  const made = make();
  map.set(name, made);
  return made;
}
