/**
 * The same trace as a system with less instrumentation would have recorded it. The problem is there all the same, and
 * what shows it may be gone: then the right verdict cannot be given, and whoever gives another should not be sure.
 */
import type { DrawnTrace } from './draw.ts';
import { type Random, randomOf } from './random.ts';
import type { PlacedSpan } from './span.ts';

export function thinned(trace: DrawnTrace, seed: string): DrawnTrace {
  const random = randomOf(`${seed}/thinned/${trace.id}`);
  return random.pick(WAYS)(
    { ...trace, label: { ...trace.label, allowed: [...trace.label.allowed, 'broken-trace'] } },
    random,
  );
}

/** Each is met in production: agents that drop, services without an agent, exporters that keep little, logs elsewhere. */
const WAYS: readonly ((trace: DrawnTrace, random: Random) => DrawnTrace)[] = [
  (trace, random) => {
    const share = random.between(0.05, 0.5);
    return withSpans(trace, (span) => (isRoot(span) || !random.chance(share) ? span : lost(span)));
  },
  (trace, random) => withSpans(trace, withoutAgents(trace.spans, random.whole(1, 2), random)),
  (trace) => ({ ...withSpans(trace, silent), logs: [] }),
];

function withSpans(trace: DrawnTrace, change: (span: PlacedSpan) => PlacedSpan): DrawnTrace {
  return { ...trace, spans: trace.spans.map(change) };
}

/** Nothing of these services, nor of what they called: they did not hand the context on. */
function withoutAgents(spans: readonly PlacedSpan[], count: number, random: Random): (span: PlacedSpan) => PlacedSpan {
  const first = spans.find(isRoot)?.drawn.service.name;
  const others = [...new Set(spans.map(({ drawn }) => drawn.service.name))].filter((name) => name !== first);
  const without = new Set(random.some(count, others));
  const gone = new Set<string | undefined>();
  for (const { id, parentId, drawn } of spans) if (gone.has(parentId) || without.has(drawn.service.name)) gone.add(id);
  return (span) => (gone.has(span.id) ? lost(span) : span);
}

/** No events, and errors without a text. */
function silent(span: PlacedSpan): PlacedSpan {
  return changed(span, { events: [], ...(span.drawn.failure === undefined ? {} : { failure: '' }) });
}

function lost(span: PlacedSpan): PlacedSpan {
  return changed(span, { lost: true });
}

function changed(span: PlacedSpan, change: Partial<PlacedSpan['drawn']>): PlacedSpan {
  return { ...span, drawn: { ...span.drawn, ...change } };
}

function isRoot({ parentId }: PlacedSpan): boolean {
  return parentId === undefined;
}
