/** Which spans of a row are one kind: equal in what a label says, in having failed, and in being the cause. */
import type { SpanIndex, Trace } from '#model/trace.ts';

/** Findings list at least so many of their spans, and some no more than that. */
const LISTED_AT_MOST = 50;

type Kind = Readonly<{
  service: string;
  operation: string;
  peer: string;
  shape: string;
  failed: boolean;
  cause: boolean;
  spans: SpanIndex[];
}> & {
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
    if (kind === undefined || !isOfKind(trace, span, cause, kind)) {
      const namesakes = namesakesOf(span);
      kind = namesakes.find((known) => known.cause === cause && known.failed === trace.failed(span));
      if (kind === undefined) {
        kind = kindOf(trace, span, cause);
        namesakes.push(kind);
        kinds.push(kind);
      }
      if (last !== undefined) last.next = kind;
    }
    kind.spans.push(span);
    last = kind;
  }
  for (const kind of kinds) {
    if (kind.cause) joinUnlisted(kind, namesakesOf(kind.spans[0] ?? 0));
  }
  return kinds.map((kind) => kind.spans).filter((alike) => alike.length > 0);
}

function isOfKind(trace: Trace, span: SpanIndex, cause: boolean, kind: Kind): boolean {
  return (
    trace.operation(span) === kind.operation &&
    trace.queryShape(span) === kind.shape &&
    trace.service(span) === kind.service &&
    trace.peer(span) === kind.peer &&
    trace.failed(span) === kind.failed &&
    cause === kind.cause
  );
}

function kindOf(trace: Trace, span: SpanIndex, cause: boolean): Kind {
  return {
    service: trace.service(span),
    operation: trace.operation(span),
    peer: trace.peer(span),
    shape: trace.queryShape(span),
    failed: trace.failed(span),
    cause,
    spans: [],
    next: undefined,
  };
}

/** Where a finding lists so many of a kind, it may list no more of them, and means them all. */
function joinUnlisted(listed: Kind, namesakes: Namesakes): void {
  if (listed.spans.length < LISTED_AT_MOST) return;
  const others = namesakes.find((kind) => !kind.cause && kind.failed === listed.failed);
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
