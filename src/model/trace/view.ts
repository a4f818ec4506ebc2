import type { Trace } from '#model/trace/trace.ts';

let places = 0;

/**
 * Memoises a function per trace. It uses an index in the trace instead of a WeakMap, because detectors request some
 * views for every span. Never use it for a function that may return undefined.
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
