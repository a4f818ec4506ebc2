import type { Trace } from '#model/trace/trace.ts';

let places = 0;

/**
 * Memoises a function per trace. A place in the trace, and no WeakMap: detectors ask some views once for every span.
 * Never for a function that may return undefined.
 */
export function view<Seen extends object>(compute: (trace: Trace) => Seen): (trace: Trace) => Seen {
  const place = places;
  places += 1;
  return (trace) => {
    const known = trace.views[place] as Seen | undefined;
    if (known !== undefined) return known;
    const made = compute(trace);
    trace.views[place] = made;
    return made;
  };
}
