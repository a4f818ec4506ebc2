import type { Finding } from '#model/finding/finding.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Whoever wants a fresh answer asks for it, and every cache on the way misses on purpose. */
const MISSES = 'cache-miss-cascade';

/** RFC 9111, 5.2.1 and 5.4: a client takes no stored answer, or none that was not checked. */
const HEADER = /^http\.request\.header\.(?:cache[-_]control|pragma)$/i;
const ANEW = /\bno-(?:cache|store)\b|\bmax-age=0\b/i;

/** A request on the way to the misses carried the header by which its client asks for a fresh answer. */
export function isAskedAnew(trace: Trace, { detector, spans: [first = trace.root] }: Finding): boolean {
  if (detector !== MISSES) return false;
  for (let span: SpanIndex | undefined = first; span !== undefined; span = trace.parent(span))
    if (Object.values(trace.attributesFor(span, HEADER)).some((value) => ANEW.test(String(value)))) return true;
  return false;
}
