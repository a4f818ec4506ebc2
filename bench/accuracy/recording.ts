/** What recording does to any trace, whatever is in it: clocks that are wrong or coarse, spans sent twice, names left out. */
import type { Random } from './random.ts';
import type { PlacedSpan } from './span.ts';

/**
 * A host’s clock that nobody set, by up to twenty seconds. Never the one on which the request begins, and none that takes
 * messages: of those nothing tells a wrong clock from a late message.
 */
export function hostIsOff(random: Random, clocksMs: Map<string, number>, spans: readonly PlacedSpan[]): void {
  const first = spans[0]?.drawn.service.host;
  const takers = new Set(spans.filter(({ drawn }) => drawn.kind === 'consumer').map(({ drawn }) => drawn.service.host));
  const hosts = new Set(spans.map(({ drawn }) => drawn.service.host));
  const others = [...hosts].filter((host) => host !== first && !takers.has(host));
  if (others.length === 0) return;
  const off = random.between(20, 400) * random.pick([-50, -1, 1, 50]);
  clocksMs.set(random.pick(others), off);
}

const COARSE = 0.08;
const TWICE = 0.05;
const KINDLESS = 0.04;
const CUT = 0.05;
/** Where agents cut statements without a sign of it. */
const CUT_AT = 120;

/** How a trace is recorded, the same for all of its spans. */
export type Recording = Readonly<{
  /** Times in whole milliseconds, as browsers and old libraries take them. */
  coarse: boolean;
  /** Nobody says which span is a client’s and which a server’s. */
  kindless: boolean;
  /** Statements end after so many characters. */
  cutAt: number;
  /** So many of the first spans come once more: an exporter that had no answer in time sends its batch again. */
  twice: number;
}>;

export function recordingOf(random: Random, isClockTold: boolean): Recording {
  return {
    coarse: random.chance(COARSE) && !isClockTold,
    kindless: random.chance(KINDLESS),
    cutAt: random.chance(CUT) ? CUT_AT : Number.POSITIVE_INFINITY,
    twice: random.chance(TWICE) ? random.whole(1, 6) : 0,
  };
}
